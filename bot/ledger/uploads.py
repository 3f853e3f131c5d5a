"""The pictures of a message: uploaded unseen, shown in it or shared beside it, deleted again."""

from bot.ledger.database import Database, change, read, rows
from bot.ledger.outbox import Post
from pipeline.models import Value


class Upload(Value):
    key: str
    outbox_key: str
    position: int
    path: str
    """Lab-relative."""
    name: str
    alt: str
    file_id: str | None
    state: str
    tries: int


def add(db: Database, outbox_key: str, files: list[tuple[str, str, str]]) -> None:
    """The pictures of a message, as (lab-relative path, file name, alternative text)."""
    for position, (path, name, alt) in enumerate(files):
        add_one(db, outbox_key, position, path, name, alt)


def add_one(db: Database, outbox_key: str, position: int, path: str, name: str, alt: str) -> None:
    """One more picture of a message, behind those that it has."""
    change(
        db,
        "insert into uploads (key, outbox_key, position, path, name, alt) values (:key, :outbox, :position, :path,"
        " :name, :alt) on conflict (key) do nothing",
        key=f"{outbox_key}/{position}",
        outbox=outbox_key,
        position=position,
        path=path,
        name=name,
        alt=alt,
    )


def of_message(db: Database, outbox_key: str) -> list[Upload]:
    """Its pictures, in order; not what `unwanted` kept."""
    found = rows(
        db, "select * from uploads where outbox_key = :key and state <> 'replaced' order by position", key=outbox_key
    )
    return [read(Upload, row) for row in found]


def shown_to_approvers(db: Database, job_id: str) -> list[Upload]:
    """The pictures at Slack of a job's messages to approvers that are up to date."""
    found = rows(
        db,
        """select uploads.* from uploads join outbox on outbox.key = uploads.outbox_key
           where outbox.job_id = :job and outbox.kind = 'waits' and outbox.version <= outbox.sent_version
             and uploads.file_id is not null and uploads.state in ('ready', 'uploaded')""",
        job=job_id,
    )
    return [read(Upload, row) for row in found]


def with_previews(db: Database) -> list[str]:
    """Jobs whose own message has pictures that are not deleted yet."""
    found = rows(
        db,
        """select distinct outbox.job_id from uploads join outbox on outbox.key = uploads.outbox_key
           where outbox.kind in ('anchor', 'waits') and uploads.state in ('pending', 'uploaded', 'ready')""",
    )
    return [row["job_id"] for row in found]


def deleted(db: Database, upload: Upload, unheld: Post | None = None) -> bool:
    """Its file is deleted at Slack, or there was none; False when it has another one than was read.

    Args:
        unheld: Its message, where it was looked for: False, too, when somebody has held that since, to share it.
    """
    found = change(
        db,
        """update uploads set state = 'deleted', tries = tries + 1
           where key = :key and coalesce(file_id, '') = coalesce(:file_id, '') and exists (
             select 1 from outbox where outbox.key = uploads.outbox_key and due_at = coalesce(:due, due_at))""",
        key=upload.key,
        file_id=upload.file_id,
        due=unheld.due_at if unheld else None,
    )
    return found == 1


def moved(db: Database, upload: Upload, state: str, file_id: str | None = None) -> bool:
    """Of one that was read as it is given; False when somebody else has gone on with it since, and nothing changed."""
    found = change(
        db,
        """update uploads set state = :state, file_id = coalesce(:file_id, file_id), tries = tries + 1
           where key = :key and tries = :tries""",
        state=state,
        file_id=file_id,
        key=upload.key,
        tries=upload.tries,
    )
    return found == 1


def unwanted(db: Database, upload: Upload, file_id: str) -> str:
    """A file at Slack that no message shows, or shows any more: a row of its own, in state `replaced`, until it is
    deleted there. Its key.
    """
    key = f"{upload.key}:{file_id}"
    change(
        db,
        "insert into uploads (key, outbox_key, position, path, name, alt, file_id, state) values (:key, :outbox,"
        " :position, :path, :name, :alt, :file_id, 'replaced') on conflict (key) do nothing",
        key=key,
        outbox=upload.outbox_key,
        position=upload.position,
        path=upload.path,
        name=upload.name,
        alt=upload.alt,
        file_id=file_id,
    )
    return key


def unseen_is_unwanted(db: Database, upload: Upload) -> str | None:
    """Its file, which nobody saw, makes room for another; the key as of `unwanted`. None: as `moved` is False."""
    found = change(
        db,
        "update uploads set file_id = null, tries = tries + 1 where key = :key and tries = :tries",
        key=upload.key,
        tries=upload.tries,
    )
    return unwanted(db, upload, upload.file_id) if found and upload.file_id else None


def replaced(db: Database, outbox_key: str | None = None, limit: int = 100) -> list[Upload]:
    """What `unwanted` kept: of a message, or of all."""
    found = rows(
        db,
        "select * from uploads where state = 'replaced' and outbox_key = coalesce(:key, outbox_key) limit :limit",
        key=outbox_key,
        limit=limit,
    )
    return [read(Upload, row) for row in found]


def forget(db: Database, key: str) -> None:
    """An unwanted file is deleted at Slack."""
    change(db, "delete from uploads where key = :key and state = 'replaced'", key=key)


def stands(db: Database, key: str, file_id: str) -> bool:
    """It was shared, as this file; False when it was deleted meanwhile (a consent was taken back)."""
    found = change(
        db,
        """update uploads set state = 'shared', file_id = :file_id, tries = tries + 1
           where key = :key and state <> 'deleted'""",
        file_id=file_id,
        key=key,
    )
    return found == 1


def hold_to_share(db: Database, post: Post, upload: Upload, due_at: float) -> bool:
    """Nobody goes on with the message before `due_at`, while its picture is shared; False when somebody else has held
    it, or shared that, since they were read.
    """
    held = change(
        db,
        """update outbox set due_at = :due where key = :key and due_at = :was
             and exists (select 1 from uploads where key = :upload and tries = :tries)""",
        due=due_at,
        key=post.key,
        was=post.due_at,
        upload=upload.key,
        tries=upload.tries,
    )
    return held == 1


def release(db: Database, post: Post, due_at: float) -> bool:
    """Take one's own hold away; False when others hold the message since."""
    freed = "update outbox set due_at = :was where key = :key and due_at = :due"
    return change(db, freed, was=post.due_at, key=post.key, due=due_at) == 1
