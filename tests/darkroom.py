"""A maker on a vendor of its own that lists nothing and cancels nothing: what a second wire must live with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any

import httpx

from bot.sandbox.darkroom import KEY
from bot.settings.settings import Settings
from bot.shop import Shop
from pipeline.errors import OutcomeUnknown, VendorRejected, VendorUnavailable
from pipeline.makers.flux_lora import MAKER as FLUX_LORA
from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Vendor
from pipeline.makers.outcome import Listing, Prediction
from pipeline.makers.prices import Basis, Price
from pipeline.makers.registry import Makers
from pipeline.vendors.wire import Wire

TIMEOUT_S = 10.0


def _asked(cell: CellToMake) -> Input:
    return {"prompt": cell.prompt, "seed": cell.seed}


DARKROOM = Maker(
    name="darkroom-portrait",
    vendor=Vendor(name="darkroom", lists=False, cancels=False, keeps_s=3600.0, at_once=4),
    model=None,
    takes=frozenset({Takes.PROMPT}),
    seeds=True,
    asked=_asked,
    price=Price(basis=Basis.IMAGE, unit_micros=20_000, usual=(20_000, 20_000, 20_000), as_of=date(2026, 11, 26)),
    licence="of the tests only",
)


class DarkroomWire:
    """The small HTTP API, by httpx."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @property
    def store(self) -> None:
        return None

    async def order(self, version: str, asked: Input, webhook: str | None = None) -> str:
        assert webhook is None, "it reports nothing"
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._client.post("/darkroom/v1/jobs", json={"model": version, **asked})
        except httpx.ConnectError as error:
            raise VendorUnavailable("The darkroom cannot be reached.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise OutcomeUnknown("The darkroom did not answer.") from error
        if answer.status_code == 429:
            raise VendorUnavailable("The darkroom is busy.", retry_after_s=0.05)
        if answer.status_code >= 500:
            raise OutcomeUnknown("The darkroom failed.")
        if answer.status_code != 201:
            raise VendorRejected(f"The darkroom refuses it: {answer.text[:200]}")
        return str(answer.json()["id"])

    async def look(self, order_id: str) -> Prediction | None:
        answer = await self._get(f"/darkroom/v1/jobs/{order_id}")
        if answer.status_code == 404:
            return None
        said: dict[str, Any] = answer.json()
        status = "succeeded" if said["state"] == "ready" else "processing"
        return Prediction(id=said["id"], status=status, output=said["picture"])

    async def cancel(self, order_id: str) -> None:
        raise AssertionError(f"it cancels nothing: {order_id}")

    async def page(self, address: str | None = None) -> Listing:
        raise AssertionError(f"it lists nothing: {address}")

    async def fetch(self, address: str) -> bytes:
        return (await self._get(address)).content

    async def _get(self, address: str) -> httpx.Response:
        try:
            answer = await self._client.get(address)
        except httpx.HTTPError as error:
            raise VendorUnavailable("The darkroom cannot be reached.") from error
        if answer.status_code not in {200, 404}:
            raise VendorUnavailable("The darkroom failed.")
        return answer


@asynccontextmanager
async def _opened(address: str) -> AsyncIterator[Wire]:
    async with httpx.AsyncClient(base_url=address, headers={"X-Key": KEY}, timeout=TIMEOUT_S) as client:
        yield DarkroomWire(client)


def _opens(settings: Settings) -> AbstractAsyncContextManager[Wire]:
    """It lives beside the sandbox's Replicate."""
    return _opened((settings.replicate_base_url or "").removesuffix("/replicate"))


SHOP = Shop(makers=Makers((FLUX_LORA, DARKROOM), matrix=DARKROOM), opens={"darkroom": _opens})
