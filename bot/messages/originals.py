"""What somebody wanted of a job as files, in its thread: packed, uploaded and shared once."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.bench import Bench
from bot.ledger import jobs, uploads
from bot.ledger.outbox import Post
from bot.ledger.uploads import Upload
from bot.messages import render
from bot.messages.downloads import forget_packed, pack
from bot.messages.post_pictures import now_stands, originals
from handlers.slack import SentFile, Slack
from handlers.slack_errors import SlackBusy, SlackLost


class NotUploaded(Exception):  # no fault: Slack's place for files is busy, or away
    """Nothing was shared; `wait_s` until it is tried again."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("Slack's place for files is busy.")
        self.wait_s = wait_s


class NothingLeft(Exception):  # no fault: somebody deleted them
    """Nothing was shared, and nothing will be. Its words are for the thread."""


async def share_originals(bench: Bench, slack: Slack, post: Post, in_time: Callable[[], Awaitable[None]]) -> str:
    """Files into the thread, of which the intent is on disk.

    Args:
        in_time: Called right before they are shared; raises SlackBusy where this process stood still.

    Raises: NotUploaded, NothingLeft; else as `Slack.share`.
    """
    files = await _wanted(bench, post)
    job = await bench.ledger.run(jobs.get, post.job_id or "")
    if job is not None:
        for file in files:
            await asyncio.to_thread(pack, bench, job, file)
    sent = await _uploaded(bench, slack, files)
    await in_time()
    still = [
        one for one in await _wanted(bench, post) if one.key in sent
    ]  # a consent may have been taken back meanwhile
    if not still:
        for file in files:
            await asyncio.to_thread(forget_packed, bench, file)
        raise NothingLeft(f"{render.comment(post)}: nothing of that lies in the run's folder any more.")
    await slack.share(post.channel, post.thread_ts or "", [sent[one.key] for one in still], render.comment(post))
    await _stand(bench, slack, sent, still)
    return "shared"


async def standing(bench: Bench, slack: Slack, post: Post) -> str | None:
    """Whether they stand in the thread already. Raises: as `Slack.shared`."""
    found = await slack.shared(post.channel, post.thread_ts or "", render.comment(post))
    if not found:
        return None
    by_name = {one.title: one for one in found}
    files = [one for one in await bench.ledger.run(uploads.of_message, post.key) if one.name in by_name]
    await _stand(bench, slack, {one.key: by_name[one.name] for one in files}, files)
    return "shared"


async def _wanted(bench: Bench, post: Post) -> list[Upload]:
    return [one for one in await bench.ledger.run(uploads.of_message, post.key) if one.state != "deleted"]


async def _uploaded(bench: Bench, slack: Slack, files: list[Upload]) -> dict[str, SentFile]:
    """Those that are there, by their keys. Raises: NotUploaded; SlackRefused."""
    sent = {}
    try:
        for file in files:
            for one in await asyncio.to_thread(originals, bench, [file]):
                sent[file.key] = await slack.put(*one)
    except SlackBusy as busy:
        raise NotUploaded(busy.retry_after_s) from busy
    except SlackLost as lost:
        raise NotUploaded(bench.settings.settle_s) from lost
    return sent


async def _stand(bench: Bench, slack: Slack, sent: dict[str, SentFile], files: list[Upload]) -> None:
    for file in files:
        await now_stands(bench, slack, file, sent[file.key])
        await asyncio.to_thread(forget_packed, bench, file)
