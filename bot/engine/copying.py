"""An image that was made before, by the very same order: copied instead of paid again."""

import asyncio

from bot.bench import Bench
from bot.engine.collecting import votes_for
from bot.ledger import order_steps
from bot.ledger.calls import Recorded
from bot.ledger.orders import Order
from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.filing import place
from pipeline.folder import inside
from pipeline.plan import MadeImage


async def copy_image(bench: Bench, order: Order, source: MadeImage) -> Recorded | None:
    """Copy it; None where the source is gone, or is another picture by now."""
    try:
        await asyncio.to_thread(_copy, bench, order, source)
    except BadPicture:
        return None
    image = MadeImage(image=order.spec.image, sha256=source.sha256)
    votes, each = await votes_for(bench, order, image)
    return await bench.ledger.run(order_steps.copied, order, image, votes, each, bench.now())


def _copy(bench: Bench, order: Order, source: MadeImage) -> None:
    content = pictures.read(inside(bench.lab.root, source.image))
    if pictures.sha256(content) != source.sha256:
        raise BadPicture(f"The picture {source.image!r} is another one by now.")
    place(bench.lab.root, order.spec.image, content)
