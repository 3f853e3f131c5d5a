"""An order whose answer was lost: the vendor's listing tells whether it was made. What cannot be told is held; where
nothing is listed, what is cheap is ordered once more, and both are on the books.
"""

from collections.abc import Awaitable, Callable

from bot import logs
from bot.bench import Bench
from bot.ledger import money, order_holds, order_steps, orders
from bot.ledger.orders import ImageOrder, Order
from bot.work.collect import Step, hold
from bot.work.lending import as_was_sent
from bot.work.purchase import SOON_S, away, for_sure, keep_order
from pipeline.errors import VendorClosed, VendorRejected, VendorUnavailable
from pipeline.makers.outcome import Listing, Prediction, same_order
from pipeline.models import Cause, Unscored
from pipeline.vendors.wire import Wire

FORGOTTEN_S = 55 * 60.0
"""Replicate deletes what was asked after an hour: from then on the listing cannot tell."""
CLOCKS_DIFFER_S = 600.0
"""Farther from our intent than this an order of the same content is another hand's, or our clock is wrong: not ours
to guess."""
LONGEST_WAIT_S = 45 * 60.0
"""Between two tries at a vendor that is away."""
MOST_PAGES = 60
ENDLESS = 10.0
"""How many times longer a list is asked for again that does not reach back far enough."""
NEVER_SEEN = "the vendor never saw it"
ANSWER_LOST = "the answer was lost"


Page = Callable[[str | None], Awaitable[Listing]]
"""A page of the vendor's recent orders, by its address; the newest without one."""
Same = Callable[[Prediction], bool | None]
"""Whether something listed is what was ordered; None when the vendor has forgotten what was asked."""


async def reconcile(bench: Bench, wire: Wire, order: ImageOrder) -> Step:
    """An image's order whose answer was lost."""
    if not bench.makers.named(order.maker).vendor.lists:
        return await _unlisted(bench, order)
    return await settle_lost(bench, wire.page, order, await same_image(bench, order))


async def same_image(bench: Bench, order: ImageOrder) -> Same:
    """Whether something listed is this order."""
    asked = await as_was_sent(bench, order)
    return lambda seen: same_order(seen, order.version, asked)


async def _unlisted(bench: Bench, order: ImageOrder) -> Step:
    """The judge's rule: what was lost stays on the books as unknown; below the limit it is ordered again, once."""
    lost_before = await bench.ledger.run(order_holds.unknowns, order.id)
    if lost_before or order.estimate_micros >= bench.settings.repeat_below_micros:
        return await _hold(bench, order)
    unknown = money.Charge(state="unknown", usd_micros=order.estimate_micros, reason=ANSWER_LOST)
    recorded = await for_sure(bench, order_steps.back, order, unknown, bench.now(), bench.now())
    logs.get().warning("order.repeated", job=order.job_id, cell=order.label)
    return SOON_S, recorded


async def settle_lost(bench: Bench, page: Page, order: Order, same: Same, patience: float = 1.0) -> Step:
    """Adopt it, order it again, or hold it for a person; never guess.

    Args:
        bench: The ledger, and how long to wait.
        page: The vendor's listing.
        order: Whose answer was lost.
        same: Tells whether something listed is it.
        patience: How many times longer than an image's order it may take until the listing shows it.
    """
    waited = bench.looks.since_first(order.id)
    try:
        recent, whole = await recent_orders(page, order.intent_at or 0)
    except (VendorUnavailable, VendorClosed, VendorRejected):
        return min(60.0, bench.settings.look_again_s + waited / 2), None
    claimed = await bench.ledger.run(orders.claimed, [seen.id for seen in recent])
    free = [seen for seen in reversed(recent) if seen.id not in claimed]
    alike = [seen for seen in free if same(seen)]
    for seen in (seen for seen in alike if _near(seen, order)):
        if await bench.ledger.run(order_steps.ordered, order, seen.id, bench.now()):
            logs.get().info("order.adopted", job=order.job_id, cell=order.label)
            await keep_order(bench, order, seen.id)
            bench.looks.forget(order.id)
            await bench.driver.kick("poll", order.vendor)
            return SOON_S, None
    settled = waited >= patience * bench.settings.settle_order_s
    unclear = bool(alike) or any(same(seen) is None and _near(seen, order) for seen in free)
    if abs(bench.now() - (order.intent_at or 0)) > FORGOTTEN_S or (unclear and settled):
        return await _hold(bench, order)
    if not whole and waited >= ENDLESS * patience * bench.settings.settle_order_s:
        return await _hold(bench, order, "the answer was lost, and the vendor's list has no end that could tell")
    # Counted by this process's own clock: the wall's may have jumped, and the answer may still be on its way.
    if not settled or not whole:
        return min(5.0, bench.settings.settle_order_s / 4), None
    return await _never_seen(bench, order)


