"""One order at a vendor that makes things: intent, order, its end; each on disk before the next."""

import random

from bot import logs
from bot.bench import Bench
from bot.ledger import money, order_holds, order_intents, order_queue, order_steps, orders, slots
from bot.ledger.calls import Recorded
from bot.ledger.orders import ImageOrder, Order
from bot.ledger.spending import Refusal, Terms
from bot.messages.anchors import show_state
from bot.work.collect import Step, collect
from bot.work.copies import copy_image
from bot.work.purchase import VALID_S, for_sure
from bot.work.reconcile import reconcile
from pipeline.errors import OutcomeUnknown, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.lab.filing import MadeImage
from pipeline.models import Cause, Unscored
from pipeline.vendors.replicate_http import TIMEOUT_S
from pipeline.vendors.wire import Wire

MOST_REFUSALS = 60
"""Of one order by a busy vendor, each with the wait it asked for, before the order is given up."""
BUSY = "busy"
LONGEST_ORDER_S = TIMEOUT_S + 60
"""An intent older than this that anybody asks about is driven by nobody: a row is never driven twice side by side."""


async def advance_image(bench: Bench, wire: Wire, order: ImageOrder) -> float | None:
    """One step of an image's order. Seconds until the next, or None."""
    if not order.open:
        return None
    match order.state:
        case "planned" if order.spec.copy_of is not None:
            return await _copy(bench, order, order.spec.copy_of)
        case "planned":
            return await _intend(bench, wire, order)
        case "ordering":
            ours = order.boot == bench.boot and bench.now() - (order.intent_at or 0) < LONGEST_ORDER_S
            if ours:
                return None
            return await _then(bench, order, await reconcile(bench, wire, order))
        case "ordered":
            return await _then(bench, order, await collect(bench, wire, order))
        case _:
            return await expire(bench, order)


async def _then(bench: Bench, order: ImageOrder, step: Step) -> float | None:
    wait, recorded = step
    if recorded is not None:
        await after(bench, order, recorded)
    return wait


async def _copy(bench: Bench, order: ImageOrder, source: MadeImage) -> float | None:
    """A planned copy costs nothing; where its source is gone by now, the cell is left to a redo."""
    made = await bench.ledger.run(orders.made_before, [order.fingerprint])
    recorded = await copy_image(bench, order, [source, *made.get(order.fingerprint, ())])
    if recorded is None:
        why = f"The picture {source.image!r} that it was to be copied from is gone."
        recorded = await bench.ledger.run(order_steps.not_copied, order, why, bench.now())
    await after(bench, order, recorded)
    return None


async def _intend(bench: Bench, wire: Wire, order: ImageOrder, *, anew: bool = False) -> float | None:
    if bench.driver.stopping:
        return None
    person = await bench.ledger.run(orders.person_of, order.job_id)
    terms = Terms(model=order.maker, counters=bench.counters(person))
    granted = await bench.ledger.run(order_intents.intend, order.id, bench.boot, terms, bench.now(), anew=anew)
    if isinstance(granted, Refusal):
        return await _refused(bench, wire, order, granted)
    if not isinstance(granted, ImageOrder):
        return None
    if bench.now() - (granted.intent_at or 0) > VALID_S:
        return await put_back(bench, granted, 1.0, "the intent was too old to be sent")
    return await _send(bench, wire, granted)


async def _refused(bench: Bench, wire: Wire, order: ImageOrder, refusal: Refusal) -> float | None:
    if refusal.why == "stored":
        # Another job made this very picture since the plan: it is copied; where it is gone, it is made.
        made = await bench.ledger.run(orders.made_before, [order.fingerprint])
        recorded = await copy_image(bench, order, made.get(order.fingerprint, ()))
        if recorded is None:
            return await _intend(bench, wire, order, anew=True)
        await after(bench, order, recorded)
    if refusal.why in {"over budget", "ended"}:
        await after(bench, order, await bench.ledger.run(orders.next_of, order.job_id))
    return refusal.wait_s


async def _send(bench: Bench, wire: Wire, order: ImageOrder) -> float | None:
    """The order, of which the intent is on disk."""
    try:
        vendor_id = await wire.order(order.version, order.spec.input, bench.webhook_for(order))
    except VendorUnavailable as error:
        return await unavailable(bench, order, error)
    except VendorClosed as error:
        return await closed(bench, order, error)
    except VendorRejected as error:
        free = money.Charge(state="released", usd_micros=0, reason=str(error)[:200])
        cause = Unscored(cause=Cause.FAILED, detail=str(error))
        await after(bench, order, await for_sure(bench, order_steps.end, order, free, cause, bench.now()))
        return None
    except OutcomeUnknown:
        logs.get().warning("order.lost", job=order.job_id, cell=order.label)
        await for_sure(bench, order_holds.lost, order)
        return 0.001
    if not await for_sure(bench, order_steps.ordered, order, vendor_id, bench.now()):
        # A webhook was first; or this id is on another order's books, and the listing must tell.
        await for_sure(bench, order_holds.lost, order)
        return 0.001
    logs.get().info("order.placed", job=order.job_id, cell=order.label)
    await show_state(bench, order.job_id)
    await bench.driver.kick("poll", order.vendor)
    await pump(bench)
    return None


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
    """Not charged: order again later, as the vendor says or ever more slowly, and fewer at once."""
    if await bench.ledger.run(order_holds.refusals, order.id, BUSY) + 1 >= MOST_REFUSALS:
        free = money.Charge(state="released", usd_micros=0, reason=BUSY)
        cause = Unscored(cause=Cause.FAILED, detail="the vendor stayed busy")
        await after(bench, order, await for_sure(bench, order_steps.end, order, free, cause, bench.now()))
        return None
    asked = error.retry_after_s
    wait = asked if asked is not None else min(60.0, 0.5 * 2 ** min(order.attempt, 7))
    await bench.ledger.run(slots.slow_down, order.vendor, bench.now(), bench.now() + (asked or 0.0))
    wait *= random.uniform(1.0, 1.2)  # noqa: S311  # spreads the herd, guards nothing
    return await put_back(bench, order, wait, BUSY)


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
