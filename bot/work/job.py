"""A job's steps: start, send out its orders and its questions, file what came of them."""

import asyncio
import contextlib
from datetime import UTC, date, datetime

from bot import logs
from bot.bench import Bench
from bot.ledger import calls, job_steps, jobs, money, notices, orders, outbox, warmings, watches
from bot.ledger.jobs import Job
from bot.ledger.lifecycle import End, finish_job
from bot.ledger.notices import Notice
from bot.ledger.orders import TrainingOrder
from bot.ledger.outbox import Post
from bot.messages.anchors import show_state, touch_anchor, touch_others
from bot.messages.notices import not_trained, reminder, to_watchers
from bot.work import warming
from bot.work.cells import measured
from bot.work.cut import cut_of
from bot.work.judgement import prepare
from bot.work.lending import take_back
from bot.work.material import material_of
from bot.work.pages import LAB
from bot.work.pairs import write_pairs
from bot.work.purchase import SOON_S, pump
from bot.work.settling import next_rounds
from handlers.blocks.notices import verdict_of
from pipeline.errors import LabsError
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import Word
from pipeline.fixture.face_network import face_reader
from pipeline.grid.of_run import draw_grid
from pipeline.lab.run import Run
from pipeline.money import dollars
from pipeline.plan.reference import file_references
from pipeline.record.faces import look_at_faces
from pipeline.record.job import Filed, Material, file_job
from pipeline.record.making import begin_run

ANCHOR_LOOK_S = 0.3
"""How often a job looks whether its plan is shown by now."""
RUN_LOOK_S = 5.0
"""How often a job looks whether another one on its run is over; the end of one wakes it, too."""
KEPT = "All images and judgements are kept: ask again, and nothing is bought twice."


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
        remind_at = job.expires_at - bench.settings.remind_before_h * 3600
        if now < remind_at:
            return remind_at - now
        # Where a plan lives no longer than that, the plan itself has just been posted.
        for one in reminder(bench, job) if remind_at > job.created_at else ():
            await bench.ledger.run(notices.put, [one], now)
            await bench.driver.kick("post", one.key)
        return job.expires_at - now
    await bench.ledger.run(
        job_steps.move,
        job.id,
        "waiting",
        "expired",
        now,
        finished_at=now,
        reason="Nobody decided in time; nothing was spent.",
    )
    await show_state(bench, job.id)
    return None


async def _start(bench: Bench, job: Job, now: float) -> float | None:
    """No money moves before the plan has stood in the thread for the grace's time, with its Cancel button."""
    if job.origin.channel and job.plan.buys and job.decided_by is None:
        anchor = await bench.ledger.run(outbox.get, f"anchor:{job.id}")
        if anchor is None or anchor.ts is None:
            return await _unseen(bench, job, anchor, now)
        wait = anchor.edited_at + bench.settings.grace_s - now
        if wait > 0:
            return wait
    if await bench.ledger.run(job_steps.start, job, now):
        logs.get().info("job.started", job=job.id, calls=len(job.plan.calls))
        await show_state(bench, job.id)
        return SOON_S
    await touch_anchor(bench, job.id)
    return RUN_LOOK_S


async def _unseen(bench: Bench, job: Job, anchor: Post | None, now: float) -> float | None:
    """Its plan does not stand in the thread: nothing starts, and before long nothing is kept back for it."""
    if anchor is None or anchor.refused_since is None:
        return ANCHOR_LOOK_S
    left = anchor.refused_since + bench.settings.unposted_s - now
    if left > 0:
        return min(left, RUN_LOOK_S)
    await _stop(bench, job, f"The plan could not be posted: Slack said {anchor.reason}. Nothing was spent; ask again.")
    return None


def _begin_run(bench: Bench, job: Job) -> None:
    """The folder of a re-run or a bake-off, and what is sent to vendors, before its first image."""
    if job.plan.making is None:
        return
    if job.plan.making.parent is not None:
        _make_folder(bench, job, job.plan.making.parent)
    file_references(Run(bench.lab.root, job.plan.run), job.plan.making.references, bench.measurer)


