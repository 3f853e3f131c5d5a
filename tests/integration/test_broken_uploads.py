"""A bot that dies in the middle of an upload leaves no file of the sandbox's open: its warning fails a later test."""

import asyncio
import gc
import logging

import aiohttp
import pytest
from yarl import URL

from bot.sandbox.world import World, running

HALF = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nhalf of'
CLAUDE = "anthropic-version: 2023-06-01\r\nx-api-key: {}"


@pytest.mark.parametrize(
    ("vendor", "secret", "headers"),
    [("ANTHROPIC", "ANTHROPIC_API_KEY", CLAUDE), ("REPLICATE", "REPLICATE_API_TOKEN", "authorization: Bearer {}")],
)
def test_an_upload_that_breaks_off_leaves_nothing_open(
    vendor: str, secret: str, headers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else pytest keeps the server's error until the test is over, and the request with it.
    monkeypatch.setattr(logging.getLogger("aiohttp.server"), "disabled", True)
    asyncio.run(broken_off(vendor, secret, headers))

    gc.collect()


async def broken_off(vendor: str, secret: str, headers: str) -> None:
    async with running(World()) as world, aiohttp.ClientSession() as session:
        settings = world.settings()
        base = URL(settings[f"{vendor}_BASE_URL"])
        head = [
            f"POST {base.path}/v1/files HTTP/1.1",
            f"host: {base.host}:{base.port}",
            headers.format(settings[secret]),
            "content-type: multipart/form-data; boundary=x",
            "content-length: 9000",
        ]
        _reader, writer = await asyncio.open_connection(base.host, base.port)
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + HALF)
        await writer.drain()
        await session.get(base)  # by then the upload is being read
        writer.transport.abort()
