"""Judge calls as rows: planned → asking → judged | unscored | canceled. A row in `asking` is an intent on disk."""

import json
from typing import Literal

from sqlite_utils import Database

from bot.ledger import money
from bot.ledger.store import change, one, rows
from pipeline.models import Cause, Judgement, Unscored, Value

VENDOR = "anthropic"


class Call(Value):
    id: int
    job_id: str
    label: str
    vote: int
    fingerprint: str
    image: str
    image_sha256: str
    prompt: str
    estimate_micros: int
    state: str
    attempt: int
    boot: str | None
    intent_at: float | None
    due_at: float
    cause: str | None
    detail: str | None


def get(db: Database, call_id: int) -> Call | None:
    row = one(db, "select * from calls where id = :id", id=call_id)
    return Call.model_validate(row) if row else None


class Refusal(Value):
    """Why an intent was not granted now."""

    why: Literal["gone", "paused", "closed", "busy", "over budget", "stored", "cold"]
    wait_s: float | None = None


class Caps(Value):
    """What an intent is checked against, in the same transaction."""

    counters: tuple[money.Scope, ...]
    settle_s: float


def intend(db: Database, call_id: int, boot: str, caps: Caps, now: float) -> Call | Refusal:
    """Commit the intent to pay, or say why not. Budget, vendor slot and charge row come in the same transaction."""
    call = get(db, call_id)
    job = one(db, "select jobs.*, plans.run, plans.asked_by, plans.body from jobs join plans using (id) where id = :id", id=call.job_id if call else "")
    if call is None or job is None or call.state != "planned" or job["state"] != "running":
        return Refusal(why="gone")
    if one(db, "select 1 as yes from judgements where fingerprint = :fingerprint", fingerprint=call.fingerprint):
        change(db, "update calls set state = 'judged' where id = :id", id=call.id)
        return Refusal(why="stored")
    if one(db, "select 1 as yes from switches where name = 'spending'"):
        return Refusal(why="paused")
    if not job["warm"] and one(db, "select 1 as yes from calls where job_id = :job and state = 'asking'", job=call.job_id):
        return Refusal(why="cold")  # the first call fills the vendor's cache; the others wait for it
    if wait := max(call.due_at, _vendor_wait(db)) - now:
        if wait > 0:
            return Refusal(why="busy", wait_s=wait)
    if not _afford(db, job, call, caps, now):
        change(db, "update calls set state = 'unscored', cause = :cause where id = :id", cause=Cause.OVER_BUDGET.value, id=call.id)
        return Refusal(why="over budget")
    taken = change(db, "update vendors set inflight = inflight + 1 where name = :vendor and inflight < max_inflight", vendor=VENDOR)
    if not taken:
        return Refusal(why="busy")
    change(db, "update calls set state = 'asking', attempt = attempt + 1, boot = :boot, intent_at = :now where id = :id", boot=boot, now=now, id=call.id)
    change(db, "update jobs set used_micros = used_micros + :micros where id = :job", micros=call.estimate_micros, job=call.job_id)
    change(
        db,
        """insert into charges (call_id, attempt, job_id, run, person, vendor, model, state, estimate_micros, at)
           values (:call, :attempt, :job, :run, :person, :vendor, :model, 'reserved', :estimate, :now)""",
        call=call.id, attempt=call.attempt + 1, job=call.job_id, run=job["run"], person=job["asked_by"], vendor=VENDOR,
        model=json.loads(job["body"])["judge"]["model"], estimate=call.estimate_micros, now=now,
    )  # fmt: skip
    granted = get(db, call_id)
    return granted if granted else Refusal(why="gone")


def _vendor_wait(db: Database) -> float:
    row = one(db, "select not_before from vendors where name = :vendor", vendor=VENDOR)
    return float(row["not_before"]) if row else 0.0


def _afford(db: Database, job: dict[str, object], call: Call, caps: Caps, now: float) -> bool:
    """Whether the job's reservation holds one more call; when prices rose, it may grow within every limit."""
    del now
    used, reserved, cap = (int(str(job[name])) for name in ("used_micros", "reserved_micros", "cap_micros"))
    if used + call.estimate_micros > cap:
        return False
    missing = used + call.estimate_micros - reserved
    if missing <= 0:
        return True
    if money.reserve(db, caps.counters, missing):
        return False
    change(db, "update jobs set reserved_micros = reserved_micros + :missing where id = :id", missing=missing, id=job["id"])
    return True


class Recorded(Value):
    """What is to be called next, after a call's outcome was recorded."""

    next_calls: tuple[int, ...] = ()
    job_over: bool = False
    """Nothing of the job is planned or being asked any more."""


def record(db: Database, call: Call, charge: money.Charge, outcome: Judgement | Unscored | None, now: float, *, due_at: float = 0) -> Recorded:
    """Settle one attempt: its charge, its outcome, its vendor's slot, all or nothing.

    Args:
        outcome: A judgement or the cause of none ends the call; None puts it back to be asked again from `due_at`.
    """
    if not money.settle(db, call.id, call.attempt, charge, now):
        return Recorded()
    change(db, "update vendors set inflight = max(0, inflight - 1) where name = :vendor", vendor=VENDOR)
    if charge.state == "charged":
        change(db, "update vendors set closed = null, closed_tries = 0 where name = :vendor", vendor=VENDOR)
    job = one(db, "select state from jobs where id = :id", id=call.job_id)
    canceling = job is not None and job["state"] == "canceling"
    if isinstance(outcome, Judgement):
        run = one(db, "select run from plans where id = :id", id=call.job_id)
        change(
            db, "insert into judgements (fingerprint, run, body, judged_at) values (:fingerprint, :run, :body, :now) on conflict do nothing",
            fingerprint=call.fingerprint, run=run["run"] if run else "", body=outcome.model_dump_json(by_alias=True), now=now,
        )  # fmt: skip
        _end(db, call, "judged", None)
    elif outcome is not None:
        _end(db, call, "unscored", outcome)
    elif canceling:
        _end(db, call, "canceled", Unscored(cause=Cause.CANCELED))
    else:
        change(db, "update calls set state = 'planned', due_at = :due where id = :id and attempt = :attempt", due=due_at, id=call.id, attempt=call.attempt)
    if outcome is not None:
        change(db, "update jobs set warm = 1 where id = :job", job=call.job_id)
    return what_next(db, call.job_id)


