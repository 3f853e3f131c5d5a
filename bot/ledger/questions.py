"""What the bot asked back in a thread, until it is answered or too old; and buttons that count once."""

import json
from typing import Literal

from bot.ledger.database import Database, change, one, read
from bot.ledger.outbox_stamps import has_buttons
from bot.ledger.outbox_stamps import stamp as stamp_on
from pipeline.actions.registry import JobRequest
from pipeline.models import Value
from pipeline.request import Ask


class MissingPromptsOf(Value):
    """The prompts of a run that nothing says; asked for once, and kept in its `run.json`."""

    kind: Literal["prompts of a run"] = "prompts of a run"
    run: str
    request: JobRequest
    prompt_ids: tuple[str, ...]


class MissingField(Value):
    """A request in which something is missing."""

    kind: Literal["field"] = "field"
    ask: Ask


class Question(Value):
    """One open question; a thread has one at most."""

    channel: str
    thread_ts: str
    person: str
    about: MissingPromptsOf | MissingField
    asked_at: float
    outbox_key: str | None = None
    """The message that asks, whose buttons end with the question."""


def ask(db: Database, question: Question) -> None:
    """Keep a question; it takes the place of an older one in its thread."""
    change(
        db,
        """insert into asked (channel, thread_ts, person, about, asked_at, outbox_key)
           values (:channel, :thread_ts, :person, :about, :asked_at, :outbox_key)
           on conflict (channel, thread_ts) do update set person = :person, about = :about, asked_at = :asked_at,
               outbox_key = :outbox_key""",
        **question.model_dump(exclude={"about"}),
        about=question.about.model_dump_json(),
    )


def open_in(db: Database, channel: str, thread_ts: str, since: float) -> Question | None:
    """The question of a thread, when it was asked after `since`."""
    row = one(
        db,
        """select * from asked
           where channel = :channel and thread_ts = :ts and asked_at > :since""",
        channel=channel,
        ts=thread_ts,
        since=since,
    )
    return read(Question, row | {"about": json.loads(row["about"])}) if row else None


def close(db: Database, channel: str, thread_ts: str, words: str = "Answered.") -> str | None:
    """The question is over, and so are its buttons; the key of its message, where that is to be edited."""
    row = one(
        db, "select outbox_key from asked where channel = :channel and thread_ts = :ts", channel=channel, ts=thread_ts
    )
    change(db, "delete from asked where channel = :channel and thread_ts = :ts", channel=channel, ts=thread_ts)
    key = row["outbox_key"] if row else None
    return str(key) if key is not None and stamp_on(db, key, words) else None


def choose(db: Database, inbox_id: int, channel: str, message_ts: str, stamp: str, now: float) -> str | None:
    """Take one of a message's choices: its buttons give way to a stamp.

    Returns:
        The message's key; None when another click was first. The same click again, after a crash, is the first again.
    """
    post = one(db, "select key from outbox where channel = :channel and ts = :ts", channel=channel, ts=message_ts)
    if post is None:
        return None
    earlier = one(db, "select 1 as yes from chosen where outbox_key = :key", key=post["key"])
    if earlier is None and not has_buttons(db, post["key"]):
        return None  # a reply answered it, or took it back
    change(
        db,
        "insert into chosen (outbox_key, inbox_id, at) values (:key, :inbox, :now) on conflict (outbox_key) do nothing",
        key=post["key"],
        inbox=inbox_id,
        now=now,
    )
    first = one(db, "select inbox_id from chosen where outbox_key = :key", key=post["key"])
    if first is None or first["inbox_id"] != inbox_id:
        return None
    stamp_on(db, post["key"], stamp)
    return str(post["key"])
