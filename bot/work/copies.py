"""An image that was made before, by the very same order: copied instead of paid again."""

import asyncio
from collections.abc import Sequence

from bot.bench import Bench
from bot.ledger import order_steps
from bot.ledger.calls import Recorded
from bot.ledger.orders import ImageOrder
from bot.work.collect import votes_for
from pipeline import pictures
from pipeline.lab.filing import MadeImage, find, place
from pipeline.lab.paths import inside


async def copy_image(bench: Bench, order: ImageOrder, places: Sequence[MadeImage]) -> Recorded | None:
    """Copy it from the first place where it still lies; None where it is gone everywhere."""
    for place_ in places:
        if await asyncio.to_thread(_copy, bench, order, place_):
            image = MadeImage(image=order.spec.image, sha256=place_.sha256)
            votes, each = await votes_for(bench, order, image)
            return await bench.ledger.run(order_steps.copied, order, image, votes, each, bench.now())
    return None


def _copy(bench: Bench, order: ImageOrder, made: MadeImage) -> bool:
    found = find(bench.lab.root, made)
    if found is None:
        return False
    place(bench.lab.root, order.spec.image, pictures.read(inside(bench.lab.root, found.image)))
    return True
