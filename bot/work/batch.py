"""A judge job that goes as message batches: each sent once, looked at until it ends, its answers recorded one by one.

A batch of which the answer to the sending was lost is looked for in the account's list: an ended one names its
questions, so it is ours or it is not; while one of that size is under way, nothing is sent.
"""

import asyncio
import contextlib
from typing import NamedTuple

from bot import logs
from bot.bench import Bench
from bot.fencing import is_late
from bot.ledger import batches, calls, jobs, money, restores, slots, spending
from bot.ledger.batches import Batch
from bot.ledger.calls import Call
from bot.ledger.jobs import Job
from bot.ledger.slots import JUDGE
from bot.messages.anchors import touch_anchor
from bot.work.judgement import answered, question_of
from bot.work.purchase import SAID_AFTER, SOON_S, away, for_sure
from bot.work.reconcile import CLOCKS_DIFFER_S
from pipeline.errors import (
    BadPicture,
    LabError,
    OutcomeUnknown,
    VendorClosed,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from pipeline.judging.claude import Answer, JudgeCall
from pipeline.models import Cause, Unscored
from pipeline.vendors.anthropic import Anthropic
from pipeline.vendors.anthropic_batches import Batch as Seen
from pipeline.vendors.anthropic_batches import Question, Unanswered

MOST_CHARACTERS = 60_000_000
"""Of base64 in one batch: what goes beyond goes in the next one. The vendor takes 256 MB."""
MOST_CALLS = 500
MOST_AGAIN = 3
"""Batches in which the vendor's own fault kept a call from its answer, until it ends without one."""
LONGEST_WAIT_S = 600.0


class Ready(NamedTuple):
    """A call with its question, read from disk."""

    call: Call
    question: JudgeCall


async def advance_batch(bench: Bench, job_id: str) -> float | None:
    """One step of all batches of a job. Seconds until the next, or None."""
    job = await bench.ledger.run(jobs.get, job_id)
    if job is None or bench.anthropic is None or not job.plan.in_batch or job.state not in {"running", "canceling"}:
        return None
    under_way = await bench.ledger.run(batches.open_of, job.id)
    waits = [await _step(bench, bench.anthropic, job, one) for one in under_way]
    if job.state == "running" and not bench.driver.stopping:
        waits.append(await _submit(bench, bench.anthropic, job))
    if await bench.ledger.run(calls.over, job.id):
        await bench.driver.kick("job", job.id)
        return None
    return min((wait for wait in waits if wait is not None), default=None)


async def _submit(bench: Bench, anthropic: Anthropic, job: Job) -> float | None:
    """Send what is planned, as far as it goes into one batch."""
    now = bench.now()
    waiting = await bench.ledger.run(calls.planned, job.id, MOST_CALLS)
    if not waiting:
        return None
    due = [call for call in waiting if call.due_at <= now]
    if not due:
        return min(call.due_at for call in waiting) - now
    ready, bad = await asyncio.to_thread(_questions, bench, job, due)
    for call, why in bad:
        await bench.ledger.run(calls.give_up, call.id, Unscored(cause=Cause.NO_IMAGE, detail=why))
    if not ready:
        return SOON_S
    terms = spending.Terms(model=job.plan.judged_by.model, counters=bench.counters(job.origin.person))
    wanted = [one.call.id for one in ready]
    granted = await bench.ledger.run(batches.intend, job.id, wanted, bench.boot, terms, bench.now())
    if isinstance(granted, spending.Refusal):
        return granted.wait_s
    batch, taken = granted
    if all(call.attempt == 1 for call in taken) and await _forgotten(bench, job):
        await bench.ledger.run(batches.lost, batch.id)
        return SOON_S
    asked = {one.call.id: one.question for one in ready}
    return await _send(bench, anthropic, job, batch, [Question(call.fingerprint, asked[call.id]) for call in taken])


async def _forgotten(bench: Bench, job: Job) -> bool:
    """Whether it may have been sent in days that a restored ledger has forgotten: then it is looked for first."""
    return bool(bench.looks.restored_at) and await bench.ledger.run(restores.doubtful, job.id)


def _questions(bench: Bench, job: Job, due: list[Call]) -> tuple[list[Ready], list[tuple[Call, str]]]:
    """Read and encode pictures until a batch is full; those that cannot be read, with the cause. CPU and disk."""
    ready: list[Ready] = []
    bad: list[tuple[Call, str]] = []
    left = MOST_CHARACTERS
    for call in due:
        try:
            question = question_of(bench, job, call)
        except (BadPicture, LabError) as error:
            bad.append((call, str(error)))
            continue
        pictures = (question.reference, question.image, question.face)
        left -= sum(len(one.base64) for one in pictures if one is not None)
        if left < 0 and ready:
            break
        ready.append(Ready(call, question))
    return ready, bad


async def _send(bench: Bench, anthropic: Anthropic, job: Job, batch: Batch, questions: list[Question]) -> float | None:
    """The paid call, of which the intent is on disk."""
    if is_late(batch.intent_at, bench.now()):
        return await _put_back(bench, job, batch, "the intent was too old to be sent", 1.0)
    try:
        vendor_id = await anthropic.batches.send(questions)
    except VendorUnavailable as error:
        return await _busy(bench, job, batch, error)
    except VendorClosed as error:
        return await _put_back(bench, job, batch, str(error), await _closed(bench, error))
    except VendorRejected as error:
        cause = Unscored(cause=Cause.REJECTED, detail=str(error))
        await for_sure(bench, batches.release, batch, str(error), 0.0, bench.now(), cause)
        return None
    except OutcomeUnknown:
        logs.get().warning("batch.lost", job=job.id, calls=batch.size)
        await for_sure(bench, batches.lost, batch.id)
        return SOON_S
    await for_sure(bench, batches.sent, batch.id, vendor_id, bench.now())
    logs.get().info("batch.sent", job=job.id, calls=batch.size)
    await touch_anchor(bench, job.id)
    return bench.settings.batch_look_s


async def _busy(bench: Bench, job: Job, batch: Batch, error: VendorUnavailable) -> float:
    """Not charged: sent again later, as the vendor says or ever more slowly; for hours, visibly."""
    first = next(iter(await bench.ledger.run(batches.calls_of, batch.id)), None)
    tries = await bench.ledger.run(calls.refusals, first.id) if first else 0
    wait = error.retry_after_s or min(LONGEST_WAIT_S, 2.0**tries)
    if tries + 1 < SAID_AFTER:
        return await _put_back(bench, job, batch, calls.BUSY, wait)
    since = await away(bench, job.id, JUDGE, batch.intent_at)
    if since is None or bench.now() - since <= bench.settings.give_up_h * 3600:
        return await _put_back(bench, job, batch, calls.BUSY, wait)
    cause = Unscored(cause=Cause.UNAVAILABLE)
    await for_sure(bench, batches.release, batch, calls.BUSY, 0.0, bench.now(), cause)
    return SOON_S


async def _closed(bench: Bench, error: VendorClosed) -> float:
    """The account needs a person: said once. Seconds until it is tried again."""
    now = bench.now()
    news, until = await bench.ledger.run(slots.close_vendor, JUDGE, str(error), now, bench.settings.probe_s)
    if news:
        logs.get().warning("vendor.closed", vendor=JUDGE, reason=str(error))
    return max(0.05, until - now)


async def _put_back(bench: Bench, job: Job, batch: Batch, reason: str, wait_s: float) -> float:
    await for_sure(bench, batches.release, batch, reason, bench.now() + wait_s, bench.now())
    await touch_anchor(bench, job.id)
    return wait_s


async def _step(bench: Bench, anthropic: Anthropic, job: Job, batch: Batch) -> float | None:
    try:
        if batch.state == "sent":
            return await _look(bench, anthropic, job, batch, batch.vendor_id or "")
        return await _find(bench, anthropic, job, batch)
    except VendorClosed as error:
        return await _closed(bench, error)
    except VendorUnavailable as error:
        return error.retry_after_s or bench.settings.batch_look_s
    except VendorError:
        return bench.settings.batch_look_s  # these calls are free: what was lost is asked again


async def _find(bench: Bench, anthropic: Anthropic, job: Job, batch: Batch) -> float:
    """Whether the vendor has a batch of which it never told us. Raises: VendorError."""
    wait = batch.intent_at + bench.settings.settle_order_s - bench.now()
    if wait > 0:
        return wait
    since = job.created_at if await _forgotten(bench, job) else batch.intent_at
    listed = await anthropic.batches.since(since - CLOCKS_DIFFER_S)
    claimed = await bench.ledger.run(batches.claimed)
    alike = [seen for seen in listed if seen.size == batch.size and seen.id not in claimed]
    for seen in alike:
        if seen.ended and await _is_ours(bench, anthropic, batch, seen):
            await for_sure(bench, batches.sent, batch.id, seen.id, bench.now())
            logs.get().info("batch.adopted", job=job.id, calls=batch.size)
            return SOON_S
    if any(not seen.ended for seen in alike):
        return bench.settings.batch_look_s  # whose it is stands in its results alone
    logs.get().info("batch.never_was", job=job.id, calls=batch.size)
    return await _put_back(bench, job, batch, "the vendor never had the batch", SOON_S)


async def _is_ours(bench: Bench, anthropic: Anthropic, batch: Batch, seen: Seen) -> bool:
    names = {one.name for one in await anthropic.batches.results(seen.id, most=batch.size)}
    return names == await bench.ledger.run(batches.fingerprints, batch.id)


async def _look(bench: Bench, anthropic: Anthropic, job: Job, batch: Batch, vendor_id: str) -> float | None:
    """Where a batch stands; once it has ended, its answers. Raises: VendorError."""
    try:
        seen = await anthropic.batches.look(vendor_id)
    except VendorRejected:
        return await _gone(bench, job, batch)
    await bench.ledger.run(batches.found_again, batch.id)
    if not seen.ended:
        if job.state == "canceling" and not batch.called_off:
            with contextlib.suppress(VendorRejected):  # it ended just now: the next look has its answers
                await anthropic.batches.cancel(vendor_id)
            await bench.ledger.run(batches.call_off, batch.id)
        return bench.settings.batch_look_s
    waiting = {call.fingerprint: call for call in await bench.ledger.run(batches.calls_of, batch.id)}
    for name, outcome in await anthropic.batches.results(vendor_id, most=batch.size):
        if (call := waiting.pop(name, None)) is not None:
            await _record(bench, job, call, outcome)
    for call in waiting.values():
        await _record(bench, job, call, None)
    await for_sure(bench, batches.end, batch)
    logs.get().info("batch.ended", job=job.id, calls=batch.size)
    await touch_anchor(bench, job.id)
    return SOON_S


async def _gone(bench: Bench, job: Job, batch: Batch) -> float:
    """The vendor does not know it: for hours that may pass; then nobody can tell what its calls cost."""
    since = await bench.ledger.run(batches.missing, batch.id, bench.now())
    if bench.now() - since < bench.settings.give_up_h * 3600:
        return bench.settings.batch_look_s
    for call in await bench.ledger.run(batches.calls_of, batch.id):
        await _record(bench, job, call, None)
    await for_sure(bench, batches.end, batch)
    logs.get().warning("batch.gone", job=job.id, calls=batch.size)
    return SOON_S


async def _record(bench: Bench, job: Job, call: Call, outcome: Answer | Unanswered | None) -> None:
    """One call's end; None: nobody knows what became of it, or what it cost."""
    if isinstance(outcome, Answer):
        await answered(bench, job, call, outcome, took_s=None)
        return
    if outcome is None:
        paid = money.Charge(state="unknown", usd_micros=call.estimate_micros, reason="the answer was lost")
        await for_sure(bench, calls.record, call, paid, Unscored(cause=Cause.LOST), bench.now())
        return
    free = money.Charge(state="released", usd_micros=0, reason=f"{outcome.why} {outcome.detail}".strip())
    before = await bench.ledger.run(calls.refusals, call.id, calls.ERRORED)
    await for_sure(bench, calls.record, call, free, _cause(job, before + 1, outcome), bench.now(), due_at=bench.now())


def _cause(job: Job, times: int, outcome: Unanswered) -> Unscored | None:
    """Why a call ends without an answer that came to nothing so often; None: it goes into the next batch, or was called
    off by us.
    """
    match outcome.why:
        case "canceled" if job.state == "canceling":
            return None
        case "canceled":
            return Unscored(cause=Cause.UNAVAILABLE, detail="the batch was called off at Anthropic")
        case "expired":
            return Unscored(cause=Cause.UNAVAILABLE, detail="Anthropic did not answer the batch within a day")
        case _ if not outcome.again:
            return Unscored(cause=Cause.REJECTED, detail=outcome.detail)
        case _ if times < MOST_AGAIN:
            return None
        case _:
            return Unscored(cause=Cause.UNAVAILABLE, detail=outcome.detail)
