"""Orders that a person decides about: those whose outcome nobody knows, and those that are called off."""

from bot.ledger import money, order_rounds, outbox
from bot.ledger.calls import Recorded, what_next
from bot.ledger.database import Database, change, one, rows
from bot.ledger.order_steps import called_off, end, free_slot
from bot.ledger.orders import Order, every
from pipeline.models import Cause, Unscored


def lost(db: Database, order: Order) -> None:
    """Its answer was lost: from now on it is nobody's, and is looked for in the vendor's listing."""
    change(
        db,
        "update orders set boot = null where id = :id and attempt = :attempt and state = 'ordering'",
        id=order.id,
        attempt=order.attempt,
    )


def hold(db: Database, order: Order, charge: money.Charge, cause: Unscored, until: float, now: float) -> bool:
    """Nobody can tell what became of it: a person decides until a moment. Of one that was called off nobody asks."""
    if called_off(db, order):
        end(db, order, charge, Unscored(cause=Cause.DROPPED, detail=cause.cause.value), now)
        return False
    if not money.settle(db, order.paid, charge, now):
        return False
    free_slot(db, order, answered=False)
    change(
        db,
        """update orders set state = 'held', cause = :cause, detail = :detail, due_at = :until, boot = null
           where id = :id and attempt = :attempt""",
        cause=cause.cause.value,
        detail=cause.detail,
        until=until,
        id=order.id,
        attempt=order.attempt,
    )
    outbox.touch(db, f"anchor:{order.job_id}")
    return True


def retry(db: Database, job_id: str, now: float) -> int:
    """Order what is held once more, each with a new intent; how many."""
    outbox.touch(db, f"anchor:{job_id}", urgent=True)
    return change(
        db,
        """update orders set state = 'planned', due_at = :now, cause = null, detail = null
           where job_id = :job and state = 'held' and exists (select 1 from jobs where id = :job and state =
           'running')""",
        now=now,
        job=job_id,
    )


def give_up(db: Database, job_id: str, now: float, *, expired_only: bool = False) -> Recorded:
    """Count what is held as failed. What may have been charged stays on the books."""
    outbox.touch(db, f"anchor:{job_id}", urgent=True)
    change(
        db,
        """update orders set state = 'failed', ended_at = :now
           where job_id = :job and state = 'held' and (:expired = 0 or due_at <= :now)""",
        now=now,
        job=job_id,
        expired=int(expired_only),
    )
    return what_next(db, job_id)


def call_off(
    db: Database, job_id: str, person: str, now: float, *, labels: tuple[str, ...] | None = None, rest: bool = False
) -> list[str]:
    """Cancel orders of a job: what has not gone out ends here; what the vendor is at is to be called off there.

    Args:
        labels: Only these cells, in lower case; None: all.
        rest: Leave alone what the vendor is at.

    Returns: The labels that it concerned.
    """
    concerned = order_rounds.call_off(db, job_id, person, now, labels)
    outbox.touch(db, f"anchor:{job_id}", urgent=True)
    for order in every(db, job_id):
        if not order.open or (labels is not None and order.label.lower() not in labels):
            continue
        if order.state in {"planned", "held"}:
            change(
                db,
                "update orders set state = 'canceled', cause = :cause, detail = '', cancel_by = :person, ended_at ="
                " :now where id = :id",
                cause=Cause.DROPPED.value,
                person=person,
                now=now,
                id=order.id,
            )
        elif not rest:
            change(db, "update orders set cancel_by = :person where id = :id", person=person, id=order.id)
        else:
            continue
        concerned.append(order.label)
    return concerned


def stopped_by(db: Database, job_id: str) -> tuple[str, int] | None:
    """Who stopped the rest of a job, and how many of its images were not begun for it."""
    found = rows(
        db,
        """select cancel_by, count(*) as images from orders where job_id = :job and state = 'canceled'
           and cancel_by is not null group by cancel_by order by images desc limit 1""",
        job=job_id,
    )
    return next(((row["cancel_by"], row["images"]) for row in found), None)


def refusals(db: Database, order_id: int, reason: str) -> int:
    """How many attempts of an order ended for this reason."""
    found = rows(
        db,
        "select count(*) as n from charges where order_id = :id and state = 'released' and reason = :reason",
        id=order_id,
        reason=reason,
    )
    return int(next(found)["n"])


def unknowns(db: Database, order_id: int) -> int:
    """How many answers about an order were lost so far."""
    found = rows(db, "select count(*) as n from charges where order_id = :id and state = 'unknown'", id=order_id)
    return int(next(found)["n"])


def held(db: Database, job_id: str) -> list[Order]:
    """Orders of a job that wait for a person's word."""
    return [order for order in every(db, job_id) if order.state == "held"]


def lost_count(db: Database, job_id: str) -> int:
    """Orders of a job whose answer was lost, and which are looked for."""
    sql = "select count(*) as n from orders where job_id = :job and state = 'ordering' and boot is null"
    row = one(db, sql, job=job_id)
    return row["n"] if row else 0


def held_micros(db: Database, job_id: str) -> int:
    """What ordering the undecided images of a job once more may cost."""
    row = one(
        db,
        "select coalesce(sum(estimate_micros), 0) as micros from orders where job_id = :job and state = 'held'",
        job=job_id,
    )
    return row["micros"] if row else 0
