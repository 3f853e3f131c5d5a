"""`list`: runs, fixtures, jobs."""

import asyncio

from bot.actions.action import Reply, Turn
from bot.bench import Bench
from bot.ledger import jobs, money
from bot.ledger.jobs import Job
from handlers.blocks import answers, lines
from pipeline.actions.listing import ListThings
from pipeline.errors import LabError
from pipeline.evidence.run_state import state_of
from pipeline.surfaces import code


async def answer(bench: Bench, turn: Turn, request: ListThings) -> Reply:
    del turn
    limit = request.limit or 20
    if request.what == "jobs":
        found = await bench.ledger.run(jobs.latest, limit)
        shown_jobs = [await job_line(bench, job) for job in found]
        return Reply(answers.listing("Jobs, newest first", shown_jobs, "There are no jobs yet."))
    names = await asyncio.to_thread(bench.lab.runs if request.what == "runs" else bench.lab.fixtures)
    chosen = [name for name in names if request.identity is None or request.identity in name.split("-")]
    if request.what == "fixtures":
        return Reply(
            answers.listing(
                "Fixtures",
                [f"{code(f'inputs/{name}')} · {len(bench.lab.photos(name))} photos" for name in chosen[-limit:]],
                "There are no fixtures.",
            )
        )
    busy = await bench.ledger.run(jobs.runs_at_work)
    shown = await asyncio.to_thread(lambda: [run_line(bench, name, busy) for name in reversed(chosen[-limit:])])
    odd = await asyncio.to_thread(bench.lab.left_out, "runs")
    shown += [lines.unreadable(name, "it is a link that leads out of the lab, or no folder") for name in odd]
    return Reply(answers.listing("Runs, newest first", shown, "There are no runs."))


def run_line(bench: Bench, name: str, busy: set[str]) -> str:
    """One run in a list; a run that cannot be read does not hide the others."""
    try:
        return lines.run_line(name, state_of(bench.lab.run(name), in_flight=name in busy, sized=False))
    except LabError as error:
        return lines.unreadable(name, str(error))


async def job_line(bench: Bench, job: Job) -> str:
    """One job in a list: what it will cost, or, where it is over, what it cost."""
    spent = None if job.active else (await bench.ledger.run(money.spent_by_job, job.id))[0]
    return lines.job_line(job.id, job.shown, job.plan, job.origin.person, spent)
