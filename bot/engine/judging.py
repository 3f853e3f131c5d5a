"""A judge job's steps: start, ask about each cell, file the verdict."""

import asyncio
import hashlib
import random
import time
from datetime import UTC, datetime

from bot import logs
from bot.bench import Bench
from bot.ledger import calls, jobs, money, outbox
from bot.ledger.calls import VENDOR, Call, Recorded
from bot.ledger.finish import finish_job
from bot.ledger.jobs import Job
from pipeline import pictures, record
from pipeline.errors import BadPicture, LabError, LabsError, OutcomeUnknown, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.folder import inside
from pipeline.judge import Answer, JudgeCall, read_answer, rubric
from pipeline.models import Cause, Judgement, Scores, Unscored
from pipeline.prices import charge, token_price

VALID_S = 10.0
"""An intent older than this is not sent: the process was frozen between commit and call."""
MOST_TRIES = 8
"""Free refusals (429, 529) of one call before it is given up; with the waits between, about five minutes."""


async def advance_job(bench: Bench, job_id: str) -> float | None:
    """One step of a job. Seconds until the next, or None."""
    job = await bench.ledger.run(jobs.get, job_id)
    if job is None or not job.active:
        return None
    now = bench.now()
    match job.state:
        case "waiting":
            return await _expire(bench, job, now)
        case "grace":
            return await _start(bench, job, now)
        case "running" | "canceling":
            return await _keep_running(bench, job)
        case _:
            await _file(bench, job)
            return None


async def _expire(bench: Bench, job: Job, now: float) -> float | None:
    if job.expires_at is not None and now < job.expires_at:
        return job.expires_at - now
    await bench.ledger.run(jobs.move, job.id, "waiting", "expired", now, finished_at=now, reason="Nobody decided in time; nothing was spent.")
    await touch_anchor(bench, job.id)
    return None


async def _start(bench: Bench, job: Job, now: float) -> float | None:
    if job.start_at is not None and now < job.start_at:
        return job.start_at - now
    if await bench.ledger.run(jobs.move, job.id, "grace", "running", now, started_at=now):
        logs.get().info("job.started", job=job.id, calls=len(job.plan.calls))
        await touch_anchor(bench, job.id)
    return 0.001


async def _keep_running(bench: Bench, job: Job) -> float | None:
    if await bench.ledger.run(calls.over, job.id):
        if await bench.ledger.run(jobs.move, job.id, job.state, "finishing", bench.now()):
            await touch_anchor(bench, job.id)
        return 0.001
    for call_id in await bench.ledger.run(calls.ready, job.id):
        await bench.driver.kick("call", str(call_id))
    return None


async def touch_anchor(bench: Bench, job_id: str) -> None:
    """The job's message no longer shows what is."""
    if await bench.ledger.run(outbox.touch, f"anchor:{job_id}"):
        await bench.driver.kick("post", f"anchor:{job_id}")


async def _file(bench: Bench, job: Job) -> None:
    """Write the run's files and the grid, then end the job and ask for its result message, all from the ledger."""
    canceled = job.reason == "canceled"
    stored = await bench.ledger.run(calls.stored, job.plan.run)
    causes = await bench.ledger.run(calls.causes, job.id)
    spent = await bench.ledger.run(money.spent_on_run, job.plan.run)
    charges, _took = await bench.ledger.run(money.history, job.plan.judge.model)

    def write() -> tuple[record.Filed, list[tuple[str, str, str]]]:
        run = bench.lab.run(job.plan.run)
        filed = record.file_judging(run, job.plan, stored, causes, canceled=canceled, spent_micros=spent, charges=charges)
        again = bench.lab.run(job.plan.run)
        grids = []
        drawn = record.draw_grid(again, filed.state, simulated=bench.settings.simulated)
        for at, (content, suffix, alt) in enumerate(drawn, 1):
            name = f"grid.{suffix}" if len(drawn) == 1 else f"grid-{at}.{suffix}"
            again.write(name, content)
            grids.append((f"runs/{again.name}/{name}", f"{again.name}-{name}", alt))
        return filed, grids

    try:
        filed, grids = await asyncio.to_thread(write)
    except LabsError as error:
        reason = f"{error} All judgements are kept: ask again, and nothing is bought twice."
        await bench.ledger.run(finish_job, job, "failed", bench.now(), {}, [], reason)
        await touch_anchor(bench, job.id)
        return
    outcome = filed.model_dump(mode="json", by_alias=True)
    await bench.ledger.run(finish_job, job, "canceled" if canceled else "done", bench.now(), outcome, grids, None)
    logs.get().info("job.done", job=job.id, run=job.plan.run, verdict=filed.state.verdict.word.value, canceled=canceled)
    await touch_anchor(bench, job.id)
    if job.origin.channel:
        await bench.driver.kick("post", f"result:{job.id}")


