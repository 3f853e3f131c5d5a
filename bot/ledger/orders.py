"""What is ordered at a vendor that makes things, as rows: planned → ordering → ordered → made | failed | canceled.

A row in `ordering` is an intent on disk; one in `ordered` has the vendor's id; one in `held` waits for a person,
because nobody can tell whether it was made. Images today, trainings by the same rows.
"""

import json
from typing import Any

from sqlite_utils import Database

from bot.ledger import calls, money
from bot.ledger.calls import Recorded, read_plan, what_next
from bot.ledger.spending import Refusal, Terms, afford, book, job_of, not_yet, paused
from bot.ledger.store import change, one, rows
from bot.ledger.vendors import MAKER, free_slots, give_slot_back, take_slot
from pipeline.models import Cause, Unscored, Value
from pipeline.plan import MadeImage, Plan, PlannedCall, PlannedImage
from pipeline.predictions import ENDED


class Order(Value):
    id: int
    job_id: str
    kind: str
    label: str
    spec: PlannedImage
    version: str
    fingerprint: str
    estimate_micros: int
    state: str
    attempt: int
    boot: str | None
    intent_at: float | None
    due_at: float
    vendor_id: str | None
    vendor_status: str | None
    ordered_at: float | None
    tries: int
    cancel_by: str | None
    cause: str | None
    detail: str | None
    path: str | None
    sha256: str | None
    ended_at: float | None

    @property
    def paid(self) -> money.Paid:
        """The charge of its latest attempt."""
        return money.Paid(order_id=self.id, attempt=self.attempt)

    @property
    def open(self) -> bool:
        return self.state in {"planned", "ordering", "ordered", "held"}


def add(db: Database, job_id: str, plan: Plan) -> None:
    """The orders of a job's plan."""
    if plan.making is None:
        return
    each = plan.making.estimate.high_micros // max(1, len(plan.making.ordered))
    for image in plan.making.images:
        change(
            db,
            """insert into orders (job_id, kind, label, spec, version, fingerprint, estimate_micros)
               values (:job, 'image', :label, :spec, :version, :fingerprint, :estimate)""",
            job=job_id, label=image.label, spec=image.model_dump_json(), version=plan.making.version,
            fingerprint=image.fingerprint, estimate=0 if image.copy_of else each,
        )  # fmt: skip


def _order(row: dict[str, Any]) -> Order:
    return Order.model_validate(row | {"spec": json.loads(row["spec"])})


def get(db: Database, order_id: int) -> Order | None:
    row = one(db, "select * from orders where id = :id", id=order_id)
    return _order(row) if row else None


def of_job(db: Database, job_id: str) -> list[Order]:
    found = rows(db, "select * from orders where job_id = :job order by id", job=job_id)
    return [_order(row) for row in found]


def in_flight(db: Database) -> list[Order]:
    """Orders that the vendor is at, oldest first."""
    found = rows(db, "select * from orders where state = 'ordered' order by ordered_at, id")
    return [_order(row) for row in found]


def at_vendor(db: Database) -> list[Order]:
    """Orders that the vendor has, or may have."""
    found = rows(db, "select * from orders where state in ('ordering', 'ordered') order by id")
    return [_order(row) for row in found]


def unsettled(db: Database) -> list[Order]:
    """Orders that went out, or were about to, and have no end yet."""
    found = rows(db, "select * from orders where state in ('ordering', 'ordered', 'held') order by id")  # fmt: skip
    return [_order(row) for row in found]


def versions(db: Database) -> list[str]:
    """The trained versions, 64 hex digits, that anything was ever ordered from."""
    found = rows(db, "select distinct version from orders")
    return [row["version"].rpartition(":")[2] for row in found]


def ready(db: Database, now: float) -> list[int]:
    """Orders of running jobs that may go out now, oldest job first, as many as there are slots."""
    found = rows(
        db,
        """select orders.id from orders join jobs on jobs.id = orders.job_id
           where orders.state = 'planned' and jobs.state = 'running' and orders.due_at <= :now
           order by jobs.started_at, orders.id limit :most""",
        now=now, most=free_slots(db, MAKER),
    )  # fmt: skip
    return [row["id"] for row in found]


def waiting(db: Database) -> list[tuple[int, float]]:
    """Every open order that can move by itself, with the moment it waits for."""
    found = rows(
        db,
        """select orders.id, orders.due_at from orders join jobs on jobs.id = orders.job_id
           where orders.state in ('ordering', 'ordered', 'held') or (orders.state = 'planned' and jobs.state = 'running')
           order by orders.id""",
    )
    return [(row["id"], row["due_at"]) for row in found]


def person_of(db: Database, job_id: str) -> str:
    """Who asked for a job."""
    job = job_of(db, job_id)
    return job["asked_by"] if job else ""


