"""The steps of an order: planned → ordering → ordered → made | failed | canceled, each with its money and its slot."""

from collections.abc import Sequence

from bot.ledger import calls, money, outbox
from bot.ledger.calls import Recorded, what_next
from bot.ledger.database import Database, change, one
from bot.ledger.orders import InFlight, Order, get
from bot.ledger.slots import give_slot_back, vendor_up
from bot.ledger.spending import job_of
from pipeline.lab.filing import MadeImage
from pipeline.makers.outcome import ENDED
from pipeline.models import Cause, Unscored
from pipeline.plan.plan import PlannedCall

_ENDED = tuple(sorted(ENDED))


def not_begun(db: Database, order: Order, cause: Unscored, now: float) -> Recorded:
    """It cannot be ordered at all; nothing was paid."""
    if get(db, order.id) == order:
        end_unpaid(db, order, "failed", cause, now)
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
        vendor_up(db, order.vendor, now)
        touch_job(db, order)
    return moved == 1


def adopt_late(db: Database, order: Order, vendor_id: str, now: float) -> bool:
    """An attempt that was given up was made all the same: it is on the books again, and fetched."""
    others = """select 1 as yes from charges where request_id = :id
                and not (order_id is :order and attempt = :attempt)"""
    if one(db, others, id=vendor_id, order=order.id, attempt=order.attempt):
        return False
    moved = change(
        db,
        """update orders set state = 'ordered', vendor_id = :vendor_id, vendor_status = null, ordered_at = :now,
               due_at = 0, cause = null, detail = null, missing_since = null
           where id = :id and attempt = :attempt and state in ('planned', 'held')""",
        vendor_id=vendor_id,
        now=now,
        id=order.id,
        attempt=order.attempt,
    )
    if not moved:
        return False
    _book_again(db, order, vendor_id)
    if order.kind == "image":
        change(db, "update vendors set inflight = inflight + 1 where name = :name", name=order.vendor)
    touch_job(db, order)
    return True


def _book_again(db: Database, order: Order, vendor_id: str) -> None:
    """Its charge is reserved once more, and the job's sum with it."""
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
            give_slot_back(db, order.vendor, answered=True)


def free_slot(db: Database, order: Order, *, answered: bool) -> None:
    """An order is settled: its slot is free, unless that was so when the vendor was done.

    A training holds none: it would keep images waiting for half an hour, and the vendor counts calls, not machines.
    """
    if order.kind != "image":
        return
    row = one(db, "select vendor_status from orders where id = :id", id=order.id)
    if row is None or row["vendor_status"] not in ENDED:
        give_slot_back(db, order.vendor, answered=answered)


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


def missing(db: Database, order: Order, now: float) -> float:
    """The vendor does not know it just now; since when that is so."""
    change(
        db,
        "update orders set missing_since = coalesce(missing_since, :now) where id = :id and attempt = :attempt",
        now=now,
        id=order.id,
        attempt=order.attempt,
    )
    row = one(db, "select missing_since from orders where id = :id", id=order.id)
    if order.missing_since is None:
        touch_job(db, order)
    return float(row["missing_since"]) if row and row["missing_since"] is not None else now


def known_again(db: Database, order: Order) -> None:
    """The vendor knows it after all."""
    change(db, "update orders set missing_since = null where id = :id", id=order.id)
    touch_job(db, order)


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
        end_unpaid(db, order, "canceled", Unscored(cause=Cause.DROPPED), now)
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
    end_unpaid(db, order, "canceled" if canceled else "failed", cause, now)
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
        end_unpaid(db, order, "failed", Unscored(cause=Cause.NO_IMAGE, detail=why), now)
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
    touch_job(db, order)
    job = job_of(db, order.job_id)
    if job is not None and job["state"] == "running":
        calls.add(db, order.job_id, votes, estimate_micros)
    return what_next(db, order.job_id)


def end_unpaid(db: Database, order: Order, state: str, cause: Unscored, now: float) -> None:
    change(
        db,
        "update orders set state = :state, cause = :cause, detail = :detail, ended_at = :now where id = :id",
        state=state,
        cause=cause.cause.value,
        detail=cause.detail,
        now=now,
        id=order.id,
    )
    touch_job(db, order)


def touch_job(db: Database, order: Order) -> None:
    """What the job's message shows has changed, in the same commit."""
    outbox.touch(db, f"anchor:{order.job_id}")
