"""The outbox's messages that Slack refused."""

from bot.ledger.database import Database, change, one, read, rows
from bot.ledger.outbox import Post, touch


def refused(db: Database, key: str, code: str, now: float, due_at: float, *, looking: bool = False) -> None:
    """Slack does not take it just now: tried again, ever later; the job's own message says so where it can.

    `looking`: it refuses to say whether it stands there, so it stays one that may.
    """
    change(
        db,
        """update outbox set state = case when state = 'sending' and :looking = 0 then 'pending' else state end,
               due_at = :due, reason = :code, refused_since = coalesce(refused_since, :now), refusals = refusals + 1
           where key = :key""",
        code=code,
        now=now,
        due=due_at,
        looking=int(looking),
        key=key,
    )
    row = one(db, "select job_id, kind from outbox where key = :key", key=key)
    if row is not None and row["job_id"] and row["kind"] != "anchor":
        touch(db, f"anchor:{row['job_id']}", urgent=True)


def taken(db: Database, key: str) -> None:
    """Slack took it after all."""
    change(db, "update outbox set refused_since = null, refusals = 0, reason = null where key = :key", key=key)


def in_place_of(db: Database, key: str, ts: str | None) -> None:
    """Its message is gone, or cannot be edited any more: a new one takes its place, once."""
    change(
        db,
        """update outbox set state = 'pending', replaces = ts, ts = null, version = version + 1
           where key = :key and state = 'sent' and ts = :ts""",
        key=key,
        ts=ts,
    )


def without_thread(db: Database, key: str) -> None:
    """Its thread takes nothing any more: it goes to the channel itself."""
    change(
        db,
        """update outbox set thread_ts = null, state = case state when 'sending' then 'pending' else state end
           where key = :key""",
        key=key,
    )


def over(db: Database, key: str) -> None:
    """It stays as it stands: nobody can edit it any more, and nothing waits for that."""
    change(db, "update outbox set sent_version = version where key = :key", key=key)


def waiting_for_slack(db: Database, job_id: str | None = None) -> list[Post]:
    """Messages that Slack refuses just now: of one job, or all."""
    found = rows(
        db,
        """select * from outbox where refused_since is not null and state in ('pending', 'sending', 'sent')
           and (:job is null or job_id = :job) order by refused_since""",
        job=job_id,
    )
    return [read(Post, row) for row in found]


def aloud(db: Database, key: str) -> None:
    """Whoever was to see it alone cannot: it is said in the thread."""
    change(
        db,
        "update outbox set kind = 'answer', person = null, state = 'pending' where key = :key and state = 'sending'",
        key=key,
    )
