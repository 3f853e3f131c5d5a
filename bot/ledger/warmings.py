"""One call a job that fills the judge's cache before its first judgement: asking → over. Paid, never repeated."""

from bot.ledger import money
from bot.ledger.database import Database, change, one, rows
from bot.ledger.slots import JUDGE, give_slot_back, take_slot
from bot.ledger.spending import Terms, afford, book, job_of, not_yet, paused


def state(db: Database, job_id: str) -> str | None:
    """`asking` or `over`; None: nothing was decided yet."""
    row = one(db, "select state from warmings where job_id = :job", job=job_id)
    return str(row["state"]) if row else None


def asking(db: Database, job_id: str) -> bool:
    return state(db, job_id) == "asking"


def intend(db: Database, job_id: str, boot: str, terms: Terms, estimate_micros: int, now: float) -> bool:
    """Commit the intent to pay for it. False: not now, or not worth it, and nobody tries again."""
    job = job_of(db, job_id)
    if job is None or job["state"] != "running" or state(db, job_id) is not None:
        return False
    begun = "select 1 as yes from calls where job_id = :job and state <> 'planned'"
    stands = paused(db) or not_yet(db, JUDGE, 0.0, now) or one(db, begun, job=job_id)
    if stands or not afford(db, job, estimate_micros, terms) or not take_slot(db, JUDGE):
        leave(db, job_id, boot, now)
        return False
    _put(db, job_id, "asking", boot, now)
    book(db, job, money.Paid(warming_job=job_id, attempt=1), JUDGE, estimate_micros, terms, now)
    return True


def leave(db: Database, job_id: str, boot: str, now: float) -> None:
    """The first judgement fills the cache itself."""
    _put(db, job_id, "over", boot, now)


def _put(db: Database, job_id: str, now_is: str, boot: str, now: float) -> None:
    change(
        db,
        """insert into warmings (job_id, state, boot, intent_at) values (:job, :state, :boot, :now)
           on conflict (job_id) do nothing""",
        job=job_id,
        state=now_is,
        boot=boot,
        now=now,
    )


def record(db: Database, job_id: str, charge: money.Charge, now: float) -> None:
    """What came of it, its charge and its slot; a cache that was filled is warm from now."""
    if not money.settle(db, money.Paid(warming_job=job_id, attempt=1), charge, now):
        return
    give_slot_back(db, JUDGE, answered=charge.state == "charged")
    change(db, "update warmings set state = 'over' where job_id = :job", job=job_id)
    if charge.state == "charged":
        change(db, "update jobs set warm = :now where id = :job", now=int(now), job=job_id)


def lost(db: Database, boot: str, now: float) -> None:
    """Those that a process was asking when it died: on the books as unknown, and not repeated."""
    dead = """select job_id from warmings where state = 'asking' and boot <> :boot
              and boot not in (select boot from processes)"""
    for row in list(rows(db, dead, boot=boot)):
        paid = money.Paid(warming_job=row["job_id"], attempt=1)
        estimate = one(db, "select estimate_micros from charges where warming_job = :job", job=row["job_id"])
        micros = estimate["estimate_micros"] if estimate else 0
        money.settle(db, paid, money.Charge(state="unknown", usd_micros=micros, reason="the answer was lost"), now)
        change(db, "update warmings set state = 'over' where job_id = :job", job=row["job_id"])
