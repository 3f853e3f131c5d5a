"""Units of work that span several tables: a job's beginning and its end, each with its message."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bot.ledger import (
    decisions,
    inbox,
    job_steps,
    jobs,
    money,
    notices,
    outbox,
    questions,
    remedies,
    uploads,
    watches,
    withdrawals,
)
from bot.ledger.database import Database
from bot.ledger.jobs import Admission, Job, Origin
from bot.ledger.notices import Notice
from handlers.message import Message
from pipeline.advice.tried import Tried
from pipeline.errors import NotUnderstood
from pipeline.plan.plan import Plan


class Beside(NamedTuple):
    """What begins together with a job."""

    pictures: list[tuple[str, str, str]] = []  # noqa: RUF012  # never changed
    """Of its own message, as (lab-relative path, name in Slack, alternative text)."""
    instead_of: str | None = None
    """The waiting job that is put aside for it."""
    tell: Callable[[str], list[Notice]] = lambda _job_id: []
    """What else is said, given the job's id."""


ALONE = Beside()


class End(NamedTuple):
    """How a job ends."""

    state: str
    outcome: dict[str, Any] = {}  # noqa: RUF012  # never changed
    """What it left, for the result message; empty: there is none."""
    grids: list[tuple[str, str, str]] = []  # noqa: RUF012  # never changed
    reason: str | None = None
    """Why it ended so, where that needs saying."""
    news: list[Notice] = []  # noqa: RUF012  # never changed
    """To those who watch the run."""
    verdict: str | None = None
    """What they all know from now on; None: there is none."""
    tried: tuple[Tried, ...] = ()
    """What the job tells about the remedy that it was."""


class RunNameTaken(NotUnderstood):
    """Another job took the new run's name while this one was planned: plan again."""

    def __init__(self, run: str) -> None:
        super().__init__(f"Another job is about to make {run!r}. Nothing was started.", "Ask again.")


def begin_job(
    db: Database,
    inbox_id: int | None,
    plan: Plan,
    origin: Origin,
    admission: Admission,
    now: float,
    beside: Beside = ALONE,
) -> tuple[str, money.Scope | None]:
    """A request becomes a job: its plan, its calls, its message with what it shows, and the request is settled. All
    or nothing.

    Returns:
        The job's id; or an empty one, and the budget without room, and nothing is stored. An empty id without a
        budget: this request was settled before.
    """
    row = inbox.get(db, inbox_id) if inbox_id is not None else None
    if inbox_id is not None and (row is None or row.state != "new"):
        return "", None
    _must_be_possible(db, plan, beside.instead_of)
    job_id, short = jobs.create(db, plan, origin, admission, now)
    if short is not None:
        return "", short
    if beside.instead_of is not None:
        job_steps.replace(db, beside.instead_of, origin.person, job_id, now)
    if inbox_id is not None:
        inbox.settle(db, inbox_id, job_id)
    if origin.channel and origin.thread_ts:
        questions.close(db, origin.channel, origin.thread_ts)
    if origin.channel:
        outbox.put(db, f"anchor:{job_id}", "anchor", origin.channel, origin.thread_ts, now, job_id=job_id)
        uploads.add(db, f"anchor:{job_id}", beside.pictures)
    decisions.keep(db, origin.person, "planned", job_id, f"{plan.action} {plan.run}", now)
    notices.put(db, beside.tell(job_id), now)
    return job_id, None


def _must_be_possible(db: Database, plan: Plan, instead_of: str | None) -> None:
    """Nobody does it already, nobody took the consent back, and the run's name is free. Raises: NotUnderstood."""
    if twin := jobs.same_plan(db, plan) or jobs.same_training(db, plan, but=instead_of):
        raise NotUnderstood(
            f"Job {twin} is doing exactly this already. Nothing more was started.", "Its message shows how far it is."
        )
    if (identity := withdrawals.forbids(db, plan)) is not None:
        raise NotUnderstood(
            f"The consent of {identity.upper()} has been withdrawn, and everything of them is being deleted. Nothing"
            " was started.",
            "There is nothing to do.",
        )
    if plan.makes_a_run and plan.run in jobs.promised_runs(db, but=instead_of):
        raise RunNameTaken(plan.run)


def finish_job(db: Database, job: Job, end: End, now: float) -> None:
    """The job's end, the money it gives back, its result message and what else is said: one transaction."""
    values: dict[str, object] = {"finished_at": now, "outcome": json.dumps(end.outcome)}
    if end.reason:
        values["reason"] = end.reason
    if not job_steps.move(db, job.id, "finishing", end.state, now, **values):
        return
    money.close_job(db, job.id)
    if end.outcome and job.origin.channel:
        key, thread = f"result:{job.id}", job.origin.thread_ts
        outbox.put(db, key, "result", job.origin.channel, thread, now, job_id=job.id)
        uploads.add(db, key, end.grids)
    notices.put(db, end.news, now)
    remedies.keep(db, job.id, end.tried, now)
    if end.verdict is not None:
        watches.tell_all(db, job.plan.run, end.verdict)


def ask_files(
    db: Database,
    inbox_id: int,
    job: Job,
    what: str,
    parts: Sequence[tuple[str, list[tuple[str, str, str]]]],
    now: float,
) -> list[str]:
    """Ask for files in the job's thread, a message for each part; once a job, however often it is clicked.

    Args:
        db: The ledger.
        inbox_id: The click.
        job: Whose thread.
        what: Names the messages.
        parts: Words, and files as (lab-relative path, name in Slack, alternative text).
        now: Unix seconds.

    Returns: The messages' keys; none when they were asked for before, and the click is not settled.
    """
    if not job.origin.channel:
        return []
    keys = []
    for number, (words, files) in enumerate(parts):
        key, thread = f"{what}:{job.id}:{number}", job.origin.thread_ts
        body = Message(text=words, blocks=()).model_dump_json()
        if outbox.put(db, key, "originals", job.origin.channel, thread, now, job_id=job.id, body=body):
            uploads.add(db, key, files)
            keys.append(key)
    if keys:
        inbox.settle(db, inbox_id, job.id)
    return keys
