"""The pictures of a message: uploaded unseen until Slack can show them, or shared into the thread as files."""

import asyncio

from bot import logs
from bot.bench import Bench
from bot.fencing import is_late
from bot.ledger import outbox, uploads
from bot.ledger.outbox import Post
from bot.ledger.uploads import Upload
from handlers.slack import SentFile, Slack
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused
from pipeline.errors import LabError
from pipeline.lab.paths import inside

FILE_TRIES = 6
"""Looks at a file that Slack has not finished: after 1, 2, 4, 8 and 16 s, as its maintainers advise."""


def originals(bench: Bench, files: list[Upload]) -> list[tuple[bytes, str, str]]:
    """The files that are there; a cell whose image is gone is passed over."""
    paths = [(inside(bench.lab.root, file.path), file) for file in files]
    return [(path.read_bytes(), file.name, file.alt) for path, file in paths if path.is_file()]


async def to_show(bench: Bench, slack: Slack, post: Post) -> float | None:
    """Upload what the message shows, unseen, and wait until Slack can show it. None: go on."""
    if post.kind == "originals":
        return None
    for upload in await bench.ledger.run(uploads.of_message, post.key):
        if upload.state not in {"pending", "uploaded"}:
            continue
        try:
            wait = await picture(bench, slack, upload)
        except (SlackBusy, SlackLost, SlackRefused, LabError, OSError) as error:
            passes = isinstance(error, SlackBusy | SlackLost)
            gone = upload.tries >= FILE_TRIES or not passes  # the message does not wait for its picture for ever
            await bench.ledger.run(uploads.moved, upload, "failed" if gone else upload.state)
            wait = 0.5
            if isinstance(error, SlackBusy):
                wait = max(error.retry_after_s, bench.settings.file_wait_s * 2**upload.tries)
        if wait is not None:
            return wait
    return None


async def picture(bench: Bench, slack: Slack, upload: Upload) -> float | None:
    """One step of a picture that a block is to show. Seconds until the next; None: it is ready. Raises: as `Slack`."""
    looks = upload.tries
    if upload.state == "pending":
        content = await asyncio.to_thread(inside(bench.lab.root, upload.path).read_bytes)
        file_id = await slack.upload(content, upload.name, upload.alt)
        if not await bench.ledger.run(uploads.moved, upload, "uploaded", file_id):
            await _drop(bench, slack, upload, file_id)  # others did so meanwhile, or it is not to be shown any more
            return 0.001
        upload = upload.model_copy(update={"state": "uploaded", "file_id": file_id, "tries": upload.tries + 1})
        looks = 0
    if await slack.ready(upload.file_id or ""):
        return None if await bench.ledger.run(uploads.moved, upload, "ready") else 0.001
    failed = looks >= FILE_TRIES
    await bench.ledger.run(uploads.moved, upload, "failed" if failed else "uploaded")
    return 0.001 if failed else bench.settings.file_wait_s * 2 ** max(0, looks - 1)


async def _share(bench: Bench, slack: Slack, post: Post, upload: Upload) -> bool:
    """Into the thread, where it does not stand yet; False: to be looked at anew. Raises: as `Slack.share`."""
    if upload.file_id is not None:  # uploaded to be shown in a block, which it never will be
        if key := await bench.ledger.run(uploads.unseen_is_unwanted, upload):
            await _delete(bench, slack, key, upload.file_id)
        return False
    comment, thread = comment_of(upload), thread_of(post)
    if thread is None:
        raise LabError("What is said to one person goes without files.")
    for standing in await slack.shared(post.channel, thread, comment):
        await now_stands(bench, slack, upload, standing)
        return True
    sent = [await slack.put(*one) for one in await asyncio.to_thread(originals, bench, [upload])]
    if not sent:
        raise LabError("The picture is not in the lab's folder any more.")
    since = bench.now()
    # Slack shows it some seconds after its answer: whoever goes on after a crash looks for it no sooner.
    until = since + bench.settings.settle_s
    held = await bench.ledger.run(uploads.hold_to_share, post, upload, until)
    if not held or is_late(since, bench.now()):
        raise SlackBusy(bench.settings.settle_s)  # nothing was shared: looked for anew
    try:
        await slack.share(post.channel, thread, sent, comment)
    except SlackRefused:
        await bench.ledger.run(uploads.release, post, until)
        raise
    await now_stands(bench, slack, upload, sent[0])
    return await bench.ledger.run(uploads.release, post, until)


def comment_of(upload: Upload) -> str:
    """What stands over a picture that is shared as a file: it tells whether it was shared already."""
    return f"Grid ({upload.key})"


def thread_of(post: Post) -> str | None:
    """Where its files go: into its thread, or the one below itself; None: an approver's own message has none."""
    return post.thread_ts or (None if post.channel.startswith("D") else post.ts)


async def now_stands(bench: Bench, slack: Slack, upload: Upload, file: SentFile) -> None:
    """Known, so that a consent taken back can delete it; where it was taken back just now, it is deleted at once."""
    if not await bench.ledger.run(uploads.stands, upload.key, file.id):
        await _drop(bench, slack, upload, file.id)


async def _drop(bench: Bench, slack: Slack, upload: Upload, file_id: str) -> None:
    """Delete a file that no message shows: on the books first, so that what Slack refuses now is tried again."""
    key = await bench.ledger.run(uploads.unwanted, upload, file_id)
    await _delete(bench, slack, key, file_id)


async def _delete(bench: Bench, slack: Slack, key: str, file_id: str) -> None:
    try:
        await slack.delete(file_id)
    except (SlackBusy, SlackLost, SlackRefused) as error:
        logs.get().warning("picture.not_deleted", key=key, error=type(error).__name__)
        return
    await bench.ledger.run(uploads.forget, key)


async def delete_replaced(bench: Bench, slack: Slack, key: str | None = None) -> None:
    """What Slack did not delete before, of a message or, at every sweep, of all."""
    for upload in await bench.ledger.run(uploads.replaced, key):
        await _delete(bench, slack, upload.key, upload.file_id or "")


async def share_unseen(bench: Bench, slack: Slack, post: Post) -> float | None:
    """Pictures that no block could show are shared into the thread as files; None when all are there."""
    for upload in await bench.ledger.run(uploads.of_message, post.key):
        if upload.state != "failed" or post.kind == "originals":
            continue
        try:
            if not await _share(bench, slack, post, upload):
                return 0.001
        except SlackBusy as busy:
            return busy.retry_after_s
        except SlackLost:
            return bench.settings.settle_s
        except (SlackRefused, LabError, OSError) as error:
            # Nobody sees it: the message must not say that it follows.
            logs.get().warning("picture.not_shown", key=upload.key, error=type(error).__name__)
            if await bench.ledger.run(uploads.moved, upload, "deleted"):
                await bench.ledger.run(outbox.touch, post.key)
            return 0.001
    return None
