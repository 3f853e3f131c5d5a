"""Replicate's reports at the end of an order. They only make the polling faster: both ways end in the same state."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot import logs
from bot.bench import Bench
from bot.ledger import order_steps, orders
from bot.ledger.orders import ImageOrder, TrainingOrder
from bot.work.purchase import keep_order
from pipeline.errors import LabsError
from pipeline.makers.outcome import Prediction, read_prediction, same_order
from pipeline.vendors.replicate import check_webhook

MOST_ROWS = 2**31
"""Beyond this no row of the ledger is meant."""
SECRET_WAIT_S, SECRET_EVERY_S = 1.0, 86400.0


@asynccontextmanager
async def reports(bench: Bench) -> AsyncIterator["Reports"]:
    """Reports whose secret is known as soon as the vendor gives it."""
    taken = Reports(bench)
    learning = asyncio.create_task(taken.learn_secret())
    try:
        yield taken
    finally:
        learning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await learning


class Reports:
    """Takes signed reports; a report that nobody signed changes nothing, and makes us ask nobody."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._secret = ""

    def signed(self, headers: Mapping[str, str], body: bytes) -> bool | None:
        """Whether Replicate signed this; None while its secret is not known."""
        if not self._secret:
            return None
        return check_webhook(self._secret, dict(headers), body)

    async def learn_secret(self) -> None:
        """Ask for the secret, at start and once a day, for as long as the bot lives: never because somebody knocks."""
        replicate = self._bench.replicate
        wait = SECRET_WAIT_S
        while replicate is not None:
            try:
                self._secret = await replicate.webhook_secret()
                wait = SECRET_EVERY_S
            except LabsError as error:
                logs.get().warning("webhook.no_secret", error=type(error).__name__)
                wait = min(SECRET_EVERY_S, 2 * wait) if not self._secret else SECRET_EVERY_S
            await asyncio.sleep(wait)

    async def receive(self, request: web.Request) -> web.Response:
        """200 when it is ours, whether or not it was news: Replicate sends again what it got no 200 for."""
        try:
            order_id, attempt = (int(request.query[name]) for name in ("order", "attempt"))
            seen = read_prediction(json.loads(await request.read()))
        except (ValueError, KeyError):
            return web.Response(status=400)
        if seen is None or not (0 < order_id < MOST_ROWS and 0 < attempt < MOST_ROWS):
            return web.Response(status=400)
        order = await self._bench.ledger.run(orders.get, order_id)
        if order is not None and order.attempt == attempt:
            await self._news(order, seen)
        return web.Response(status=200)

    async def _news(self, order: ImageOrder | TrainingOrder, seen: Prediction) -> None:
        """An order whose own answer is lost, or still on its way, is known by this one."""
        bench = self._bench
        # A training's own step finds out by itself: its archive tells it apart from every other.
        if isinstance(order, ImageOrder) and same_order(seen, order.version, order.spec.input):
            if order.state == "ordering":
                await bench.ledger.run(order_steps.ordered, order, seen.id, bench.now())
                await keep_order(bench, order, seen.id)
            elif order.state in {"planned", "held"}:
                await bench.ledger.run(order_steps.adopt_late, order, seen.id, bench.now())
        await bench.driver.kick("order", str(order.id))
