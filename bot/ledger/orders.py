"""What is ordered at a vendor that makes things, as rows: planned → ordering → ordered → made | failed | canceled.

A row in `ordering` is an intent on disk; one in `ordered` has the vendor's id; one in `held` waits for a person,
because nobody can tell whether it was made. Images and trainings are such orders.
"""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from bot.ledger import money, plans
from bot.ledger.calls import Recorded, what_next
from bot.ledger.database import Database, change, one, read, rows
from bot.ledger.plans import read_plan
from bot.ledger.spending import job_of
from pipeline.lab.filing import MadeImage
from pipeline.makers.maker import fingerprint
from pipeline.makers.trained import Told
from pipeline.models import Cause, Unscored, Value
from pipeline.plan.plan import Plan, PlannedImage, Training
from pipeline.plan.turns import seed_by_seed


class Order(Value):
    """What every order has, whatever is ordered."""

    id: int
    job_id: str
    kind: str
    maker: str
    """As the registry names it; of a training the trainer."""
    vendor: str
    """Whom it goes to: whose slot it takes, whose word it waits for."""
    label: str
    version: str
    fingerprint: str
    asked: str
    """What the vendor is asked for, as a digest: two orders alike in it could not be told apart there."""
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
    """Lab-relative, of an image; of a training the version that it made, `owner/model:64 hex digits`."""
    sha256: str | None
    ended_at: float | None
    missing_since: float | None = None
    """Since when the vendor says that it does not know the id that it gave."""

    @property
    def paid(self) -> money.Paid:
        """The charge of its latest attempt."""
        return money.Paid(order_id=self.id, attempt=self.attempt)

    @property
    def open(self) -> bool:
        return self.state in {"planned", "ordering", "ordered", "held"}


class ImageOrder(Order):
    spec: PlannedImage


class TrainingOrder(Order):
    spec: Training
    told: Told | None = None


TRAINING = "training"
"""The kind, and the label, of a job's training."""


def add(db: Database, job_id: str, plan: Plan) -> None:
    """The orders of a job's plan. Images that come after a training are added when it has ended, those of a plan that
    goes by rounds when their round begins.
    """
    if plan.training is not None:
        training = plan.training
        change(
            db,
            """insert into orders
                   (job_id, kind, maker, vendor, label, spec, version, fingerprint, asked, estimate_micros)
               values (:job, 'training', :maker, :vendor, 'training', :spec, :version, :fingerprint, :fingerprint,
                       :estimate)""",
            maker=training.trainer,
            vendor=training.vendor,
            job=job_id,
            spec=training.model_dump_json(),
            version=f"{training.trainer}:{training.version}",
            fingerprint=training.fingerprint,
            estimate=training.estimate.high_micros,
        )
    elif not plan.in_rounds:
        add_images(db, job_id, plan)


def add_images(db: Database, job_id: str, plan: Plan, labels: Collection[str] | None = None) -> None:
    """The image orders of a plan whose version is known, seed by seed; of some labels only, or of all."""
    if plan.making is None:
        return
    for image in seed_by_seed(plan.making.images, lambda one: one.seed):
        if labels is not None and image.label not in labels:
            continue
        by = plan.making.by(image)
        change(
            db,
            """insert into orders
                   (job_id, kind, maker, vendor, label, spec, version, fingerprint, asked, estimate_micros)
               values (:job, 'image', :maker, :vendor, :label, :spec, :version, :fingerprint, :asked, :estimate)""",
            maker=by.maker,
            vendor=by.vendor,
            job=job_id,
            label=image.label,
            spec=image.model_dump_json(),
            version=by.version,
            fingerprint=image.fingerprint,
            asked=fingerprint(by.version, image.input),
            estimate=0 if image.copy_of else by.high_micros,
        )


def get(db: Database, order_id: int) -> ImageOrder | TrainingOrder | None:
    row = one(db, "select * from orders where id = :id", id=order_id)
    return _order(row) if row else None


def of_job(db: Database, job_id: str) -> list[ImageOrder]:
    """The images of a job."""
    found = rows(db, "select * from orders where job_id = :job and kind = 'image' order by id", job=job_id)
    return [read(ImageOrder, _columns(row)) for row in found]


def training_of(db: Database, job_id: str) -> TrainingOrder | None:
    """The training of a job."""
    row = one(db, "select * from orders where job_id = :job and kind = 'training'", job=job_id)
    return read(TrainingOrder, _columns(row)) if row else None


def every(db: Database, job_id: str) -> list[ImageOrder | TrainingOrder]:
    """All orders of a job."""
    found = rows(db, "select * from orders where job_id = :job order by id", job=job_id)
    return [_order(row) for row in found]


