"""The outbox's steps: pictures first, then the message, then its edits. No message is ever posted twice."""

import asyncio

from bot import logs
from bot.bench import Bench
from bot.ledger import outbox
from bot.ledger.outbox import Post, Upload
from bot.messages import render
from handlers.slack import Message, Slack, SlackBusy, SlackLost, SlackRefused
from pipeline.errors import LabError
from pipeline.lab.paths import inside

FILE_TRIES = 6
"""Looks at a file that Slack has not finished: after 1, 2, 4, 8 and 16 s, as its maintainers advise."""
EDITS_A_MINUTE = 40
"""Slack allows about fifty edits a minute in a workspace (tier 3)."""


FOR_A_PERSON = {
    "invalid_auth", "not_authed", "account_inactive", "token_expired", "token_revoked", "missing_scope",
    "not_in_channel", "channel_not_found", "is_archived", "team_access_not_granted", "org_login_required",
}  # fmt: skip
"""Refusals that end when somebody mends the token, the scopes or the channel."""


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
        return await _refused(bench, post, error)
    match post.state:
        case "sending":
            return await _read_back(bench, bench.slack, post)
        case "pending":
            wait = await _pictures(bench, bench.slack, post)
            return wait if wait is not None else await _send(bench, bench.slack, post)
        case _:
            wait = await _share_failed(bench, bench.slack, post)
            return wait if wait is not None else await _edit(bench, bench.slack, post)


async def _read_back(bench: Bench, slack: Slack, post: Post) -> float | None:
    """The process died, or the answer was lost, while this was being posted: the thread tells whether it was."""
    try:
        if post.kind == "originals":
            found = "shared" if await slack.shared(post.channel, post.thread_ts or "", render.comment(post)) else None
        else:
            found = await slack.find(post.channel, post.thread_ts, post.key)
    except SlackBusy as busy:
        return busy.retry_after_s
    except SlackLost:
        return 1.0
    except SlackRefused as error:
        return await _refused(bench, post.model_copy(update={"state": "read"}), error)
    if found is not None:
        await bench.ledger.run(outbox.sent, post.key, post.attempt, found, post.version, bench.now())
        logs.get().info("post.adopted", key=post.key)
        # What stands there may be older than what is true now.
        await bench.ledger.run(outbox.touch, post.key)
        return 0.001 if post.kind in {"anchor", "result"} else None
    wait = bench.settings.settle_s - (bench.now() - (post.intent_at or 0))
    if wait > 0:
        return wait
    await bench.ledger.run(outbox.back, post.key, post.attempt, bench.now())
    return 0.001


async def _send(bench: Bench, slack: Slack, post: Post) -> float | None:
    message = await render.render(bench, post)
    granted = await bench.ledger.run(outbox.intend, post.key, bench.boot, bench.now())
    if granted is None:
        return None
    try:
        if post.kind == "originals":
            files = await _uploads(bench, post)
            there = await asyncio.to_thread(_there, bench, files)
            content = await asyncio.to_thread(_originals, bench, there)
            ids = await slack.share(post.channel, post.thread_ts or "", content, render.comment(post))
            for file, file_id in zip(there, ids, strict=True):
                # Known, so that a consent taken back can delete it.
                await bench.ledger.run(outbox.upload_is, file.key, "shared", file_id)
            ts = "shared"
        else:
            ts = await slack.post(post.channel, post.thread_ts, message, post.key)
    except SlackBusy as busy:
        await bench.ledger.run(outbox.back, post.key, granted.attempt, bench.now() + busy.retry_after_s)
        return busy.retry_after_s
    except SlackLost:
        return 0.5
    except SlackRefused as error:
        return await _refused_post(bench, granted, error)
    await bench.ledger.run(outbox.sent, post.key, granted.attempt, ts, post.version, bench.now())
    logs.get().info("post.sent", key=post.key)
    return 0.001


def _there(bench: Bench, files: list[Upload]) -> list[Upload]:
    """Those whose file is there; a cell whose image is gone is passed over."""
    return [file for file in files if inside(bench.lab.root, file.path).is_file()]


def _originals(bench: Bench, files: list[Upload]) -> list[tuple[bytes, str, str]]:
    """The files that are there; a cell whose image is gone is passed over."""
    paths = [(inside(bench.lab.root, file.path), file) for file in files]
    return [(path.read_bytes(), file.name, file.alt) for path, file in paths if path.is_file()]


async def _uploads(bench: Bench, post: Post) -> list[Upload]:
    return await bench.ledger.run(outbox.uploads, post.key)


