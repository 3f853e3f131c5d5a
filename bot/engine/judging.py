"""A judge job's steps: start, ask about each cell, file the verdict."""

import asyncio

from bot import logs
from bot.anchors import touch_anchor
from bot.bench import Bench
from bot.engine.asking import prepare
from bot.ledger import calls, jobs, money, outbox
from bot.ledger.finish import finish_job
from bot.ledger.jobs import Job
from pipeline import record
from pipeline.errors import (
    LabsError,
)
from pipeline.record import Material

ANCHOR_LOOK_S = 0.3
"""How often a job looks whether its plan is shown by now."""


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
    await bench.ledger.run(
        jobs.move,
        job.id,
        "waiting",
        "expired",
        now,
        finished_at=now,
        reason="Nobody decided in time; nothing was spent.",
    )
    await touch_anchor(bench, job.id)
    return None


async def _start(bench: Bench, job: Job, now: float) -> float | None:
    """No money moves before the plan has stood in the thread for the grace's time, with its Cancel button."""
    if job.origin.channel and job.plan.calls:
        anchor = await bench.ledger.run(outbox.get, f"anchor:{job.id}")
        if anchor is None or anchor.ts is None:
            return ANCHOR_LOOK_S
        wait = anchor.edited_at + bench.settings.grace_s - now
        if wait > 0:
            return wait
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
    if not job.warm:
        waiting = await bench.ledger.run(
            calls.planned, job.id, 2 * bench.settings.judge_concurrency
        )
        await asyncio.to_thread(prepare, bench, job, waiting)
    return None


async def _file(bench: Bench, job: Job) -> None:
    """Write the run's files and the grid, then end the job and ask for its result message, all from the ledger."""
    canceled = job.reason == "canceled"
    material = Material(
        votes=tuple(await bench.ledger.run(calls.by_fingerprint, _wanted(job))),
        causes=await bench.ledger.run(calls.causes, job.id),
        spent_micros=await bench.ledger.run(money.spent_on_run, job.plan.run),
        charges=(await bench.ledger.run(money.history, job.plan.judge.model))[0],
        canceled=canceled,
    )
    try:
        filed, grids = await asyncio.to_thread(_write, bench, job, material)
    except LabsError as error:
        reason = f"{error} All judgements are kept: ask again, and nothing is bought twice."
        await bench.ledger.run(finish_job, job, "failed", bench.now(), {}, [], reason)
        await touch_anchor(bench, job.id)
        return
    outcome = filed.model_dump(mode="json", by_alias=True)
    state = "canceled" if canceled else "done"
    await bench.ledger.run(finish_job, job, state, bench.now(), outcome, grids, None)
    word = filed.state.verdict.word.value
    logs.get().info("job.done", job=job.id, run=job.plan.run, verdict=word, canceled=canceled)
    await touch_anchor(bench, job.id)
    if job.origin.channel:
        await bench.driver.kick("post", f"result:{job.id}")


def _wanted(job: Job) -> list[str]:
    return [name for cell in job.plan.cells for name in job.plan.fingerprints(cell)]


def _write(
    bench: Bench, job: Job, material: Material
) -> tuple[record.Filed, list[tuple[str, str, str]]]:
    """The files, and the grids as (lab-relative path, name in Slack, alternative text). CPU and disk."""
    filed = record.file_judging(bench.lab.run(job.plan.run), job.plan, material)
    run = bench.lab.run(job.plan.run)
    drawn = record.draw_grid(run, filed.state, simulated=bench.settings.simulated)
    grids = []
    for at, (content, suffix, alt) in enumerate(drawn, 1):
        name = f"grid.{suffix}" if len(drawn) == 1 else f"grid-{at}.{suffix}"
        run.write(name, content)
        grids.append((f"runs/{run.name}/{name}", f"{run.name}-{name}", alt))
    return filed, grids


async def fail(bench: Bench, job_id: str) -> None:
    """End a job whose files cannot be made for a reason that nobody foresaw."""
    job = await bench.ledger.run(jobs.get, job_id)
    if job is None or job.state != "finishing":
        return
    reason = "The run's files could not be written; the log says why. All judgements are kept: ask again, and nothing is bought twice."
    await bench.ledger.run(finish_job, job, "failed", bench.now(), {}, [], reason)
    await touch_anchor(bench, job.id)
