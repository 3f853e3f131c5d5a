"""The steps of an order: planned → ordering → ordered → made | failed | canceled, each with its money and its slot."""

from collections.abc import Sequence

from sqlite_utils import Database

from bot.ledger import calls, money, outbox
from bot.ledger.calls import Recorded, what_next
from bot.ledger.orders import ImageOrder, InFlight, Order, TrainingOrder, get, made_before
from bot.ledger.slots import MAKER, give_slot_back, take_slot
from bot.ledger.spending import Refusal, Terms, afford, book, job_of, not_yet, paused
from bot.ledger.store import change, one
from pipeline.lab.filing import MadeImage
from pipeline.makers.outcome import ENDED
from pipeline.models import Cause, Unscored
from pipeline.plan.plan import PlannedCall

_ENDED = tuple(sorted(ENDED))


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
        _end(db, order, "canceled", Unscored(cause=Cause.DROPPED), now)
        return Refusal(why="ended")
    if not anew and order.kind == "image" and made_before(db, [order.fingerprint]):
        return Refusal(why="stored")  # by another job, since the plan
    if refusal := paused(db) or not_yet(db, MAKER, order.due_at, now):
        return refusal
    if refusal := _alike(db, order):
        return refusal
    if not afford(db, job, order.estimate_micros, terms):
        _end(db, order, "failed", Unscored(cause=Cause.UNPAID), now)
        return Refusal(why="over budget")
    if order.kind == "image" and not take_slot(db, MAKER):
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
    book(db, job, paid, MAKER, order.estimate_micros, terms, now)
    return get(db, order_id) or Refusal(why="gone")


def may_begin(db: Database, order: Order, now: float) -> Refusal | None:
    """Whether anything may be done for a planned order now, though it costs nothing yet; None: it may."""
    job = job_of(db, order.job_id)
    if job is None or job["state"] != "running" or get(db, order.id) != order:
        return Refusal(why="gone")
    if order.cancel_by:
        _end(db, order, "canceled", Unscored(cause=Cause.DROPPED), now)
        return Refusal(why="ended")
    if order.kind == "training" and (twin := _trained_since(db, order)):
        detail = f"exactly this was trained meanwhile: it is runs/{twin}. Nothing was spent."
        _end(db, order, "failed", Unscored(cause=Cause.FAILED, detail=detail), now)
        return Refusal(why="ended")
    return paused(db) or not_yet(db, MAKER, order.due_at, now) or _alike(db, order)


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


def _alike(db: Database, order: Order) -> Refusal | None:
    """One alike is at the vendor, or its outcome is open: the two could not be told apart there."""
    same = "select 1 as yes from orders where asked = :asked and id <> :id and state in ('ordering', 'ordered', 'held')"
    return Refusal(why="busy", wait_s=1.0) if one(db, same, asked=order.asked, id=order.id) else None


def not_begun(db: Database, order: Order, cause: Unscored, now: float) -> Recorded:
    """It cannot be ordered at all; nothing was paid."""
    if get(db, order.id) == order:
        _end(db, order, "failed", cause, now)
    return what_next(db, order.job_id)


def ordered(db: Database, order: Order, vendor_id: str, now: float) -> bool:
    """The vendor's id, as soon as it is known; False when another process was first, or the id is another order's."""
    if one(db, "select 1 as yes from charges where request_id = :id", id=vendor_id):
        return False
    moved = change(
        db,
        """update orders set state = 'ordered', vendor_id = :vendor_id, ordered_at = :now
           where id = :id and attempt = :attempt and state = 'ordering'""",
        vendor_id=vendor_id,
        now=now,
        id=order.id,
        attempt=order.attempt,
    )
    if moved:
        change(
            db,
            "update charges set request_id = :vendor_id where order_id = :id and attempt = :attempt",
            vendor_id=vendor_id,
            id=order.id,
            attempt=order.attempt,
        )
        _touch(db, order)
    return moved == 1


def adopt_late(db: Database, order: Order, vendor_id: str, now: float) -> bool:
    """An attempt that was given up was made all the same: it is on the books again, and fetched."""
    if one(db, "select 1 as yes from charges where request_id = :id", id=vendor_id):
        return False
    moved = change(
        db,
        """update orders set state = 'ordered', vendor_id = :vendor_id, vendor_status = null, ordered_at = :now,
          due_at = 0,
               cause = null, detail = null where id = :id and attempt = :attempt and state in ('planned', 'held')""",
        vendor_id=vendor_id,
        now=now,
        id=order.id,
        attempt=order.attempt,
    )
    if not moved:
        return False
    charge = one(
        db,
        "select state, usd_micros, estimate_micros from charges where order_id = :id and attempt = :attempt",
        id=order.id,
        attempt=order.attempt,
    )
    if charge is None:
        raise LookupError("an attempt without a charge")
    change(
        db,
        "update charges set state = 'reserved', usd_micros = 0, request_id = :vendor_id where order_id = :id and"
        " attempt = :attempt",
        vendor_id=vendor_id,
        id=order.id,
        attempt=order.attempt,
    )
    change(
        db,
        "update jobs set used_micros = used_micros + :micros where id = :job",
        micros=charge["estimate_micros"] - charge["usd_micros"],
        job=order.job_id,
    )
    if order.kind == "image":
        change(db, "update vendors set inflight = inflight + 1 where name = :name", name=MAKER)
    _touch(db, order)
    return True


