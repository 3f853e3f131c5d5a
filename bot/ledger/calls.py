"""Judge calls as rows: planned → asking → judged | unscored | canceled. A row in `asking` is an intent on disk."""

from collections.abc import Iterable

from bot.ledger import money
from bot.ledger.database import Database, change, one, read, rows
from bot.ledger.slots import JUDGE, give_slot_back, vendor_up
from pipeline.models import Cause, Judgement, Unscored, Value
from pipeline.plan.plan import PlannedCall


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
    batch_id: int | None = None
    """The message batch that it goes in."""


def get(db: Database, call_id: int) -> Call | None:
    row = one(db, "select * from calls where id = :id", id=call_id)
    return read(Call, row) if row else None


class Recorded(Value):
    """What is to be called next, after a call's outcome was recorded."""

    next_calls: tuple[int, ...] = ()
    job_over: bool = False
    """Nothing of the job is planned or being asked any more."""


def record(
    db: Database,
    call: Call,
    charge: money.Charge,
    outcome: Judgement | Unscored | None,
    now: float,
    *,
    due_at: float = 0,
) -> Recorded:
    """Settle one attempt: its charge, its outcome, its vendor's slot, all or nothing.

    Args:
        outcome: A judgement or the cause of none ends the call; None puts it back to be asked again from `due_at`.
    """
    if not money.settle(db, money.Paid(call_id=call.id, attempt=call.attempt), charge, now):
        return Recorded()
    if call.batch_id is None:
        give_slot_back(db, JUDGE, answered=charge.state == "charged")
    if charge.state == "charged":
        vendor_up(db, JUDGE, now)
    if isinstance(outcome, Judgement):
        _keep(db, call, outcome, now)
        _end(db, call, "judged", None)
    elif outcome is not None:
        _end(db, call, "unscored", outcome)
    elif _canceling(db, call.job_id):
        _end(db, call, "canceled", Unscored(cause=Cause.CANCELED))
    else:
        change(
            db,
            "update calls set state = 'planned', due_at = :due, batch_id = null where id = :id and attempt = :attempt",
            due=due_at,
            id=call.id,
            attempt=call.attempt,
        )
    if outcome is not None and call.batch_id is None:
        touch_cache(db, call.job_id, now)
    return what_next(db, call.job_id)


def touch_cache(db: Database, job_id: str, now: float) -> None:
    """A call of this job has just written the vendor's cache, or read it: it lives on from now."""
    change(db, "update jobs set warm = :now where id = :job", now=int(now), job=job_id)


def _keep(db: Database, call: Call, judgement: Judgement, now: float) -> None:
    change(
        db,
        """insert into judgements (fingerprint, run, body, judged_at)
           select :fingerprint, run, :body, :now from plans where id = :job on conflict do nothing""",
        fingerprint=call.fingerprint,
        body=judgement.model_dump_json(by_alias=True),
        now=now,
        job=call.job_id,
    )


def _canceling(db: Database, job_id: str) -> bool:
    job = one(db, "select state from jobs where id = :id", id=job_id)
    return job is not None and job["state"] == "canceling"


def _end(db: Database, call: Call, state: str, cause: Unscored | None) -> None:
    change(
        db,
        "update calls set state = :state, cause = :cause, detail = :detail where id = :id and attempt = :attempt",
        state=state,
        cause=cause.cause.value if cause else None,
        detail=cause.detail if cause else None,
        id=call.id,
        attempt=call.attempt,
    )


def ready(db: Database, job_id: str) -> list[int]:
    """Planned calls of a running job: one while the cache is cold, else enough to fill every slot twice.

    The second half is made ready while the first is under way.
    """
    job = one(db, "select state, warm from jobs where id = :id", id=job_id)
    vendor = one(db, "select allowed, inflight from vendors where name = :vendor", vendor=JUDGE)
    if job is None or job["state"] != "running" or vendor is None:
        return []
    at_once = int(max(1, vendor["allowed"]))
    most = max(0, at_once - vendor["inflight"]) + at_once if job["warm"] else 1
    own = [
        row["id"]
        for row in rows(
            db,
            "select id from calls where job_id = :job and state = 'planned' order by id limit :most",
            job=job_id,
            most=most,
        )
    ]
    if own or not job["warm"]:
        return own
    # A free slot that this job does not need goes to another running job.
    return [
        row["id"]
        for row in rows(
            db,
            "select calls.id from calls join jobs on jobs.id = calls.job_id where calls.state = 'planned' and"
            " jobs.state = 'running' and jobs.warm > 0 order by calls.id limit :most",
            most=most,
        )
    ]