def plan_of(db: Database, job_id: str) -> tuple[Plan, int]:
    """An order's plan, and what one of its judge's calls may cost."""
    row = one(db, "select body from plans where id = :id", id=job_id)
    plan = read_plan(row["body"] if row else "")
    return plan, calls.estimate_each(plan)


def next_of(db: Database, job_id: str) -> Recorded:
    return what_next(db, job_id)


def counts(db: Database, job_id: str) -> dict[str, int]:
    """Orders of a job by state."""
    found = rows(
        db,
        "select state, count(*) as n from orders where job_id = :job group by state",
        job=job_id,
    )
    return {row["state"]: row["n"] for row in found}


def spent(db: Database, job_id: str) -> dict[int, int]:
    """Micro-dollars on the books for each order of a job."""
    found = rows(
        db,
        """select order_id, sum(usd_micros) as micros from charges
           where job_id = :job and order_id is not null and state in ('charged', 'unknown') group by order_id""",
        job=job_id,
    )
    return {row["order_id"]: row["micros"] for row in found}


def ahead(db: Database, job_id: str) -> int:
    """Images of older running jobs that go out, or come back, before this job's next one."""
    row = one(
        db,
        """select count(*) as n from orders join jobs on jobs.id = orders.job_id
           where orders.state in ('planned', 'ordering', 'ordered') and jobs.state = 'running' and jobs.id <> :job
             and jobs.started_at <= (select coalesce(started_at, 1e18) from jobs where id = :job)""",
        job=job_id,
    )
    return row["n"] if row else 0


def held_micros(db: Database, job_id: str) -> int:
    """What ordering the undecided images of a job once more may cost."""
    row = one(
        db,
        "select coalesce(sum(estimate_micros), 0) as micros from orders where job_id = :job and state = 'held'",
        job=job_id,
    )
    return row["micros"] if row else 0


def causes(db: Database, job_id: str) -> dict[str, Unscored]:
    """Why cells of a job have no image, by label."""
    return {
        order.label: Unscored(cause=Cause(order.cause), detail=order.detail or "")
        for order in of_job(db, job_id)
        if order.cause is not None
    }


def made_before(db: Database, fingerprints: list[str]) -> dict[str, MadeImage]:
    """Where images with these fingerprints lie, the latest of each."""
    found = rows(
        db,
        """select fingerprint, path, sha256 from orders
           where state = 'made' and fingerprint in (select value from json_each(:wanted)) order by ended_at, id""",
        wanted=json.dumps(fingerprints),
    )
    return {row["fingerprint"]: MadeImage(image=row["path"], sha256=row["sha256"]) for row in found}


def intend(db: Database, order_id: int, boot: str, terms: Terms, now: float) -> Order | Refusal:
    """Commit the intent to pay for one order, or say why not."""
    order = get(db, order_id)
    job = job_of(db, order.job_id) if order else None
    if order is None or job is None or order.state != "planned" or job["state"] != "running":
        return Refusal(why="gone")
    if refusal := paused(db) or not_yet(db, MAKER, order.due_at, now):
        return refusal
    same = "select 1 as yes from orders where fingerprint = :fingerprint and state in ('ordering', 'ordered')"
    if one(db, same, fingerprint=order.fingerprint):
        return Refusal(why="busy", wait_s=1.0)  # another job is buying this very image
    if not afford(db, job, order.estimate_micros, terms):
        _end(db, order, "failed", Unscored(cause=Cause.UNPAID), now)
        return Refusal(why="over budget")
    if not take_slot(db, MAKER):
        return Refusal(why="busy")
    change(
        db,
        """update orders set state = 'ordering', attempt = attempt + 1, boot = :boot, intent_at = :now,
               vendor_id = null, vendor_status = null, tries = 0, due_at = 0 where id = :id""",
        boot=boot, now=now, id=order.id,
    )  # fmt: skip
    paid = money.Paid(order_id=order.id, attempt=order.attempt + 1)
    book(db, job, paid, MAKER, order.estimate_micros, terms, now)
    return get(db, order_id) or Refusal(why="gone")


def ordered(db: Database, order: Order, vendor_id: str, now: float) -> bool:
    """The vendor's id, as soon as it is known; False when another process was first, or the id is another order's."""
    if one(db, "select 1 as yes from charges where request_id = :id", id=vendor_id):
        return False
    moved = change(
        db,
        """update orders set state = 'ordered', vendor_id = :vendor_id, ordered_at = :now
           where id = :id and attempt = :attempt and state = 'ordering'""",
        vendor_id=vendor_id, now=now, id=order.id, attempt=order.attempt,
    )  # fmt: skip
    if moved:
        change(
            db,
            "update charges set request_id = :vendor_id where order_id = :id and attempt = :attempt",
            vendor_id=vendor_id, id=order.id, attempt=order.attempt,
        )  # fmt: skip
    return moved == 1