def _near(seen: Prediction, order: Order) -> bool:
    """Whether it was made about when we asked, by two clocks that may differ."""
    return seen.created is None or abs(seen.created - (order.intent_at or 0)) < CLOCKS_DIFFER_S


async def _never_seen(bench: Bench, order: Order) -> Step:
    """The vendor's listing proves that it was never made: it is free, and ordered again, later and later, for hours."""
    now = bench.now()
    bench.looks.forget(order.id)
    nothing = money.Charge(state="released", usd_micros=0, reason=NEVER_SEEN)
    before = await bench.ledger.run(order_holds.refusals, order.id, NEVER_SEEN)
    since = await away(bench, order.job_id, order.vendor, order.intent_at)
    if since is not None and now - since > bench.settings.give_up_h * 3600:
        ended = Unscored(cause=Cause.FAILED, detail=f"the vendor made nothing for {bench.settings.give_up_h:g} hours")
        return SOON_S, await for_sure(bench, order_steps.end, order, nothing, ended, now)
    wait = min(LONGEST_WAIT_S, bench.settings.look_again_s * 5 * 2.0 ** (min(before, 12) if since else 0))
    recorded = await for_sure(bench, order_steps.back, order, nothing, now + wait, now)
    logs.get().info("order.never_seen", job=order.job_id, cell=order.label)
    return wait, recorded


async def shown_late(bench: Bench, page: Page, order: Order, same: Same) -> bool:
    """Before an order that was never seen goes out again: whether the listing shows it by now; then it is taken up.

    Raises: VendorUnavailable, VendorClosed, VendorRejected.
    """
    if not order.attempt or await bench.ledger.run(order_holds.refusals, order.id, NEVER_SEEN) == 0:
        return False
    recent, _whole = await recent_orders(page, order.intent_at or 0)
    claimed = await bench.ledger.run(orders.claimed, [seen.id for seen in recent])
    for seen in reversed(recent):
        late = seen.id not in claimed and same(seen) and _near(seen, order)
        if late and await bench.ledger.run(order_steps.adopt_late, order, seen.id, bench.now()):
            logs.get().info("order.adopted_late", job=order.job_id, cell=order.label)
            await bench.driver.kick("poll", order.vendor)
            return True
    return False


async def recent_orders(page: Page, since: float) -> tuple[list[Prediction], bool]:
    """The vendor's orders, newest first, back to an hour before a moment; whether the listing reached back so far."""
    found: list[Prediction] = []
    address: str | None = None
    for _ in range(MOST_PAGES):
        listed = await page(address)
        found += listed.predictions
        oldest = listed.predictions[-1].created if listed.predictions else None
        if listed.next is None or listed.next == address or (oldest is not None and oldest < since - 3600):
            return found, True
        address = listed.next
    return found, False


async def _hold(
    bench: Bench,
    order: Order,
    detail: str = "the vendor's answer was lost, and nothing of it can tell what became of it",
) -> Step:
    unknown = money.Charge(state="unknown", usd_micros=order.estimate_micros, reason=ANSWER_LOST)
    bench.looks.forget(order.id)
    return await hold(bench, order, unknown, Unscored(cause=Cause.UNKNOWN, detail=detail))
