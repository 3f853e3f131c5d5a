"""Messages that Claude was asked to read: one call each at most, on the books before it is made."""

import json
from typing import Literal

from bot.ledger import money
from bot.ledger.database import Database, change, one, read, rows
from pipeline.models import Value

Refusal = Literal["asked before", "paused", "over budget"]


class Terms(Value):
    """What a reading is booked under."""

    person: str
    model: str
    estimate_micros: int
    counters: tuple[money.Scope, ...]


def intend(db: Database, inbox_id: int, terms: Terms, now: float) -> Refusal | None:
    """Commit the intent to pay for one reading, with its budgets; or say why not.

    A reading that an earlier process was asking for when it died is lost: it stays on the books as unknown, and is
    never asked for again.
    """
    if one(db, "select 1 as yes from readings where inbox_id = :id", id=inbox_id):
        change(
            db,
            "update readings set state = 'unknown', usd_micros = estimate_micros where inbox_id = :id and state ="
            " 'asking'",
            id=inbox_id,
        )
        return "asked before"
    if one(db, "select 1 as yes from switches where name = 'spending'"):
        return "paused"
    if money.reserve(db, terms.counters, terms.estimate_micros):
        return "over budget"
    change(
        db,
        """insert into readings (inbox_id, person, model, state, estimate_micros, scopes, at)
           values (:inbox, :person, :model, 'asking', :estimate, :scopes, :now)""",
        inbox=inbox_id,
        person=terms.person,
        model=terms.model,
        estimate=terms.estimate_micros,
        scopes=json.dumps([counter.name for counter in terms.counters]),
        now=now,
    )
    return None


def settle(db: Database, inbox_id: int, charge: money.Charge, answer: str | None, now: float) -> None:
    """Turn the reservation into a fact, and keep the answer; what was not used goes back to the budgets."""
    row = one(
        db,
        """update readings set state = :state, usd_micros = :usd, usage = :usage, answer = :answer, request_id =
          :request, took_s = :took, at = :now
           where inbox_id = :id and state = 'asking' returning estimate_micros, scopes""",
        id=inbox_id,
        state=charge.state,
        usd=charge.usd_micros,
        request=charge.request_id,
        took=charge.took_s,
        answer=answer,
        now=now,
        usage=json.dumps(charge.usage.model_dump()) if charge.usage else None,
    )
    if row is not None:
        money.give_back(db, json.loads(row["scopes"]), row["estimate_micros"] - charge.usd_micros)


def answer(db: Database, inbox_id: int) -> str | None:
    """What Claude answered about a message, if it did."""
    row = one(db, "select answer from readings where inbox_id = :id", id=inbox_id)
    return row["answer"] if row else None


class Readings(Value):
    """What reading messages cost."""

    calls: int
    usd_micros: int
    estimate_micros: int


def spent_since(db: Database, since: float) -> Readings:
    found = rows(
        db,
        """select count(*) as calls, coalesce(sum(usd_micros), 0) as usd_micros, coalesce(sum(estimate_micros), 0) as
          estimate_micros
           from readings where state in ('charged', 'unknown') and at >= :since""",
        since=since,
    )
    return read(Readings, next(iter(found)))