def add(db: Database, job_id: str, wanted: Iterable[PlannedCall], estimate_micros: int) -> None:
    """Calls of a job, each once."""
    for call in wanted:
        change(
            db,
            """insert into calls (job_id, label, vote, fingerprint, image, image_sha256, prompt, estimate_micros)
               values (:job_id, :label, :vote, :fingerprint, :image, :image_sha256, :prompt, :estimate) on conflict
               do nothing""",
            job_id=job_id,
            estimate=estimate_micros,
            **call.model_dump(),
        )


def planned(db: Database, job_id: str, most: int) -> list[Call]:
    """The next calls of a job that nobody asks about yet."""
    found = rows(
        db,
        "select * from calls where job_id = :job and state = 'planned' order by id limit :most",
        job=job_id,
        most=most,
    )
    return [read(Call, row) for row in found]


def give_up(db: Database, call_id: int, cause: Unscored) -> None:
    """A call that cannot even be sent."""
    change(
        db,
        "update calls set state = 'unscored', cause = :cause, detail = :detail where id = :id and state = 'planned'",
        cause=cause.cause.value,
        detail=cause.detail,
        id=call_id,
    )


def what_next(db: Database, job_id: str) -> Recorded:
    return Recorded(next_calls=tuple(ready(db, job_id)), job_over=over(db, job_id))


def over(db: Database, job_id: str) -> bool:
    """Nothing of the job is still to be bought or to come."""
    open_rows = """select 1 as yes from calls where job_id = :job and state in ('planned', 'asking')
                   union all
                   select 1 from orders where job_id = :job and state in ('planned', 'ordering', 'ordered', 'held')
                   limit 1"""
    return one(db, open_rows, job=job_id) is None


def counts(db: Database, job_id: str) -> dict[str, int]:
    """Calls of a job by state."""
    return {
        row["state"]: row["n"]
        for row in rows(db, "select state, count(*) as n from calls where job_id = :job group by state", job=job_id)
    }


def fingerprints(db: Database, job_id: str) -> list[str]:
    """Of every judgement that a job asks for."""
    found = rows(db, "select fingerprint from calls where job_id = :job", job=job_id)
    return [row["fingerprint"] for row in found]


def causes(db: Database, job_id: str) -> dict[str, Unscored]:
    """Why cells of a job have no score, by label."""
    found = rows(
        db, "select label, cause, detail from calls where job_id = :job and cause is not null order by id", job=job_id
    )
    return {row["label"]: Unscored(cause=Cause(row["cause"]), detail=row["detail"] or "") for row in found}


def lost(db: Database, boot: str, before: float) -> list[Call]:
    """Calls that a process was asking when it died, or any before that moment: no call lasts so long."""
    return [
        read(Call, row)
        for row in rows(
            db,
            """select * from calls where state = 'asking' and batch_id is null
               and (intent_at < :before or boot is null
                    or (boot <> :boot and boot not in (select boot from processes)))""",
            boot=boot,
            before=before,
        )
    ]


def unknowns(db: Database, call_id: int) -> int:
    """How many answers of this call were lost so far."""
    row = one(db, "select count(*) as n from charges where call_id = :id and state = 'unknown'", id=call_id)
    return row["n"] if row else 0


BUSY = "busy"
"""The reason on a charge that a busy vendor refused."""


ERRORED = "errored"
"""How the reason on a charge begins of which the vendor's batch brought an error of its own instead of an answer."""


def refusals(db: Database, call_id: int, began: str = BUSY) -> int:
    """How often this call cost nothing for a reason that begins so: a busy vendor, mostly."""
    row = one(
        db,
        "select count(*) as n from charges where call_id = :id and state = 'released' and reason like :began || '%'",
        id=call_id,
        began=began,
    )
    return row["n"] if row else 0
