"""The intent to pay for an order: committed before it, with its budget, its vendor's slot and its charge row."""

from bot.ledger import money
from bot.ledger.database import Database, change, one
from bot.ledger.order_steps import end_unpaid
from bot.ledger.orders import ImageOrder, Order, TrainingOrder, get, made_before
from bot.ledger.slots import take_slot
from bot.ledger.spending import Refusal, Terms, afford, book, job_of, not_yet, paused
from pipeline.models import Cause, Unscored


def intend(
    db: Database, order_id: int, boot: str, terms: Terms, now: float, *, anew: bool = False
) -> ImageOrder | TrainingOrder | Refusal:
    """Commit the intent to pay for one order, or say why not.

    Args:
        anew: Order it although it was made before: that picture is gone.
    """
    order = get(db, order_id)
    job = job_of(db, order.job_id) if order else None
    if order is None or job is None or order.state != "planned" or job["state"] != "running":
        return Refusal(why="gone")
    if order.cancel_by:
        end_unpaid(db, order, "canceled", Unscored(cause=Cause.DROPPED), now)
        return Refusal(why="ended")
    if not anew and order.kind == "image" and made_before(db, [order.fingerprint]):
        return Refusal(why="stored")  # by another job, since the plan
    if refusal := paused(db) or not_yet(db, order.vendor, order.due_at, now):
        return refusal
    if refusal := alike_at_vendor(db, order):
        return refusal
    if not afford(db, job, order.estimate_micros, terms):
        end_unpaid(db, order, "failed", Unscored(cause=Cause.UNPAID), now)
        return Refusal(why="over budget")
    if order.kind == "image" and not take_slot(db, order.vendor):
        return Refusal(why="busy")
    change(
        db,
        """update orders set state = 'ordering', attempt = attempt + 1, boot = :boot, intent_at = :now,
               vendor_id = null, vendor_status = null, tries = 0, due_at = 0 where id = :id""",
        boot=boot,
        now=now,
        id=order.id,
    )
    paid = money.Paid(order_id=order.id, attempt=order.attempt + 1)
    book(db, job, paid, order.vendor, order.estimate_micros, terms, now)
    return get(db, order_id) or Refusal(why="gone")


def may_begin(db: Database, order: Order, now: float) -> Refusal | None:
    """Whether anything may be done for a planned order now, though it costs nothing yet; None: it may."""
    job = job_of(db, order.job_id)
    if job is None or job["state"] != "running" or get(db, order.id) != order:
        return Refusal(why="gone")
    if order.cancel_by:
        end_unpaid(db, order, "canceled", Unscored(cause=Cause.DROPPED), now)
        return Refusal(why="ended")
    if order.kind == "training" and (twin := _trained_since(db, order)):
        detail = f"exactly this was trained meanwhile: it is runs/{twin}. Nothing was spent."
        end_unpaid(db, order, "failed", Unscored(cause=Cause.FAILED, detail=detail), now)
        return Refusal(why="ended")
    return paused(db) or not_yet(db, order.vendor, order.due_at, now) or alike_at_vendor(db, order)


def _trained_since(db: Database, order: Order) -> str | None:
    """The run of another job that made this very training after this one was planned."""
    row = one(
        db,
        """select theirs.run from orders join plans as theirs on theirs.id = orders.job_id
           where orders.kind = 'training' and orders.state = 'made' and orders.fingerprint = :fingerprint and
           orders.id <> :id
             and orders.ended_at > (select created_at from plans where id = :job) limit 1""",
        fingerprint=order.fingerprint,
        id=order.id,
        job=order.job_id,
    )
    return row["run"] if row else None


def alike_at_vendor(db: Database, order: Order) -> Refusal | None:
    """One alike is at the vendor, or its outcome is open: the two could not be told apart there."""
    same = "select 1 as yes from orders where asked = :asked and id <> :id and state in ('ordering', 'ordered', 'held')"
    return Refusal(why="busy", wait_s=1.0) if one(db, same, asked=order.asked, id=order.id) else None
