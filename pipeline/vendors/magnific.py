"""Magnific over plain HTTP: post a picture, look at its task, fetch what it made."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import httpx

from pipeline.errors import OutcomeUnknown, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.makers.maker import Input
from pipeline.makers.outcome import Listing, Prediction
from pipeline.vendors.downloads import Downloads, open_downloads, tls
from pipeline.vendors.first_byte import at_once
from pipeline.vendors.replicate_http import LONGEST_WAIT_S, TIMEOUT_S
from pipeline.vendors.wire import Store

BASE_URL = "https://api.magnific.com"
HEADER = "x-magnific-api-key"
HOSTS = ("magnific.com", "magnific.ai", "freepik.com", "b2bcdn.freepik.com")
TOLERANCE_S = 300
"""A report older than this is somebody else's copy."""
ORDER_TIMEOUT_S = 2 * TIMEOUT_S
"""A picture of some megabytes goes along."""
_STATUS = {"CREATED": "starting", "IN_PROGRESS": "processing", "COMPLETED": "succeeded", "FAILED": "failed"}


class Magnific:
    """One account. It lists nothing, cancels nothing, and no answer says what it cost; only `order` spends."""

    def __init__(self, client: httpx.AsyncClient, downloads: Downloads) -> None:
        self._client = client
        self._downloads = downloads

    @property
    def store(self) -> Store | None:
        """Pictures go inside the order."""
        return None

    async def order(self, version: str, asked: Input, webhook: str | None = None) -> str:
        """Put one picture through; its id, with the path that it is looked at under. Every order counts as spent.

        Args:
            version: The mode's path: `skin-enhancer/faithful`.
            asked: Its fields, the picture as bare base64.
            webhook: Where Magnific reports the end.

        Raises: as `Wire.order`.
        """
        body = {**asked, "webhook_url": webhook} if webhook else asked
        answer = await self._paid(self._client.post(f"/v1/ai/{version}", json=body))
        task = _task(answer).get("task_id")
        if not isinstance(task, str) or not task:
            raise OutcomeUnknown("Magnific's answer made no sense.")
        return order_id_of(version, task)

    async def look(self, order_id: str) -> Prediction | None:
        answer = await self._free(self._client.get(f"/v1/ai/{order_id}"))
        if answer is None:
            return None
        said = _task(answer)
        status = _STATUS.get(str(said.get("status")))
        if status is None:
            raise VendorUnavailable("Magnific's answer made no sense.")
        made = said.get("generated")
        return Prediction(
            id=order_id,
            status=status,
            output=[one for one in made if isinstance(one, str)] if isinstance(made, list) else None,
            error="Magnific gives no reason" if status == "failed" else None,
        )

    async def cancel(self, order_id: str) -> None:
        """Never called: Magnific ends nothing."""
        raise LookupError(order_id)

    async def page(self, address: str | None = None) -> Listing:
        """Never called: Magnific lists nothing."""
        raise LookupError(address)

    async def fetch(self, address: str) -> bytes:
        """The bytes of an output, without the key. Raises: as `Downloads.fetch`."""
        return await self._downloads.fetch(address)

    async def check_key(self) -> None:
        """A task that cannot be is looked for: free, and refused only to a wrong key.

        Raises: VendorClosed, VendorUnavailable, VendorRejected.
        """
        await self._free(self._client.get("/v1/ai/skin-enhancer/00000000-0000-0000-0000-000000000000"))

    async def _paid(self, call: Awaitable[httpx.Response]) -> httpx.Response:
        try:
            async with asyncio.timeout(ORDER_TIMEOUT_S):
                answer = await call
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise VendorUnavailable("Magnific cannot be reached.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise OutcomeUnknown("Magnific's answer was lost.") from error
        if not answer.is_success:
            _refused(answer, ordering=True)
        return answer

    async def _free(self, call: Awaitable[httpx.Response]) -> httpx.Response | None:
        """None: Magnific does not know it."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await call
        except (httpx.HTTPError, TimeoutError) as error:
            raise VendorUnavailable("Magnific cannot be reached.") from error
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            _refused(answer, ordering=False)
        return answer


def order_id_of(version: str, task: str) -> str:
    """A task with the path that it is looked at under: one for all skin modes, else the mode's own."""
    return f"{'skin-enhancer' if version.startswith('skin-enhancer/') else version}/{task}"


def check_report(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether Magnific signed this, and not long ago: HMAC-SHA256 of `id.timestamp.body`, as Svix signs (its documents
    name the headers; the form of its secret is not confirmed, so both are taken: base64 behind `whsec_`, or as it is).
    """
    name, at, proofs = (headers.get(one, "") for one in ("webhook-id", "webhook-timestamp", "webhook-signature"))
    if not at.isascii() or not at.isdigit() or abs(time.time() - int(at)) > TOLERANCE_S:
        return False
    try:
        key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    except ValueError:
        return False
    made = base64.b64encode(hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest())
    return any(hmac.compare_digest(made, one.rpartition(",")[2].encode()) for one in proofs.split())


def _task(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    data = said.get("data") if isinstance(said, dict) else None
    return data if isinstance(data, dict) else {}


def _refused(answer: httpx.Response, *, ordering: bool) -> NoReturn:
    status = answer.status_code
    if status == 402:
        raise VendorClosed("Magnific's account is out of credits.")
    if status in {401, 403}:
        raise VendorClosed("Magnific refuses the key.")
    if status in {409, 423, 425, 429}:
        raise VendorUnavailable("Magnific is busy.", _retry_after(answer))
    if status >= 500 or status == 408:
        raise OutcomeUnknown("Magnific's answer was lost.") if ordering else VendorUnavailable("Magnific is away.")
    raise VendorRejected(f"Magnific rejected it: {_said(answer)}")


def _said(answer: httpx.Response) -> str:
    """Its words: `message`, or the invalid fields, which lie beside it or under `problem`."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    found = body if isinstance(body, dict) else {}
    problem = found.get("problem") if isinstance(found.get("problem"), dict) else found
    wrong = problem.get("invalid_params") if isinstance(problem, dict) else None
    named = [f"{one.get('name')}: {one.get('reason')}" for one in wrong or () if isinstance(one, dict)]
    said = "; ".join(named) or str(found.get("message") or answer.status_code)
    return " ".join(said.split())[:300]


def _retry_after(answer: httpx.Response) -> float | None:
    try:
        return min(LONGEST_WAIT_S, max(0.0, float(answer.headers["retry-after"])))
    except (KeyError, ValueError):
        return None


@asynccontextmanager
async def open_magnific(key: str, *, base_url: str | None = None, connections: int = 8) -> AsyncIterator[Magnific]:
    """An account, and a second client for downloads that never sends the key; both are closed at the end."""
    limits = httpx.Limits(max_connections=connections)
    headers, to = {HEADER: key, "user-agent": "labs-bot"}, base_url or BASE_URL
    patience = httpx.Timeout(ORDER_TIMEOUT_S)
    async with (
        httpx.AsyncClient(
            base_url=to,
            headers=headers,
            limits=limits,
            timeout=patience,
            verify=tls(),
            event_hooks=at_once(httpx.ConnectTimeout),
        ) as client,
        open_downloads(HOSTS, base_url, limits) as downloads,
    ):
        yield Magnific(client, downloads)
