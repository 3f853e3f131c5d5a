"""Files of the sandbox's Slack: what the bot uploads, and what people post."""

import asyncio
import time
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.slack.contract import SlackError
from bot.sandbox.slack.workspace import BOT_ID, BOT_USER, File, Workspace
from bot.sandbox.wire import decoded

ALT_LIMIT = 1000


class FilesApi:
    """The methods about files, named after Slack's with dots as underscores."""

    workspace: Workspace
    faults: Faults
    scopes: frozenset[str]
    tombstones: list[str]
    url: str
    bot_token: str

    def _check_channel(self, channel: str) -> None:
        raise NotImplementedError

    def _files_getUploadURLExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        if len(arguments.get("alt_txt") or "") > ALT_LIMIT:
            raise SlackError("alt_txt_too_large")
        if int(arguments["length"]) <= 0:
            raise SlackError("invalid_arguments")
        file_id = self.workspace.new_id("F")
        self.workspace.files[file_id] = File(
            id=file_id, name=arguments["filename"], alt=arguments.get("alt_txt", ""), length=int(arguments["length"])
        )
        return {"upload_url": f"{self.url}/upload/{file_id}", "file_id": file_id}

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.StreamResponse:
            file = self.workspace.files.get(request.match_info["file_id"])
            content = await request.read()
            if file is None or len(content) != file.length:
                return web.Response(status=400, text="length does not match")
            file.content = content
            return web.Response(text=f"OK - {len(content)}")

        return await self.faults.serve("files.upload", request, answer)

    def _files_completeUploadExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        files = [self.workspace.files.get(entry["id"]) for entry in decoded(arguments["files"])]
        if not files:
            raise SlackError("invalid_arguments")
        if any(file is None or not file.content for file in files):
            raise SlackError("file_not_found")
        done = [file for file in files if file is not None]
        for file in done:
            file.ready_at = time.time() + self.workspace.file_delay_s
        if channel := arguments.get("channel_id"):
            self._check_channel(channel)
            self._share(done, arguments)
        return {"files": [{"id": file.id, "title": file.name} for file in done]}

    def _share(self, files: list[File], arguments: dict[str, Any]) -> None:
        for file in files:
            file.shared = True
        if wait := self.workspace.share_delay_s:
            asyncio.get_running_loop().call_later(wait, self._show, files, arguments)
        else:
            self._show(files, arguments)

    def _show(self, files: list[File], arguments: dict[str, Any]) -> None:
        message = {
            "type": "message",
            "subtype": "file_share",
            "user": BOT_USER,
            "bot_id": BOT_ID,
            "ts": self.workspace.new_ts(),
            "text": arguments.get("initial_comment", ""),
            "blocks": [],
            "files": [{"id": file.id, "name": file.name, "title": file.name} for file in files],
        }
        self.workspace.add(message | ({"thread_ts": arguments["thread_ts"]} if arguments.get("thread_ts") else {}))

    def _files_delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        file = self.workspace.files.pop(arguments["file"], None)
        if file is None:
            raise SlackError("file_not_found")
        if any(
            file.id == (block.get("slack_file") or {}).get("id")
            for message in self.workspace.from_bot()
            for block in message["blocks"]
        ):
            self.tombstones.append(file.id)
        self.workspace.deleted.append(file.id)
        return {}

    def _files_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        file = self.workspace.files.get(arguments["file"])
        if file is None or file.ready_at is None:
            raise SlackError("file_not_found")
        mimetype = file.mimetype if self.workspace.file_ready(file.id) else ""
        address = f"{self.url}/files-pri/{file.id}/download/{quote(file.name)}"
        shown = {"id": file.id, "name": file.name, "mimetype": mimetype, "size": len(file.content)}
        return {"file": {**shown, "url_private": address, "url_private_download": address}}

    def post_file(self, name: str, content: bytes) -> dict[str, Any]:
        """A file that a person posts; as a message shows it."""
        file = File(id=self.workspace.new_id("F"), name=name, alt="", length=len(content), content=content)
        file.ready_at = time.time()
        self.workspace.files[file.id] = file
        address = f"{self.url}/files-pri/{file.id}/download/{quote(name)}"
        return {
            "id": file.id,
            "name": name,
            "title": name,
            "mimetype": file.mimetype,
            "size": len(content),
            "mode": "hosted",
            "url_private": address,
            "url_private_download": address,
        }

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A posted file; without the token Slack sends one to a page to sign in on."""

        async def answer() -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {self.bot_token}" or "files:read" not in self.scopes:
                return web.Response(status=302, headers={"Location": f"{self.url}/signin"})
            file = self.workspace.files.get(request.match_info["file_id"])
            if file is None:
                return web.Response(status=404)
            return web.Response(body=file.content, content_type=file.mimetype)

        return await self.faults.serve("files.download", request, answer)
