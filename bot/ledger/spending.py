"""What every intent to pay has in common: the switch, the vendor's patience, the job's means, its charge row."""

import json
from typing import Any, Literal

from bot.ledger import money, slots
from bot.ledger.database import Database, change, one
from pipeline.models import Value


class Refusal(Value):
    """Why an intent was not granted now."""

    why: Literal["gone", "ended", "stored", "paused", "cold", "busy", "over budget"]
    wait_s: float | None = None


class Terms(Value):
    """What a purchase is booked under and checked against, in the same transaction."""

    model: str
    counters: tuple[money.Scope, ...]


def job_of(db: Database, job_id: str) -> dict[str, Any] | None:
    return one(db, "select jobs.*, plans.run, plans.asked_by from jobs join plans using (id) where id = :id", id=job_id)


def paused(db: Database) -> Refusal | None:
    """Spending is switched off."""
    off = one(db, "select 1 as yes from switches where name = 'spending'")
    return Refusal(why="paused") if off else None


def not_yet(db: Database, vendor: str, due_at: float, now: float) -> Refusal | None:
    """The vendor asked for patience, or this row did."""
    wait = max(due_at, slots.waits_until(db, vendor)) - now
    return Refusal(why="busy", wait_s=wait) if wait > 0 else None


def afford(db: Database, job: dict[str, Any], estimate_micros: int, terms: Terms) -> bool:
    """Whether the job's reservation holds one more purchase; it may grow within every limit, as prices may."""
    wanted = job["used_micros"] + estimate_micros
    if wanted > job["cap_micros"]:
        return False
    missing = wanted - job["reserved_micros"]
    if missing <= 0:
        return True
    # The counters of the day on which the job began, to which it gives back at its end.
    names = json.loads(job["scopes"])
    counters = tuple(
        counter.model_copy(update={"name": name}) for name, counter in zip(names, terms.counters, strict=True)
    )
    if money.reserve(db, counters, missing):
        return False
    change(
        db, "update jobs set reserved_micros = reserved_micros + :missing where id = :id", missing=missing, id=job["id"]
    )
    return True


def book(
    db: Database, job: dict[str, Any], paid: money.Paid, vendor: str, estimate_micros: int, terms: Terms, now: float
) -> None:
    """The charge row, reserved, and the job's sum with it."""
    change(
        db, "update jobs set used_micros = used_micros + :micros where id = :job", micros=estimate_micros, job=job["id"]
    )
    change(
        db,
        """insert into charges
               (call_id, order_id, warming_job, attempt, job_id, run, person, vendor, model, state, estimate_micros, at)
           values (:call_id, :order_id, :warming_job, :attempt, :job, :run, :person, :vendor, :model, 'reserved',
                   :estimate, :now)""",
        **paid.model_dump(),
        job=job["id"],
        run=job["run"],
        person=job["asked_by"],
        vendor=vendor,
        model=terms.model,
        estimate=estimate_micros,
        now=now,
    )
