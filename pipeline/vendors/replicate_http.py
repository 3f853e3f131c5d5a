"""Replicate's HTTP, below the calls: raw JSON, and every failure by what it means for the money."""

import asyncio
import re
from collections.abc import Awaitable
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError
from replicate.client import Client
from replicate.exceptions import ReplicateException

from pipeline.errors import OutcomeUnknown, VendorClosed, VendorError, VendorRejected, VendorUnavailable
from pipeline.makers.outcome import Listing, Prediction, read_prediction

T = TypeVar("T")
TIMEOUT_S = 30.0
"""Of one call. Without it the SDK's `create` waits for ever: it switches the client's own limit off."""
LONGEST_WAIT_S = 300.0
"""A `retry_after` beyond this is a mistake or an outage; we look again after this long."""
_THROTTLED = re.compile(r"available in (\d+) second")


class NotFound(VendorRejected):
    """404."""


class Wire:
    """Calls that cost nothing, as raw JSON: the SDK's classes drop fields and raise on statuses that the API knows."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def get(self, path: str) -> Any:
        """Raises: NotFound, VendorUnavailable, VendorClosed, VendorRejected."""
        return (await self._ask("GET", path)).json()

    async def look(self, path: str) -> Prediction | None:
        """One prediction or training as it stands; None when Replicate does not know it (yet: right after an order
        that happens).
        """
        try:
            content = await self.get(path)
        except NotFound:
            return None
        found = read_prediction(content)
        if found is None:
            raise VendorUnavailable("Replicate's answer made no sense.")
        return found

    async def page(self, path: str, address: str | None = None) -> Listing:
        """A page of a hundred recent ones, newest first.

        Args:
            path: Of the listing.
            address: Of a further page, as the one before names it.
        """
        content = await self.get(f"{path}{query_of(address)}")
        results = content.get("results") if isinstance(content, dict) else None
        if not isinstance(results, list):
            raise VendorUnavailable("Replicate's answer made no sense.")
        return Listing(
            predictions=tuple(one for item in results if (one := read_prediction(item))), next=content.get("next")
        )

    async def end(self, path: str) -> None:
        """Cancel something; what is not there any more has ended."""
        await self._gone("POST", path)

    async def delete(self, path: str) -> None:
        """Delete something; what is not there any more is deleted."""
        await self._gone("DELETE", path)

    async def _gone(self, method: str, path: str) -> None:
        try:
            await self._ask(method, path)
        except NotFound:
            return

    async def _ask(self, method: str, path: str) -> httpx.Response:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer: httpx.Response = await self._client._async_request(method, path)  # noqa: SLF001  # see above
                answer.json() if method == "GET" else None
        except VendorError:
            raise
        except (httpx.HTTPError, TimeoutError, ReplicateException, ValueError) as error:
            raise VendorUnavailable("Replicate cannot be reached.") from error
        return answer


def query_of(address: str | None) -> str:
    """Only the query of an address given: it could name another host, and our token goes along."""
    query = urlsplit(address or "").query
    return f"?{query}" if query else ""


async def paid(call: Awaitable[T], timeout_s: float = TIMEOUT_S) -> T:
    """Make a call that has an effect, once.

    Raises:
        VendorUnavailable: No effect (429, no connection).
        VendorRejected, VendorClosed: No effect; the same call would be refused again.
        OutcomeUnknown: Sent, but the answer was lost.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await call
    except VendorError:
        raise
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise VendorUnavailable("Replicate cannot be reached.") from error
    except (httpx.HTTPError, TimeoutError, ReplicateException, ValidationError, ValueError, TypeError) as error:
        raise OutcomeUnknown("Replicate's answer was lost.") from error


BUSY = frozenset({423, 425})
"""A lock, too early (RFC 4918, 8470): nothing was taken, and it passes; as 409 for an order (RFC 9110)."""


async def translate(answer: httpx.Response) -> None:
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
    # A 409 about a model means that it is there already, or has versions: no wait changes that.
    conflict = status == 409 and answer.request.url.path.endswith(("/predictions", "/trainings"))
    if conflict or status in {*BUSY, 429}:
        raise VendorUnavailable("Replicate is busy.", _retry_after(answer, body, said))
    if status in {401, 403}:
        raise VendorClosed("Replicate refuses the token.")
    if status == 402:
        raise VendorClosed("Replicate's account is out of credit.")
    if status == 404:
        raise NotFound(said or "Replicate does not know this.")
    if status >= 500 or status == 408:
        raise OutcomeUnknown("Replicate's answer was lost.") if ordering else VendorUnavailable("Replicate is away.")
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
