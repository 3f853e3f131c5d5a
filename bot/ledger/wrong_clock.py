"""Moments that a ledger got while the machine's clock was wrong: nothing waits for a day that is years away."""

from bot.ledger.database import Database, change

DAY_S = 86400.0
"""Nothing but a person's word is waited for longer than that."""


def bring_back(db: Database, now: float, approval_s: float) -> int:
    """Bring moments of a wrong clock back to now; how many there were.

    Args:
        approval_s: How long a plan, or what is held, may wait for a person.
    """
    late = {"now": now, "late": now + DAY_S}
    changed = sum(
        change(db, f"update {table} set {column} = :now where {column} > :late", **late)  # noqa: S608  # our own words
        for table, column in (("calls", "due_at"), ("outbox", "due_at"), ("vendors", "not_before"))
    )
    changed += change(db, "update orders set due_at = :now where due_at > :late and state <> 'held'", **late)
    changed += sum(
        change(db, f"update {table} set {column} = :now where {column} > :now", now=now)  # noqa: S608  # as above
        for table, column in (
            ("outbox", "edited_at"),
            ("outbox", "intent_at"),
            ("orders", "intent_at"),
            ("calls", "intent_at"),
            ("jobs", "started_at"),
            ("vendors", "down_since"),
            ("orders", "missing_since"),
        )
    )
    changed += change(db, "delete from edits where at > :now", now=now)
    longest = {"longest": now + approval_s}
    changed += change(db, "update jobs set expires_at = :longest where expires_at > :longest", **longest)
    changed += change(db, "update orders set due_at = :longest where due_at > :longest and state = 'held'", **longest)
    return changed
