"""What every order has in common: the paid call, what each of its errors means for the money, and what goes out next.

What was paid for is kept in hand until the ledger takes it: a full disk is mended by a person.
"""

import random
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import stamina

from bot import logs, receipts
from bot.bench import Bench
from bot.ledger import LedgerUnavailable, jobs, money, notices, order_holds, order_queue, order_steps, orders, slots
from bot.ledger.calls import BUSY, Recorded
from bot.ledger.orders import Order
from bot.messages.anchors import show_state, touch_anchor
from bot.messages.notices import vendor_away
from bot.receipts import Receipt
from pipeline.errors import OutcomeUnknown, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.models import Cause, Unscored
from pipeline.vendors.replicate_http import TIMEOUT_S

P = ParamSpec("P")
T = TypeVar("T")
LEDGER_PATIENCE_S = 3600.0


async def for_sure(bench: Bench, work: Callable[Concatenate[Any, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do a unit of work; when the ledger cannot commit, try again for an hour."""
    async for attempt in stamina.retry_context(on=LedgerUnavailable, attempts=None, timeout=LEDGER_PATIENCE_S):
        with attempt:
            return await bench.ledger.run(work, *args, **kwargs)
    raise AssertionError("stamina raises the last error itself")


SOON_S = 0.001
"""The next step waits for nothing."""
SAID_AFTER, LONGEST_BUSY_S = 8, 300.0
"""Refusals of one order, or call, by a busy vendor until that is said; and seconds between two of them at most."""
LONGEST_ORDER_S = TIMEOUT_S + 60
"""An intent older than this that anybody asks about is driven by nobody: a row is never driven twice side by side."""


async def pump(bench: Bench) -> None:
    """Send out as many orders as the vendor bears."""
    for order_id in await bench.ledger.run(order_queue.ready, bench.now()):
        await bench.driver.kick("order", str(order_id))


async def after(bench: Bench, order: Order, recorded: Recorded) -> None:
    """An order has ended or goes back: its slot is free, its job looks further, its message shows it."""
    for call_id in recorded.next_calls:
        await bench.driver.kick("call", str(call_id))
    if recorded.job_over:
        await bench.driver.kick("job", order.job_id)
    await pump(bench)
    await bench.driver.kick("preview", order.job_id)
    await show_state(bench, order.job_id)


async def put_back(bench: Bench, order: Order, wait_s: float, reason: str) -> float:
    free = money.Charge(state="released", usd_micros=0, reason=reason[:200])
    recorded = await for_sure(bench, order_steps.back, order, free, bench.now() + wait_s, bench.now())
    await after(bench, order, recorded)
    return wait_s


async def unavailable(bench: Bench, order: Order, error: VendorUnavailable) -> float | None:
    """Not charged: order again later, as the vendor says or ever more slowly, and fewer at once; for hours, visibly."""
    if await bench.ledger.run(order_holds.refusals, order.id, BUSY) + 1 >= SAID_AFTER:
        since = await away(bench, order.job_id, order.vendor, order.intent_at)
        if since is not None and bench.now() - since > bench.settings.give_up_h * 3600:
            free = money.Charge(state="released", usd_micros=0, reason=BUSY)
            cause = Unscored(cause=Cause.FAILED, detail=f"the vendor was busy for {bench.settings.give_up_h:g} hours")
            await after(bench, order, await for_sure(bench, order_steps.end, order, free, cause, bench.now()))
            return None
    asked = error.retry_after_s
    wait = asked if asked is not None else min(LONGEST_BUSY_S, 0.5 * 2 ** min(order.attempt, 10))
    await bench.ledger.run(slots.slow_down, order.vendor, bench.now(), bench.now() + (asked or 0.0))
    wait *= random.uniform(1.0, 1.2)  # noqa: S311  # spreads the herd, guards nothing
    return await put_back(bench, order, wait, BUSY)


async def away(bench: Bench, job_id: str, vendor: str, since: float | None) -> float | None:
    """A vendor takes nothing: since when, with one word in the job's thread for each such time; None: it did since."""
    began = await bench.ledger.run(slots.vendor_down, vendor, since or bench.now())
    job = await bench.ledger.run(jobs.get, job_id) if began is not None else None
    if began is None or job is None:
        return began
    told = vendor_away(job, vendor.capitalize(), vendor, began)
    await bench.ledger.run(notices.put, told, bench.now())
    for one in told:
        await bench.driver.kick("post", one.key)
    await touch_anchor(bench, job.id)
    return began


async def closed(bench: Bench, order: Order, error: VendorClosed) -> float:
    """The account needs a person: say so once, look again from time to time, go on where it stood."""
    news, until = await bench.ledger.run(
        slots.close_vendor, order.vendor, str(error), bench.now(), bench.settings.probe_s
    )
    if news:
        logs.get().warning("vendor.closed", vendor=order.vendor, reason=str(error), job=order.job_id)
    return await put_back(bench, order, max(0.05, until - bench.now()), str(error))


async def expire(bench: Bench, order: Order) -> float | None:
    """Nobody decided about a held order in time: it counts as failed, and stays on the books as unknown."""
    now = bench.now()
    if order.due_at > now:
        return order.due_at - now
    recorded = await bench.ledger.run(order_holds.give_up, order.job_id, now, expired_only=True)
    await after(bench, order, recorded)
    return None


class Refused(NamedTuple):
    """The vendor will not make it; nothing was charged."""

    why: str


async def place(bench: Bench, order: Order, call: Awaitable[str]) -> float | Refused | None:
    """Make the paid call of an order whose intent is on disk, and write down what came of it.

    Returns: None, once the vendor's id is on disk; seconds until the next step; or that it was refused.
    """
    try:
        vendor_id = await call
    except VendorUnavailable as error:
        wait = await unavailable(bench, order, error)
        return SOON_S if wait is None else wait
    except VendorClosed as error:
        return await closed(bench, order, error)
    except VendorRejected as error:
        return Refused(str(error))
    except OutcomeUnknown:
        logs.get().warning("order.lost", job=order.job_id, kind=order.kind, cell=order.label)
        await for_sure(bench, order_holds.lost, order)
        return SOON_S
    if not await for_sure(bench, order_steps.ordered, order, vendor_id, bench.now()):
        # A webhook was first; or this id is on another order's books, and the listing must tell.
        await for_sure(bench, order_holds.lost, order)
        return SOON_S
    await keep_order(bench, order, vendor_id)
    logs.get().info("order.placed", job=order.job_id, kind=order.kind, cell=order.label)
    await show_state(bench, order.job_id)
    return None


async def keep_order(bench: Bench, order: Order, vendor_id: str) -> None:
    """A receipt that the vendor has this order."""
    receipt = Receipt(
        what="ordered",
        key=vendor_id,
        at=bench.now(),
        job=order.job_id,
        label=order.label,
        kind=order.kind,
        attempt=order.attempt,
    )
    await receipts.keep(bench.lab.root, [receipt])


async def keep_made(bench: Bench, order: Order, charge: money.Charge, path: str, sha256: str | None) -> None:
    """A receipt of what an order made."""
    plan, _each = await bench.ledger.run(orders.plan_of, order.job_id)
    receipt = Receipt(
        what="made",
        key=charge.request_id or f"{order.job_id}/{order.label}",
        at=bench.now(),
        job=order.job_id,
        run=plan.run,
        label=order.label,
        kind=order.kind,
        fingerprint=order.fingerprint,
        path=path,
        sha256=sha256,
        usd_micros=charge.usd_micros,
    )
    await receipts.keep(bench.lab.root, [receipt])


def not_charged(why: str) -> money.Charge:
    """Surely nothing was paid."""
    return money.Charge(state="released", usd_micros=0, reason=why[:200])
