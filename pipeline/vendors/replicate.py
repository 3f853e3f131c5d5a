"""Replicate: the only importer of `replicate`. Orders images, looks at them, cancels them, fetches what they made."""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from replicate.client import Client
from replicate.webhook import Webhooks, WebhookSigningSecret, WebhookValidationError

from pipeline.errors import OutputGone, VendorRejected, VendorUnavailable
from pipeline.makers.outcome import Listing, Prediction, inline
from pipeline.pictures import MAX_BYTES
from pipeline.vendors.replicate_http import TIMEOUT_S, Wire, paid, translate
from pipeline.vendors.replicate_training import Trainings

DOWNLOAD_TIMEOUT_S = 120.0
HASH_TIMEOUT_S = 600.0
"""Weights are 150 MB and more."""
KEPT_OPEN = 4
"""Idle connections; all others are closed after use, so that open files do not grow with every burst."""
DELIVERY = "replicate.delivery"
WEBHOOK_TOLERANCE_S = 300


class Replicate:
    """The account that holds the lab's trained versions. Free calls are looks; only `order` spends."""

    def __init__(self, client: Client, downloads: httpx.AsyncClient, base_url: str | None) -> None:
        self._client = client
        self._wire = Wire(client)
        self._downloads = downloads
        self._base = urlsplit(base_url or "")
        self.trainings = Trainings(client)

    async def order(self, version: str, asked: dict[str, Any], webhook: str | None = None) -> str:
        """Order one image; its id. Charged by the machine seconds that it will take.

        Args:
            version: `owner/model:64 hex digits`; of an official model, which has no versions, `owner/model`.
            asked: The whole input.
            webhook: Where Replicate reports the end.

        Raises:
            VendorUnavailable: Not charged (429, no connection); the caller may order again.
            VendorRejected: Not charged; the same order would be refused again.
            VendorClosed: Not charged; token refused or out of credit.
            OutcomeUnknown: Possibly made: sent, but the answer was lost. The listing tells.
        """
        hooks: Any = {"webhook": webhook, "webhook_events_filter": ["completed"]} if webhook else {}
        model, _, pinned = version.partition(":")
        if pinned:
            made = await paid(self._client.predictions.async_create(version=pinned, input=asked, **hooks))
        else:
            made = await paid(self._client.models.predictions.async_create(model, input=asked, **hooks))
        return str(made.id)

    async def look(self, prediction_id: str) -> Prediction | None:
        """One order as it stands; None when Replicate does not know it (yet: right after an order that happens)."""
        return await self._wire.look(f"/v1/predictions/{prediction_id}")

    async def page(self, address: str | None = None) -> Listing:
        """A page of a hundred recent orders, newest first. Raises: VendorUnavailable, VendorClosed, VendorRejected."""
        return await self._wire.page("/v1/predictions", address)

    async def cancel(self, prediction_id: str) -> None:
        """Ask for the end of an order; what ran until then is charged. Doing it twice changes nothing."""
        await self._wire.end(f"/v1/predictions/{prediction_id}/cancel")

    async def fetch(self, address: str) -> bytes:
        """The bytes of an output, without our token, from Replicate's own hosts alone.

        Raises:
            VendorRejected: Another host, too large, gone (outputs are deleted after an hour).
            VendorUnavailable: Try again.
        """
        if (content := inline(address)) is not None:
            return content
        if not self._delivers(address):
            raise VendorRejected("The output lies where none of Replicate's hosts is.")
        try:
            async with asyncio.timeout(DOWNLOAD_TIMEOUT_S), self._downloads.stream("GET", address) as answer:
                if answer.status_code in {403, 404, 410}:
                    raise OutputGone("The output is gone.")
                if answer.status_code != 200:
                    raise VendorUnavailable("The output cannot be fetched now.")
                return await _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise VendorUnavailable("The output cannot be fetched now.") from error

    async def hash_of(self, address: str) -> str:
        """The SHA-256 of an output that is too large to be kept: trained weights. Raises: as `download`."""
        if not self._delivers(address):
            raise VendorRejected("The weights lie where none of Replicate's hosts is.")
        found = hashlib.sha256()
        try:
            async with asyncio.timeout(HASH_TIMEOUT_S), self._downloads.stream("GET", address) as answer:
                if answer.status_code != 200:
                    raise VendorUnavailable("The weights cannot be fetched now.")
                async for part in answer.aiter_bytes():
                    found.update(part)
        except (httpx.HTTPError, TimeoutError) as error:
            raise VendorUnavailable("The weights cannot be fetched now.") from error
        return found.hexdigest()

    def _delivers(self, address: str) -> bool:
        """Whether an address is one of Replicate's own, or of the server that we were told to use."""
        try:
            where = urlsplit(address)
            host, port = where.hostname or "", where.port
        except ValueError:  # `http://[bad`, a port of 99999
            return False
        if where.scheme == "https" and port in {None, 443} and (host == DELIVERY or host.endswith(f".{DELIVERY}")):
            return True
        loopback = self._base.hostname in {"127.0.0.1", "localhost", "::1"}
        return loopback and (host, port) == (self._base.hostname, self._base.port)

    async def check_token(self) -> str:
        """The account's name, by a free call. Raises: VendorClosed, VendorUnavailable, VendorRejected."""
        content = await self._wire.get("/v1/account")
        return str(content.get("username", "")) if isinstance(content, dict) else ""

    async def webhook_secret(self) -> str:
        """The key that Replicate signs its webhooks with. Raises: VendorClosed, VendorUnavailable, VendorRejected."""
        content = await self._wire.get("/v1/webhooks/default/secret")
        return str(content.get("key", "")) if isinstance(content, dict) else ""


def check_webhook(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether Replicate signed this, and not long ago."""
    try:
        Webhooks.validate(
            headers=headers,
            body=body.decode("utf-8"),
            secret=WebhookSigningSecret(key=secret),
            tolerance=WEBHOOK_TOLERANCE_S,
        )
    except (WebhookValidationError, ValueError, TypeError):  # TypeError: a signature of other letters than base64 has
        return False
    return True


async def _bounded(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > MAX_BYTES:
            raise VendorRejected(f"The output is larger than {MAX_BYTES:,} bytes.")
        parts.append(part)
    return b"".join(parts)


@cache
def _tls() -> ssl.SSLContext:
    """Once in a process: reading the certificates takes 30 ms each time."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_replicate(token: str, *, base_url: str | None = None, connections: int = 40) -> AsyncIterator[Replicate]:
    """An account, and a second client for downloads that never sends the token; both are closed at the end."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=KEPT_OPEN)
    # `Client` cannot be closed, so we own, and close, the transport under it.
    async with (
        httpx.AsyncHTTPTransport(limits=limits, verify=_tls()) as transport,
        httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(TIMEOUT_S), verify=_tls()) as downloads,
    ):
        client = Client(
            token,
            base_url=base_url,
            timeout=httpx.Timeout(TIMEOUT_S),
            transport=transport,
            event_hooks={"response": [translate]},
        )
        yield Replicate(client, downloads, base_url)