def _make_folder(bench: Bench, job: Job, parent_name: str) -> None:
    asked_at = datetime.fromtimestamp(job.created_at, UTC).isoformat()
    parent = bench.lab.run(parent_name)
    begin_run(Run(bench.lab.root, job.plan.run), parent, job.plan, job.origin.person, asked_at)


async def _stop(bench: Bench, job: Job, reason: str) -> None:
    """A job that cannot go on, and has bought nothing."""
    await bench.ledger.run(job_steps.fail, job.id, job.state, reason, bench.now())
    await show_state(bench, job.id)


async def _keep_running(bench: Bench, job: Job) -> float | None:
    try:
        await asyncio.to_thread(_begin_run, bench, job)
    except LabsError as error:
        if not await bench.ledger.run(orders.any_sent, job.id):
            await _stop(bench, job, f"{error} Nothing was spent.")
            return None
        return RUN_LOOK_S  # full or read-only; what is under way waits at the vendor
    if await bench.ledger.run(calls.over, job.id):
        with contextlib.suppress(LabsError):  # files that cannot be read or written: the end says so, and keeps all
            if job.state == "running" and await next_rounds(bench, job):
                return SOON_S
        if await bench.ledger.run(job_steps.move, job.id, job.state, "finishing", bench.now()):
            await show_state(bench, job.id)
        return SOON_S
    if job.plan.making is not None or job.plan.training is not None:
        await pump(bench)
        for order in await bench.ledger.run(orders.every, job.id):
            if order.cancel_by and order.state == "ordered":
                await bench.driver.kick("order", str(order.id))
    await _ask_on(bench, job)
    return None


async def _ask_on(bench: Bench, job: Job) -> None:
    """Have the judge asked what can be asked now, the way that the job asks it."""
    if job.plan.in_batch:
        await bench.driver.kick("batch", job.id)
        return
    if warming.wanted(bench, job) and await bench.ledger.run(warmings.state, job.id) != "over":
        await bench.driver.kick("warming", job.id)
        if job.plan.making is None:
            return  # it wakes the job when it is over
    for call_id in await bench.ledger.run(calls.ready, job.id):
        await bench.driver.kick("call", str(call_id))
    if not job.warm and job.plan.judge is not None:
        waiting = await bench.ledger.run(calls.planned, job.id, 2 * bench.settings.judge_concurrency)
        await asyncio.to_thread(prepare, bench, job, waiting)


async def _file(bench: Bench, job: Job) -> None:
    """Write the run's files and the grid, then end the job and ask for its result message, all from the ledger."""
    canceled = job.reason is not None  # so far nothing but a cancellation writes one
    training = await bench.ledger.run(orders.training_of, job.id)
    if training is not None and training.state != "made":
        await _untrained(bench, job, training, canceled=canceled)
        return
    material = await material_of(bench, job, canceled=canceled)
    try:
        filed, grids = await asyncio.to_thread(_write, bench, job, material)
    except LabsError as error:
        reason = f"{error} {KEPT}"
        await bench.ledger.run(finish_job, job, End("failed", reason=reason), bench.now())
        await show_state(bench, job.id)
        await bench.driver.kick("pages", job.plan.run)
        return
    outcome = filed.model_dump(mode="json", by_alias=True)
    state = "canceled" if canceled else "done"
    news, verdict = await _news(bench, job, filed.state)
    await bench.ledger.run(finish_job, job, End(state, outcome, grids, None, news, verdict, filed.tried), bench.now())
    for one in news:
        await bench.driver.kick("post", one.key, one.not_before or None)
    word = filed.state.verdict.word.value
    logs.get().info("job.done", job=job.id, run=job.plan.run, verdict=word, canceled=canceled)
    await show_state(bench, job.id)
    await bench.driver.kick("preview", job.id)
    await bench.driver.kick("pages", job.plan.run)
    await take_back(bench)
    if job.origin.channel:
        await bench.driver.kick("post", f"result:{job.id}")
    for other, at in await bench.ledger.run(jobs.unfinished):
        await bench.driver.kick("job", other, at)  # it may have waited for this run
    await touch_others(bench, job.id)


