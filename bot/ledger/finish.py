"""Units of work that span several tables: a job's beginning and its end, each with its message."""

import json
from typing import Any

from sqlite_utils import Database

from bot.ledger import decisions, inbox, job_steps, jobs, money, outbox, questions
from bot.ledger.jobs import Admission, Job, Origin
from handlers.slack import Message
from pipeline.errors import NotUnderstood
from pipeline.plan import Plan

FILES_A_MESSAGE = 10


class RunNameTaken(NotUnderstood):
    """Another job took the new run's name while this one was planned: plan again."""

    def __init__(self, run: str) -> None:
        super().__init__(
            f"Another job is about to make {run!r}. Nothing was started.", "Ask again."
        )


def begin_job(
    db: Database, inbox_id: int | None, plan: Plan, origin: Origin, admission: Admission, now: float,
    pictures: list[tuple[str, str, str]] | None = None,
) -> tuple[str, money.Scope | None]:  # fmt: skip
    """A request becomes a job: its plan, its calls, its message with what it shows, and the request is settled. All or nothing.

    Returns:
        The job's id; or an empty one, and the budget without room, and nothing is stored. An empty id without a
        budget: this request was settled before.
    """
    row = inbox.get(db, inbox_id) if inbox_id is not None else None
    if inbox_id is not None and (row is None or row.state != "new"):
        return "", None
    if twin := jobs.same_plan(db, plan):
        raise NotUnderstood(
            f"Job {twin} is doing exactly this already. Nothing more was started.",
            "Its message shows how far it is.",
        )
    makes_a_run = plan.training or (plan.making and plan.making.parent)
    if makes_a_run and plan.run in jobs.promised_runs(db):
        raise RunNameTaken(plan.run)
    job_id, short = jobs.create(db, plan, origin, admission, now)
    if short is not None:
        return "", short
    if inbox_id is not None:
        inbox.settle(db, inbox_id, job_id)
    if origin.channel and origin.thread_ts:
        questions.close(db, origin.channel, origin.thread_ts)
    if origin.channel:
        outbox.put(
            db, f"anchor:{job_id}", "anchor", origin.channel, origin.thread_ts, now, job_id=job_id
        )
        outbox.add_uploads(db, f"anchor:{job_id}", pictures or [])
    decisions.keep(db, origin.person, "planned", job_id, f"{plan.action} {plan.run}", now)
    return job_id, None


def answer(
    db: Database,
    inbox_id: int,
    channel: str | None,
    thread_ts: str | None,
    body: str,
    now: float,
    files: list[tuple[str, str, str]] | None = None,
) -> str | None:
    """A request is answered by words alone, with pictures at most; the message's key, None when it was answered before."""
    if not inbox.settle(db, inbox_id):
        return None
    key = f"answer:{inbox_id}"
    if channel is None:
        return None
    outbox.put(db, key, "answer", channel, thread_ts, now, body=body)
    outbox.add_uploads(db, key, files or [])
    return key


def ask_back(
    db: Database, inbox_id: int, body: str, now: float, question: questions.Question
) -> str | None:
    """A request is answered by a question, which stays open in its thread; the message's key."""
    key = answer(db, inbox_id, question.channel, question.thread_ts, body, now)
    if key is not None:
        questions.ask(db, question)
    return key


def finish_job(
    db: Database,
    job: Job,
    state: str,
    now: float,
    outcome: dict[str, Any],
    grids: list[tuple[str, str, str]],
    reason: str | None,
) -> None:
    """The job's end, the money it gives back and its result message: one transaction."""
    values: dict[str, object] = {"finished_at": now, "outcome": json.dumps(outcome)}
    if reason:
        values["reason"] = reason
    if not job_steps.move(db, job.id, "finishing", state, now, **values):
        return
    money.close_job(db, job.id)
    if outcome and job.origin.channel:
        outbox.put(
            db,
            f"result:{job.id}",
            "result",
            job.origin.channel,
            job.origin.thread_ts,
            now,
            job_id=job.id,
        )
        outbox.add_uploads(db, f"result:{job.id}", grids)


def ask_originals(db: Database, inbox_id: int, job: Job, now: float) -> list[str]:
    """Ask for the cells' own files in the thread, ten to a message; once a job, however often it is clicked."""
    inbox.settle(db, inbox_id, job.id)
    if not job.origin.channel:
        return []
    keys, cells = [], job.plan.cells
    for first in range(0, len(cells), FILES_A_MESSAGE):
        chosen = cells[first : first + FILES_A_MESSAGE]
        text = f"Originals of runs/{job.plan.run}, {first + 1}–{first + len(chosen)} of {len(cells)} (job {job.id})"
        key = f"originals:{job.id}:{first}"
        message = Message(text=text, blocks=())
        if outbox.put(
            db,
            key,
            "originals",
            job.origin.channel,
            job.origin.thread_ts,
            now,
            job_id=job.id,
            body=message.model_dump_json(),
        ):
            outbox.add_uploads(
                db,
                key,
                [(cell.image, cell.image.rsplit("/", 1)[-1], cell.label) for cell in chosen],
            )
            keys.append(key)
    return keys
