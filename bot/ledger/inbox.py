"""What was heard, committed before it is acknowledged; a message is one row, however often it is delivered."""

import json

from bot.ledger.database import Database, change, one, read, rows
from handlers.ports import Heard


class InboxRow(Heard):
    id: int
    state: str
    job_id: str | None
    received_at: float
    run: str | None = None
    """The run that the message was about, as far as it was answered."""


def hear(db: Database, heard: Heard, now: float) -> int | None:
    """Keep it; None when this message, edit or click is here already."""
    row = one(
        db,
        """insert into inbox (channel, ts, kind, event_id, person, text, thread_ts, payload, received_at)
           values (:channel, :ts, :kind, :event_id, :person, :text, :thread_ts, :payload, :now)
           on conflict (channel, ts, kind) do nothing returning id""",
        **heard.model_dump(exclude={"payload"}),
        payload=json.dumps(heard.payload) if heard.payload is not None else None,
        now=now,
    )
    return row["id"] if row else None


def get(db: Database, inbox_id: int) -> InboxRow | None:
    row = one(db, "select * from inbox where id = :id", id=inbox_id)
    if row is None:
        return None
    row["payload"] = json.loads(row["payload"]) if row["payload"] else None
    return read(InboxRow, row)


def settle(db: Database, inbox_id: int, job_id: str | None = None, *, forget: bool = False) -> bool:
    """Mark it done; False when it was done before. `forget`: it was talk, so its words are not kept."""
    return (
        change(
            db,
            """update inbox set state = 'done', job_id = :job_id, text = case when :forget = 1 then null else text end
               where id = :id and state = 'new'""",
            id=inbox_id,
            job_id=job_id,
            forget=int(forget),
        )
        == 1
    )


def request_of(db: Database, job_id: str) -> tuple[str, str] | None:
    """The message that asked for a job, as channel and ts; None: none did."""
    row = one(
        db,
        """select inbox.channel, inbox.ts from plans join inbox on inbox.channel = plans.channel
           and inbox.job_id = plans.id and inbox.kind = 'message' where plans.id = :job order by inbox.id limit 1""",
        job=job_id,
    )
    return (row["channel"], row["ts"]) if row else None


def waiting(db: Database) -> list[int]:
    return [row["id"] for row in rows(db, "select id from inbox where state = 'new' order by id")]


def speaks_of(db: Database, inbox_id: int, run: str) -> None:
    """Keep which run a message was about, for what is said after it in its thread."""
    change(db, "update inbox set run = :run where id = :id", run=run, id=inbox_id)


def run_of_thread(db: Database, channel: str, thread_ts: str) -> str | None:
    """The run that the thread's latest answered message was about."""
    row = one(
        db,
        """select run from inbox where channel = :channel and coalesce(thread_ts, ts) = :ts and run is not null
           order by id desc limit 1""",
        channel=channel,
        ts=thread_ts,
    )
    return row["run"] if row else None


def said_in(db: Database, channel: str, thread_ts: str, before: int, most: int) -> list[tuple[str, str]]:
    """What people said in a thread before a message, oldest first: person and words. Talk is not kept."""
    found = rows(
        db,
        """select person, text from inbox
           where channel = :channel and coalesce(thread_ts, ts) = :ts and kind = 'message'
           and text is not null and id < :before order by id desc limit :most""",
        channel=channel,
        ts=thread_ts,
        before=before,
        most=most,
    )
    return [(row["person"], row["text"]) for row in found][::-1]


def answered(db: Database, channel: str, ts: str) -> bool:
    """Whether this message was a request: it led to a job or an answer."""
    return (
        one(
            db,
            "select 1 as yes from inbox where channel = :channel and ts = :ts and kind = 'message' and state = 'done'"
            " and text is not null",
            channel=channel,
            ts=ts,
        )
        is not None
    )


def latest_ts(db: Database, channel: str) -> str | None:
    """The newest message heard in a channel."""
    row = one(db, "select max(ts) as ts from inbox where channel = :channel and kind = 'message'", channel=channel)
    return row["ts"] if row else None


def live_threads(db: Database, channel: str, since: float) -> list[str]:
    """Threads in which somebody may have said something to us: of jobs under way, open questions, and lately heard."""
    found = rows(
        db,
        """select plans.thread_ts as ts from plans join jobs using (id) where plans.channel = :channel
             and jobs.state in ('waiting', 'grace', 'running', 'canceling', 'finishing')
           union select thread_ts from asked where channel = :channel
           union select coalesce(thread_ts, ts) from inbox where channel = :channel and kind = 'message'
             and received_at > :since
           order by 1 desc""",
        channel=channel,
        since=since,
    )
    return [row["ts"] for row in found if row["ts"]]
