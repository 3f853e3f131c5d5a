"""FASHN over plain HTTP: its own SDK repeats a lost `POST /run`, which is paid."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
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

BASE_URL = "https://api.fashn.ai"
HOSTS = ("fashn.ai",)
_STATUS = {
    "starting": "starting",
    "in_queue": "starting",
    "processing": "processing",
    "completed": "succeeded",
    "failed": "failed",
    "canceled": "failed",
    "time_out": "failed",
}


class Fashn:
    """One account. It lists nothing, cancels nothing and knows no idempotency; only `order` spends."""

    def __init__(self, client: httpx.AsyncClient, downloads: Downloads) -> None:
        self._client = client
        self._downloads = downloads

    @property
    def store(self) -> Store | None:
        """Photographs go inside the order."""
        return None

    async def order(self, version: str, asked: Input, webhook: str | None = None) -> str:
        """Order one picture; its id. Charged in credits when it has come out; a failed one is free.

        Args:
            version: The model: `model-create`.
            asked: Its inputs.
            webhook: Never given: FASHN does not sign its reports.

        Raises: as `Wire.order`.
        """
        del webhook
        answer = await self._paid(self._client.post("/v1/run", json={"model_name": version, "inputs": asked}))
        made = _object(answer).get("id")
        if not isinstance(made, str) or not made:
            raise OutcomeUnknown("FASHN's answer made no sense.")
        return made

    async def look(self, order_id: str) -> Prediction | None:
        answer = await self._free(self._client.get(f"/v1/status/{order_id}"))
        if answer is None:
            return None
        said = _object(answer)
        status = _STATUS.get(str(said.get("status")))
        if status is None:
            raise VendorUnavailable("FASHN's answer made no sense.")
        return Prediction(
            id=order_id,
            status=status,
            output=_outputs(said.get("output")),
            error=_why(said),
            metrics=_metrics(answer, status),
        )

    async def cancel(self, order_id: str) -> None:
        """Never called: FASHN ends nothing."""
        raise LookupError(order_id)

    async def page(self, address: str | None = None) -> Listing:
        """Never called: FASHN lists nothing."""
        raise LookupError(address)

    async def fetch(self, address: str) -> bytes:
        """The bytes of an output, without the key. Raises: as `Downloads.fetch`."""
        return await self._downloads.fetch(address)

    async def credits(self) -> int:
        """Credits that are left, by a free call. Raises: VendorClosed, VendorUnavailable, VendorRejected."""
        answer = await self._free(self._client.get("/v1/credits"))
        left = _object(answer).get("credits") if answer is not None else None
        total = left.get("total") if isinstance(left, dict) else None
        return int(total) if isinstance(total, int | float) else 0

    async def _paid(self, call: Awaitable[httpx.Response]) -> httpx.Response:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await call
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise VendorUnavailable("FASHN cannot be reached.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise OutcomeUnknown("FASHN's answer was lost.") from error
        if not answer.is_success:
            _refused(answer, ordering=True)
        return answer

    async def _free(self, call: Awaitable[httpx.Response]) -> httpx.Response | None:
        """None: FASHN does not know it."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await call
        except (httpx.HTTPError, TimeoutError) as error:
            raise VendorUnavailable("FASHN cannot be reached.") from error
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            _refused(answer, ordering=False)
        return answer


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {}


def _refused(answer: httpx.Response, *, ordering: bool) -> NoReturn:
    body, status = _object(answer), answer.status_code
    name = str(body.get("error") or "")
    said = " ".join(str(body.get("message") or name or status).split())[:300]
    if status == 402 or name == "OutOfCredits":
        raise VendorClosed("FASHN's account is out of credits.")
    if status in {401, 403}:
        raise VendorClosed("FASHN refuses the key.")
    if status in {409, 423, 425, 429}:
        raise VendorUnavailable("FASHN is busy.", _retry_after(answer))
    if status >= 500 or status == 408:
        raise OutcomeUnknown("FASHN's answer was lost.") if ordering else VendorUnavailable("FASHN is away.")
    raise VendorRejected(f"FASHN rejected it: {said}")


def _retry_after(answer: httpx.Response) -> float | None:
    try:
        return min(LONGEST_WAIT_S, max(0.0, float(answer.headers["retry-after"])))
    except (KeyError, ValueError):
        return None


def _outputs(said: object) -> list[str] | None:
    """Both shapes are documented: a list, and `{"images": […]}`."""
    found = said.get("images") if isinstance(said, dict) else said
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else None


def _why(said: dict[str, Any]) -> str | None:
    error = said.get("error")
    if not isinstance(error, dict):
        return None if error is None else str(error)
    return f"{error.get('name')}: {error.get('message') or 'without a reason'}"


def _metrics(answer: httpx.Response, status: str) -> dict[str, Any] | None:
    """Credits of a picture that came out; a failed one costs none."""
    if status == "failed":
        return {"credits": 0}
    try:
        return {"credits": float(answer.headers["x-fashn-credits-used"])}
    except (KeyError, ValueError):
        return None


@asynccontextmanager
async def open_fashn(key: str, *, base_url: str | None = None, connections: int = 8) -> AsyncIterator[Fashn]:
    """An account, and a second client for downloads that never sends the key; both are closed at the end."""
    limits = httpx.Limits(max_connections=connections)
    headers = {"authorization": f"Bearer {key}", "user-agent": "labs-bot"}
    async with (
        httpx.AsyncClient(
            base_url=base_url or BASE_URL,
            headers=headers,
            limits=limits,
            timeout=httpx.Timeout(TIMEOUT_S),
            verify=tls(),
            event_hooks=at_once(httpx.ConnectTimeout),
        ) as client,
        open_downloads(HOSTS, base_url, limits) as downloads,
    ):
        yield Fashn(client, downloads)
