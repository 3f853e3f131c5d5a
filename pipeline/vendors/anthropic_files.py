"""A reference that many calls compare with lies at Anthropic as a file for an hour: it travels once, not in each."""

import asyncio
import base64
import time
from typing import TYPE_CHECKING, NamedTuple

import httpx2

from pipeline.judging.sent import SentPicture

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

EXPIRES_S = 3600
"""The shortest that the API allows: a photograph lies there no longer than it is needed."""
LEFT_S = 180
"""A file with less time than this is not begun with: a call may take two minutes."""
DISTRUST_S = 600.0
"""So long pictures travel in the calls themselves, after a file was refused."""
UPLOAD_S = 20.0
WORTH_IT = 60_000
"""Characters of base64 from which on an upload saves anything over a few calls."""


def _key(picture: SentPicture) -> tuple[str, str]:
    """The picture itself: a string of a megabyte is hashed once, and each call has the same one."""
    return picture.media_type, picture.base64


class File(NamedTuple):
    """One that was uploaded."""

    id: str
    until: float


class Lent:
    """The files of one client. Uploading is free; where it fails, nothing but bytes is lost."""

    def __init__(self, client: "AsyncAnthropic") -> None:
        self._client = client
        self._files: dict[tuple[str, str], File] = {}
        self._one = asyncio.Lock()
        self._not_before = 0.0

    def file_of(self, picture: SentPicture) -> str | None:
        """The id of the file that lies there for long enough; None: send the picture itself."""
        held = self._files.get(_key(picture))
        fresh = held is not None and held.until - time.monotonic() > LEFT_S and time.monotonic() >= self._not_before
        return held.id if held is not None and fresh else None

    async def lend(self, picture: SentPicture) -> None:
        """Upload it, unless it lies there, or is not worth it."""
        if len(picture.base64) < WORTH_IT:
            return
        async with self._one:  # of many calls at once the first uploads
            if time.monotonic() < self._not_before or self.file_of(picture) is not None:
                return
            made = await self._upload(picture)
            if made is None:
                self.distrust()
            else:
                self._files[_key(picture)] = made

    async def _upload(self, picture: SentPicture) -> File | None:
        import anthropic  # noqa: PLC0415  # it takes more than a second to import

        content = base64.b64decode(picture.base64)
        began = time.monotonic()
        name = f"reference.{picture.media_type.rpartition('/')[2]}"
        try:
            async with asyncio.timeout(UPLOAD_S):
                made = await self._client.files.upload(
                    file=(name, content, picture.media_type), expires_in_seconds=EXPIRES_S
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
