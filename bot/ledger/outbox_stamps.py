"""Buttons that are over: a message's give way to a line that says what became of them."""

import json

from bot.ledger.database import Database, change, one
from handlers.blocks.questions import decided


def stamp(db: Database, key: str, words: str) -> bool:
    """Take a message's buttons away, before other edits; False when it has none, or there is no such message.

    `words`: Slack's mrkdwn, what stands in their place.
    """
    post = one(db, "select body from outbox where key = :key and state <> 'dead'", key=key)
    if post is None or post["body"] is None:
        return False
    message = json.loads(post["body"])
    stamped = decided(message["blocks"], words)
    if stamped == message["blocks"]:
        return False
    change(
        db,
        "update outbox set body = :body, version = version + 1, urgent = version + 1 where key = :key",
        body=json.dumps(message | {"blocks": stamped}),
        key=key,
    )
    return True


def stamp_at(db: Database, channel: str, ts: str, words: str) -> str | None:
    """As `stamp`, of the message that stands there; its key, where it has changed."""
    post = one(db, "select key from outbox where channel = :channel and ts = :ts", channel=channel, ts=ts)
    return post["key"] if post and stamp(db, post["key"], words) else None


def has_buttons(db: Database, key: str) -> bool:
    """Whether somebody could still press something on a message."""
    post = one(db, "select body from outbox where key = :key", key=key)
    blocks = json.loads(post["body"])["blocks"] if post and post["body"] else []
    return any(block["type"] == "actions" for block in blocks)
