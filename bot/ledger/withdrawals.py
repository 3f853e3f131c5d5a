"""Consent taken back: what is to be deleted, by whose word, and how far that is."""

import json

from sqlite_utils import Database

from bot.ledger import decisions
from bot.ledger.store import change, one, rows
from pipeline.consent import Holdings
from pipeline.models import Value


class Withdrawal(Value):
    id: int
    holdings: Holdings
    person: str
    channel: str | None
    thread_ts: str | None
    state: str


def begin(db: Database, held: Holdings, person: str, where: tuple[str | None, str | None], now: float) -> int | None:  # fmt: skip
    """Keep the approval; its id, None when one of this person is under way already."""
    row = one(
        db,
        """insert into withdrawals (identity, holdings, person, channel, thread_ts, at) values (:identity, :holdings, :person, :channel, :thread_ts, :now)
           on conflict do nothing returning id""",
        identity=held.identity, holdings=held.model_dump_json(), person=person, channel=where[0], thread_ts=where[1], now=now,
    )  # fmt: skip
    if row is None:
        return None
    decisions.keep(db, person, "consent withdrawn", held.identity, None, now)
    return int(row["id"])


def get(db: Database, withdrawal_id: int) -> Withdrawal | None:
    row = one(db, "select * from withdrawals where id = :id", id=withdrawal_id)
    if row is None:
        return None
    kept = {name: row[name] for name in ("id", "person", "channel", "thread_ts", "state")}
    return Withdrawal(**kept, holdings=Holdings.model_validate(json.loads(row["holdings"])))


def unfinished(db: Database) -> list[int]:
    return [row["id"] for row in rows(db, "select id from withdrawals where state = 'deleting' order by id")]  # fmt: skip


def done(db: Database, withdrawal_id: int, report: list[str]) -> None:
    change(
        db,
        "update withdrawals set state = 'done', report = :report where id = :id and state = 'deleting'",
        report=json.dumps(report), id=withdrawal_id,
    )  # fmt: skip


def slack_files(
    db: Database, runs: tuple[str, ...], fixtures: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Pictures in Slack that show these runs or fixtures, as (the upload's key, Slack's file id)."""
    names = [f"runs/{run}/" for run in runs] + [f".labs/{name}" for name in (*runs, *fixtures)]
    found = rows(db, "select key, file_id, path from uploads where file_id is not null and state <> 'deleted'")  # fmt: skip
    return [(row["key"], row["file_id"]) for row in found if any(row["path"].startswith(name) for name in names)]  # fmt: skip


def active_jobs(db: Database, runs: tuple[str, ...], identity: str) -> list[str]:
    """Jobs under way that work with a person's likeness."""
    found = rows(
        db,
        """select jobs.id, plans.run, json_extract(plans.body, '$.training.identity') as trained, json_extract(plans.body, '$.making.parent') as parent
           from jobs join plans using (id) where jobs.state in ('waiting', 'grace', 'running', 'canceling', 'finishing') order by plans.created_at""",
    )
    return [row["id"] for row in found if identity == row["trained"] or {row["run"], row["parent"]} & set(runs)]  # fmt: skip
