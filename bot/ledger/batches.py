"""Message batches as rows: sending → sent → ended, or unknown when the answer to the sending was lost.

A row in `sending` is an intent on disk, with the charge rows of all its calls.
"""

from collections.abc import Sequence

from bot.ledger import calls, money
from bot.ledger.calls import Call, Recorded
from bot.ledger.database import Database, change, one, read, rows
from bot.ledger.slots import JUDGE, account_open
from bot.ledger.spending import Refusal, Terms, afford, book, job_of, not_yet, paused
from pipeline.models import Cause, Unscored, Value

LATER_S = 30.0
"""Until a judgement that another job is buying is looked for again."""


class Batch(Value):
    id: int
    job_id: str
    state: str
    size: int
    """Calls in it."""
    boot: str
    intent_at: float
    vendor_id: str | None
    called_off: bool
    missing_since: float | None
    """The vendor has not known it since then."""


def _batch(db: Database, batch_id: int) -> Batch | None:
    row = one(db, "select * from batches where id = :id", id=batch_id)
    return read(Batch, {**row, "called_off": bool(row["called_off"])}) if row else None


def open_of(db: Database, job_id: str) -> list[Batch]:
    """Batches of a job that are not over."""
    found = rows(db, "select id from batches where job_id = :job and state <> 'ended' order by id", job=job_id)
    return [batch for row in found if (batch := _batch(db, row["id"])) is not None]


def calls_of(db: Database, batch_id: int) -> list[Call]:
    """Its calls without an outcome yet."""
    found = rows(db, "select * from calls where batch_id = :id and state = 'asking' order by id", id=batch_id)
    return [read(Call, row) for row in found]


def fingerprints(db: Database, batch_id: int) -> set[str]:
    """Of every call that went into it."""
    return {row["fingerprint"] for row in rows(db, "select fingerprint from calls where batch_id = :id", id=batch_id)}


def intend(
    db: Database, job_id: str, wanted: Sequence[int], boot: str, terms: Terms, now: float
) -> tuple[Batch, list[Call]] | Refusal:
    """Commit the intent to pay for these calls in one batch: those of them that nobody has, and that the job affords;
    or say why none.
    """
    job = job_of(db, job_id)
    if job is None or job["state"] != "running":
        return Refusal(why="gone")
    if refusal := paused(db) or not_yet(db, JUDGE, 0.0, now):
        return refusal
    batch_id = _new(db, job_id, boot, now)
    granted = [call for call_id in wanted if (call := _grant(db, call_id, batch_id, job_id, boot, terms, now))]
    if not granted:
        change(db, "delete from batches where id = :id", id=batch_id)
        return Refusal(why="busy", wait_s=LATER_S)
    change(db, "update batches set size = :size where id = :id", size=len(granted), id=batch_id)
    batch = _batch(db, batch_id)
    return (batch, granted) if batch else Refusal(why="gone")


def _new(db: Database, job_id: str, boot: str, now: float) -> int:
    made = one(
        db,
        "insert into batches (job_id, state, size, boot, intent_at) values (:job, 'sending', 0, :boot, :now)"
        " returning id",
        job=job_id,
        boot=boot,
        now=now,
    )
    return int(made["id"]) if made else 0


def _grant(db: Database, call_id: int, batch_id: int, job_id: str, boot: str, terms: Terms, now: float) -> Call | None:
    call, job = calls.get(db, call_id), job_of(db, job_id)
    if call is None or job is None or call.state != "planned":
        return None
    if one(db, "select 1 as yes from judgements where fingerprint = :one", one=call.fingerprint):
        change(db, "update calls set state = 'judged' where id = :id", id=call.id)
        return None
    same = "select 1 as yes from calls where fingerprint = :one and state = 'asking'"
    if one(db, same, one=call.fingerprint):
        return None  # another job is buying this very judgement
    if not afford(db, job, call.estimate_micros, terms):
        calls.give_up(db, call.id, Unscored(cause=Cause.OVER_BUDGET))
        return None
    change(
        db,
        """update calls set state = 'asking', attempt = attempt + 1, boot = :boot, intent_at = :now, batch_id = :batch
           where id = :id""",
        boot=boot,
        now=now,
        batch=batch_id,
        id=call.id,
    )
    book(db, job, money.Paid(call_id=call.id, attempt=call.attempt + 1), JUDGE, call.estimate_micros, terms, now)
    return calls.get(db, call.id)


def sent(db: Database, batch_id: int, vendor_id: str, now: float) -> bool:
    """The vendor has it."""
    moved = change(
        db,
        "update batches set state = 'sent', vendor_id = :vendor where id = :id and state in ('sending', 'unknown')",
        vendor=vendor_id,
        id=batch_id,
    )
    account_open(db, JUDGE, now)
    return moved == 1


def lost(db: Database, batch_id: int) -> None:
    """The answer to the sending was lost: the vendor's list will tell."""
    change(db, "update batches set state = 'unknown' where id = :id and state = 'sending'", id=batch_id)


def release(
    db: Database, batch: Batch, reason: str, due_at: float, now: float, cause: Unscored | None = None
) -> Recorded:
    """It surely was not taken: nothing was charged, and its calls are planned again, or end with a cause."""
    free = money.Charge(state="released", usd_micros=0, reason=reason[:200])
    for call in calls_of(db, batch.id):
        calls.record(db, call, free, cause, now, due_at=due_at)
    return end(db, batch)


def end(db: Database, batch: Batch) -> Recorded:
    """Every call of it has its outcome."""
    change(db, "update batches set state = 'ended' where id = :id", id=batch.id)
    return Recorded(job_over=calls.over(db, batch.job_id))


def call_off(db: Database, batch_id: int) -> None:
    """The vendor was asked to answer no more of it."""
    change(db, "update batches set called_off = 1 where id = :id", id=batch_id)


def claimed(db: Database) -> set[str]:
    """The vendor's ids that stand on the books."""
    return {row["vendor_id"] for row in rows(db, "select vendor_id from batches where vendor_id is not null")}


def missing(db: Database, batch_id: int, now: float) -> float:
    """The vendor does not know it: since when."""
    change(db, "update batches set missing_since = coalesce(missing_since, :now) where id = :id", now=now, id=batch_id)
    batch = _batch(db, batch_id)
    return batch.missing_since or now if batch else now


def found_again(db: Database, batch_id: int) -> None:
    change(db, "update batches set missing_since = null where id = :id and missing_since is not null", id=batch_id)