def over(db: Database, ended: list[tuple[Order, str]]) -> None:
    """The vendor is done with these: their slots are free, before what came of them is fetched."""
    for order, status in ended:
        moved = change(
            db,
            f"""update orders set vendor_status = :status where id = :id and attempt = :attempt and state = 'ordered'
                and (vendor_status is null or vendor_status not in {_ENDED})""",  # noqa: S608  # our own words
            status=status, id=order.id, attempt=order.attempt,
        )  # fmt: skip
        if moved:
            give_slot_back(db, MAKER, answered=True)


_ENDED = tuple(sorted(ENDED))


def free_slot(db: Database, order: Order, *, answered: bool) -> None:
    """An order is settled: its slot is free, unless that was so when the vendor was done."""
    row = one(db, "select vendor_status from orders where id = :id", id=order.id)
    if row is None or row["vendor_status"] not in ENDED:
        give_slot_back(db, MAKER, answered=answered)


def claimed(db: Database, vendor_ids: list[str]) -> set[str]:
    """Which of these ids belong to an order that is on the books."""
    found = rows(
        db,
        "select request_id from charges where request_id in (select value from json_each(:ids))",
        ids=json.dumps(vendor_ids),
    )
    return {row["request_id"] for row in found}


def back(db: Database, order: Order, charge: money.Charge, due_at: float, now: float) -> Recorded:
    """This attempt is over, and the image is to be ordered again from `due_at`; of a canceled one nothing more."""
    if not money.settle(db, order.paid, charge, now):
        return Recorded()
    free_slot(db, order, answered=charge.request_id is not None)
    job = job_of(db, order.job_id)
    if order.cancel_by or job is None or job["state"] != "running":
        _end(db, order, "canceled", Unscored(cause=Cause.DROPPED), now)
    else:
        change(
            db,
            "update orders set state = 'planned', due_at = :due, boot = null where id = :id and attempt = :attempt",
            due=due_at, id=order.id, attempt=order.attempt,
        )  # fmt: skip
    return what_next(db, order.job_id)


def end(db: Database, order: Order, charge: money.Charge, cause: Unscored, now: float) -> Recorded:
    """It ended without an image: its charge, its cause, its slot."""
    if not money.settle(db, order.paid, charge, now):
        return Recorded()
    free_slot(db, order, answered=charge.state == "charged")
    canceled = cause.cause is Cause.DROPPED
    _end(db, order, "canceled" if canceled else "failed", cause, now)
    return what_next(db, order.job_id)


def made(
    db: Database, order: Order, charge: money.Charge, image: MadeImage, votes: list[PlannedCall], estimate_micros: int, now: float
) -> Recorded:  # fmt: skip
    """The image lies in its folder: its charge, its slot, and the judge's calls that it is now ready for."""
    if not money.settle(db, order.paid, charge, now):
        return Recorded()
    free_slot(db, order, answered=True)
    return _filed(db, order, image, votes, estimate_micros, now)


def copied(
    db: Database, order: Order, image: MadeImage, votes: list[PlannedCall], estimate_micros: int, now: float
) -> Recorded:  # fmt: skip
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
) -> Recorded:  # fmt: skip
    change(
        db,
        "update orders set state = 'made', path = :path, sha256 = :sha256, ended_at = :now, cause = null where id = :id",
        path=image.image, sha256=image.sha256, now=now, id=order.id,
    )  # fmt: skip
    job = job_of(db, order.job_id)
    if job is not None and job["state"] == "running":
        calls.add(db, order.job_id, votes, estimate_micros)
    return what_next(db, order.job_id)


def _end(db: Database, order: Order, state: str, cause: Unscored, now: float) -> None:
    change(
        db,
        "update orders set state = :state, cause = :cause, detail = :detail, ended_at = :now where id = :id",
        state=state, cause=cause.cause.value, detail=cause.detail, now=now, id=order.id,
    )  # fmt: skip


def seen(db: Database, order: Order, status: str) -> None:
    """What the vendor last said of it."""
    change(
        db,
        "update orders set vendor_status = :status where id = :id and attempt = :attempt and state = 'ordered'",
        status=status, id=order.id, attempt=order.attempt,
    )  # fmt: skip


def look_again(db: Database, order: Order, due_at: float) -> None:
    """Fetching failed, or the vendor was away: once more from `due_at`."""
    change(
        db,
        "update orders set tries = tries + 1, due_at = :due where id = :id and attempt = :attempt",
        due=due_at, id=order.id, attempt=order.attempt,
    )  # fmt: skip