async def _pictures(bench: Bench, slack: Slack, post: Post) -> float | None:
    """Upload what the message shows, unseen, and wait until Slack can show it. None: go on."""
    if post.kind == "originals":
        return None
    for upload in await _uploads(bench, post):
        if upload.state in {"ready", "failed", "shared"}:
            continue
        try:
            wait = await picture(bench, slack, upload)
        except SlackBusy as busy:
            return busy.retry_after_s
        except (SlackLost, SlackRefused, LabError, OSError) as error:
            gone = upload.tries >= FILE_TRIES or not isinstance(error, SlackLost)
            await bench.ledger.run(outbox.upload_is, upload.key, "failed" if gone else upload.state)
            wait = 0.5
        if wait is not None:
            return wait
    return None


async def picture(bench: Bench, slack: Slack, upload: Upload) -> float | None:
    if upload.state == "pending":
        content = await asyncio.to_thread(inside(bench.lab.root, upload.path).read_bytes)
        file_id = await slack.upload(content, upload.name, upload.alt)
        await bench.ledger.run(outbox.upload_is, upload.key, "uploaded", file_id)
        upload = upload.model_copy(update={"file_id": file_id, "tries": 0})
    if await slack.ready(upload.file_id or ""):
        await bench.ledger.run(outbox.upload_is, upload.key, "ready")
        return None
    failed = upload.tries >= FILE_TRIES
    await bench.ledger.run(outbox.upload_is, upload.key, "failed" if failed else "uploaded")
    return 0.001 if failed else bench.settings.file_wait_s * 2 ** max(0, upload.tries - 1)


async def _share_failed(bench: Bench, slack: Slack, post: Post) -> float | None:
    """Pictures that no block could show are shared into the thread as files; None when all are there."""
    for upload in await _uploads(bench, post):
        if upload.state != "failed" or post.kind == "originals":
            continue
        comment = f"Grid ({upload.key})"
        thread = post.thread_ts or ""
        try:
            if not await slack.shared(post.channel, thread, comment):
                content = await asyncio.to_thread(_originals, bench, [upload])
                ids = await slack.share(post.channel, thread, content, comment) if content else []
                await bench.ledger.run(outbox.upload_is, upload.key, "shared", *ids)
        except SlackBusy as busy:
            return busy.retry_after_s
        except SlackLost:
            return bench.settings.settle_s
        except (SlackRefused, LabError, OSError) as error:
            logs.get().warning("picture.not_shown", key=upload.key, error=type(error).__name__)
        await bench.ledger.run(outbox.upload_is, upload.key, "shared")
    return None


async def _edit(bench: Bench, slack: Slack, post: Post) -> float | None:
    """Bring the message up to date: the latest state wins, at most one edit in some seconds, the last always
    arrives.
    """
    if post.version <= post.sent_version or post.ts is None or post.kind == "originals":
        return None
    now = bench.now()
    soonest = post.edited_at + bench.settings.edit_every_s
    if now < soonest:
        return soonest - now
    if await bench.ledger.run(outbox.edits_since, now - 60) >= EDITS_A_MINUTE:
        return bench.settings.edit_every_s
    message: Message = await render.render(bench, post)
    try:
        await slack.update(post.channel, post.ts, message)
    except SlackBusy as busy:
        await bench.ledger.run(outbox.hold, post.key, bench.now() + busy.retry_after_s)
        return busy.retry_after_s
    except SlackLost:
        return 1.0
    except SlackRefused as error:
        return await _refused(bench, post, error)
    await bench.ledger.run(outbox.edited, post.key, post.version, bench.now())
    return 0.001


async def _refused(bench: Bench, post: Post, error: SlackRefused) -> float | None:
    """What the account or the channel refuses waits for a person; what the message itself is refused for is over."""
    logs.get().error("post.refused", key=post.key, code=error.code)
    if error.code not in FOR_A_PERSON:
        await bench.ledger.run(outbox.dead, post.key, error.code)
        return None
    again = bench.now() + bench.settings.probe_s
    if post.state == "sending":
        await bench.ledger.run(outbox.back, post.key, post.attempt, again)
    else:
        await bench.ledger.run(outbox.hold, post.key, again)
    return bench.settings.probe_s


async def _refused_post(bench: Bench, post: Post, error: SlackRefused) -> float | None:
    """Slack may still refuse a file that it called ready: then the message goes without, and the file into the
    thread.
    """
    ready = [upload for upload in await _uploads(bench, post) if upload.state == "ready"]
    if error.code == "invalid_blocks" and ready:
        for upload in ready:
            await bench.ledger.run(outbox.upload_is, upload.key, "failed")
        await bench.ledger.run(outbox.back, post.key, post.attempt, bench.now())
        return 0.001
    return await _refused(bench, post, error)
