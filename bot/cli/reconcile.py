"""`labs reconcile`: hold the ledger's open orders against the vendor's own list. Spends nothing."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bot.advance import recover
from bot.app import opened
from bot.bench import Bench
from bot.cli.terminal import Words, out, plainly, settings
from bot.ledger import LedgerBusy, orders
from bot.ledger.orders import Order
from bot.ledger.store import glance
from bot.settings.settings import Settings
from bot.work.order import advance_order
from bot.work.reconcile import FORGOTTEN_S, recent_orders
from pipeline.errors import SettingsError
from pipeline.makers.outcome import Prediction
from pipeline.vendors.replicate import Replicate, open_replicate

MOST_ROUNDS = 30
"""Looks at what is lost, a tenth of the settling time apart."""


@click.command()
@plainly
def reconcile_command() -> None:
    read = settings()
    if read.replicate_api_token is None:
        raise SettingsError("REPLICATE_API_TOKEN is not set.")
    try:
        asyncio.run(_settle(read))
    except LedgerBusy:
        out.print("`labs serve` is at work on this lab and settles its orders itself; here is what it sees.")
    asyncio.run(_report(read))


async def _settle(read: Settings) -> None:
    """Adopt, fetch or release what the vendor's list decides; nothing new is ordered."""
    async with opened(read, slack=False) as bench:
        await recover(bench)
        if bench.replicate is None:
            return
        for _ in range(MOST_ROUNDS):
            if not await _steps(bench):
                break
            await asyncio.sleep(read.settle_order_s / 10)
        await _steps(bench)  # what was adopted may have ended long ago


async def _steps(bench: Bench) -> bool:
    """One step of each order that the vendor has or may have; whether one of them can still move."""
    for order in await bench.ledger.run(orders.at_vendor):
        await advance_order(bench, str(order.id))
    return any(order.state == "ordering" for order in await bench.ledger.run(orders.at_vendor))


async def _report(read: Settings) -> None:
    open_ = glance(read.ledger_at, orders.unsettled) or []
    token = read.replicate_api_token.get_secret_value() if read.replicate_api_token else ""
    async with open_replicate(token, base_url=read.replicate_base_url) as replicate:
        strays = await _strays(read, replicate)
    _print_open(open_)
    if not strays:
        out.print("Every recent order on the lab's versions is on the books.")
        return
    table = Words("vendor's id", "status", "when", "seed", "prompt", box=None)
    for seen in strays:
        asked = seen.input or {}
        table.add_row(
            seen.id, seen.status, seen.created_at or "", str(asked.get("seed", "")), str(asked.get("prompt", ""))[:60]
        )
    out.print("On the lab's versions, and on no book of ours (made by other hands, or before a restored backup):")
    out.print(table)


async def _strays(read: Settings, replicate: Replicate) -> list[Prediction]:
    """Recent orders on versions that the ledger knows, which no charge claims."""
    recent, _whole = await recent_orders(replicate.page, time.time() - FORGOTTEN_S)
    trained, _whole = await recent_orders(replicate.trainings.page, time.time() - FORGOTTEN_S)
    recent += trained
    versions = set(glance(read.ledger_at, orders.versions) or ())
    own = [seen for seen in recent if seen.version in versions]
    claimed = glance(read.ledger_at, orders.claimed, [seen.id for seen in own]) or set()
    return [seen for seen in own if seen.id not in claimed]


def _print_open(open_: Sequence[Order]) -> None:
    if not open_:
        out.print("No order is open.")
        return
    table = Words("job", "cell", "state", "vendor's id", "since", box=None)
    for order in open_:
        at = order.ordered_at or order.intent_at
        since = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC") if at else ""
        table.add_row(order.job_id, order.label, order.state, order.vendor_id or "", since)
    out.print(table)
    if any(order.state == "held" for order in open_):
        out.print("Held ones wait for *Retry* or *Mark failed* in their thread.")
