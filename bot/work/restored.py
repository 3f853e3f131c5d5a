"""A ledger that was restored from a backup: noticed at start, and told what it does not know any more, before anything
is bought or posted.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from bot import logs, receipts
from bot.bench import Bench
from bot.ledger import jobs, notices, order_queue, order_steps, orders, restores
from bot.ledger.notices import Notice
from bot.ledger.orders import Order, TrainingOrder
from bot.ledger.restores import Taken
from bot.receipts import Receipt
from bot.work.purchase import after
from bot.work.reconcile import CLOCKS_DIFFER_S, Page, Same, recent_orders
from handlers.blocks.notices import restored as words
from handlers.slack import key_of
from pipeline.errors import VendorClosed, VendorRejected, VendorUnavailable
from pipeline.lab.filing import MadeImage, find
from pipeline.makers.outcome import Prediction, same_order
from pipeline.models import Cause, Unscored

LONGEST_LIST_S = 10.0
"""A start waits no longer for a vendor's list."""


async def look(bench: Bench) -> None:
    """Hold the lab's receipts against the ledger; what it lacks is taken over."""
    kept = await asyncio.to_thread(receipts.read, bench.lab.root)
    unknown = await bench.ledger.run(restores.unknown, kept)
    if unknown:
        await _take_over(bench, unknown, "the lab's folder has receipts of what it does not know")
    elif await _listed(bench):
        await _take_over(bench, (), "a vendor lists orders of ours that it does not know")
    bench.looks.restored_at = await bench.ledger.run(restores.latest)


async def _listed(bench: Bench) -> bool:
    """Whether a vendor has, unclaimed, what an open job is only about to order for the first time."""
    waiting = await bench.ledger.run(order_queue.never_sent)
    for vendor, wire in bench.wires.items():
        ours = [order for order in waiting if order.vendor == vendor]
        if not ours or not bench.makers.vendors[vendor].lists:
            continue
        try:
            async with asyncio.timeout(LONGEST_LIST_S):
                free = await _free(bench, wire.page, min(order.since for order in ours) - CLOCKS_DIFFER_S)
        except (TimeoutError, VendorUnavailable, VendorClosed, VendorRejected):
            continue
        if any(same_order(seen, order.version, order.asked) for seen in free for order in ours):
            return True
    return False


async def _free(bench: Bench, page: Page, since: float) -> list[Prediction]:
    """What a vendor lists since a moment that no order on the books claims, newest first."""
    recent, _whole = await recent_orders(page, since)
    claimed = await bench.ledger.run(orders.claimed, [seen.id for seen in recent])
    return [seen for seen in recent if seen.id not in claimed and (seen.created is None or seen.created >= since)]


async def look_at_posts(bench: Bench, messages: Iterable[dict[str, Any]]) -> None:
    """Hold what stands in Slack against the ledger: the whole lab may have been restored, its receipts with it."""
    keys = [key for message in messages if (key := key_of(message))]
    if await bench.ledger.run(restores.unknown_posts, keys):
        await _take_over(bench, (), "messages of ours stand in Slack that it does not know")
        bench.looks.restored_at = await bench.ledger.run(restores.latest)


async def _take_over(bench: Bench, unknown: Sequence[Receipt], why: str) -> None:
    there = await asyncio.to_thread(_lying, bench, unknown)
    month = bench.counters("")[-1].name
    taken = await bench.ledger.run(restores.take_over, unknown, there, month, why, bench.now())
    logs.get().warning("ledger.restored", why=why, **taken.model_dump(exclude={"jobs"}), jobs=len(taken.jobs))
    if bench.slack is not None and bench.settings.channel is not None:
        await _tell(bench, bench.settings.channel, taken, why)


def _lying(bench: Bench, unknown: Sequence[Receipt]) -> set[str]:
    """Keys of those whose picture lies where it was put."""
    made = [one for one in unknown if one.what == "made" and one.kind == "image" and one.path and one.sha256]
    return {one.key for one in made if find(bench.lab.root, MadeImage(image=one.path or "", sha256=one.sha256 or ""))}


async def _tell(bench: Bench, channel: str, taken: Taken, why: str) -> None:
    body = words(taken.model_dump(), why).model_dump_json()
    told = Notice(key=f"restored:{bench.now():.0f}", channel=channel, body=body)
    await bench.ledger.run(notices.put, [told], bench.now())
    await bench.driver.kick("post", told.key)


async def _forgotten_since(bench: Bench, order: Order) -> float | None:
    """From when on a doubtful order may have been sent out, by two clocks; None: there is no doubt about it."""
    if order.attempt or not bench.looks.restored_at or not await bench.ledger.run(restores.doubtful, order.job_id):
        return None
    job = await bench.ledger.run(jobs.get, order.job_id)
    return job.created_at - CLOCKS_DIFFER_S if job else None


async def adopted(bench: Bench, page: Page, order: Order, same: Same | None) -> bool:
    """Before a doubtful order goes out for the first time: whether the vendor has it; then it is taken up.

    Args:
        bench: The ledger.
        page: The vendor's listing.
        order: What is to go out.
        same: Tells whether something listed is it; None where nothing could tell.

    Raises: VendorUnavailable, VendorClosed, VendorRejected.
    """
    since = await _forgotten_since(bench, order)
    if since is None:
        return False
    kept = await bench.ledger.run(restores.sent, order)
    listed = await _free(bench, page, since) if kept is None and same is not None else []
    for vendor_id in [kept] if kept else [seen.id for seen in reversed(listed) if same is not None and same(seen)]:
        if await bench.ledger.run(restores.adopt, order, vendor_id, bench.now()):
            logs.get().info("order.adopted_after_restore", job=order.job_id, cell=order.label)
            await bench.driver.kick("poll", order.vendor)
            return True
    return False


async def trained_meanwhile(bench: Bench, page: Page, order: TrainingOrder) -> bool:
    """Before a doubtful training is paid for: whether the vendor lists one alike, whose photographs nobody can compare
    any more. Then it is not ordered; a person looks. Raises: as `adopted`.
    """

    def alike(seen: Prediction) -> bool:
        asked = {name: value for name, value in (seen.input or {}).items() if name != "input_images"}
        return seen.version == order.spec.version and asked == order.spec.parameters

    if await adopted(bench, page, order, None):
        return True
    since = await _forgotten_since(bench, order)
    if since is None:
        return False
    found = next((one for one in await _free(bench, page, since) if alike(one)), None)
    if found is None:
        return False
    detail = (
        f"the ledger was restored from a backup, and the vendor lists a training alike since the plan ({found.id}):"
        " look whether it is this one; if not, ask again. Nothing was spent."
    )
    cause = Unscored(cause=Cause.FAILED, detail=detail)
    await after(bench, order, await bench.ledger.run(order_steps.not_begun, order, cause, bench.now()))
    return True
