"""Messages to one person alone, and reminders: each once, from a moment on."""

from bot.ledger import outbox, uploads
from bot.ledger.database import Database
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
    job_id: str | None = None
    """The plan whose waiting it speaks of: once that is decided, it says so."""
    pictures: tuple[tuple[str, str, str], ...] = ()
    """As (lab-relative path, name in Slack, alternative text)."""


def put(db: Database, notices: list[Notice], now: float) -> None:
    for one in notices:
        kind = "waits" if one.job_id else "answer"
        if outbox.put(db, one.key, kind, one.channel, one.thread_ts, now, job_id=one.job_id, body=one.body):
            outbox.hold(db, one.key, one.not_before)
            uploads.add(db, one.key, list(one.pictures))
