"""Budgets as counters, charges as facts. A sum over charges decides nothing: counters are exact under any
interleaving.
"""

import json

from bot.ledger.database import Database, change, one, read, rows
from pipeline.models import Value
from pipeline.prices import Usage


class Limits(Value):
    """What may be spent at most, in micro-dollars."""

    job: int
    person_day: int
    month: int


class Scope(Value):
    """A counter and its limit."""

    name: str
    limit_micros: int
    words: str
    """As in "today's budget of U1 is used up"."""


def scopes(person: str, day: str, limits: Limits) -> tuple[Scope, ...]:
    """The counters that a job of this person counts against. `day` is `2026-11-23` in the lab's timezone."""
    return (
        Scope(name=f"person:{person}:{day}", limit_micros=limits.person_day, words="the person's budget of the day"),
        Scope(name=f"month:{day[:7]}", limit_micros=limits.month, words="the lab's budget of the month"),
    )


def used(db: Database, scope: str) -> int:
    row = one(db, "select used_micros from budgets where scope = :scope", scope=scope)
    return row["used_micros"] if row else 0


def reserve(db: Database, counters: tuple[Scope, ...], micros: int) -> Scope | None:
    """Take `micros` from every counter; None when all had room, else the one that had not (and nothing is taken)."""
    for counter in counters:
        if used(db, counter.name) + micros > counter.limit_micros:
            return counter
    for counter in counters:
        change(
            db,
            "insert into budgets (scope, used_micros) values (:scope, :micros) on conflict (scope) do update set"
            " used_micros = budgets.used_micros + :micros",
            scope=counter.name,
            micros=micros,
        )
    return None


def give_back(db: Database, names: list[str], micros: int) -> None:
    for name in names:
        change(
            db,
            "update budgets set used_micros = max(0, used_micros - :micros) where scope = :scope",
            scope=name,
            micros=micros,
        )


class Charge(Value):
    """One paid call: reserved before it, then what became of it."""

    state: str
    usd_micros: int
    usage: Usage | None = None
    request_id: str | None = None
    took_s: float | None = None
    reason: str | None = None


class Paid(Value):
    """What a charge is for: a judge's call, an order at a vendor that makes things, or a job's warming of the judge's
    cache.
    """

    call_id: int | None = None
    order_id: int | None = None
    warming_job: str | None = None
    attempt: int


def settle(db: Database, paid: Paid, charge: Charge, now: float) -> bool:
    """Turn a reservation into a fact; False when this attempt is no longer reserved (a fence against zombies)."""
    row = one(
        db,
        """update charges set state = :state, usd_micros = :usd_micros, usage = :usage, request_id =
          coalesce(:request_id, request_id),
               took_s = :took_s, reason = :reason, at = :now
           where call_id is :call_id and order_id is :order_id and warming_job is :warming_job
             and attempt = :attempt and state = 'reserved'
           returning job_id, estimate_micros""",
        **paid.model_dump(),
        now=now,
        usage=json.dumps(charge.usage.model_dump()) if charge.usage else None,
        **charge.model_dump(exclude={"usage"}),
    )
    if row is None:
        return False
    change(
        db,
        "update jobs set used_micros = max(0, used_micros + :change) where id = :job",
        change=charge.usd_micros - row["estimate_micros"],
        job=row["job_id"],
    )
    return True


def close_job(db: Database, job_id: str) -> None:
    """Make the budgets say what a job really used; doing it twice changes nothing more.

    What it reserved and did not use is given back. Where answers cost more than was estimated the counters rise,
    even past a limit: a fact is booked, and the next job finds no room.
    """
    row = one(db, "select reserved_micros, used_micros, scopes from jobs where id = :id", id=job_id)
    if row is None:
        return
    give_back(db, json.loads(row["scopes"]), row["reserved_micros"] - row["used_micros"])
    change(db, "update jobs set reserved_micros = used_micros where id = :id", id=job_id)


def spent_on_run(db: Database, run: str) -> int:
    """All charges of a run, the unknown ones included."""
    row = one(
        db,
        "select coalesce(sum(usd_micros), 0) as micros from charges where run = :run and state in ('charged',"
        " 'unknown')",
        run=run,
    )
    return row["micros"] if row else 0


def spent_by_job(db: Database, job_id: str) -> tuple[int, int]:
    """Micro-dollars on the books for a job, and how much of that is unknown (an answer was lost)."""
    row = one(
        db,
        """select coalesce(sum(usd_micros), 0) as micros, coalesce(sum(case when state = 'unknown' then usd_micros
          else 0 end), 0) as unknown
           from charges where job_id = :job and state in ('charged', 'unknown')""",
        job=job_id,
    )
    return (row["micros"], row["unknown"]) if row else (0, 0)


class Line(Value):
    """One row of "what was spent"."""

    run: str
    usd_micros: int
    estimate_micros: int
    calls: int


def spent_since(db: Database, since: float, run: str | None = None) -> list[Line]:
    """Charges by run since a moment, most expensive first."""
    found = rows(
        db,
        """select run, sum(usd_micros) as usd_micros, sum(estimate_micros) as estimate_micros, count(*) as calls from
          charges
           where state in ('charged', 'unknown') and at >= :since and (:run is null or run = :run) group by run order
           by 2 desc""",
        since=since,
        run=run,
    )
    return [read(Line, row) for row in found]


MOST_HISTORY = 400


def history(db: Database, model: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Charges and seconds of the latest answered calls of a model."""
    found = list(
        rows(
            db,
            "select usd_micros, took_s from charges where model = :model and state = 'charged' and took_s is not null"
            " order by id desc limit :most",
            model=model,
            most=MOST_HISTORY,
        )
    )
    return tuple(row["usd_micros"] for row in found), tuple(row["took_s"] for row in found)
