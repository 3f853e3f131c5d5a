"""A reference that many calls compare with lies at Anthropic as a file for an hour: it travels once, not in each."""

import asyncio
import base64
import time
from typing import TYPE_CHECKING, NamedTuple

import httpx2

from pipeline.judging.sent import SentPicture
from pipeline.models import digest

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

EXPIRES_S = 3600
"""The shortest that the API allows: a photograph lies there no longer than it is needed."""
LEFT_S = 180
"""A file with less time than this is not begun with: a call may take two minutes."""
DISTRUST_S = 600.0
"""So long pictures travel in the calls themselves, after a file was refused."""
WORTH_IT = 60_000
"""Characters of base64 from which on an upload saves anything over a few calls."""


class File(NamedTuple):
    """One that was uploaded."""

    id: str
    until: float


class Lent:
    """The files of one client. Uploading is free; where it fails, nothing but bytes is lost."""

    def __init__(self, client: "AsyncAnthropic") -> None:
        self._client = client
        self._files: dict[str, File] = {}
        self._one = asyncio.Lock()
        self._not_before = 0.0

    async def file_of(self, picture: SentPicture) -> str | None:
        """The file's id; None: send the picture itself."""
        if len(picture.base64) < WORTH_IT or time.monotonic() < self._not_before:
            return None
        key = digest([picture.media_type, picture.base64])
        async with self._one:  # of many calls at once the first uploads
            held = self._files.get(key)
            if held is None or held.until - time.monotonic() < LEFT_S:
                held = await self._upload(picture)
            if held is None:
                self.distrust()
                return None
            self._files[key] = held
            return held.id

    async def _upload(self, picture: SentPicture) -> File | None:
        import anthropic  # noqa: PLC0415  # it takes more than a second to import

        content = base64.b64decode(picture.base64)
        began = time.monotonic()
        name = f"reference.{picture.media_type.rpartition('/')[2]}"
        try:
            made = await self._client.files.upload(
                file=(name, content, picture.media_type), expires_in_seconds=EXPIRES_S, timeout=30.0
            )
        except (anthropic.AnthropicError, httpx2.HTTPError, TimeoutError, ValueError, TypeError):
            return None
        return File(made.id, began + EXPIRES_S) if made.id else None

    def distrust(self) -> None:
        """For a while no call leans on a file."""
        self._not_before = time.monotonic() + DISTRUST_S

    async def take_back(self) -> None:
        """Delete every file; one that cannot be deleted expires."""
        import anthropic  # noqa: PLC0415  # it takes more than a second to import

        async with self._one:
            files, self._files = list(self._files.values()), {}
            for one in files:
                try:
                    await self._client.files.delete(one.id)
                except (anthropic.AnthropicError, httpx2.HTTPError, TimeoutError, ValueError):
                    continue
