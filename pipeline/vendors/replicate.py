"""Replicate, over its SDK: orders images, looks at them, cancels them, fetches what they made."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from replicate.client import Client
from replicate.webhook import Webhooks, WebhookSigningSecret, WebhookValidationError

from pipeline.errors import VendorRejected, VendorUnavailable
from pipeline.makers.outcome import Listing, Prediction
from pipeline.vendors.downloads import Downloads, open_downloads, tls
from pipeline.vendors.first_byte import at_once
from pipeline.vendors.replicate_http import TIMEOUT_S, Wire, paid, translate
from pipeline.vendors.replicate_training import Trainings
from pipeline.vendors.wire import Store

HASH_TIMEOUT_S = 600.0
"""Weights are 150 MB and more."""
KEPT_OPEN = 4
"""Idle connections; all others are closed after use, so that open files do not grow with every burst."""
DELIVERY = "replicate.delivery"
WEBHOOK_TOLERANCE_S = 300


class Replicate:
    """The account that holds the lab's trained versions. Free calls are looks; only `order` spends."""

    def __init__(self, client: Client, downloads: Downloads) -> None:
        self._client = client
        self._wire = Wire(client)
        self._downloads = downloads
        self.trainings = Trainings(client)

    @property
    def store(self) -> Store:
        """Photographs that orders name."""
        return self.trainings

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
        """The bytes of an output. Raises: as `Downloads.fetch` (outputs are deleted after an hour)."""
        return await self._downloads.fetch(address)

    async def hash_of(self, address: str) -> str:
        """The SHA-256 of an output that is too large to be kept: trained weights. Raises: as `download`."""
        if not self._downloads.allowed(address):
            raise VendorRejected("The weights lie where none of Replicate's hosts is.")
        found = hashlib.sha256()
        try:
            async with asyncio.timeout(HASH_TIMEOUT_S), self._downloads.stream(address) as answer:
                if answer.status_code != 200:
                    raise VendorUnavailable("The weights cannot be fetched now.")
                async for part in answer.aiter_bytes():
                    found.update(part)
        except (httpx.HTTPError, TimeoutError) as error:
            raise VendorUnavailable("The weights cannot be fetched now.") from error
        return found.hexdigest()

    async def check_token(self) -> str:
        """The account's name, by a free call. Raises: VendorClosed, VendorUnavailable, VendorRejected."""
        content = await self._wire.get("/v1/account")
        return str(content.get("username", "")) if isinstance(content, dict) else ""

    async def input_schema(self, model: str) -> dict[str, Any] | None:
        """JSON Schema of what an official model takes today, by a free call; None where Replicate does not say.

        Raises: VendorClosed, VendorUnavailable, VendorRejected.
        """
        content = await self._wire.get(f"/v1/models/{model}")
        version = content.get("latest_version") if isinstance(content, dict) else None
        described = version.get("openapi_schema") if isinstance(version, dict) else None
        parts = described.get("components") if isinstance(described, dict) else None
        schemas = parts.get("schemas") if isinstance(parts, dict) else None
        own = schemas.get("Input") if isinstance(schemas, dict) else None
        # What it refers to lies beside it: `#/components/schemas/aspect_ratio`.
        return {**own, "components": parts} if isinstance(own, dict) else None

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


@asynccontextmanager
async def open_replicate(token: str, *, base_url: str | None = None, connections: int = 40) -> AsyncIterator[Replicate]:
    """An account, and a second client for downloads that never sends the token; both are closed at the end."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=KEPT_OPEN)
    # `Client` cannot be closed, so we own, and close, the transport under it.
    async with (
        httpx.AsyncHTTPTransport(limits=limits, verify=tls()) as transport,
        open_downloads([DELIVERY], base_url, limits) as downloads,
    ):
        client = Client(
            token,
            base_url=base_url,
            timeout=httpx.Timeout(TIMEOUT_S),
            transport=transport,
            event_hooks={**at_once(httpx.ConnectTimeout), "response": [translate]},
        )
        yield Replicate(client, downloads)