def over(db: Database, ended: Sequence[tuple[Order | InFlight, str]]) -> None:
    """The vendor is done with these: their slots are free, before what came of them is fetched."""
    for order, status in ended:
        moved = change(
            db,
            f"""update orders set vendor_status = :status where id = :id and attempt = :attempt and state = 'ordered'
                and (vendor_status is null or vendor_status not in {_ENDED})""",  # noqa: S608  # our own words
            status=status,
            id=order.id,
            attempt=order.attempt,
        )
        if moved:
            give_slot_back(db, MAKER, answered=True)


def free_slot(db: Database, order: Order, *, answered: bool) -> None:
    """An order is settled: its slot is free, unless that was so when the vendor was done.

    A training holds none: it would keep images waiting for half an hour, and the vendor counts calls, not machines.
    """
    if order.kind != "image":
        return
    row = one(db, "select vendor_status from orders where id = :id", id=order.id)
    if row is None or row["vendor_status"] not in ENDED:
        give_slot_back(db, MAKER, answered=answered)


def seen(db: Database, order: Order, status: str) -> None:
    """What the vendor last said of it."""
    change(
        db,
        f"""update orders set vendor_status = :status where id = :id and attempt = :attempt and state = 'ordered'
            and coalesce(vendor_status, '') not in {_ENDED}""",  # noqa: S608  # our own words
        status=status,
        id=order.id,
        attempt=order.attempt,
    )


def look_again(db: Database, order: Order, due_at: float) -> None:
    """Fetching failed, or the vendor was away: once more from `due_at`."""
    change(
        db,
        "update orders set tries = tries + 1, due_at = :due where id = :id and attempt = :attempt",
        due=due_at,
        id=order.id,
        attempt=order.attempt,
    )


def back(db: Database, order: Order, charge: money.Charge, due_at: float, now: float) -> Recorded:
    """This attempt is over, and the image is to be ordered again from `due_at`; of a canceled one nothing more."""
    if not money.settle(db, order.paid, charge, now):
        return Recorded()
    free_slot(db, order, answered=charge.request_id is not None)
    if called_off(db, order):
        _end(db, order, "canceled", Unscored(cause=Cause.DROPPED), now)
    else:
        change(
            db,
            "update orders set state = 'planned', due_at = :due, boot = null where id = :id and attempt = :attempt",
            due=due_at,
            id=order.id,
            attempt=order.attempt,
        )
    return what_next(db, order.job_id)


def called_off(db: Database, order: Order) -> bool:
    """Whether nobody wants it any more, as the rows say now."""
    row = one(
        db,
        "select orders.cancel_by, jobs.state from orders join jobs on jobs.id = orders.job_id where orders.id = :id",
        id=order.id,
    )
    return row is None or row["cancel_by"] is not None or row["state"] != "running"


def end(db: Database, order: Order, charge: money.Charge, cause: Unscored, now: float) -> Recorded:
    """It ended without an image: its charge, its cause, its slot."""
    if not money.settle(db, order.paid, charge, now):
        return Recorded()
    free_slot(db, order, answered=charge.state == "charged")
    canceled = cause.cause is Cause.DROPPED
    _end(db, order, "canceled" if canceled else "failed", cause, now)
    return what_next(db, order.job_id)


def made(
    db: Database,
    order: Order,
    charge: money.Charge,
    image: MadeImage,
    votes: list[PlannedCall],
    estimate_micros: int,
    now: float,
) -> Recorded:
    """The image lies in its folder: its charge, its slot, and the judge's calls that it is now ready for."""
    if not money.settle(db, order.paid, charge, now):
        return Recorded()
    free_slot(db, order, answered=True)
    return _filed(db, order, image, votes, estimate_micros, now)


def copied(
    db: Database, order: Order, image: MadeImage, votes: list[PlannedCall], estimate_micros: int, now: float
) -> Recorded:
    """The image was made before and lies in its folder now; nothing was paid."""
    if get(db, order.id) != order:
        return Recorded()
    return _filed(db, order, image, votes, estimate_micros, now)


def not_copied(db: Database, order: Order, why: str, now: float) -> Recorded:
    """The picture that was to be copied is gone."""
    if get(db, order.id) == order:
        _end(db, order, "failed", Unscored(cause=Cause.NO_IMAGE, detail=why), now)
    return what_next(db, order.job_id)


def _filed(
    db: Database, order: Order, image: MadeImage, votes: list[PlannedCall], estimate_micros: int, now: float
) -> Recorded:
    change(
        db,
        "update orders set state = 'made', path = :path, sha256 = :sha256, ended_at = :now, cause = null where id"
        " = :id",
        path=image.image,
        sha256=image.sha256,
        now=now,
        id=order.id,
    )
    _touch(db, order)
    job = job_of(db, order.job_id)
    if job is not None and job["state"] == "running":
        calls.add(db, order.job_id, votes, estimate_micros)
    return what_next(db, order.job_id)


def _end(db: Database, order: Order, state: str, cause: Unscored, now: float) -> None:
    change(
        db,
        "update orders set state = :state, cause = :cause, detail = :detail, ended_at = :now where id = :id",
        state=state,
        cause=cause.cause.value,
        detail=cause.detail,
        now=now,
        id=order.id,
    )
    _touch(db, order)


def _touch(db: Database, order: Order) -> None:
    """What the job's message shows has changed, in the same commit."""
    outbox.touch(db, f"anchor:{order.job_id}")