async def advance_call(bench: Bench, call_id: str) -> float | None:
    """Ask the judge about one cell: intent, call, outcome, each on disk before the next."""
    call = await bench.ledger.run(calls.get, int(call_id))
    if call is None or call.state != "planned" or bench.anthropic is None:
        return None
    job = await bench.ledger.run(jobs.get, call.job_id)
    if job is None or job.state != "running":
        return None
    try:
        question = await asyncio.to_thread(_question, bench, job, call)
    except (BadPicture, LabError) as error:
        await bench.ledger.run(calls.give_up, call.id, Unscored(cause=Cause.NO_IMAGE, detail=str(error)))
        await _after(bench, call, await bench.ledger.run(calls.what_next, call.job_id))
        return None
    caps = calls.Caps(counters=bench.counters(job.origin.person), settle_s=bench.settings.settle_s)
    granted = await bench.ledger.run(calls.intend, call.id, bench.boot, caps, bench.now())
    if isinstance(granted, calls.Refusal):
        if granted.why in {"over budget", "stored"}:
            await _after(bench, call, await bench.ledger.run(calls.what_next, call.job_id))
        return granted.wait_s
    return await _ask(bench, job, granted, question)


def _question(bench: Bench, job: Job, call: Call) -> JudgeCall:
    """Everything that the request is made of, read from disk and checked against the plan. Raises: LabsError."""
    price = token_price(job.plan.judge.model)
    images = []
    for relative, sha256 in ((job.plan.judge.reference, job.plan.judge.reference_sha256), (call.image, call.image_sha256)):
        path = inside(bench.lab.root, relative)
        content = pictures.read(path)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BadPicture(f"The picture {path.name!r} changed after the plan was made.")
        images.append(pictures.for_judge(content, path.name, price))
    return JudgeCall(model=job.plan.judge.model, rubric=rubric().text, reference=images[0], image=images[1], prompt=call.prompt)


async def _ask(bench: Bench, job: Job, call: Call, question: JudgeCall) -> float | None:
    """The paid call, of which the intent is on disk."""
    began = bench.now()
    if bench.anthropic is None or began - (call.intent_at or 0) > VALID_S:
        return await _put_back(bench, call, 1.0, "the intent was too old to be sent")
    clock = time.monotonic()
    try:
        answer = await bench.anthropic.judge(question)
    except VendorUnavailable as error:
        return await _unavailable(bench, call, error)
    except VendorClosed as error:
        return await _closed(bench, job, call, error)
    except VendorRejected as error:
        recorded = await _record(bench, call, _released(str(error)), Unscored(cause=Cause.REJECTED, detail=str(error)))
        await _after(bench, call, recorded)
        return None
    except OutcomeUnknown:
        return await lost(bench, call)
    await _answered(bench, job, call, answer, time.monotonic() - clock)
    return None


