"""What Slack takes in a while, counted where every process sees it."""

from bot.ledger import outbox
from bot.ledger.database import Database, change, one
from bot.ledger.outbox import Post

POSTS, POSTS_S = 6, 5.0
"""Messages into one channel in so many seconds: Slack takes about one a second, and short bursts (chat.postMessage)."""
EDITS_S = 60.0


def intend_post(db: Database, key: str, boot: str, now: float) -> Post | float | None:
    """Commit the intent to post.

    Returns: The message; or the seconds until its channel takes one more; None when somebody else has it.
    """
    wait = _post_wait(db, key, now)
    return wait if wait > 0 else outbox.intend(db, key, boot, now)


def _post_wait(db: Database, key: str, now: float) -> float:
    found = one(
        db,
        """select outbox.due_at, outbox.kind, latest.n, latest.first from outbox cross join (
             select count(*) as n, min(intent_at) as first from (
               select intent_at from outbox where kind <> 'whisper' and intent_at > :since
                 and channel = (select channel from outbox where key = :key) order by intent_at desc limit :most
             ) as theirs
           ) as latest where outbox.key = :key""",
        key=key,
        since=now - POSTS_S,
        most=POSTS,
    )
    if found is None:
        return 0.0
    full = found["kind"] != "whisper" and found["n"] >= POSTS
    return max(float(found["due_at"]), found["first"] + POSTS_S if full else 0.0) - now


def take_edit(db: Database, now: float, most: int) -> bool:
    """Count one more edit of a message; False when there were so many in the last minute."""
    change(db, "delete from edits where at < :since", since=now - EDITS_S)
    row = one(db, "select count(*) as n from edits")
    if row is not None and row["n"] >= most:
        return False
    change(db, "insert into edits (at) values (:now)", now=now)
    return True


def hold_channel(db: Database, key: str, until: float) -> None:
    """Slack asked for patience about this message: whatever waits for its channel waits as long, at every process."""
    change(
        db,
        """update outbox set due_at = :until where state = 'pending' and due_at < :until
             and channel = (select channel from outbox where key = :key)""",
        key=key,
        until=until,
    )


def hold_edits(db: Database, until: float) -> None:
    """Slack asked for patience about an edit, which it counts for the whole workspace: all of them wait as long."""
    change(
        db,
        """update outbox set due_at = :until where state = 'sent' and version > sent_version and due_at < :until""",
        until=until,
    )
