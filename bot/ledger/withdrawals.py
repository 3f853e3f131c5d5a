"""Consent taken back: what is to be deleted, by whose word, and how far that is."""

import json
import re
from typing import Any

from bot.ledger import decisions
from bot.ledger.database import Database, change, one, read, rows
from bot.ledger.lent import Lent
from bot.ledger.uploads import Upload
from pipeline.fixture.consent import Holdings
from pipeline.models import Value
from pipeline.plan.plan import Plan

_CODE = re.compile(r"\d{8}-(?P<identity>[a-z0-9]+)-")


class Withdrawal(Value):
    id: int
    at: float
    """When it was approved; Unix seconds."""
    listed: str
    """The hash of the list that was approved."""
    holdings: Holdings
    person: str
    channel: str | None
    thread_ts: str | None
    state: str


def begin(db: Database, held: Holdings, person: str, where: tuple[str | None, str | None], now: float) -> int | None:
    """Keep the approval; its id, None when one of this person is under way already."""
    row = one(
        db,
        """insert into withdrawals (identity, listed, holdings, person, channel, thread_ts, at) values (:identity,
          :listed, :holdings, :person, :channel, :thread_ts, :now)
           on conflict do nothing returning id""",
        identity=held.identity,
        listed=held.hash,
        holdings=held.model_dump_json(),
        person=person,
        channel=where[0],
        thread_ts=where[1],
        now=now,
    )
    if row is None:
        return None
    decisions.keep(db, person, "consent withdrawn", held.identity, None, now)
    return int(row["id"])


def get(db: Database, withdrawal_id: int) -> Withdrawal | None:
    row = one(db, "select * from withdrawals where id = :id", id=withdrawal_id)
    if row is None:
        return None
    kept = {name: row[name] for name in ("id", "at", "listed", "person", "channel", "thread_ts", "state")}
    return Withdrawal(**kept, holdings=Holdings.model_validate(json.loads(row["holdings"])))


def every(db: Database) -> list[Withdrawal]:
    """The latest of each person, the newest last."""
    found = rows(db, "select max(id) as id from withdrawals group by identity order by 1")
    return [one for row in found if (one := get(db, row["id"])) is not None]


def unfinished(db: Database) -> list[int]:
    return [row["id"] for row in rows(db, "select id from withdrawals where state = 'deleting' order by id")]


def done(db: Database, withdrawal_id: int, report: list[str]) -> None:
    change(
        db,
        "update withdrawals set state = 'done', report = :report where id = :id and state = 'deleting'",
        report=json.dumps(report),
        id=withdrawal_id,
    )


def keep_holdings(db: Database, withdrawal_id: int, held: Holdings) -> None:
    """More than was listed: what came of jobs that were under way."""
    change(db, "update withdrawals set holdings = :held where id = :id", held=held.model_dump_json(), id=withdrawal_id)


def latest(db: Database, identity: str) -> Withdrawal | None:
    row = one(db, "select id from withdrawals where identity = :identity order by id desc limit 1", identity=identity)
    return get(db, row["id"]) if row else None


def trained(db: Database, identity: str) -> list[str]:
    """Versions that trainings of ours made of a person, whether or not a run's file still names them."""
    found = rows(
        db,
        "select distinct path from orders where kind = 'training' and state = 'made' and json_extract(spec,"
        " '$.identity') = :identity",
        identity=identity,
    )
    return [row["path"] for row in found if row["path"]]


def forbids(db: Database, plan: Plan) -> str | None:
    """The person whose likeness a plan would use although it is being deleted just now."""
    codes = {plan.training.identity} if plan.training else set()
    for run in (plan.run, plan.making.parent if plan.making else None):
        if found := _CODE.match(run or ""):
            codes.add(found["identity"])
    under_way = rows(db, "select identity, holdings from withdrawals where state = 'deleting'")
    for row in under_way:
        named = {plan.run, plan.making.parent if plan.making else None} & set(json.loads(row["holdings"])["runs"])
        if row["identity"] in codes or named:
            return str(row["identity"])
    return None


def touches(one: Withdrawal, run: str) -> bool:
    """Whether a run is of who took the consent back: it was deleted with them, or is about to be."""
    code = _CODE.match(run)
    ours = bool(code and code["identity"] == one.holdings.identity)
    return run in one.holdings.runs or (ours and one.state != "done")


def took_back(db: Database, run: str) -> bool:
    """Whether a run's pictures were deleted, or are about to be, because a consent was taken back."""
    return any(touches(one, run) for one in every(db))


def uploaded_pictures(db: Database) -> list[Upload]:
    """Our pictures in Slack, and those that may be on their way there."""
    return [read(Upload, row) for row in rows(db, "select * from uploads where state <> 'deleted'")]


def active_jobs(db: Database, runs: tuple[str, ...], identity: str) -> list[str]:
    """Jobs under way that work with a person's likeness."""
    found = rows(
        db,
        """select jobs.id, plans.run, json_extract(plans.body, '$.training.identity') as trained,
          json_extract(plans.body, '$.making.parent') as parent
           from jobs join plans using (id) where jobs.state in ('waiting', 'grace', 'running', 'canceling',
           'finishing') order by plans.created_at""",
    )
    return [row["id"] for row in found if identity == row["trained"] or is_of(row, runs, identity)]


def is_of(row: dict[str, Any], runs: tuple[str, ...], identity: str) -> bool:
    """Whether a plan is about a person: its run, which may not be there yet, or the run that it comes from."""
    code = _CODE.match(row["run"])
    return bool(code and code["identity"] == identity) or bool({row["run"], row["parent"]} & set(runs))


_PLANNED = "select {} plans.run, json_extract(plans.body, '$.making.parent') as parent from {} join plans on plans.id ="


def lent_of(db: Database, runs: tuple[str, ...], identity: str) -> list[Lent]:
    """Photographs of a person that lie at vendors still."""
    found = rows(db, f"{_PLANNED.format('lent.*,', 'lent')} lent.job_id where lent.state <> 'deleted'")
    return [read(Lent, _own(row)) for row in found if is_of(row, runs, identity)]


def _own(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"run", "parent"}}


def shown_to(db: Database, runs: tuple[str, ...], identity: str) -> list[str]:
    """Vendors that orders about a person went to."""
    found = rows(db, f"{_PLANNED.format('distinct orders.vendor,', 'orders')} orders.job_id where orders.attempt > 0")
    return sorted({row["vendor"] for row in found if is_of(row, runs, identity)})
