"""What becomes of a message that Slack refuses: tried again, sent another way, or ended; never left in silence."""

from bot import logs
from bot.bench import Bench
from bot.ledger import jobs, notices, outbox_refusals, uploads
from bot.ledger.outbox import Post
from bot.messages.anchors import touch_anchor
from bot.messages.notices import not_posted
from handlers.slack_codes import Refusal, meaning
from handlers.slack_errors import SlackRefused

LONGEST_WAIT_S = 3600.0
"""Between two tries of what Slack refuses for a reason that somebody can mend."""


async def refused(bench: Bench, post: Post, error: SlackRefused) -> float | None:
    """What can be mended is tried again for long, and said where it can be; what cannot takes another way, or ends."""
    logs.get().error("post.refused", key=post.key, code=error.code)
    editing = post.state == "sent"
    means = meaning(error.code, editing=editing)
    if means is Refusal.THREAD and post.thread_ts is not None:
        await bench.ledger.run(outbox_refusals.without_thread, post)
        return 0.001
    if means is Refusal.EDIT:
        return await _gone(bench, post)
    if means is Refusal.TARGET:
        return None if await bench.ledger.run(outbox_refusals.dead, post, error.code) else 0.001
    wait: float = min(LONGEST_WAIT_S, bench.settings.probe_s * 2.0 ** min(post.refusals, 12))
    now = bench.now()
    if not await bench.ledger.run(outbox_refusals.refused, post, error.code, now, now + wait):
        return 0.001  # others have gone on with it
    if post.job_id is not None:
        await bench.driver.kick("post", f"anchor:{post.job_id}")
        if post.kind == "anchor" and not post.refusals:
            await _told_alone(bench, post, error)
    return wait


async def _gone(bench: Bench, post: Post) -> float | None:
    """Its message was deleted, or is too old to edit: while its job goes on, another takes its place."""
    job = await bench.ledger.run(jobs.get, post.job_id) if post.job_id and post.kind == "anchor" else None
    if job is None or not job.active:
        await bench.ledger.run(outbox_refusals.over, post)
        return None
    await bench.ledger.run(outbox_refusals.in_place_of, post.key, post.ts)
    return 0.001


async def _told_alone(bench: Bench, post: Post, error: SlackRefused) -> None:
    """Whoever asked hears by a message to them alone that their job cannot be shown in its thread."""
    job = await bench.ledger.run(jobs.get, post.job_id or "")
    if job is None:
        return
    for one in not_posted(job, error.code):
        await bench.ledger.run(notices.put, [one], bench.now())
        await bench.driver.kick("post", one.key)


async def refused_post(bench: Bench, post: Post, error: SlackRefused) -> float | None:
    """Slack may still refuse a file that it called ready: then the message goes without, and the file into the
    thread.
    """
    if post.kind == "whisper":
        await bench.ledger.run(outbox_refusals.aloud, post)
        return 0.001
    pictures = await bench.ledger.run(uploads.of_message, post.key)
    if meaning(error.code, editing=False) is Refusal.CONTENT and any(one.state == "ready" for one in pictures):
        await bench.ledger.run(outbox_refusals.without_pictures, post, bench.now())
        return 0.001
    return await refused(bench, post, error)


async def taken(bench: Bench, post: Post) -> None:
    """Slack took what it had refused before: nothing waits any more."""
    if post.refused_since is not None:
        await bench.ledger.run(outbox_refusals.taken, post.key)
        if post.job_id and post.kind != "anchor":
            await touch_anchor(bench, post.job_id)
