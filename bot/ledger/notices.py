"""Messages to one person alone, and reminders: each once, from a moment on."""

from sqlite_utils import Database

from bot.ledger import outbox
from pipeline.models import Value


class Notice(Value):
    key: str
    """The same key is the same message, whoever asks for it again."""
    channel: str
    """A channel's id; or a person's, and then nobody else sees it."""
    thread_ts: str | None = None
    body: str
    """A `handlers.slack.Message` as JSON."""
    not_before: float = 0.0


def put(db: Database, notices: list[Notice], now: float) -> None:
    for one in notices:
        if outbox.put(db, one.key, "answer", one.channel, one.thread_ts, now, body=one.body):
            outbox.hold(db, one.key, one.not_before)
