"""The judge's cache filled by a call without an answer, while images are being made or before the first judgement: then
no judgement has to go first and alone.
"""

import asyncio
from typing import NamedTuple

from bot import logs
from bot.bench import Bench
from bot.ledger import jobs, money, orders, slots, spending, warmings
from bot.ledger.jobs import Job
from bot.ledger.slots import JUDGE
from bot.messages.anchors import touch_anchor
from bot.work.judgement import reference_of
from bot.work.purchase import for_sure
from pipeline import pictures
from pipeline.errors import BadPicture, LabError, OutcomeUnknown, VendorClosed, VendorError
from pipeline.judging.claude import prefix_tokens
from pipeline.judging.rubrics import text_of
from pipeline.judging.sent import SentPicture
from pipeline.lab.paths import inside
from pipeline.prices import charge, token_price

LEAST_TOKENS = 2048
"""Of what calls have in common, below which the vendor keeps nothing: observed where 1,024 are documented."""
LEAST_CALLS = 3
"""For fewer it saves nobody any time."""
LOOK_S = 0.5


class Prefix(NamedTuple):
    """What all questions of a job begin with."""

    rubric: str
    reference: SentPicture
    micros: int
    """What the vendor takes for keeping it."""


def wanted(bench: Bench, job: Job) -> bool:
    """Whether a job is one whose cache is filled so."""
    many = job.plan.judged >= LEAST_CALLS
    return bench.settings.warm_cache and many and job.plan.judge is not None and not job.plan.in_batch


async def advance_warming(bench: Bench, job_id: str) -> float | None:
    """The one step of a job's warming. Seconds until it is due, or None."""
    job = await bench.ledger.run(jobs.get, job_id)
    if job is None or job.state != "running" or bench.anthropic is None or bench.driver.stopping:
        return None
    if await bench.ledger.run(warmings.state, job.id) is not None:
        return None
    if job.plan.making is not None and not await bench.ledger.run(orders.any_sent, job.id):
        return LOOK_S  # no money of it has moved yet; what would be kept now is forgotten in five minutes
    if (training := await bench.ledger.run(orders.training_of, job.id)) is not None and training.open:
        return bench.settings.training_look_s
    prefix = await asyncio.to_thread(_prefix, bench, job)
    terms = spending.Terms(model=job.plan.judged_by.model, counters=bench.counters(job.origin.person))
    if prefix is None:
        await bench.ledger.run(warmings.leave, job.id, bench.boot, bench.now())
    elif await bench.ledger.run(warmings.intend, job.id, bench.boot, terms, prefix.micros, bench.now()):
        paid = await _paid(bench, job, prefix)
        await for_sure(bench, warmings.record, job.id, paid, bench.now())
        await touch_anchor(bench, job.id)
    await bench.driver.kick("job", job.id)
    return None


def _prefix(bench: Bench, job: Job) -> Prefix | None:
    """None: it is not worth keeping, or cannot be read, which each call will meet itself. CPU and disk."""
    judge = job.plan.judged_by
    try:
        rubric = text_of(bench.lab, judge.rubric_sha256)
        reference = reference_of(bench, job)
        size = pictures.measure(inside(bench.lab.root, judge.reference))
    except (BadPicture, LabError):
        return None
    tokens = prefix_tokens(judge.model, size, len(rubric))
    if tokens < LEAST_TOKENS:
        return None
    return Prefix(rubric, reference, int(tokens * token_price(judge.model).cache_write) + 1)


async def _paid(bench: Bench, job: Job, prefix: Prefix) -> money.Charge:
    """The paid call, of which the intent is on disk. Whatever comes of it, the judgements go on."""
    model = job.plan.judged_by.model
    if bench.anthropic is None:
        return money.Charge(state="released", usd_micros=0, reason="no judge")
    try:
        answer = await bench.anthropic.warm(model, prefix.rubric, prefix.reference)
    except OutcomeUnknown:
        return money.Charge(state="unknown", usd_micros=prefix.micros, reason="the answer was lost")
    except VendorError as error:
        if isinstance(error, VendorClosed):
            await bench.ledger.run(slots.close_vendor, JUDGE, str(error), bench.now(), bench.settings.probe_s)
        logs.get().info("judge.not_warmed", job=job.id, error=type(error).__name__)
        return money.Charge(state="released", usd_micros=0, reason=str(error)[:200])
    logs.get().info("judge.warmed", job=job.id)
    return money.Charge(
        state="charged", usd_micros=charge(model, answer.usage), usage=answer.usage, request_id=answer.request_id
    )
