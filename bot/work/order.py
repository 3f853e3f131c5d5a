"""An order's step, by what is ordered."""

from bot.bench import Bench
from bot.ledger import orders
from bot.ledger.orders import TrainingOrder
from bot.work.image import advance_image
from bot.work.training import advance_training


async def advance_order(bench: Bench, key: str) -> float | None:
    """One step of an order. Seconds until the next, or None."""
    order = await bench.ledger.run(orders.get, int(key))
    if order is None:
        return None
    if isinstance(order, TrainingOrder):
        return await advance_training(bench, bench.replicate, order) if bench.replicate is not None else None
    return await advance_image(bench, bench.wires.get(order.vendor), order)
