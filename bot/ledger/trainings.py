"""What only trainings have: the archive at the vendor, what the vendor tells while they run, the version at the end."""

from typing import Literal

from bot.ledger import calls, money, orders, outbox
from bot.ledger.calls import Recorded, what_next
from bot.ledger.database import Database, change, one, read, rows
from bot.ledger.orders import TrainingOrder
from bot.ledger.plans import estimate_each, read_plan
from bot.ledger.spending import job_of
from pipeline.makers.trained import Told
from pipeline.makers.trainers import PastTraining
from pipeline.models import Value


class Zip(Value):
    """The photographs' archive of a training at the vendor."""

    order_id: int
    name: str
    sha256: str
    bytes: int
    state: Literal["uploading", "uploaded", "deleted"]
    attempt: int
    file_id: str | None
    address: str | None
    intent_at: float
    uploaded_at: float | None
    deleted_at: float | None


def zip_of(db: Database, order_id: int) -> Zip | None:
    row = one(db, "select * from zips where order_id = :id", id=order_id)
    return read(Zip, row) if row else None


def archives_of(db: Database, identity: str) -> list[Zip]:
    """Archives of a person's photographs that may still lie at the vendor."""
    found = rows(
        db,
        "select zips.* from zips join orders on orders.id = zips.order_id where zips.state <> 'deleted' and"
        " json_extract(orders.spec, '$.identity') = :identity",
        identity=identity,
    )
    return [read(Zip, row) for row in found]


def intend_upload(db: Database, order: TrainingOrder, name: str, sha256: str, size: int, now: float) -> Zip:
    """The intent to upload, so that a lost answer is looked for before photographs are uploaded once more."""
    change(
        db,
        """insert into zips (order_id, name, sha256, bytes, state, intent_at) values (:id, :name, :sha256, :size,
          'uploading', :now)
           on conflict (order_id) do update set name = :name, sha256 = :sha256, bytes = :size, state = 'uploading',
               attempt = zips.attempt + 1, file_id = null, address = null, intent_at = :now, uploaded_at = null,
               deleted_at = null""",
        id=order.id,
        name=name,
        sha256=sha256,
        size=size,
        now=now,
    )
    found = zip_of(db, order.id)
    if found is None:
        raise LookupError("an upload without a row")
    return found


def uploaded(db: Database, order_id: int, file_id: str, address: str, now: float) -> None:
    change(
        db,
        "update zips set state = 'uploaded', file_id = :file, address = :address, uploaded_at = :now where order_id"
        " = :id",
        file=file_id,
        address=address,
        now=now,
        id=order_id,
    )


def zip_deleted(db: Database, order_id: int, now: float) -> None:
    """Nothing of it lies at the vendor any more."""
    change(db, "update zips set state = 'deleted', deleted_at = :now where order_id = :id", now=now, id=order_id)


def tell(db: Database, order: TrainingOrder, news: Told) -> None:
    """What the vendor says now; the job's message shows it."""
    moved = change(
        db,
        "update orders set told = :told, vendor_status = :status where id = :id and attempt = :attempt and state ="
        " 'ordered' and told is not :told",
        told=news.model_dump_json(),
        status=news.status,
        id=order.id,
        attempt=order.attempt,
    )
    if moved:
        outbox.touch(db, f"anchor:{order.job_id}")


def trained(db: Database, order: TrainingOrder, charge: money.Charge, version: str, news: Told, now: float) -> Recorded:
    """It made a version: its charge, and the orders of the images that waited for it, in one commit."""
    if not money.settle(db, order.paid, charge, now):
        return Recorded()
    change(
        db,
        """update orders set state = 'made', path = :version, sha256 = :sha256, told = :told, ended_at = :now, cause
          = null, detail = null
           where id = :id""",
        version=version,
        sha256=news.weights_sha256,
        told=news.model_dump_json(),
        now=now,
        id=order.id,
    )
    outbox.touch(db, f"anchor:{order.job_id}")
    job = job_of(db, order.job_id)
    plan = one(db, "select body from plans where id = :id", id=order.job_id)
    if job is not None and job["state"] == "running" and plan is not None:
        made = read_plan(plan["body"]).trained(version)
        orders.add_images(db, order.job_id, made)
        calls.add(db, order.job_id, made.calls, estimate_each(made))
    return what_next(db, order.job_id)


def before(db: Database, fingerprint: str) -> str | None:
    """The run that came of the training with this fingerprint."""
    row = one(
        db,
        """select plans.run as run, orders.id as id from orders join plans on plans.id = orders.job_id
             where orders.kind = 'training' and orders.state = 'made' and orders.fingerprint = :fingerprint
           union all select run, 0 from found where kind = 'training' and fingerprint = :fingerprint
           order by id desc limit 1""",
        fingerprint=fingerprint,
    )
    return row["run"] if row else None


def history(db: Database, trainer: str, limit: int = 40) -> tuple[PastTraining, ...]:
    """What trainings by this trainer came to, the latest first."""
    found = rows(
        db,
        """select coalesce(json_extract(orders.spec, '$.parameters.steps'), json_extract(orders.spec,
          '$.parameters.training_steps')) as steps,
                  charges.usd_micros, charges.took_s from charges join orders on orders.id = charges.order_id
           where charges.model = :trainer and charges.state = 'charged' and charges.took_s is not null and
           orders.state = 'made'
           order by charges.id desc limit :limit""",
        trainer=trainer,
        limit=limit,
    )
    return tuple(read(PastTraining, row) for row in found if row["steps"])
