"""The pictures of a person whose consent was taken back, in Slack: those on the books, and those on their way there."""

import asyncio

from bot.bench import Bench
from bot.ledger import outbox, uploads, withdrawals
from bot.ledger.outbox import Post
from bot.ledger.uploads import Upload
from bot.messages.post_pictures import comment_of, thread_of
from handlers.slack import Slack
from handlers.slack_errors import SlackBusy, SlackRefused
from pipeline.fixture import consent
from pipeline.fixture.consent import Holdings


async def delete_in_slack(bench: Bench, held: Holdings) -> list[str]:
    """What Slack would not delete, in words. Raises: SlackBusy, SlackLost: not all is known yet; to be called again."""
    if bench.slack is None:
        return []
    ours = (*held.runs, *held.fixtures)
    names = await asyncio.to_thread(lambda: {*bench.lab.runs(), *bench.lab.fixtures()})
    kept = []
    for upload in await bench.ledger.run(withdrawals.uploaded_pictures):
        folder, _, name = upload.path.rpartition("/")
        if folder.removeprefix("runs/") not in held.runs and not (
            folder == ".labs" and consent.made_of(name, ours, names - {*ours})
        ):
            continue
        post = await bench.ledger.run(outbox.get, upload.outbox_key)
        try:
            for file_id in [upload.file_id] if upload.file_id else await _unwritten(bench, bench.slack, post, upload):
                await bench.slack.delete(file_id)
        except SlackRefused as error:
            kept.append(f"the file {upload.file_id or 'of an unknown id'} ({name}) in Slack: {error.code}")
            continue
        await _off_the_books(bench, post, upload)
    return kept


async def _off_the_books(bench: Bench, post: Post | None, upload: Upload) -> None:
    """Raises: SlackBusy, where it was just on its way, and has another file by now, or may have."""
    if upload.state == "replaced":
        await bench.ledger.run(uploads.forget, upload.key)
        return
    looked_for = post if post is not None and _may_stand(post, upload) else None
    if not await bench.ledger.run(uploads.deleted, upload, looked_for):
        raise SlackBusy(bench.settings.look_again_s)
    # The message that showed it would show a broken picture.
    await bench.ledger.run(outbox.touch, upload.outbox_key)
    await bench.driver.kick("post", upload.outbox_key)


def _may_stand(post: Post, upload: Upload) -> bool:
    """Whether it may have been shared into its thread by who died before writing that down, and nobody looks for it.

    Of originals their message is looked for, and an unseen upload is in the hands of who uploads: both find the picture
    off the books then, and delete the file.
    """
    failed = upload.file_id is None and upload.state in {"failed", "shared"}
    return failed and post.kind != "originals" and post.state == "sent" and thread_of(post) is not None


async def _unwritten(bench: Bench, slack: Slack, post: Post | None, upload: Upload) -> list[str]:
    """Its files that stand in the thread and that no row names. Raises: SlackBusy while nobody can tell; else as
    `Slack.shared`.
    """
    if post is None or not _may_stand(post, upload):
        return []
    if 0 < (wait := post.due_at - bench.now()) <= bench.settings.settle_s:
        raise SlackBusy(wait)  # it is being shared, or was just now
    found = await slack.shared(await slack.place(post.channel), thread_of(post) or "", comment_of(upload))
    return [one.id for one in found]