async def _answered(bench: Bench, job: Job, call: Call, answer: Answer, took_s: float) -> None:
    model = job.plan.judge.model
    paid = money.Charge(state="charged", usd_micros=charge(model, answer.usage), usage=answer.usage, request_id=answer.request_id, took_s=round(took_s, 3))
    found = read_answer(answer, job.plan.pass_threshold)
    outcome: Judgement | Unscored = found if isinstance(found, Unscored) else _judgement(bench, job, call, found, paid)
    await _after(bench, call, await _record(bench, call, paid, outcome))
    logs.get().info("cell.judged" if isinstance(found, Scores) else "judge.unscored", job=job.id, cell=call.label, usd_micros=paid.usd_micros, took_s=paid.took_s)


def _judgement(bench: Bench, job: Job, call: Call, scores: Scores, paid: money.Charge) -> Judgement:
    return Judgement(
        fingerprint=call.fingerprint, label=call.label, vote=call.vote, judge=job.plan.judge, scores=scores,
        judged_at=datetime.fromtimestamp(bench.now(), UTC).isoformat(), usd_micros=paid.usd_micros, request_id=paid.request_id,
    )  # fmt: skip


def _released(reason: str) -> money.Charge:
    """Surely not charged."""
    return money.Charge(state="released", usd_micros=0, reason=reason[:200])


async def _record(bench: Bench, call: Call, paid: money.Charge, outcome: Judgement | Unscored | None, due_at: float = 0) -> Recorded:
    return await bench.ledger.run(calls.record, call, paid, outcome, bench.now(), due_at=due_at)


async def _after(bench: Bench, call: Call, recorded: Recorded) -> None:
    """Whoever finished hands its slot on."""
    for call_id in recorded.next_calls:
        await bench.driver.kick("call", str(call_id))
    if recorded.job_over:
        await bench.driver.kick("job", call.job_id)
    await touch_anchor(bench, call.job_id)


async def _put_back(bench: Bench, call: Call, wait_s: float, reason: str) -> float:
    recorded = await _record(bench, call, _released(reason), None, bench.now() + wait_s)
    await _after(bench, call, Recorded(job_over=recorded.job_over))
    return wait_s


async def _unavailable(bench: Bench, call: Call, error: VendorUnavailable) -> float | None:
    """Not charged: ask again later, as the vendor says or ever more slowly; a new intent each time."""
    if call.attempt >= MOST_TRIES:
        recorded = await _record(bench, call, _released(str(error)), Unscored(cause=Cause.UNAVAILABLE))
        await _after(bench, call, recorded)
        return None
    wait = error.retry_after_s if error.retry_after_s is not None else min(60.0, 0.5 * 2**call.attempt)
    wait *= random.uniform(1.0, 1.2)  # noqa: S311  # spreads the herd, guards nothing
    if error.retry_after_s is not None:
        await bench.ledger.run(calls.hold_vendor, VENDOR, bench.now() + error.retry_after_s)
    return await _put_back(bench, call, wait, str(error))


async def _closed(bench: Bench, job: Job, call: Call, error: VendorClosed) -> float:
    """The account needs a person: say so once, look again from time to time, go on where it stood."""
    news, until = await bench.ledger.run(calls.close_vendor, VENDOR, str(error), bench.now(), bench.settings.probe_s)
    if news:
        logs.get().warning("vendor.closed", vendor=VENDOR, reason=str(error), job=job.id)
    wait = max(0.05, until - bench.now())
    return await _put_back(bench, call, wait, str(error))


async def lost(bench: Bench, call: Call) -> float | None:
    """An answer was lost. It stays on the books as unknown; below the limit it is asked for once more, else never."""
    unknowns = await bench.ledger.run(calls.unknowns, call.id)
    paid = money.Charge(state="unknown", usd_micros=call.estimate_micros, reason="the answer was lost")
    again = unknowns == 0 and call.estimate_micros < bench.settings.repeat_below_micros
    cause = None if again else Unscored(cause=Cause.LOST, detail="" if unknowns else "too dear to ask again by itself")
    recorded = await _record(bench, call, paid, cause, bench.now())
    logs.get().warning("judge.lost", job=call.job_id, cell=call.label, again=again)
    await _after(bench, call, recorded)
    return 0.001 if again else None
