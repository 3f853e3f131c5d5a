"""Replicate: the only importer of `replicate`. This slice only asks whether the account answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from replicate.client import Client
from replicate.exceptions import ReplicateError

from pipeline.errors import VendorClosed, VendorRejected, VendorUnavailable

TIMEOUT_S = 30.0


class Replicate:
    """The account that holds the lab's trained versions."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def check_token(self) -> str:
        """The account's name, by a free call.

        Raises:
            VendorClosed: The token is refused.
            VendorUnavailable: Replicate cannot be reached, or is busy.
            VendorRejected: It answered something else.
        """
        try:
            account = await self._client.accounts.async_current()
        except httpx.HTTPError as error:
            raise VendorUnavailable("Replicate cannot be reached.") from error
        except ReplicateError as error:
            if error.status in {401, 403}:
                raise VendorClosed("Replicate refuses the token.") from error
            if error.status == 429 or (error.status or 0) >= 500:
                raise VendorUnavailable("Replicate is busy.") from error
            raise VendorRejected(f"Replicate rejected the request ({error.status}).") from error
        return account.username


@asynccontextmanager
async def open_replicate(token: str, *, base_url: str | None = None) -> AsyncIterator[Replicate]:
    # `Client` cannot be closed, so we own, and close, the transport under it.
    async with httpx.AsyncHTTPTransport() as transport:
        yield Replicate(
            Client(token, base_url=base_url, timeout=httpx.Timeout(TIMEOUT_S), transport=transport)
        )
