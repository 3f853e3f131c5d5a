"""The outbox's messages that Slack refused."""

from bot.ledger.database import Database, change, read, rows
from bot.ledger.outbox import Post, touch

LOOKING = "looking"
"""State of a message of which Slack is asked whether it stands there."""


_AS_IT_WAS = "key = :key and attempt = :attempt and state = :was and sent_version = :sent"
"""Whoever stood still since Slack refused it changes nothing of what others have made of it."""


def _changed(db: Database, post: Post, columns: str, **values: object) -> bool:
    state = "sending" if post.state == LOOKING else post.state
    was = {"key": post.key, "attempt": post.attempt, "was": state, "sent": post.sent_version}
    return change(db, f"update outbox set {columns} where {_AS_IT_WAS}", **was, **values) == 1  # noqa: S608  # ours


def refused(db: Database, post: Post, code: str, now: float, due_at: float) -> bool:
    """Slack does not take it just now: tried again, ever later; the job's own message says so where it can. In state
    `LOOKING` it refuses to say whether it stands there, so it stays one that may. False: as `dead`.
    """
    again = "" if post.state == LOOKING else "state = case state when 'sending' then 'pending' else state end, "
    changed = _changed(
        db,
        post,
        f"{again}due_at = :due, reason = :code, refused_since = coalesce(refused_since, :now), refusals = refusals + 1",
        code=code,
        now=now,
        due=due_at,
    )
    if changed and post.job_id and post.kind != "anchor":
        touch(db, f"anchor:{post.job_id}", urgent=True)
    return changed


def dead(db: Database, post: Post, reason: str) -> bool:
    """It can go nowhere. False when others have gone on with it since it was read: then nothing has changed."""
    return _changed(db, post, "state = 'dead', reason = :reason", reason=reason)


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


def without_thread(db: Database, post: Post) -> bool:
    """Its thread takes nothing any more: it goes to the channel itself. False: as `dead`."""
    return _changed(db, post, "thread_ts = null, state = case state when 'sending' then 'pending' else state end")


def over(db: Database, post: Post) -> bool:
    """It stays as it stands: nobody can edit it any more, and nothing waits for that. False: as `dead`."""
    return _changed(db, post, "sent_version = version, refused_since = null, refusals = 0, reason = null")


def without_pictures(db: Database, post: Post, due_at: float) -> bool:
    """Slack refuses its pictures: it goes without, and they into its thread as files. False: as `dead`."""
    changed = _changed(db, post, "state = 'pending', due_at = :due", due=due_at)
    if changed:
        failed = "update uploads set state = 'failed', tries = tries + 1 where outbox_key = :key and state = 'ready'"
        change(db, failed, key=post.key)
    return changed


def instead(db: Database, post: Post, body: str) -> bool:
    """There is nothing left of what it was to share: it says so. False: as `dead`."""
    return _changed(db, post, "kind = 'answer', body = :body, state = 'pending'", body=body)


def waiting_for_slack(db: Database, job_id: str | None = None) -> list[Post]:
    """Messages that Slack refuses just now: of one job, or all."""
    found = rows(
        db,
        """select * from outbox where refused_since is not null and state in ('pending', 'sending', 'sent')
           and (:job is null or job_id = :job) order by refused_since""",
        job=job_id,
    )
    return [read(Post, row) for row in found]


def aloud(db: Database, post: Post) -> bool:
    """Whoever was to see it alone cannot: it is said in the thread. False: as `dead`."""
    return _changed(db, post, "kind = 'answer', person = null, state = 'pending'")
