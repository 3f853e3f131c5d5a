"""Replicate: the only importer of `replicate`. Orders images, looks at them, cancels them, fetches what they made."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError
from replicate.client import Client
from replicate.exceptions import ReplicateException
from replicate.webhook import Webhooks, WebhookSigningSecret, WebhookValidationError

from pipeline.errors import (
    OutcomeUnknown,
    VendorClosed,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from pipeline.pictures import MAX_BYTES
from pipeline.predictions import Listing, Prediction, inline, read_prediction

TIMEOUT_S = 30.0
"""Of one call. Without it `predictions.create` waits for ever: it switches the client's own limit off."""
DOWNLOAD_TIMEOUT_S = 120.0
LONGEST_WAIT_S = 300.0
"""A `retry_after` beyond this is a mistake or an outage; we look again after this long."""
DELIVERY = "replicate.delivery"
WEBHOOK_TOLERANCE_S = 300
_THROTTLED = re.compile(r"available in (\d+) second")


class Replicate:
    """The account that holds the lab's trained versions. Free calls are looks; only `order` spends."""

    def __init__(self, client: Client, downloads: httpx.AsyncClient, base_url: str | None) -> None:
        self._client = client
        self._downloads = downloads
        self._base = urlsplit(base_url or "")

    async def order(self, version: str, asked: dict[str, Any], webhook: str | None = None) -> str:
        """Order one image; its id. Charged by the machine seconds that it will take.

        Args:
            version: `owner/model:64 hex digits`.
            asked: The whole input.
            webhook: Where Replicate reports the end.

        Raises:
            VendorUnavailable: Not charged (429, no connection); the caller may order again.
            VendorRejected: Not charged; the same order would be refused again.
            VendorClosed: Not charged; token refused or out of credit.
            OutcomeUnknown: Possibly made: sent, but the answer was lost. The listing tells.
        """
        hooks: Any = {"webhook": webhook, "webhook_events_filter": ["completed"]} if webhook else {}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                made = await self._client.predictions.async_create(
                    version=version.rpartition(":")[2], input=asked, **hooks
                )
        except VendorError:
            raise
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise VendorUnavailable("Replicate cannot be reached.") from error
        except (httpx.HTTPError, TimeoutError, ReplicateException, ValidationError, ValueError, TypeError) as error:  # fmt: skip
            raise OutcomeUnknown("Replicate's answer was lost.") from error
        return str(made.id)

    async def look(self, prediction_id: str) -> Prediction | None:
        """One order as it stands; None when Replicate does not know it (yet: right after an order that happens)."""
        try:
            content = await self._get(f"/v1/predictions/{prediction_id}")
        except _NotFound:
            return None
        found = read_prediction(content)
        if found is None:
            raise VendorUnavailable("Replicate's answer made no sense.")
        return found

    async def page(self, address: str | None = None) -> Listing:
        """A page of a hundred recent orders, newest first. Raises: VendorUnavailable, VendorClosed, VendorRejected."""
        where = urlsplit(address or "/v1/predictions")
        query = f"?{where.query}" if where.query else ""
        # Only the query of the address given: it could name another host, and our token goes along.
        content = await self._get(f"/v1/predictions{query}")
        results = content.get("results") if isinstance(content, dict) else None
        if not isinstance(results, list):
            raise VendorUnavailable("Replicate's answer made no sense.")
        return Listing(
            predictions=tuple(one for item in results if (one := read_prediction(item))),
            next=content.get("next") if isinstance(content, dict) else None,
        )

    async def cancel(self, prediction_id: str) -> None:
        """Ask for the end of an order; what ran until then is charged. Doing it twice changes nothing."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._client._async_request("POST", f"/v1/predictions/{prediction_id}/cancel")  # noqa: SLF001  # the SDK's own class raises on the status `aborted`
        except _NotFound:
            return
        except VendorError:
            raise
        except (httpx.HTTPError, TimeoutError, ReplicateException) as error:
            raise VendorUnavailable("Replicate cannot be reached.") from error

    async def download(self, address: str) -> bytes:
        """The bytes of an output, without our token, from Replicate's own hosts alone.

        Raises:
            VendorRejected: Another host, too large, gone (outputs are deleted after an hour).
            VendorUnavailable: Try again.
        """
        if (content := inline(address)) is not None:
            return content
        where = urlsplit(address)
        if not self._delivers(where.scheme, where.hostname or "", where.port):
            raise VendorRejected(f"The output lies on {where.hostname!r}, which is not one of Replicate's hosts.")  # fmt: skip
        try:
            async with asyncio.timeout(DOWNLOAD_TIMEOUT_S), self._downloads.stream("GET", address) as answer:  # fmt: skip
                if answer.status_code in {403, 404, 410}:
                    raise VendorRejected("The output is gone.")
                if answer.status_code != 200:
                    raise VendorUnavailable("The output cannot be fetched now.")
                return await _bounded(answer)
        except (httpx.HTTPError, TimeoutError) as error:
            raise VendorUnavailable("The output cannot be fetched now.") from error

    def _delivers(self, scheme: str, host: str, port: int | None) -> bool:
        if scheme == "https" and (host == DELIVERY or host.endswith(f".{DELIVERY}")):
            return True
        loopback = self._base.hostname in {"127.0.0.1", "localhost", "::1"}
        return loopback and (host, port) == (self._base.hostname, self._base.port)

    async def check_token(self) -> str:
        """The account's name, by a free call. Raises: VendorClosed, VendorUnavailable, VendorRejected."""
        content = await self._get("/v1/account")
        return str(content.get("username", "")) if isinstance(content, dict) else ""

    async def webhook_secret(self) -> str:
        """The key that Replicate signs its webhooks with. Raises: VendorClosed, VendorUnavailable, VendorRejected."""
        content = await self._get("/v1/webhooks/default/secret")
        return str(content.get("key", "")) if isinstance(content, dict) else ""

    async def _get(self, path: str) -> Any:
        """The raw JSON: the SDK's classes drop fields and raise on statuses that the API knows."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._client._async_request("GET", path)  # noqa: SLF001  # see above
            return answer.json()
        except VendorError:
            raise
        except (httpx.HTTPError, TimeoutError, ReplicateException, ValueError) as error:
            raise VendorUnavailable("Replicate cannot be reached.") from error


def check_webhook(secret: str, headers: dict[str, str], body: str) -> bool:
    """Whether Replicate signed this, and not long ago."""
    try:
        Webhooks.validate(
            headers=headers, body=body, secret=WebhookSigningSecret(key=secret), tolerance=WEBHOOK_TOLERANCE_S
        )  # fmt: skip
    except (WebhookValidationError, ValueError):
        return False
    return True


class _NotFound(VendorRejected):
    """404."""


async def _bounded(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > MAX_BYTES:
            raise VendorRejected(f"The output is larger than {MAX_BYTES:,} bytes.")
        parts.append(part)
    return b"".join(parts)


async def _translate(answer: httpx.Response) -> None:
    """An error status as our error, while its body and headers can be read: the SDK's error carries neither."""
    if answer.status_code < 400:
        return
    await answer.aread()
    try:
        body = answer.json()
    except ValueError:
        body = {}
    _raise(answer, body if isinstance(body, dict) else {})


