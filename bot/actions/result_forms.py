"""The modals behind a job's messages: its plan, its result's details, and what failed, where people contradict it."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from bot.actions.action import Reply
from bot.actions.decide import find_job
from bot.bench import Bench
from bot.ledger import uploads
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Job
from bot.messages.render import anchor_view, result_view
from handlers.blocks import failures, labelling, plan_details, result_details
from handlers.ports import Opening
from pipeline.errors import NotUnderstood
from pipeline.evidence.run_state import RunState, state_of
from pipeline.lab.labels import Label
from pipeline.lab.run import Run
from pipeline.record.labels import append, picture_hash


async def plan(bench: Bench, opening: Opening) -> dict[str, Any]:
    """Everything that a plan's message was short about, whatever became of it. Raises: LabsError."""
    job = await find_job(bench, opening.subject, active=False)
    return plan_details.form(opening, await anchor_view(bench, job))


async def details(bench: Bench, opening: Opening) -> dict[str, Any]:
    """Everything that the result was short about. Raises: LabsError."""
    job = await _over(bench, opening.subject)
    return result_details.form(opening, await result_view(bench, job, f"result:{job.id}"))


async def failed(bench: Bench, opening: Opening) -> dict[str, Any]:
    """What fails in the run as it is now, with the job's picture of it. Raises: LabsError."""
    job = await _over(bench, opening.subject)
    state = await asyncio.to_thread(_state, bench, job.plan.run)
    if not failures.failed(state) and all(cell.scores is not None for cell in state.cells):
        raise NotUnderstood(f"No cell of runs/{state.run} fails.", "`show` it to see all of them.")
    files = await bench.ledger.run(uploads.of_message, f"result:{job.id}")
    shown = [(one.file_id, one.alt) for one in files if one.file_id and one.state == "ready"]
    # The numbers in it are those of this very verdict.
    about = opening.model_copy(update={"subject": f"{state.run} {_mark(state)}"})
    return failures.form(about, state, shown[0] if len(shown) == 1 else None)


async def wrong(bench: Bench, row: InboxRow) -> Reply | None:
    """Keep what was ticked as this person's words; None: nothing was. Raises: LabsError."""
    payload = row.payload or {}
    run_name, _, mark = str(payload.get("value", "")).partition(" ")
    at = datetime.fromtimestamp(row.received_at, UTC).isoformat()

    def keep() -> Reply | None:
        run = bench.lab.run(run_name)
        state = state_of(run)
        if _mark(state) != mark:
            raise NotUnderstood(
                "The verdict has changed since that list was shown. Nothing was kept.", "Open it again."
            )
        images = {cell.label: cell for cell in run.cells}
        said = [
            Label(
                cell=name,
                sha256=picture_hash(run, images[name]),
                axis=axis,
                value="pass",
                author=row.person,
                at=at,
                seen="everything",
                reason="no failure, said in the list of failures",
            )
            for name, axis in failures.ticked(state, payload.get("fields") or {})
        ]
        if not said:
            return None
        append(run, said)
        return Reply(labelling.disagreed(run.name, said, state_of(Run(run.root, run.name)).people))

    return await asyncio.to_thread(keep)


async def _over(bench: Bench, job_id: str) -> Job:
    """Raises: NotUnderstood of one that brought nothing."""
    job = await find_job(bench, job_id, active=False)
    if job.outcome is None:
        raise NotUnderstood(f"Job {job.id} has no result.", "Its message says why.")
    return job


def _state(bench: Bench, run: str) -> RunState:
    return state_of(bench.lab.run(run))


def _mark(state: RunState) -> str:
    """What the numbers of a list of failures hang on."""
    return (state.judged_at or "")[:40]
