"""What is to stand in Slack: a row with a key, committed first.

The key travels with the message, so that after a crash the thread can be read back before anything is sent again.
"""

from bot.ledger.database import Database, change, one, read, rows
from pipeline.models import Value


class Post(Value):
    key: str
    kind: str
    job_id: str | None
    channel: str
    thread_ts: str | None
    body: str | None
    version: int
    sent_version: int
    state: str
    attempt: int
    boot: str | None
    intent_at: float | None
    edited_at: float
    due_at: float
    ts: str | None
    reason: str | None
    urgent: int = 0
    """The version that is not to wait for others: a decision."""
    replaces: str | None = None
    """The `ts` of the message whose place it takes."""
    refused_since: float | None = None
    refusals: int = 0
    created_at: float = 0.0
    person: str | None = None
    """Who alone sees it, in its channel."""


def put(
    db: Database,
    key: str,
    kind: str,
    channel: str,
    thread_ts: str | None,
    now: float,
    *,
    job_id: str | None = None,
    body: str | None = None,
) -> bool:
    """Ask for a message; False when it was asked for before."""
    return (
        change(
            db,
            """insert into outbox (key, kind, job_id, channel, thread_ts, body, created_at)
               values (:key, :kind, :job_id, :channel, :thread_ts, :body, :now)
               on conflict (key) do nothing""",
            key=key,
            kind=kind,
            job_id=job_id,
            channel=channel,
            thread_ts=thread_ts,
            body=body,
            now=now,
        )
        == 1
    )


def whisper(db: Database, key: str, channel: str, thread_ts: str | None, now: float, body: str, *, to: str) -> bool:
    """Ask for a message that one person alone sees; as `put`."""
    asked = put(db, key, "whisper", channel, thread_ts, now, body=body)
    change(db, "update outbox set person = :person where key = :key", person=to, key=key)
    return asked


def touch(db: Database, key: str, *, urgent: bool = False) -> bool:
    """What the message shows has changed; False when there is no such message.

    `urgent`: somebody has decided, and its buttons are over: it is edited before everything else.
    """
    touched = change(
        db,
        """update outbox set version = version + 1, urgent = case when :urgent = 1 then version + 1 else urgent end
           where key = :key and state <> 'dead'""",
        key=key,
        urgent=int(urgent),
    )
    return touched == 1


def of_job(db: Database, job_id: str) -> list[str]:
    """Keys of the messages about a job that are to be edited when it moves on."""
    found = rows(
        db,
        "select key from outbox where job_id = :job and kind in ('anchor', 'waits') and state <> 'dead' order by rowid",
        job=job_id,
    )
    return [row["key"] for row in found]


def get(db: Database, key: str) -> Post | None:
    row = one(db, "select * from outbox where key = :key", key=key)
    return read(Post, row) if row else None


def person_of(db: Database, post: Post) -> str:
    """Whom a message answers, or whose job it tells of; nobody: the lab's own."""
    if post.person is not None:
        return post.person
    if post.job_id is not None:
        row = one(db, "select asked_by as person from plans where id = :id", id=post.job_id)
    else:
        number = post.key.removeprefix("answer:")
        row = one(db, "select person from inbox where id = :id", id=int(number)) if number.isdigit() else None
    return row["person"] if row else ""


def intend(db: Database, key: str, boot: str, now: float) -> Post | None:
    """Commit the intent to post; None when somebody else has it."""
    moved = change(
        db,
        "update outbox set state = 'sending', attempt = attempt + 1, boot = :boot, intent_at = :now where key = :key"
        " and state = 'pending'",
        key=key,
        boot=boot,
        now=now,
    )
    return get(db, key) if moved else None


def sent(db: Database, key: str, attempt: int, ts: str, version: int, now: float) -> bool:
    return (
        change(
            db,
            "update outbox set state = 'sent', ts = :ts, sent_version = :version, edited_at = :now where key = :key and"
            " attempt = :attempt and state = 'sending'",
            key=key,
            attempt=attempt,
            ts=ts,
            version=version,
            now=now,
        )
        == 1
    )


def back(db: Database, key: str, attempt: int, due_at: float) -> None:
    """It surely was not posted: to be sent again from `due_at`."""
    change(
        db,
        "update outbox set state = 'pending', due_at = :due where key = :key and attempt = :attempt and state ="
        " 'sending'",
        due=due_at,
        key=key,
        attempt=attempt,
    )


def not_there(db: Database, post: Post, due_at: float) -> bool:
    """Looked for and not found: to be sent again from `due_at`. False when its intent was renewed meanwhile."""
    found = change(
        db,
        """update outbox set state = 'pending', due_at = :due where key = :key and attempt = :attempt
             and intent_at = :since and state = 'sending'""",
        due=due_at,
        key=post.key,
        attempt=post.attempt,
        since=post.intent_at,
    )
    return found == 1


def take_back(db: Database, beginning: str) -> None:
    """Messages that were not sent yet, and say nothing true any more."""
    change(
        db,
        "update outbox set state = 'dead', reason = 'taken back' where state = 'pending' and substr(key, 1,"
        " length(:beginning)) = :beginning",
        beginning=beginning,
    )


def edited(db: Database, post: Post, now: float) -> None:
    """It was edited to this version; once more, where somebody else did so meanwhile and perhaps wrote over it."""
    edit_lost(db, post)
    change(
        db,
        "update outbox set sent_version = max(sent_version, :version), edited_at = :now where key = :key",
        version=post.version,
        now=now,
        key=post.key,
    )


def edit_lost(db: Database, post: Post) -> None:
    """Nobody knows whether it was edited to this version: as `edited`, where somebody else edited it meanwhile."""
    again = "update outbox set version = version + 1 where key = :key and sent_version <> :was"
    change(db, again, key=post.key, was=post.sent_version)


def hold(db: Database, key: str, due_at: float) -> None:
    change(db, "update outbox set due_at = :due where key = :key", due=due_at, key=key)


def unfinished(db: Database) -> list[str]:
    """Keys of messages that are not as they should be, or whose pictures are not there yet."""
    found = rows(
        db,
        """select key, created_at, case when urgent > sent_version then 1 else 0 end as first from outbox
             where state in ('pending', 'sending') or (state = 'sent' and version > sent_version)
           union
           select key, created_at, 0 from outbox where state = 'sent' and kind <> 'originals'
             and key in (select outbox_key from uploads where state = 'failed')
           order by first desc, created_at, key""",
    )
    return [row["key"] for row in found]


def renew(db: Database, key: str, attempt: int, now: float) -> bool:
    """The same intent, as of now, after what took long and shows nothing; False when others have taken it over."""
    held = "update outbox set intent_at = :now where key = :key and state = 'sending' and attempt = :attempt"
    return change(db, held, key=key, attempt=attempt, now=now) == 1
