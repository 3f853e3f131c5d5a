"""Replicate's reports at the end of an order. They only make the polling faster: both ways end in the same state."""

import asyncio
import json

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


class Reports:
    """Takes signed reports; a report that nobody signed changes nothing."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._secret = ""
        self._asking = asyncio.Lock()

    async def receive(self, request: web.Request) -> web.Response:
        """200 when it is ours, whether or not it was news: Replicate sends again what it got no 200 for."""
        try:
            body = (await request.read()).decode()
            order_id, attempt = (int(request.query[name]) for name in ("order", "attempt"))
            seen = read_prediction(json.loads(body))
        except (ValueError, KeyError):
            return web.Response(status=400)
        secret = await self._signing_secret()
        if not secret:
            return web.Response(status=503)
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not check_webhook(secret, headers, body):
            logs.get().warning("webhook.refused")
            return web.Response(status=401)
        if not (0 < order_id < MOST_ROWS and 0 < attempt < MOST_ROWS):
            return web.Response(status=400)
        if seen is None:
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

    async def _signing_secret(self) -> str:
        """Asked for once; empty while Replicate cannot be asked."""
        async with self._asking:
            if not self._secret and self._bench.replicate is not None:
                try:
                    self._secret = await self._bench.replicate.webhook_secret()
                except LabsError as error:
                    logs.get().warning("webhook.no_secret", error=type(error).__name__)
            return self._secret
