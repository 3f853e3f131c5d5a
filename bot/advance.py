"""What moves each row of the ledger on, and what finds again the rows that nobody moves."""

import asyncio
from collections.abc import Awaitable, Callable

from bot import logs
from bot.actions import photos, withdraw
from bot.actions.watch import end_in_vain
from bot.bench import Bench
from bot.driver.driver import Kind
from bot.intake import at_home
from bot.intake.answering import apologise
from bot.intake.inbox import advance_inbox
from bot.ledger import calls, inbox, jobs, order_queue, outbox, slots, uploads, warmings, withdrawals, wrong_clock
from bot.messages import marks, post, preview
from bot.messages.post_pictures import delete_replaced
from bot.work import batch, job, judgement, lending, order, pages, poll, restored, warming
from bot.work.purchase import LEDGER_PATIENCE_S
from pipeline.vendors.anthropic import TIMEOUT_S

LONGEST_CALL_S = TIMEOUT_S + LEDGER_PATIENCE_S + 60
"""A call that is asked for longer than this is driven by nobody any more."""


def advancer(bench: Bench) -> Callable[[Kind, str], "asyncio.Future[float | None]"]:
    """`advance(kind, key)` over one bench."""
    steps: dict[Kind, Callable[[Bench, str], Awaitable[float | None]]] = {
        "inbox": advance_inbox,
        "job": job.advance_job,
        "warming": warming.advance_warming,
        "call": judgement.advance_call,
        "batch": batch.advance_batch,
        "order": order.advance_order,
        "poll": poll.advance_poll,
        "post": post.advance_post,
        "preview": preview.advance_preview,
        "withdrawal": withdraw.advance_withdrawal,
        "pages": pages.advance_pages,
        "home": at_home.advance_home,
        "mark": marks.advance_mark,
    }

    def advance(kind: Kind, key: str) -> "asyncio.Future[float | None]":
        return asyncio.ensure_future(steps[kind](bench, key))

    return advance


async def recover(bench: Bench) -> None:
    """After a crash: what an earlier process was asking for is lost; decide about each by the rules."""
    most = bench.settings.judge_concurrency
    if await bench.ledger.run(wrong_clock.bring_back, bench.now(), bench.settings.approval_expires_h * 3600):
        logs.get().warning("clock.was_wrong")
    await bench.ledger.run(slots.open_vendor, slots.JUDGE, most)
    for vendor in bench.makers.vendors.values():
        at_once = vendor.at_once or bench.settings.image_concurrency
        await bench.ledger.run(slots.open_vendor, vendor.name, at_once)
    for call in await bench.ledger.run(calls.lost, bench.boot, bench.now() - LONGEST_CALL_S):
        await judgement.lost(bench, call)
    await bench.ledger.run(warmings.lost, bench.boot, bench.now())
    await bench.ledger.run(slots.open_vendor, slots.JUDGE, most)
    await restored.look(bench)


async def sweep(bench: Bench) -> None:
    """Kick every row that waits for something; a kick too many is harmless."""
    for call in await bench.ledger.run(calls.lost, bench.boot, bench.now() - LONGEST_CALL_S):
        await judgement.lost(bench, call)
    await bench.ledger.run(warmings.lost, bench.boot, bench.now())
    for inbox_id in await bench.ledger.run(inbox.waiting):
        await bench.driver.kick("inbox", str(inbox_id))
    for job_id, at in await bench.ledger.run(jobs.unfinished):
        await bench.driver.kick("job", job_id, at)
    for order_id, at in await bench.ledger.run(order_queue.waiting):
        await bench.driver.kick("order", str(order_id), at)
    for vendor in bench.wires:
        await bench.driver.kick("poll", vendor)
    for key in await bench.ledger.run(outbox.unfinished):
        await bench.driver.kick("post", key)
    if bench.slack is not None:
        await delete_replaced(bench, bench.slack)
    await photos.forget_old(bench)
    await lending.take_back(bench)
    await end_in_vain(bench)
    for withdrawal_id in await bench.ledger.run(withdrawals.unfinished):
        await bench.driver.kick("withdrawal", str(withdrawal_id))
    for job_id in await bench.ledger.run(uploads.with_previews):
        await bench.driver.kick("preview", job_id)
    await bench.driver.kick("pages", pages.STALE)


async def give_up(bench: Bench, kind: Kind, key: str) -> None:
    """A row that failed again and again, for no reason that we foresaw, ends with a word instead of in silence."""
    if kind == "inbox":
        await apologise(bench, int(key))
    elif kind == "job":
        await job.fail(bench, key)
    elif kind == "withdrawal":
        await withdraw.stuck(bench, key)
