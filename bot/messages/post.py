"""The outbox's steps: pictures first, then the message, then its edits. No message is ever posted twice."""

from bot import logs, receipts
from bot.bench import Bench
from bot.fencing import is_late
from bot.ledger import jobs, outbox, outbox_refusals, pace, restores
from bot.ledger.outbox import Post
from bot.ledger.outbox_refusals import LOOKING
from bot.messages import render
from bot.messages.anchors import touch_anchor
from bot.messages.originals import NothingLeft, NotUploaded, share_originals, standing
from bot.messages.post_pictures import delete_replaced, share_unseen, to_show
from bot.messages.rollout import sent_as_taken
from bot.messages.slack_refusals import refused, refused_post, taken
from bot.receipts import Receipt
from handlers.message import Message
from handlers.slack import Slack
from handlers.slack_codes import Refusal, meaning
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused

EDITS_A_MINUTE = 40
"""Slack allows about fifty edits a minute in a workspace (tier 3)."""


DECISIONS_A_MINUTE = 8
"""What is kept of Slack's fifty for edits that a decision waits for."""
FIRST = frozenset({"result", "anchor"})
STOOD_STILL_S = 0.5
"""Until a message that was not sent in time is looked at again."""
PLAIN = 3000
"""Characters of a message that goes without its blocks."""


async def advance_post(bench: Bench, key: str) -> float | None:
    """One step of a message. Seconds until the next, or None."""
    post = await bench.ledger.run(outbox.get, key)
    if post is None or bench.slack is None or post.state == "dead":
        return None
    now = bench.now()
    if post.due_at > now:
        return post.due_at - now
    try:
        post = post.model_copy(update={"channel": await bench.slack.place(post.channel)})
    except (SlackBusy, SlackLost):
        return 1.0
    except SlackRefused as error:
        # It may stand there already: what cannot be looked for now is not posted anew.
        return await refused(bench, post.model_copy(update={"state": _looked_for(post.state)}), error)
    match post.state:
        case "sending":
            return await _read_back(bench, bench.slack, post)
        case "pending" if await _doubtful(bench, post):
            await bench.ledger.run(outbox.intend, post.key, bench.boot, now)
            return 0.001  # read back first: it may stand there already
        case "pending":
            wait = await to_show(bench, bench.slack, post)
            return wait if wait is not None else await _in_turn(bench, bench.slack, post)
        case _:
            wait = await share_unseen(bench, bench.slack, post)
            wait = wait if wait is not None else await _edit(bench, bench.slack, post)
            if wait is None:
                await delete_replaced(bench, bench.slack, post.key)
            return wait


def _looked_for(state: str) -> str:
    return LOOKING if state == "sending" else state


async def _doubtful(bench: Bench, post: Post) -> bool:
    """Whether it may have been posted in days that the ledger has forgotten."""
    if post.attempt or post.kind == "whisper" or not bench.looks.restored_at:
        return False
    return await bench.ledger.run(restores.doubtful, post.job_id, post.created_at)


async def _read_back(bench: Bench, slack: Slack, post: Post) -> float | None:
    """The process died, or the answer was lost, while this was being posted: the thread tells whether it was."""
    if post.kind == "whisper":
        # Nobody can look for it, and twice would be worse than never.
        await bench.ledger.run(outbox.sent, post.key, post.attempt, "whispered", post.version, bench.now())
        return None
    looked = bench.now()
    try:
        if post.kind == "originals":
            found = await standing(bench, slack, post)
        else:
            found = await slack.find(post.channel, post.thread_ts, post.key, but=post.replaces)
    except SlackBusy as busy:
        return busy.retry_after_s
    except SlackLost:
        return 1.0
    except SlackRefused as error:
        return await refused(bench, post.model_copy(update={"state": LOOKING}), error)
    if found is not None:
        await bench.ledger.run(outbox.sent, post.key, post.attempt, found, post.version, bench.now())
        logs.get().info("post.adopted", key=post.key)
        # What stands there may be older than what is true now.
        await bench.ledger.run(outbox.touch, post.key)
        await taken(bench, post)
        return 0.001 if post.kind in {"anchor", "result"} else None
    wait = bench.settings.settle_s - (looked - (post.intent_at or 0))  # it may have come while we looked
    if wait > 0:
        return wait
    await bench.ledger.run(outbox.not_there, post, bench.now())
    return 0.001


async def _in_turn(bench: Bench, slack: Slack, post: Post) -> float | None:
    """Verdicts and plans before answers, and nobody's many before another's one."""
    turns = bench.posting[post.channel]
    person = await bench.ledger.run(outbox.person_of, post)
    async with turns.turn(0 if post.kind in FIRST else 1, person):
        await turns.opened(lambda: bench.driver.stopping)
        return None if bench.driver.stopping else await _send(bench, slack, post)


