"""`list`: runs, fixtures, jobs."""

import asyncio

from bot.actions.action import Reply, Turn
from bot.bench import Bench
from bot.ledger import jobs
from bot.ledger.jobs import Job
from handlers.blocks import answers
from handlers.blocks.kit import escape
from handlers.blocks.plans import count, subject
from pipeline.actions.listing import ListThings
from pipeline.errors import LabError
from pipeline.evidence.run_state import BADGES, state_of


async def answer(bench: Bench, turn: Turn, request: ListThings) -> Reply:
    del turn
    limit = request.limit or 20
    if request.what == "jobs":
        found = await bench.ledger.run(jobs.latest, limit)
        return Reply(answers.listing("Jobs, newest first", [job_line(job) for job in found], "There are no jobs yet."))
    names = await asyncio.to_thread(bench.lab.runs if request.what == "runs" else bench.lab.fixtures)
    chosen = [name for name in names if request.identity is None or request.identity in name.split("-")]
    if request.what == "fixtures":
        return Reply(
            answers.listing(
                "Fixtures",
                [f"`inputs/{name}` · {len(bench.lab.photos(name))} photos" for name in chosen[-limit:]],
                "There are no fixtures.",
            )
        )
    busy = {job.plan.run for job in await bench.ledger.run(jobs.latest, 100, active=True)}
    lines = await asyncio.to_thread(lambda: [run_line(bench, name, busy) for name in reversed(chosen[-limit:])])
    return Reply(answers.listing("Runs, newest first", lines, "There are no runs."))


def run_line(bench: Bench, name: str, busy: set[str]) -> str:
    """One run in a list; a run that cannot be read does not hide the others."""
    try:
        state = state_of(bench.lab.run(name), in_flight=name in busy)
    except LabError as error:
        return f"`{name}` cannot be read: {escape(str(error))}"
    verdict = state.verdict
    grade = f" ({verdict.grade})" if verdict.scored else ""
    return f"{BADGES[verdict.word]} `{name}` {verdict.word}{grade} · {state.matrix}"


def job_line(job: Job) -> str:
    asked = f"<@{job.origin.person}>" if job.origin.channel else job.origin.person
    return f"`{job.id}` {job.state} · {escape(subject(job.plan))} · {count(job.plan)}, {job.plan.estimate} · {asked}"
