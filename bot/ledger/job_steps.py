"""The steps of a job's state, each with what its message shows, its money and who decided: all or nothing."""

import json

from bot.ledger import decisions, money, order_holds, outbox
from bot.ledger.database import Database, change
from bot.ledger.jobs import Job, first_on_run, get
from pipeline.errors import Decided, NotUnderstood
from pipeline.models import Cause


def move(db: Database, /, job_id: str, source: str, target: str, now: float, **values: object) -> bool:
    """Compare and set a job's state, with other columns; False when it was not in `source`.

    What its message shows has changed with it: both are one commit, so that no crash leaves an old state standing.
    """
    columns = "".join(f", {name} = :{name}" for name in values)
    moved = change(
        db,
        f"update jobs set state = :target, updated_at = :now{columns} where id = :id and state = :source",  # noqa: S608  # our own column names
        id=job_id,
        source=source,
        target=target,
        now=now,
        **values,
    )
    if moved:
        # Its buttons are over with a decision; how far it is waits for its turn.
        outbox.touch(db, f"anchor:{job_id}", urgent=source == "waiting" or target in {"canceling", "canceled"})
    if moved and source == "waiting":
        outbox.take_back(db, f"waits:{job_id}:")
        outbox.take_back(db, f"remind:{job_id}")
        for key in outbox.of_job(db, job_id):
            if not key.startswith("anchor:"):
                outbox.touch(db, key, urgent=True)
    return moved == 1


def approve(
    db: Database, job_id: str, counters: tuple[money.Scope, ...], person: str, reason: str | None, now: float
) -> money.Scope | None:
    """An approval: reserve the upper price, start, and keep who decided, all or nothing.

    Returns:
        The counter without room, if there is one; then nothing has changed.

    Raises:
        NotUnderstood: It does not wait any more: somebody decided before, or it expired.
    """
    job = waiting(db, job_id, now)
    high = job.plan.estimate.high_micros
    if short := money.reserve(db, counters, high):
        return short
    move(
        db,
        job_id,
        "waiting",
        "grace",
        now,
        decided_by=person,
        decided_at=now,
        start_at=now,
        reserved_micros=high,
        scopes=json.dumps([counter.name for counter in counters]),
    )
    decisions.keep(db, person, "approved", job_id, reason, now)
    return None


def deny(db: Database, job_id: str, person: str, reason: str | None, now: float) -> None:
    """Raises: NotUnderstood, as `approve`."""
    waiting(db, job_id, now)
    move(db, job_id, "waiting", "denied", now, decided_by=person, decided_at=now, finished_at=now, reason=reason)
    decisions.keep(db, person, "denied", job_id, reason, now)


def replace(db: Database, job_id: str, person: str, by: str, now: float) -> None:
    """Put a waiting plan aside for another one. Raises: NotUnderstood, as `approve`."""
    waiting(db, job_id, now)
    reason = f"changed into job {by}"
    move(db, job_id, "waiting", "canceled", now, decided_by=person, decided_at=now, finished_at=now, reason=reason)
    decisions.keep(db, person, "changed", job_id, f"into {by}", now)


def waiting(db: Database, job_id: str, now: float) -> Job:
    """The job, which waits for a decision. Raises: NotUnderstood when it does not."""
    job = get(db, job_id)
    if job is None or job.state != "waiting":
        raise Decided(job_id, job.shown if job else "gone", job.decided_by if job else None)
    if job.expires_at is not None and now >= job.expires_at:
        raise NotUnderstood(f"Job {job_id} has expired.", "Ask for it again.")
    return job


def cancel(db: Database, job_id: str, person: str, now: float, *, why: str = "canceled") -> str | None:
    """Stop a job: what was not bought yet is not bought, what is being made is called off, what is finished is kept.

    Returns: The state it had, or None when it was over.
    """
    job = get(db, job_id)
    if job is None or job.state not in {"waiting", "grace", "running"}:
        return None
    target = "canceling" if job.state == "running" else "canceled"
    move(
        db,
        job_id,
        job.state,
        target,
        now,
        decided_by=person,
        decided_at=now,
        reason=why,
        **({} if target == "canceling" else {"finished_at": now}),
    )
    change(
        db,
        "update calls set state = 'canceled', cause = :cause where job_id = :id and state = 'planned'",
        id=job_id,
        cause=Cause.CANCELED.value,
    )
    order_holds.call_off(db, job_id, person, now)
    if target == "canceled":
        money.close_job(db, job_id)
    return job.state


def start(db: Database, job: Job, now: float) -> bool:
    """Begin a job whose turn it is; False while another is at work on its run, or it was begun or stopped before."""
    if first_on_run(db, job) is not None:
        return False
    return move(db, job.id, "grace", "running", now, started_at=now)


def fail(db: Database, job_id: str, state: str, reason: str, now: float) -> None:
    """End a job that cannot begin; what it had reserved goes back."""
    if move(db, job_id, state, "failed", now, finished_at=now, reason=reason):
        money.close_job(db, job_id)
