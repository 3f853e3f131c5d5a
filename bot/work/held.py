"""What a person is asked about is looked for all the same: what shows itself again is fetched, and not paid twice."""

from bot import logs
from bot.bench import Bench
from bot.ledger import order_steps
from bot.ledger.orders import ImageOrder, Order, TrainingOrder
from bot.work.collect import given_up, next_look
from bot.work.purchase import SOON_S, expire, for_sure
from pipeline.errors import VendorError
from pipeline.makers.outcome import Prediction
from pipeline.models import Cause


async def wait_for_word(bench: Bench, order: Order) -> float | None:
    """One look at what is held; then it waits on, or nobody decided in time. Seconds until the next, or None."""
    if await shown_again(bench, order):
        return SOON_S
    wait = await expire(bench, order)
    return None if wait is None else next_look(bench, wait)


async def shown_again(bench: Bench, order: Order) -> bool:
    """Whether the vendor shows a held order after all; then it is fetched like any other."""
    if order.vendor_id is None or order.cause != Cause.UNKNOWN.value:
        return False
    try:
        seen = await _look(bench, order, order.vendor_id)
    except VendorError:
        return False
    if seen is None or seen.data_removed:
        return False
    if not seen.ended and isinstance(order, ImageOrder) and given_up(bench, order):
        return False
    if not await for_sure(bench, order_steps.adopt_late, order, order.vendor_id, bench.now()):
        return False
    logs.get().info("order.shown_again", job=order.job_id, cell=order.label)
    await bench.driver.kick("poll", order.vendor)
    await bench.driver.kick("order", str(order.id))
    return True


async def _look(bench: Bench, order: Order, vendor_id: str) -> Prediction | None:
    """Raises: VendorError."""
    if isinstance(order, TrainingOrder):
        return await bench.replicate.trainings.look(vendor_id) if bench.replicate is not None else None
    wire = bench.wires.get(order.vendor)
    return await wire.look(vendor_id) if wire is not None else None
