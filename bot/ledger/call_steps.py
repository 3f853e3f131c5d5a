"""The intent to pay for a judge's call: committed before it, with its budget, its vendor's slot and its charge row."""

from typing import Any

from bot.ledger import money, warmings
from bot.ledger.calls import Call, get
from bot.ledger.database import Database, change, one
from bot.ledger.slots import JUDGE, take_slot
from bot.ledger.spending import Refusal, Terms, afford, book, job_of, not_yet, paused
from pipeline.models import Cause

CACHE_S = 270
"""The vendor keeps what it was sent for five minutes after the last use."""


def intend(db: Database, call_id: int, boot: str, terms: Terms, now: float) -> Call | Refusal:
    """Commit the intent to pay for one call, or say why not."""
    call = get(db, call_id)
    job = job_of(db, call.job_id) if call else None
    if call is None or job is None or call.state != "planned" or job["state"] != "running":
        return Refusal(why="gone")
    if refusal := _not_now(db, call, job, now):
        return refusal
    if not afford(db, job, call.estimate_micros, terms):
        _end(db, call, "unscored", Cause.OVER_BUDGET.value)
        return Refusal(why="over budget")
    if not take_slot(db, JUDGE):
        return Refusal(why="busy")
    change(
        db,
        """update calls set state = 'asking', attempt = attempt + 1, boot = :boot, intent_at = :now
           where id = :id""",
        boot=boot,
        now=now,
        id=call.id,
    )
    paid = money.Paid(call_id=call.id, attempt=call.attempt + 1)
    book(db, job, paid, JUDGE, call.estimate_micros, terms, now)
    return get(db, call_id) or Refusal(why="gone")


def _not_now(db: Database, call: Call, job: dict[str, Any], now: float) -> Refusal | None:
    known = "select 1 as yes from judgements where fingerprint = :fingerprint"
    if one(db, known, fingerprint=call.fingerprint):
        _end(db, call, "judged", None)
        return Refusal(why="stored")
    if refusal := paused(db):
        return refusal
    same = "select 1 as yes from calls where fingerprint = :fingerprint and state = 'asking'"
    if one(db, same, fingerprint=call.fingerprint):
        return Refusal(why="busy", wait_s=1.0)  # another job is buying this very judgement
    asking = "select 1 as yes from calls where job_id = :job and state = 'asking'"
    cold = now - job["warm"] > CACHE_S
    if cold and (one(db, asking, job=call.job_id) or warmings.asking(db, call.job_id)):
        # The first call fills the vendor's cache; the others wait for it.
        return Refusal(why="cold")
    return not_yet(db, JUDGE, call.due_at, now)


def _end(db: Database, call: Call, state: str, cause: str | None) -> None:
    change(db, "update calls set state = :state, cause = :cause where id = :id", state=state, cause=cause, id=call.id)
