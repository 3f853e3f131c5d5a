"""Files in Slack: what people posted, and where our token may go for it."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_answers import Answer, files_of
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused, wait_of
from pipeline.models import Value

UPLOAD_TIMEOUT_S = 120

MAX_FILE_BYTES = 80_000_000
"""As `pipeline.pictures.MOST_PHOTO_BYTES`."""
FILE_HOSTS = ("files.slack.com", ".enterprise.slack.com")
"""Where `url_private` of a file leads: of a workspace, and of an Enterprise Grid."""


class PostedFile(Value):
    """A file in a thread."""

    name: str
    address: str | None = None
    why: str = ""
    """Why there is no address."""


def is_slacks(address: str, api: str) -> bool:
    """Whether our token may go there: a host of Slack's files by TLS, or the server that we were told to use."""
    try:
        where, base = urlsplit(address), urlsplit(api)
        port = where.port
    except ValueError:
        return False
    host = where.hostname or ""
    slack = where.scheme == "https" and port in {None, 443} and not where.username
    loopback = base.hostname in {"127.0.0.1", "localhost", "::1"} and where.netloc == base.netloc
    own = host == FILE_HOSTS[0] or host.endswith(FILE_HOSTS[1])
    return (slack and own) or loopback


def address_of(file: dict[str, Any]) -> str | None:
    """Where a file can be fetched, as a message or `files.info` shows it."""
    found = file.get("url_private_download") or file.get("url_private")
    return str(found) if found else None


class PostedFiles:
    """A part of Slack's API: files that people posted."""

    client: AsyncWebClient
    _session: aiohttp.ClientSession

    def _each(self, channel: str, thread_ts: str | None, **more: Any) -> AsyncIterator[dict[str, Any]]:
        raise NotImplementedError

    async def _call(self, method: str, **arguments: Any) -> Answer:
        raise NotImplementedError

    async def posted_files(self, channel: str, thread_ts: str, ts: str) -> list[PostedFile]:
        """Files that people posted, oldest first: those of one message, else all of its thread.

        Args:
            channel: Where.
            thread_ts: The thread.
            ts: The message whose own files count alone, where it has any.
        """
        found: list[PostedFile] = []
        own: list[PostedFile] = []
        async for message in self._each(channel, thread_ts):
            if message.get("bot_id"):
                continue
            for file in files_of(message):
                found.append(await self._posted(file))
                own += found[-1:] if message.get("ts") == ts else []
        return own or found

    async def _posted(self, file: dict[str, Any]) -> PostedFile:
        """A file as it stands in a message: shared from elsewhere, it has no address there, and is asked for."""
        named = str(file.get("name") or file.get("title") or file.get("id") or "a file")
        if not address_of(file) and file.get("id"):
            try:
                file = (await self._call("files_info", file=str(file["id"]))).table("file")
            except SlackRefused as error:
                return PostedFile(name=named, why=f"Slack does not show it: {error.code}; post it here again")
        gone = file.get("mode") in {"tombstone", "hidden_by_limit"}
        why = "Slack gives no address for it; post it here again"
        return PostedFile(
            name=str(file.get("name") or named),
            address=None if gone else address_of(file),
            why="it is deleted, or hidden by a limit of this workspace" if gone else why,
        )

    async def fetch(self, address: str) -> bytes:
        """A posted file's bytes, with our token, from Slack's own hosts alone.

        Raises: SlackRefused (another host, too large, not ours to see), SlackLost, SlackBusy.
        """
        if not is_slacks(address, self.client.base_url):
            raise SlackRefused("a file", "its address is none of Slack's")
        headers = {"Authorization": f"Bearer {self.client.token}"}
        limit = aiohttp.ClientTimeout(total=UPLOAD_TIMEOUT_S)
        try:
            # No redirects: without the right to see it Slack sends us to a page to sign in on.
            asked = self._session.get(address, headers=headers, timeout=limit, allow_redirects=False)
            async with asked as answer:
                if answer.status == 429:
                    raise SlackBusy(wait_of(answer.headers.get("Retry-After")))
                if answer.status != 200 or answer.content_type == "text/html":
                    raise SlackRefused("a file", "it is not ours to see, or gone")
                content = await answer.content.read(MAX_FILE_BYTES + 1)
                while len(content) <= MAX_FILE_BYTES and (more := await answer.content.read(MAX_FILE_BYTES)):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SlackLost("The file was cut off.") from error
        if len(content) > MAX_FILE_BYTES:
            raise SlackRefused("a file", f"it is larger than {MAX_FILE_BYTES:,} bytes")
        return content
