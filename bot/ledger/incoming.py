"""Photographs that came through Slack and wait for the facts that allow their use."""

import json
from collections.abc import Sequence

from bot.ledger.database import Database, change, one, read, rows
from bot.ledger.outbox_stamps import stamp
from handlers.markup import mention
from pipeline.actions.train import TrainLora
from pipeline.models import Value
from pipeline.wordlist import many


class Incoming(Value):
    inbox_id: int
    identity: str
    request: TrainLora
    folder: str
    """Lab-relative, in the hidden folder."""
    names: tuple[str, ...]
    """Of the photographs, as they will be in the fixture."""
    person: str
    channel: str
    thread_ts: str
    state: str
    filed_by: int | None = None
    """The modal that gave the facts."""
    at: float
    shown: str | None = None
    """The message that shows them now, by its key, where that is not the first one."""


def keep(db: Database, found: Incoming, since: float) -> bool:
    """Doing it twice changes nothing. False, and nothing is kept: since that moment the person took their consent
    back.
    """
    withdrawn = one(
        db,
        "select 1 as it from withdrawals where identity = :identity and (at >= :since or state = 'deleting')",
        identity=found.identity,
        since=since,
    )
    if withdrawn:
        return False
    change(
        db,
        """insert into incoming (inbox_id, identity, request, folder, names, person, channel, thread_ts, at)
           values (:inbox_id, :identity, :request, :folder, :names, :person, :channel, :thread_ts, :at) on conflict
           do nothing""",
        **found.model_dump(exclude={"request", "names", "state", "filed_by", "shown"}),
        request=found.request.model_dump_json(),
        names=json.dumps(found.names),
    )
    return True


def get(db: Database, inbox_id: int) -> Incoming | None:
    row = one(db, "select * from incoming where inbox_id = :id", id=inbox_id)
    return _incoming(row) if row else None


def _incoming(row: dict[str, object]) -> Incoming:
    parsed = {name: json.loads(str(row[name])) for name in ("request", "names")}
    return read(Incoming, {**row, **parsed})


def is_now(db: Database, inbox_id: int, state: str) -> bool:
    """Compare and set: only what waits becomes something else."""
    moved = "update incoming set state = :state where inbox_id = :id and state = 'waiting'"
    if change(db, moved, state=state, id=inbox_id) != 1:
        return False
    _stamp(db, inbox_id, "These photographs do not wait any more: they are deleted.")
    return True


def _stamp(db: Database, inbox_id: int, words: str) -> None:
    found = get(db, inbox_id)
    for key in {f"answer:{inbox_id}", found.shown if found else None} - {None}:
        stamp(db, str(key), words)


def leave_out(db: Database, inbox_id: int, names: Sequence[str], by: int, person: str) -> Incoming | None:
    """Keep fewer of what waits; the message of this modal shows them from now on. None: they wait no more."""
    found = get(db, inbox_id)
    if found is None or found.state != "waiting":
        return None
    kept = [one for one in found.names if one not in names]
    if found.shown != f"answer:{by}":
        _stamp(
            db,
            inbox_id,
            f"{many(len(found.names) - len(kept), 'photograph')} left out by {mention(person)}; see below.",
        )
    change(
        db,
        "update incoming set names = :names, shown = :shown where inbox_id = :id",
        names=json.dumps(kept),
        shown=f"answer:{by}",
        id=inbox_id,
    )
    return get(db, inbox_id)


def filed(db: Database, inbox_id: int, by: int) -> None:
    """The facts are in, by this modal: should it be dealt with again after a crash, it is known by its own row."""
    change(
        db,
        "update incoming set state = 'filed', filed_by = :by where inbox_id = :id and state = 'waiting'",
        by=by,
        id=inbox_id,
    )
    _stamp(db, inbox_id, "The facts were given.")


def threads(db: Database, identity: str) -> list[tuple[str, str]]:
    """Where photographs of a person were posted, as (channel, thread)."""
    found = rows(db, "select distinct channel, thread_ts from incoming where identity = :identity", identity=identity)
    return [(row["channel"], row["thread_ts"]) for row in found]


def waiting(db: Database, before: float, identity: str | None = None) -> list[Incoming]:
    """Those that wait since before a moment; of one person only, where that is said."""
    found = rows(
        db,
        "select * from incoming where state = 'waiting' and at < :before and (:identity is null or identity ="
        " :identity) order by at",
        before=before,
        identity=identity,
    )
    return [_incoming(row) for row in found]