def _raise(answer: httpx.Response, body: dict[str, Any]) -> NoReturn:
    said = " ".join(str(body.get("detail") or body.get("title") or "").split())[:300]
    status = answer.status_code
    # Looks are repeated by the SDK and by the next poll; only an order asks what became of it.
    ordering = answer.request.method == "POST" and not answer.request.url.path.endswith("/cancel")
    if status == 429:
        raise VendorUnavailable("Replicate is busy.", _retry_after(answer, body, said))
    if status in {401, 403}:
        raise VendorClosed("Replicate refuses the token.")
    if status == 402:
        raise VendorClosed("Replicate's account is out of credit.")
    if status == 404:
        raise _NotFound(said or "Replicate does not know this.")
    if status >= 500 or status == 408:
        raise OutcomeUnknown("Replicate's answer was lost.") if ordering else VendorUnavailable("Replicate is away.")  # fmt: skip
    raise VendorRejected(f"Replicate rejected it: {said or status}")


def _retry_after(answer: httpx.Response, body: dict[str, Any], said: str) -> float | None:
    """How long to wait: the body says it, or the header, or the sentence."""
    found = _THROTTLED.search(said)
    for value in (body.get("retry_after"), answer.headers.get("retry-after"), found and found[1]):
        try:
            if value is not None:
                return min(LONGEST_WAIT_S, max(0.0, float(value)))
        except (TypeError, ValueError):
            continue
    return None


@cache
def _tls() -> ssl.SSLContext:
    """Once in a process: reading the certificates takes 30 ms each time."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_replicate(
    token: str, *, base_url: str | None = None, connections: int = 40
) -> AsyncIterator[Replicate]:
    """An account, and a second client for downloads that never sends the token; both are closed at the end."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    # `Client` cannot be closed, so we own, and close, the transport under it.
    async with (
        httpx.AsyncHTTPTransport(limits=limits, verify=_tls()) as transport,
        httpx.AsyncClient(
            limits=limits, timeout=httpx.Timeout(TIMEOUT_S), verify=_tls()
        ) as downloads,
    ):
        client = Client(
            token,
            base_url=base_url,
            timeout=httpx.Timeout(TIMEOUT_S),
            transport=transport,
            event_hooks={"response": [_translate]},
        )
        yield Replicate(client, downloads, base_url)
