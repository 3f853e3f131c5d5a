"""Plans, which never change, and the jobs that they become. One id for both: six hex characters."""

import json
import secrets
from typing import Any

from bot.ledger import calls, money, orders, plans
from bot.ledger.database import Database, change, one, rows
from pipeline.models import Value
from pipeline.plan.plan import Plan
from pipeline.plan.stored import store_plan

ACTIVE = ("waiting", "grace", "running", "canceling", "finishing")


_SHOWN = {
    "waiting": "waiting for an approval",
    "planned": "only a plan",
    "grace": "about to start",
    "running": "at work",
    "canceling": "being stopped",
    "finishing": "being written down",
    "failed": "stopped",
}
"""States that people would not call so."""


class Origin(Value):
    """Who asked, and where the answer goes; no channel means a shell."""

    person: str
    channel: str | None = None
    thread_ts: str | None = None


class Job(Value):
    """A plan with its job's state, as one row."""

    id: str
    state: str
    reason: str | None
    plan: Plan
    plan_hash: str
    origin: Origin
    created_at: float
    start_at: float | None
    expires_at: float | None
    started_at: float | None
    finished_at: float | None
    decided_by: str | None
    decided_at: float | None
    warm: bool
    cap_micros: int
    reserved_micros: int
    used_micros: int
    outcome: dict[str, Any] | None

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def shown(self) -> str:
        """The state, for people: a plan that became another one was not canceled."""
        changed = self.state == "canceled" and (self.reason or "").startswith("changed into")
        return "changed" if changed else _SHOWN.get(self.state, self.state)


class Admission(Value):
    """How a job starts: at once after the grace, or after an approval."""

    state: str
    start_at: float | None = None
    expires_at: float | None = None
    cap_micros: int
    counters: tuple[money.Scope, ...]


def create(
    db: Database, plan: Plan, origin: Origin, admission: Admission, now: float
) -> tuple[str, money.Scope | None]:
    """Store a plan, its job and its calls, and reserve its upper price when it needs no approval.

    Returns: The id, and the counter without room, if there is one (then nothing is stored).
    """
    high = plan.estimate.high_micros
    if admission.state == "grace" and (short := money.reserve(db, admission.counters, high)):
        return "", short
    job_id = _new_id(db)
    change(
        db,
        """insert into plans (id, hash, action, run, body, asked_by, channel, thread_ts, created_at)
           values (:id, :hash, :action, :run, :body, :person, :channel, :thread_ts, :now)""",
        id=job_id,
        hash=plan.hash,
        action=plan.action,
        run=plan.run,
        body=store_plan(plan),
        now=now,
        **origin.model_dump(),
    )
    change(
        db,
        """insert into jobs (id, state, start_at, expires_at, cap_micros, reserved_micros, scopes, updated_at)
           values (:id, :state, :start_at, :expires_at, :cap, :reserved, :scopes, :now)""",
        id=job_id,
        state=admission.state,
        start_at=admission.start_at,
        expires_at=admission.expires_at,
        cap=admission.cap_micros,
        reserved=high if admission.state == "grace" else 0,
        scopes=json.dumps([counter.name for counter in admission.counters]),
        now=now,
    )
    calls.add(db, job_id, () if plan.training else plan.calls, plans.estimate_each(plan))
    orders.add(db, job_id, plan)
    return job_id, None


def _new_id(db: Database) -> str:
    while True:
        job_id = secrets.token_hex(3)
        # Letters and digits mixed, so that an id is never mistaken for a seed, a date or a word.
        mixed = not job_id.isdigit() and not job_id.isalpha()
        if mixed and one(db, "select 1 as taken from plans where id = :id", id=job_id) is None:
            return job_id


_SELECT = """select jobs.*, plans.hash as plan_hash, plans.body, plans.asked_by, plans.channel, plans.thread_ts,
  plans.created_at,
                    (select path from orders where orders.job_id = jobs.id and orders.kind = 'training' and
                    orders.state = 'made') as trained
             from jobs join plans using (id)"""


def get(db: Database, job_id: str) -> Job | None:
    row = one(db, f"{_SELECT} where id = :id", id=job_id)
    return _job(row) if row else None


def _job(row: dict[str, Any]) -> Job:
    keys = set(Job.model_fields) & set(row)
    return Job(
        **{key: row[key] for key in keys - {"outcome", "warm"}},
        plan=plans.read_plan(row["body"], row["trained"]),
        origin=Origin(person=row["asked_by"], channel=row["channel"], thread_ts=row["thread_ts"]),
        warm=bool(row["warm"]),
        outcome=json.loads(row["outcome"]) if row["outcome"] else None,
    )


