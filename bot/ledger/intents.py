"""The intent to pay: committed before the call, with its budget, its vendor's slot and its charge row."""

import json
from typing import Any, Literal

from sqlite_utils import Database

from bot.ledger import money
from bot.ledger.calls import Call, get
from bot.ledger.store import change, one
from bot.ledger.vendors import JUDGE
from pipeline.models import Cause, Value


class Refusal(Value):
    """Why an intent was not granted now."""

    why: Literal["gone", "stored", "paused", "cold", "busy", "over budget"]
    wait_s: float | None = None


class Terms(Value):
    """What a call is booked under and checked against, in the same transaction."""

    model: str
    counters: tuple[money.Scope, ...]


def intend(db: Database, call_id: int, boot: str, terms: Terms, now: float) -> Call | Refusal:
    """Commit the intent to pay for one call, or say why not."""
    call = get(db, call_id)
    job = _job(db, call.job_id) if call else None
    if call is None or job is None or call.state != "planned" or job["state"] != "running":
        return Refusal(why="gone")
    if refusal := _not_now(db, call, job, now):
        return refusal
    if not _afford(db, job, call, terms):
        _end(db, call, "unscored", Cause.OVER_BUDGET.value)
        return Refusal(why="over budget")
    if not _take_slot(db):
        return Refusal(why="busy")
    _book(db, call, job, terms, boot, now)
    return get(db, call_id) or Refusal(why="gone")


def _job(db: Database, job_id: str) -> dict[str, Any] | None:
    return one(
        db,
        "select jobs.*, plans.run, plans.asked_by from jobs join plans using (id) where id = :id",
        id=job_id,
    )


def _not_now(db: Database, call: Call, job: dict[str, Any], now: float) -> Refusal | None:
    known = "select 1 as yes from judgements where fingerprint = :fingerprint"
    if one(db, known, fingerprint=call.fingerprint):
        _end(db, call, "judged", None)
        return Refusal(why="stored")
    if one(db, "select 1 as yes from switches where name = 'spending'"):
        return Refusal(why="paused")
    same = "select 1 as yes from calls where fingerprint = :fingerprint and state = 'asking'"
    if one(db, same, fingerprint=call.fingerprint):
        return Refusal(why="busy", wait_s=1.0)  # another job is buying this very judgement
    asking = "select 1 as yes from calls where job_id = :job and state = 'asking'"
    if not job["warm"] and one(db, asking, job=call.job_id):
        # The first call fills the vendor's cache; the others wait for it.
        return Refusal(why="cold")
    row = one(db, "select not_before from vendors where name = :vendor", vendor=JUDGE)
    wait = max(call.due_at, row["not_before"] if row else 0.0) - now
    return Refusal(why="busy", wait_s=wait) if wait > 0 else None


def _afford(db: Database, job: dict[str, Any], call: Call, terms: Terms) -> bool:
    """Whether the job's reservation holds one more call; it may grow within every limit, as prices may."""
    wanted = job["used_micros"] + call.estimate_micros
    if wanted > job["cap_micros"]:
        return False
    missing = wanted - job["reserved_micros"]
    if missing <= 0:
        return True
    # The counters of the day on which the job began, to which it gives back at its end.
    names = json.loads(job["scopes"])
    counters = tuple(
        counter.model_copy(update={"name": name})
        for name, counter in zip(names, terms.counters, strict=True)
    )
    if money.reserve(db, counters, missing):
        return False
    change(
        db,
        "update jobs set reserved_micros = reserved_micros + :missing where id = :id",
        missing=missing, id=job["id"],
    )  # fmt: skip
    return True


def _take_slot(db: Database) -> bool:
    taken = "update vendors set inflight = inflight + 1 where name = :vendor and inflight < max_inflight"
    return change(db, taken, vendor=JUDGE) == 1


def _book(
    db: Database, call: Call, job: dict[str, Any], terms: Terms, boot: str, now: float
) -> None:
    change(
        db,
        """update calls set state = 'asking', attempt = attempt + 1, boot = :boot, intent_at = :now
           where id = :id""",
        boot=boot, now=now, id=call.id,
    )  # fmt: skip
    change(
        db,
        "update jobs set used_micros = used_micros + :micros where id = :job",
        micros=call.estimate_micros, job=call.job_id,
    )  # fmt: skip
    change(
        db,
        """insert into charges
               (call_id, attempt, job_id, run, person, vendor, model, state, estimate_micros, at)
           values (:call, :attempt, :job, :run, :person, :vendor, :model, 'reserved', :estimate, :now)""",
        call=call.id, attempt=call.attempt + 1, job=call.job_id, run=job["run"], person=job["asked_by"],
        vendor=JUDGE, model=terms.model, estimate=call.estimate_micros, now=now,
    )  # fmt: skip


def _end(db: Database, call: Call, state: str, cause: str | None) -> None:
    change(
        db,
        "update calls set state = :state, cause = :cause where id = :id",
        state=state, cause=cause, id=call.id,
    )  # fmt: skip
