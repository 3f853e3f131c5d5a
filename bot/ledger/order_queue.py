"""Which orders go out next, which wait, and for what."""

import json
from typing import Any, NamedTuple

from bot.ledger.database import Database, one, rows
from bot.ledger.slots import free_slots

MOST_COPIES = 50
_GOES = """orders.state = 'planned' and jobs.state = 'running' and orders.due_at <= :now"""
_ALIKE = """exists (select 1 from orders as other where other.asked = orders.asked and other.id <> orders.id
                    and other.state in ('ordering', 'ordered', 'held'))"""


def ready(db: Database, now: float) -> list[int]:
    """Orders of running jobs that may go out now, oldest job first, as many as there are slots; copies and trainings
    need none.

    One that is alike to another at the vendor, or to an undecided one, must wait, and must not stand in others' way.
    """
    copies = rows(
        db,
        f"""select orders.id from orders join jobs on jobs.id = orders.job_id
            where {_GOES} and (orders.kind = 'training' or json_extract(orders.spec, '$.copy_of') is not null) order
            by orders.id limit :most""",  # noqa: S608  # our own words
        now=now,
        most=MOST_COPIES,
    )
    waiting = rows(
        db,
        f"""select distinct orders.vendor as vendor from orders join jobs on jobs.id = orders.job_id
            where {_GOES} and orders.kind <> 'training'""",  # noqa: S608  # our own words
        now=now,
    )
    to_send = [order for row in waiting for order in _next_of(db, row["vendor"], now)]
    return [row["id"] for row in (*copies, *to_send)]


def _next_of(db: Database, vendor: str, now: float) -> list[dict[str, Any]]:
    """As many orders of one vendor as it has slots free; where several models wait, each in its share of them."""
    free = free_slots(db, vendor)
    waiting = [
        row["maker"]
        for row in rows(
            db,
            f"""select distinct orders.maker from orders join jobs on jobs.id = orders.job_id
                where {_GOES} and orders.vendor = :vendor and orders.kind <> 'training'""",  # noqa: S608
            now=now,
            vendor=vendor,
        )
    ]
    flying = _flying(db, vendor)
    share = max(1, (free + sum(flying.values())) // max(1, len({*waiting, *flying})))
    found: list[dict[str, Any]] = []
    for maker in waiting:
        # A model that starts cold for minutes holds no more places than its own.
        own = free if len({*waiting, *flying}) == 1 else share - flying.get(maker, 0)
        found += rows(
            db,
            f"""select orders.id, jobs.started_at from orders join jobs on jobs.id = orders.job_id
                where {_GOES} and orders.vendor = :vendor and orders.maker = :maker and orders.kind <> 'training'
                  and json_extract(orders.spec, '$.copy_of') is null and not {_ALIKE}
                order by jobs.started_at, orders.id limit :most""",  # noqa: S608  # our own words
            now=now,
            vendor=vendor,
            maker=maker,
            most=max(0, min(free, own)),
        )
    return sorted(found, key=lambda row: (row["started_at"], row["id"]))[:free]


def _flying(db: Database, vendor: str) -> dict[str, int]:
    """Orders that a vendor is at, by maker."""
    found = rows(
        db,
        """select maker, count(*) as n from orders where vendor = :vendor and kind <> 'training'
             and (state = 'ordering' or (state = 'ordered' and coalesce(vendor_status, '') not in
                  ('succeeded', 'failed', 'canceled', 'aborted'))) group by maker""",
        vendor=vendor,
    )
    return {row["maker"]: row["n"] for row in found}


class NeverSent(NamedTuple):
    """An image that is still to be ordered for the first time."""

    vendor: str
    version: str
    asked: dict[str, Any]
    """The input, as the maker takes it."""
    since: float
    """When its plan was made."""


def never_sent(db: Database) -> list[NeverSent]:
    """Image orders of running jobs that never went out."""
    found = rows(
        db,
        """select orders.vendor, orders.version, json_extract(orders.spec, '$.input') as asked, plans.created_at
           from orders join jobs on jobs.id = orders.job_id join plans on plans.id = orders.job_id
           where orders.state = 'planned' and orders.kind = 'image' and orders.attempt = 0 and jobs.state = 'running'
             and json_extract(orders.spec, '$.copy_of') is null""",
    )
    return [NeverSent(row["vendor"], row["version"], json.loads(row["asked"]), row["created_at"]) for row in found]


def blocked(db: Database, job_id: str) -> tuple[int, str] | None:
    """How many images of a job wait for a person's word on an alike one, and on which job; None: none does."""
    found = one(
        db,
        """select count(distinct orders.id) as n, min(other.job_id) as job from orders
           join orders as other on other.asked = orders.asked and other.id <> orders.id and other.state = 'held'
           where orders.job_id = :job and orders.state = 'planned'""",
        job=job_id,
    )
    return (found["n"], found["job"]) if found and found["n"] else None


def waiting(db: Database) -> list[tuple[int, float]]:
    """Every open order that can move by itself, with the moment it waits for; and ended ones whose photographs lie
    at the vendor.
    """
    found = rows(
        db,
        """select orders.id, orders.due_at from orders join jobs on jobs.id = orders.job_id
           where orders.state in ('ordering', 'ordered', 'held') or (orders.state = 'planned' and jobs.state =
           'running')
              or (orders.state in ('made', 'failed', 'canceled') and exists
                  (select 1 from zips where zips.order_id = orders.id and zips.state <> 'deleted'))
           order by orders.id""",
    )
    return [(row["id"], row["due_at"]) for row in found]


def ahead(db: Database, job_id: str) -> int:
    """Images of older running jobs that go out, or come back, before this job's next one."""
    row = one(
        db,
        """select count(*) as n from orders join jobs on jobs.id = orders.job_id
           where orders.state in ('planned', 'ordering', 'ordered') and orders.kind = 'image' and jobs.state =
           'running' and jobs.id <> :job
             and jobs.started_at <= (select coalesce(started_at, 1e18) from jobs where id = :job)""",
        job=job_id,
    )
    return row["n"] if row else 0