def latest(
    db: Database, limit: int, *, run: str | None = None, thread: tuple[str, str] | None = None, active: bool = False
) -> list[Job]:
    """Jobs, newest first; of a run, of a thread, or active ones only."""
    # Only what is asked for stands in the query: else no index is used, and each message would read every plan.
    wanted = []
    if thread is not None:
        wanted.append("plans.channel = :channel and plans.thread_ts = :thread_ts")
    if run is not None:
        wanted.append(
            """plans.rowid in (select rowid from plans where run = :run
                union select rowid from plans where json_extract(body, '$.making.parent') = :run
                union select rowid from plans where json_extract(body, '$.training.parent') = :run)"""
        )
    if active:
        wanted.append(f"jobs.id in (select id from jobs where state in {ACTIVE})")  # noqa: S608  # a constant
    channel, thread_ts = thread or (None, None)
    found = rows(
        db,
        f"""{_SELECT} {"where " + " and ".join(wanted) if wanted else ""}
            order by plans.created_at desc, plans.rowid desc limit :limit""",
        run=run,
        channel=channel,
        thread_ts=thread_ts,
        limit=limit,
    )
    return [_job(row) for row in found]


def of_person(db: Database, person: str, limit: int) -> list[Job]:
    """Somebody's jobs that came to an end, newest first."""
    found = rows(
        db,
        f"""{_SELECT} where plans.asked_by = :person and jobs.state in ('done', 'canceled')
            order by plans.created_at desc, plans.rowid desc limit :limit""",
        person=person,
        limit=limit,
    )
    return [_job(row) for row in found]


def ended(db: Database) -> dict[str, tuple[str, float]]:
    """The latest job of each run that came to its end, and when; Unix seconds."""
    found = rows(
        db,
        """select plans.run, jobs.id, jobs.finished_at from jobs join plans using (id)
           where jobs.state in ('done', 'canceled') and jobs.finished_at is not null and jobs.started_at is not null
           order by jobs.finished_at""",
    )
    return {row["run"]: (row["id"], row["finished_at"]) for row in found}


def same_plan(db: Database, plan: Plan) -> str | None:
    """The active job that buys exactly what this plan would, if there is one."""
    if not plan.does:
        return None
    found = one(
        db,
        f"""select id from jobs join plans using (id)
            where plans.hash = :hash and jobs.state in {ACTIVE} limit 1""",  # noqa: S608  # a constant
        hash=plan.hash,
    )
    return found["id"] if found else None


def same_training(db: Database, plan: Plan, *, but: str | None) -> str | None:
    """The active job that trains exactly this, whatever comes after its training; but for one of them."""
    if plan.training is None:
        return None
    found = one(
        db,
        f"""select jobs.id from jobs join orders on orders.job_id = jobs.id
            where orders.kind = 'training' and orders.fingerprint = :fingerprint and jobs.state in {ACTIVE}
              and orders.state in ('planned', 'ordering', 'ordered', 'held') and jobs.id is not :but limit 1""",  # noqa: S608  # a constant
        fingerprint=plan.training.fingerprint,
        but=but,
    )
    return found["id"] if found else None


def unfinished(db: Database) -> list[tuple[str, float | None]]:
    """Ids of active jobs, with the moment that their grace ends; a waiting plan's own step says what it waits for."""
    found = rows(
        db,
        f"""select id, state, start_at from jobs join plans using (id)
            where state in {ACTIVE} order by created_at, plans.rowid""",  # noqa: S608  # a constant
    )
    return [(row["id"], row["start_at"] if row["state"] == "grace" else None) for row in found]


def first_on_run(db: Database, job: Job) -> str | None:
    """The job that must end before this one may begin: it is at work on the same run."""
    found = one(
        db,
        """select jobs.id from jobs join plans using (id)
           where plans.run = :run and jobs.state in ('running', 'canceling', 'finishing') and jobs.id <> :id
           order by plans.created_at limit 1""",
        run=job.plan.run,
        id=job.id,
    )
    return found["id"] if found else None


def at_work_on(db: Database, run: str) -> str | None:
    """A job that reads or writes a run's files just now."""
    found = one(
        db,
        """select jobs.id from jobs join plans using (id)
           where plans.run = :run and jobs.state in ('running', 'canceling', 'finishing') limit 1""",
        run=run,
    )
    return found["id"] if found else None


def runs_at_work(db: Database) -> set[str]:
    """Runs that a job is at, or is about to be; one that waits for an approval is at none."""
    found = rows(
        db,
        """select distinct run from plans join jobs using (id)
           where jobs.state in ('grace', 'running', 'canceling', 'finishing')""",
    )
    return {row["run"] for row in found}


def promised_runs(db: Database, *, but: str | None = None) -> list[str]:
    """Names of runs that active jobs make, but for one of them."""
    found = rows(
        db,
        f"select distinct run from plans join jobs using (id) where jobs.state in {ACTIVE} and id is not :but",  # noqa: S608  # a constant
        but=but,
    )
    return [row["run"] for row in found]
