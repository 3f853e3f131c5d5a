"""A request that is answered by words, or by a question."""

from bot.ledger import inbox, outbox, questions, uploads
from bot.ledger.database import Database


def answer(
    db: Database,
    inbox_id: int,
    channel: str | None,
    thread_ts: str | None,
    body: str,
    now: float,
    files: list[tuple[str, str, str]] | None = None,
    *,
    alone: str | None = None,
) -> str | None:
    """A request is answered by words, with pictures at most; `alone`: who alone sees it.

    Returns: The message's key; None when it was answered before.
    """
    if not inbox.settle(db, inbox_id):
        return None
    key = f"answer:{inbox_id}"
    if channel is None:
        return None
    if alone:
        outbox.whisper(db, key, channel, thread_ts, now, body, to=alone)
    else:
        outbox.put(db, key, "answer", channel, thread_ts, now, body=body)
    uploads.add(db, key, files or [])
    return key


def ask_back(db: Database, inbox_id: int, body: str, now: float, question: questions.Question) -> str | None:
    """A request is answered by a question, which stays open in its thread; the message's key."""
    key = answer(db, inbox_id, question.channel, question.thread_ts, body, now)
    if key is not None:
        questions.ask(db, question.model_copy(update={"outbox_key": key}))
    return key