async def _news(bench: Bench, job: Job, state: RunState) -> tuple[list[Notice], str | None]:
    """What those who watch the run are told; and the verdict that they then know."""
    if state.verdict.word is Word.IN_FLIGHT or state.older is not None:
        return [], None  # nothing new is known of the run
    watching = await bench.ledger.run(watches.of_run, job.plan.run)
    return to_watchers(bench, job, state, watching), verdict_of(state)


async def _untrained(bench: Bench, job: Job, training: TrainingOrder, *, canceled: bool) -> None:
    """End a job whose training made nothing: there is no run to file."""
    spent, unknown = await bench.ledger.run(money.spent_by_job, job.id)
    why = f"The training was not made: {training.detail or training.cause}"
    money_moved = f"{dollars(spent)} may have been charged" if unknown else f"{dollars(spent)} were charged"
    reason = None if canceled else f"{why.rstrip('.')}. {money_moved}."
    state = "canceled" if canceled else "failed"
    # An edit notifies nobody, and half an hour has passed since anybody looked.
    news = not_trained(job, reason) if reason else []
    await bench.ledger.run(finish_job, job, End(state, reason=reason, news=news), bench.now())
    for one in news:
        await bench.driver.kick("post", one.key)
    logs.get().warning("job.untrained", job=job.id, canceled=canceled)
    await show_state(bench, job.id)
    await bench.driver.kick("order", str(training.id))  # its photographs are still at the vendor
    await bench.driver.kick("pages", LAB)
    await touch_others(bench, job.id)


def _write(bench: Bench, job: Job, material: Material) -> tuple[Filed, list[tuple[str, str, str]]]:
    """The files, and the grids as (lab-relative path, name in Slack, alternative text). CPU and disk."""
    material = material.model_copy(update={"cells": measured(bench, job, material.cells)})
    _look_at_faces(bench, job)
    filed = file_job(bench.lab, job.plan, material)
    run = bench.lab.run(job.plan.run)
    if job.plan.action == "upscale":
        return filed, write_pairs(bench, run, filed.state, job.id)
    if filed.state.older is not None and job.plan.making is None:
        return filed, []  # the run's picture shows the verdict that stands
    drawn = draw_grid(run, filed.state, simulated=bench.settings.simulated)
    grids = []
    for at, (content, suffix, alt) in enumerate(drawn, 1):
        name = f"grid.{suffix}" if len(drawn) == 1 else f"grid-{at}.{suffix}"
        run.write(name, content)
        grids.append((f"runs/{run.name}/{name}", f"{run.name}-{name}", alt))
    run.drop_grids({path.rsplit("/", 1)[-1] for path, _name, _alt in grids})
    if filed.state.leaderboard or not filed.state.cells:
        return filed, grids
    return filed, [cut_of(bench, job, run, filed.state)]


def _look_at_faces(bench: Bench, job: Job) -> None:
    """A second opinion beside the judge's, where this machine can give one. It is worth no job's failure."""
    reader = face_reader() if bench.measurer.looks_for_faces and job.plan.judge is not None else None
    if reader is None:
        return
    rules = bench.settings.defaults.consent(date.fromisoformat(bench.settings.day(bench.wall())))
    try:
        look_at_faces(bench.lab, Run(bench.lab.root, job.plan.run), reader, bench.measurer, rules)
    except Exception as error:  # noqa: BLE001  # of a library that looks at pixels, whatever it raises
        logs.get().warning("faces.not_measured", job=job.id, error=type(error).__name__)


async def fail(bench: Bench, job_id: str) -> None:
    """End a job whose files cannot be made for a reason that nobody foresaw."""
    job = await bench.ledger.run(jobs.get, job_id)
    if job is None or job.state != "finishing":
        return
    reason = f"The run's files could not be written; the log says why. {KEPT}"
    await bench.ledger.run(finish_job, job, End("failed", reason=reason), bench.now())
    await show_state(bench, job.id)
