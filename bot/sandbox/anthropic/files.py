"""Files that lie at the sandbox's Anthropic: uploaded, used by their id, expired, deleted."""

import base64
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.anthropic.checks import Refused, blocks_of

SHORTEST_S, LONGEST_S = 3600, 7776000
MOST_BYTES = 500 * 2**20


class Files:
    """The files of one account, by id: media type, bytes, and when they expire."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, bytes, float | None]] = {}
        self.uploaded = 0

    async def upload(self, request: web.Request) -> dict[str, Any]:
        """Raises: Refused."""
        # Part by part: `request.post()` leaves its temporary file open when a bot dies in the middle.
        if not request.content_type.startswith("multipart/"):
            raise Refused(400, "invalid_request_error", "file: Field required")
        content, shown, seconds = b"", None, None
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "expires_in_seconds":
                seconds = await part.text()
            elif isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
                content, shown = bytes(await part.read()), (part.filename, part.headers.get("content-type", ""))
        if shown is None:
            raise Refused(400, "invalid_request_error", "file: Field required")
        if len(content) > MOST_BYTES:
            raise Refused(413, "request_too_large", "file exceeds 500 MB maximum")
        if seconds is not None and not (seconds.isdigit() and SHORTEST_S <= int(seconds) <= LONGEST_S):
            raise Refused(400, "invalid_request_error", "expires_in_seconds: must be between 3600 and 7776000")
        return self._keep(shown, content, None if seconds is None else time.time() + int(seconds))

    def _keep(self, shown: tuple[str, str], content: bytes, until: float | None) -> dict[str, Any]:
        name, (filename, media) = f"file_{secrets.token_hex(12)}", shown
        self.held[name] = (media, content, until)
        self.uploaded += 1
        return {
            "id": name,
            "type": "file",
            "filename": filename,
            "mime_type": media,
            "size_bytes": len(content),
            "created_at": datetime.now(UTC).isoformat(),
            "downloadable": False,
            "expires_at": datetime.fromtimestamp(until, UTC).isoformat() if until else None,
        }

    def delete(self, name: str) -> dict[str, Any]:
        """Raises: Refused."""
        if self.held.pop(name, None) is None:
            raise Refused(404, "not_found_error", f"File not found: {name}")
        return {"id": name, "type": "file_deleted"}

    def fill(self, body: dict[str, Any]) -> None:
        """Put the files that a message names into its place. Raises: Refused for one that is not there any more."""
        for block in blocks_of(body):
            source = block.get("source") or {}
            if source.get("type") != "file":
                continue
            found = self.held.get(str(source.get("file_id")))
            if found is None or (found[2] is not None and found[2] < time.time()):
                raise Refused(404, "not_found_error", f"File not found: {source.get('file_id')}")
            block["source"] = {"type": "base64", "media_type": found[0], "data": base64.b64encode(found[1]).decode()}
