"""What vendors made, fetched without any key of ours, from their own hosts alone."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from urllib.parse import urlsplit

import httpx

from pipeline.errors import OutputGone, VendorRejected, VendorUnavailable
from pipeline.makers.outcome import inline
from pipeline.pictures import MAX_BYTES

TIMEOUT_S = 120.0


class Downloads:
    """One vendor's outputs."""

    def __init__(self, client: httpx.AsyncClient, hosts: Collection[str], base_url: str | None) -> None:
        """`hosts`: whose own and whose subdomains' addresses are fetched; `base_url`: of a server on this machine."""
        self._client = client
        self._hosts = tuple(hosts)
        self._base = urlsplit(base_url or "")

    def allowed(self, address: str) -> bool:
        """Whether an address is one of the vendor's own, or of the server that we were told to use."""
        try:
            where = urlsplit(address)
            host, port = where.hostname or "", where.port
        except ValueError:  # `http://[bad`, a port of 99999
            return False
        ours = any(host == one or host.endswith(f".{one}") for one in self._hosts)
        if where.scheme == "https" and port in {None, 443} and ours:
            return True
        loopback = self._base.hostname in {"127.0.0.1", "localhost", "::1"}
        return loopback and (host, port) == (self._base.hostname, self._base.port)

    def stream(self, address: str) -> AbstractAsyncContextManager[httpx.Response]:
        """An output that is too large to be kept; its address is checked before."""
        return self._client.stream("GET", address)

    async def fetch(self, address: str) -> bytes:
        """The bytes of an output.

        Raises:
            VendorRejected: Another host, or too large.
            OutputGone: It is not there (any more).
            VendorUnavailable: Try again.
        """
        if (content := inline(address)) is not None:
            return content
        if not self.allowed(address):
            raise VendorRejected("The output lies where none of the vendor's hosts is.")
        try:
            async with asyncio.timeout(TIMEOUT_S), self._client.stream("GET", address) as answer:
                if answer.status_code in {403, 404, 410}:
                    raise OutputGone("The output is gone.")
                if answer.status_code != 200:
                    raise VendorUnavailable("The output cannot be fetched now.")
                return await _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise VendorUnavailable("The output cannot be fetched now.") from error


async def _bounded(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > MAX_BYTES:
            raise VendorRejected(f"The output is larger than {MAX_BYTES:,} bytes.")
        parts.append(part)
    return b"".join(parts)


@cache
def tls() -> ssl.SSLContext:
    """Once in a process: reading the certificates takes 30 ms each time."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_downloads(
    hosts: Collection[str], base_url: str | None, limits: httpx.Limits
) -> AsyncIterator[Downloads]:
    """A client without a key; closed at the end."""
    async with httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(30.0), verify=tls()) as client:
        yield Downloads(client, hosts, base_url)