async def _send(bench: Bench, slack: Slack, post: Post) -> float | None:
    message = await render.render(bench, post)
    to_all = await _for_the_channel(bench, post)
    granted = await bench.ledger.run(pace.intend_post, post.key, bench.boot, bench.now())
    if not isinstance(granted, Post):
        bench.posting[post.channel].close(min(granted or 0.0, pace.POSTS_S))  # or each would find out by itself
        return granted
    granted = granted.model_copy(update={"channel": post.channel})  # of a person: their conversation
    try:
        if post.kind == "originals":
            ts = await share_originals(bench, slack, granted, lambda: in_time(bench, granted))
        else:
            ts = await _posted(bench, slack, granted, message, to_all=to_all)
    except NotUploaded as busy:
        await bench.ledger.run(outbox.back, post.key, granted.attempt, bench.now() + busy.wait_s)
        return busy.wait_s
    except NothingLeft as nothing:
        await bench.ledger.run(
            outbox_refusals.instead, granted, Message(text=str(nothing), blocks=()).model_dump_json()
        )
        return 0.001
    except SlackBusy as busy:
        bench.posting[post.channel].close(busy.retry_after_s)  # for the whole channel
        until = bench.now() + busy.retry_after_s
        await bench.ledger.run(outbox.back, post.key, granted.attempt, until)
        await bench.ledger.run(pace.hold_channel, post.key, until)
        return busy.retry_after_s
    except SlackLost:
        return 0.5
    except SlackRefused as error:
        return await refused_post(bench, granted, error)
    await bench.ledger.run(outbox.sent, post.key, granted.attempt, ts, post.version, bench.now())
    await _keep(bench, post, ts)
    await taken(bench, post)
    logs.get().info("post.sent", key=post.key)
    if post.kind == "result" and post.job_id is not None:
        await touch_anchor(bench, post.job_id)  # it shows the way there
    return 0.001


async def in_time(bench: Bench, post: Post) -> None:
    """Before a call that shows something, of which the intent is on disk: after what took long, it is committed anew.

    Raises: SlackBusy when this process stood still, and others have taken the message over, or may have.
    """
    now = bench.now()
    if not is_late(post.intent_at, now):
        return
    if not await bench.ledger.run(outbox.renew, post.key, post.attempt, now) or is_late(now, bench.now()):
        raise SlackBusy(STOOD_STILL_S)


async def _keep(bench: Bench, post: Post, ts: str) -> None:
    """A receipt that it stands in Slack."""
    receipt = Receipt(
        what="posted",
        key=post.key,
        at=bench.now(),
        job=post.job_id,
        kind=post.kind,
        channel=post.channel,
        thread_ts=post.thread_ts,
        ts=ts,
    )
    await receipts.keep(bench.lab.root, [receipt])


async def _posted(bench: Bench, slack: Slack, post: Post, message: Message, *, to_all: bool) -> str:
    """Posted as it is; what Slack does not take of it goes as plain words. Raises: as `Slack.post`."""

    async def send(shown: Message) -> str:
        await in_time(bench, post)
        if post.person is not None:
            return await slack.whisper(post.channel, post.person, post.thread_ts, shown)
        return await slack.post(post.channel, post.thread_ts, shown, post.key, broadcast=to_all)

    try:
        return await sent_as_taken(bench, message, send)
    except SlackRefused as error:
        shows = any(block["type"] == "image" for block in message.blocks)
        plain = meaning(error.code, editing=False) is Refusal.CONTENT and message.blocks and not shows
        if not plain or post.person is not None:
            raise
        return await send(_without_blocks(message))


async def _for_the_channel(bench: Bench, post: Post) -> bool:
    """Whether the channel sees a reply of a thread, too: verdicts, and plans that wait for an approval."""
    if not bench.settings.broadcast or post.job_id is None or post.kind not in FIRST:
        return False
    job = await bench.ledger.run(jobs.get, post.job_id)
    if job is None:
        return False
    return job.state == "waiting" if post.kind == "anchor" else job.plan.judge is not None and job.state == "done"


def _without_blocks(message: Message) -> Message:
    return Message(text=message.text[:PLAIN] or "(no words)", blocks=())


async def _edit(bench: Bench, slack: Slack, post: Post) -> float | None:
    """Bring the message up to date: the latest state wins, at most one edit in some seconds, the last always
    arrives.
    """
    if post.version <= post.sent_version or post.ts is None or post.kind == "originals":
        return None
    now = bench.now()
    urgent = post.urgent > post.sent_version
    soonest = post.edited_at + bench.settings.edit_every_s
    if now < soonest and not urgent:
        return soonest - now
    most = EDITS_A_MINUTE + DECISIONS_A_MINUTE if urgent else EDITS_A_MINUTE
    if not await bench.ledger.run(pace.take_edit, now, most):
        return min(1.0, bench.settings.edit_every_s) if urgent else bench.settings.edit_every_s
    message: Message = await render.render(bench, post)
    if is_late(now, bench.now()) and not await _still_ours(bench, post):
        return 0.001  # others have written what is true by now
    try:
        await _updated(bench, slack, post, post.ts, message)
    except SlackBusy as busy:
        await bench.ledger.run(pace.hold_edits, bench.now() + busy.retry_after_s)
        return busy.retry_after_s
    except SlackLost:
        await bench.ledger.run(outbox.edit_lost, post)
        return 1.0
    except SlackRefused as error:
        return await refused(bench, post, error)
    await bench.ledger.run(outbox.edited, post, bench.now())
    await taken(bench, post)
    if post.job_id is not None:
        await bench.driver.kick("preview", post.job_id)  # a picture that it shows no more is deleted now
    return 0.001


async def _still_ours(bench: Bench, post: Post) -> bool:
    """After a rendering that took long: whether nobody else has edited the message meanwhile."""
    now = bench.now()
    found = await bench.ledger.run(outbox.get, post.key)
    return found is not None and found.sent_version == post.sent_version and not is_late(now, bench.now())


async def _updated(bench: Bench, slack: Slack, post: Post, ts: str, message: Message) -> None:
    """Edited as it is; what Slack does not take of it goes as plain words."""
    try:
        await sent_as_taken(bench, message, lambda shown: slack.update(post.channel, ts, shown))
    except SlackRefused as error:
        if meaning(error.code, editing=True) is not Refusal.CONTENT:
            raise
        await slack.update(post.channel, ts, _without_blocks(message))
