"""Photographs that lie at a vendor while a job makes pictures from them: uploading → uploaded → deleted."""

from typing import Literal

from bot.ledger.database import Database, change, one, read, rows
from pipeline.models import Value


class Lent(Value):
    """One photograph at one vendor, for one job."""

    job_id: str
    vendor: str
    sha256: str
    name: str
    state: Literal["uploading", "uploaded", "deleted"]
    file_id: str | None
    address: str | None
    intent_at: float
    uploaded_at: float | None


def get(db: Database, job_id: str, vendor: str, sha256: str) -> Lent | None:
    row = one(
        db,
        "select * from lent where job_id = :job and vendor = :vendor and sha256 = :sha",
        job=job_id,
        vendor=vendor,
        sha=sha256,
    )
    return read(Lent, row) if row else None


def intend(db: Database, job_id: str, vendor: str, sha256: str, name: str, now: float) -> None:
    """The intent to upload, so that a lost answer is looked for before a photograph is uploaded once more."""
    change(
        db,
        """insert into lent (job_id, vendor, sha256, name, state, intent_at)
           values (:job, :vendor, :sha, :name, 'uploading', :now)
           on conflict (job_id, vendor, sha256) do update set state = 'uploading', file_id = null, address = null,
               intent_at = :now, uploaded_at = null""",
        job=job_id,
        vendor=vendor,
        sha=sha256,
        name=name,
        now=now,
    )


def uploaded(db: Database, found: Lent, file_id: str, address: str, now: float) -> None:
    change(
        db,
        """update lent set state = 'uploaded', file_id = :file, address = :address, uploaded_at = :now
           where job_id = :job and vendor = :vendor and sha256 = :sha""",
        file=file_id,
        address=address,
        now=now,
        job=found.job_id,
        vendor=found.vendor,
        sha=found.sha256,
    )


def deleted(db: Database, found: Lent) -> None:
    """Nothing of it lies at the vendor any more."""
    change(
        db,
        "update lent set state = 'deleted' where job_id = :job and vendor = :vendor and sha256 = :sha",
        job=found.job_id,
        vendor=found.vendor,
        sha=found.sha256,
    )


def overdue(db: Database) -> list[Lent]:
    """What still lies at a vendor though its job is over, and nothing of it is open."""
    found = rows(
        db,
        """select lent.* from lent join jobs on jobs.id = lent.job_id
           where lent.state <> 'deleted' and jobs.state not in ('running', 'canceling', 'finishing')
             and not exists (select 1 from orders where orders.job_id = lent.job_id
                             and orders.state in ('ordering', 'ordered', 'held'))""",
    )
    return [read(Lent, row) for row in found]