def _order(row: dict[str, Any]) -> ImageOrder | TrainingOrder:
    if row["kind"] == TRAINING:
        return read(TrainingOrder, _columns(row))
    return read(ImageOrder, _columns(row))


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    told = json.loads(row["told"]) if row["told"] else None
    shown = {**row, "spec": json.loads(row["spec"]), "told": told}
    if row["kind"] != TRAINING:
        del shown["told"]
    return shown


class InFlight(NamedTuple):
    """What the poll needs of an order that the vendor is at: thousands are read again and again."""

    id: int
    vendor: str
    attempt: int
    vendor_id: str
    ordered_at: float
    due_at: float
    cancel_by: str | None


def in_flight(db: Database, vendor: str) -> list[InFlight]:
    """Image orders that a vendor is at, oldest first; a training is looked at by itself."""
    found = db.conn.execute(
        """select id, vendor, attempt, vendor_id, ordered_at, due_at, cancel_by from orders
           where state = 'ordered' and kind = 'image' and vendor = :vendor order by ordered_at, id""",
        {"vendor": vendor},
    )
    return [InFlight(*row) for row in found.fetchall()]


def at_vendor(db: Database) -> list[ImageOrder | TrainingOrder]:
    """Orders that the vendor has, or may have."""
    found = rows(db, "select * from orders where state in ('ordering', 'ordered') order by id")
    return [_order(row) for row in found]


def unsettled(db: Database) -> list[ImageOrder | TrainingOrder]:
    """Orders that went out, or were about to, and have no end yet."""
    found = rows(db, "select * from orders where state in ('ordering', 'ordered', 'held') order by id")
    return [_order(row) for row in found]


def versions(db: Database) -> list[str]:
    """The trained versions, 64 hex digits, that anything was ever ordered from."""
    found = rows(db, "select distinct version from orders")
    return [row["version"].rpartition(":")[2] for row in found]


def person_of(db: Database, job_id: str) -> str:
    """Who asked for a job."""
    job = job_of(db, job_id)
    return job["asked_by"] if job else ""


def plan_of(db: Database, job_id: str) -> tuple[Plan, int]:
    """An order's plan, and what one of its judge's calls may cost."""
    row = one(db, "select body from plans where id = :id", id=job_id)
    plan = read_plan(row["body"] if row else "")
    return plan, plans.estimate_each(plan)


def next_of(db: Database, job_id: str) -> Recorded:
    return what_next(db, job_id)


def any_sent(db: Database, job_id: str) -> bool:
    """Whether any order of a job ever went out."""
    sent = "select 1 as yes from orders where job_id = :job and attempt > 0 limit 1"
    return one(db, sent, job=job_id) is not None


def counts(db: Database, job_id: str) -> dict[str, int]:
    """Image orders of a job by state."""
    found = rows(
        db, "select state, count(*) as n from orders where job_id = :job and kind = 'image' group by state", job=job_id
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


def took(db: Database, job_id: str) -> dict[int, float]:
    """Seconds from the order to its end, of each order of a job that came out."""
    found = rows(
        db,
        "select order_id, max(took_s) as took from charges where job_id = :job and order_id is not null"
        " and took_s is not null group by order_id",
        job=job_id,
    )
    return {row["order_id"]: row["took"] for row in found}


def causes(db: Database, job_id: str) -> dict[str, Unscored]:
    """Why cells of a job have no image, by label."""
    return {
        order.label: Unscored(cause=Cause(order.cause), detail=order.detail or "")
        for order in of_job(db, job_id)
        if order.cause is not None
    }


def made_before(db: Database, fingerprints: list[str]) -> dict[str, tuple[MadeImage, ...]]:
    """Where images with these fingerprints were put, the latest first."""
    found = rows(
        db,
        """select fingerprint, path, sha256, ended_at as at, id from orders
             where state = 'made' and kind = 'image' and fingerprint in (select value from json_each(:wanted))
           union all select fingerprint, path, sha256, 0, rowid from found
             where kind = 'image' and fingerprint in (select value from json_each(:wanted))
           order by at desc, id desc""",
        wanted=json.dumps(fingerprints),
    )
    places: dict[str, tuple[MadeImage, ...]] = {}
    for row in found:
        place = MadeImage(image=row["path"], sha256=row["sha256"])
        places[row["fingerprint"]] = (*places.get(row["fingerprint"], ()), place)
    return places


def claimed(db: Database, vendor_ids: list[str]) -> set[str]:
    """Which of these ids belong to an order that is on the books."""
    found = rows(
        db,
        "select request_id from charges where request_id in (select value from json_each(:ids))",
        ids=json.dumps(vendor_ids),
    )
    return {row["request_id"] for row in found}
