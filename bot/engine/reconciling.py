"""An order whose answer was lost: the vendor's listing tells whether it was made. What cannot be told is held."""

from bot import logs
from bot.anchors import touch_anchor
from bot.bench import Bench
from bot.engine.patience import for_sure
from bot.ledger import held, money, orders
from bot.ledger.orders import Order
from bot.ledger.vendors import MAKER
from pipeline.errors import VendorClosed, VendorRejected, VendorUnavailable
from pipeline.models import Cause, Unscored
from pipeline.predictions import Prediction, same_order
from pipeline.vendors.replicate import Replicate

FORGOTTEN_S = 55 * 60.0
"""Replicate deletes what was asked after an hour: from then on the listing cannot tell."""
MOST_PAGES = 60
NEVER_SEEN = "the vendor never saw it"


async def reconcile(bench: Bench, replicate: Replicate, order: Order) -> float | None:
    """Adopt it, order it again, or hold it for a person; never guess."""
    waited = bench.looks.since_first(order.id)
    try:
        recent, whole = await recent_orders(replicate, order.intent_at or 0)
    except (VendorUnavailable, VendorClosed, VendorRejected):
        return min(60.0, bench.settings.look_again_s + waited / 2)
    claimed = await bench.ledger.run(orders.claimed, [seen.id for seen in recent])
    free = [seen for seen in recent if seen.id not in claimed]
    alike = [(seen, same_order(seen, order.version, order.spec.input)) for seen in free]
    for seen in (seen for seen, same in reversed(alike) if same):
        if await bench.ledger.run(orders.ordered, order, seen.id, bench.now()):
            logs.get().info("order.adopted", job=order.job_id, cell=order.label)
            bench.looks.forget(order.id)
            await bench.driver.kick("poll", MAKER)
            return 0.001
    forgotten = any(same is None for _seen, same in alike)
    age = abs(bench.now() - (order.intent_at or 0))
    if age > FORGOTTEN_S or (forgotten and waited >= bench.settings.settle_order_s):
        return await _hold(bench, order)
    # Counted by this process's own clock: the wall's may have jumped, and the answer may still be on its way.
    if waited < bench.settings.settle_order_s or not whole:
        return min(5.0, bench.settings.settle_order_s / 4)
    bench.looks.forget(order.id)
    nothing = money.Charge(state="released", usd_micros=0, reason=NEVER_SEEN)
    recorded = await for_sure(bench, orders.back, order, nothing, bench.now(), bench.now())
    logs.get().info("order.never_seen", job=order.job_id, cell=order.label)
    if recorded.job_over:
        await bench.driver.kick("job", order.job_id)
    return 0.001


async def recent_orders(replicate: Replicate, since: float) -> tuple[list[Prediction], bool]:
    """The vendor's orders, newest first, back to an hour before a moment; whether the listing reached back so far."""
    found: list[Prediction] = []
    address: str | None = None
    for _ in range(MOST_PAGES):
        page = await replicate.page(address)
        found += page.predictions
        oldest = page.predictions[-1].created if page.predictions else None
        if page.next is None or (oldest is not None and oldest < since - 3600):
            return found, True
        address = page.next
    return found, False


async def _hold(bench: Bench, order: Order) -> float:
    unknown = money.Charge(state="unknown", usd_micros=order.estimate_micros, reason="the answer was lost")  # fmt: skip
    cause = Unscored(cause=Cause.UNKNOWN, detail="the vendor's answer was lost, and it has forgotten by now")  # fmt: skip
    until = bench.now() + bench.settings.approval_expires_h * 3600
    await for_sure(bench, held.hold, order, unknown, cause, until, bench.now())
    bench.looks.forget(order.id)
    logs.get().warning("order.held", job=order.job_id, cell=order.label, cause=cause.cause.value)
    await touch_anchor(bench, order.job_id)
    return until - bench.now()
