"""Magnific's reports at the end of a task: they make the polling faster, and tell what a lost answer was of."""

import json
from collections.abc import Mapping

from aiohttp import web

from bot.bench import Bench
from bot.intake.webhooks import MOST_ROWS
from bot.ledger import order_steps, orders
from bot.ledger.orders import ImageOrder
from bot.work.purchase import keep_order
from pipeline.makers.vendors import MAGNIFIC
from pipeline.vendors.magnific import check_report, order_id_of


class MagnificReports:
    """Takes signed reports; a report that nobody signed changes nothing, and makes us ask nobody."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def signed(self, headers: Mapping[str, str], body: bytes) -> bool | None:
        """Whether Magnific signed this; None while no secret is set."""
        secret = self._bench.settings.magnific_webhook_secret
        return None if secret is None else check_report(secret.get_secret_value(), headers, body)

    async def receive(self, request: web.Request) -> web.Response:
        """200 when it is ours, whether or not it was news."""
        try:
            order_id, attempt = (int(request.query[name]) for name in ("order", "attempt"))
            task = json.loads(await request.read()).get("task_id")
        except (ValueError, KeyError, AttributeError):
            return web.Response(status=400)
        if not isinstance(task, str) or not (0 < order_id < MOST_ROWS and 0 < attempt < MOST_ROWS):
            return web.Response(status=400)
        order = await self._bench.ledger.run(orders.get, order_id)
        if isinstance(order, ImageOrder) and order.attempt == attempt and order.vendor == MAGNIFIC.name:
            await self._news(order, task)
        return web.Response(status=200)

    async def _news(self, order: ImageOrder, task: str) -> None:
        bench, vendor_id = self._bench, order_id_of(order.version, task)
        if order.state == "ordering":
            await bench.ledger.run(order_steps.ordered, order, vendor_id, bench.now())
            await keep_order(bench, order, vendor_id)
        elif order.state in {"planned", "held"}:
            await bench.ledger.run(order_steps.adopt_late, order, vendor_id, bench.now())
        await bench.driver.kick("order", str(order.id))
