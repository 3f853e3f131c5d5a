"""The pictures of a person whose consent was taken back, in Slack: those on the books, and those on their way there."""

import asyncio

from bot.bench import Bench
from bot.ledger import outbox, uploads, withdrawals
from bot.ledger.uploads import Upload
from bot.messages import render
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
        try:
            for file_id in [upload.file_id] if upload.file_id else await _on_its_way(bench, bench.slack, upload):
                await bench.slack.delete(file_id)
        except SlackRefused as error:
            kept.append(f"the file {upload.file_id or 'of an unknown id'} ({name}) in Slack: {error.code}")
            continue
        await _off_the_books(bench, upload)
    return kept


async def _off_the_books(bench: Bench, upload: Upload) -> None:
    """Raises: SlackBusy, where it was just on its way, and has another file by now."""
    if upload.state == "replaced":
        await bench.ledger.run(uploads.forget, upload.key)
        return
    if not await bench.ledger.run(uploads.deleted, upload):
        raise SlackBusy(bench.settings.look_again_s)
    # The message that showed it would show a broken picture.
    await bench.ledger.run(outbox.touch, upload.outbox_key)
    await bench.driver.kick("post", upload.outbox_key)


async def _on_its_way(bench: Bench, slack: Slack, upload: Upload) -> list[str]:
    """Files that stand in the thread, or may: of a picture that was shared by who has not written it down.

    What is uploaded unseen just now is deleted by whoever does so: it finds the picture off the books.

    Raises: SlackBusy while nobody can tell; else as `Slack.shared`.
    """
    post = await bench.ledger.run(outbox.get, upload.outbox_key)
    if post is None:
        return []
    originals, thread = post.kind == "originals", thread_of(post)
    if originals and post.state == "sending":
        raise SlackBusy(bench.settings.look_again_s)  # its own step finds out
    if post.state != "sent" or thread is None or not (originals or upload.state in {"failed", "shared"}):
        return []
    if 0 < (wait := post.due_at - bench.now()) <= bench.settings.settle_s and not originals:
        raise SlackBusy(wait)  # it is being shared, or was just now
    said = render.comment(post) if originals else comment_of(upload)
    found = await slack.shared(await slack.place(post.channel), thread, said)
    return [one.id for one in found if not originals or one.title == upload.name]