def _end(db: Database, call: Call, state: str, cause: Unscored | None) -> None:
    change(
        db, "update calls set state = :state, cause = :cause, detail = :detail where id = :id and attempt = :attempt",
        state=state, cause=cause.cause.value if cause else None, detail=cause.detail if cause else None, id=call.id, attempt=call.attempt,
    )  # fmt: skip


def ready(db: Database, job_id: str) -> list[int]:
    """Planned calls of a running job, as many as the vendor has free slots; one while the cache is cold."""
    job = one(db, "select state, warm from jobs where id = :id", id=job_id)
    vendor = one(db, "select max_inflight - inflight as free from vendors where name = :vendor", vendor=VENDOR)
    if job is None or job["state"] != "running" or vendor is None:
        return []
    most = max(0, vendor["free"]) if job["warm"] else 1
    own = [row["id"] for row in rows(db, "select id from calls where job_id = :job and state = 'planned' order by id limit :most", job=job_id, most=most)]
    if own or not job["warm"]:
        return own
    # A free slot that this job does not need goes to another running job.
    return [
        row["id"]
        for row in rows(
            db,
            "select calls.id from calls join jobs on jobs.id = calls.job_id where calls.state = 'planned' and jobs.state = 'running' and jobs.warm = 1 order by calls.id limit :most",
            most=most,
        )
    ]


def give_up(db: Database, call_id: int, cause: Unscored) -> None:
    """A call that cannot even be sent."""
    change(
        db, "update calls set state = 'unscored', cause = :cause, detail = :detail where id = :id and state = 'planned'",
        cause=cause.cause.value, detail=cause.detail, id=call_id,
    )  # fmt: skip


def what_next(db: Database, job_id: str) -> Recorded:
    return Recorded(next_calls=tuple(ready(db, job_id)), job_over=over(db, job_id))


def over(db: Database, job_id: str) -> bool:
    return one(db, "select 1 as yes from calls where job_id = :job and state in ('planned', 'asking') limit 1", job=job_id) is None


def counts(db: Database, job_id: str) -> dict[str, int]:
    """Calls of a job by state."""
    return {row["state"]: row["n"] for row in rows(db, "select state, count(*) as n from calls where job_id = :job group by state", job=job_id)}


def causes(db: Database, job_id: str) -> dict[str, Unscored]:
    """Why cells of a job have no score, by label."""
    found = rows(db, "select label, cause, detail from calls where job_id = :job and cause is not null order by id", job=job_id)
    return {row["label"]: Unscored(cause=Cause(row["cause"]), detail=row["detail"] or "") for row in found}


def lost(db: Database, boot: str) -> list[Call]:
    """Calls that an earlier process was asking when it died."""
    return [Call.model_validate(row) for row in rows(db, "select * from calls where state = 'asking' and boot is not :boot", boot=boot)]


def unknowns(db: Database, call_id: int) -> int:
    """How many answers of this call were lost so far."""
    row = one(db, "select count(*) as n from charges where call_id = :id and state = 'unknown'", id=call_id)
    return row["n"] if row else 0


def stored(db: Database, run: str) -> list[Judgement]:
    """Every judgement of a run, oldest first."""
    return [Judgement.model_validate_json(row["body"]) for row in rows(db, "select body from judgements where run = :run order by judged_at, rowid", run=run)]


def open_vendor(db: Database, name: str, max_inflight: int) -> None:
    """At start: nothing is in flight in this process yet, whatever an earlier one left behind."""
    change(
        db,
        """insert into vendors (name, max_inflight) values (:name, :most)
           on conflict (name) do update set max_inflight = :most, inflight = (select count(*) from calls where state = 'asking')""",
        name=name, most=max_inflight,
    )  # fmt: skip


def hold_vendor(db: Database, name: str, until: float) -> None:
    """Nobody asks before this moment: the vendor said how long to wait."""
    change(db, "update vendors set not_before = max(not_before, :until) where name = :name", until=until, name=name)


def close_vendor(db: Database, name: str, reason: str, now: float, probe_s: float) -> tuple[bool, float]:
    """The account needs a person. Whether this is news, and when to try again (every try twice as late, at most an hour)."""
    row = one(db, "select closed, closed_tries from vendors where name = :name", name=name)
    tries = row["closed_tries"] if row else 0
    until = now + min(3600.0, probe_s * 2**tries)
    change(
        db, "update vendors set closed = :reason, closed_tries = closed_tries + 1, not_before = :until where name = :name",
        reason=reason, until=until, name=name,
    )  # fmt: skip
    return (row is None or row["closed"] is None), until


def vendor_closed(db: Database, name: str) -> str | None:
    row = one(db, "select closed from vendors where name = :name", name=name)
    return row["closed"] if row else None


def reopen_vendor(db: Database, name: str) -> None:
    change(db, "update vendors set closed = null, closed_tries = 0, not_before = 0 where name = :name", name=name)
