"""How the bot is reached: Socket Mode or signed HTTP, and what was said while it was away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot import logs
from bot.bench import WEBHOOK_PATHS, Bench
from bot.intake import webhooks
from bot.intake.doors import Doors, Proof, signed_by_slack
from bot.intake.front import Front
from bot.intake.magnific_reports import MagnificReports
from bot.intake.page_doors import add_pages, pages_alone
from bot.ledger import inbox
from handlers.listeners.events import read
from handlers.listeners.places import Places
from handlers.slack import key_of
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused

EVENTS_PATH = "/slack/events"
SOCKETS = 2
"""Slack replaces sockets now and then; clicks in the gap of a single one would be lost."""
THREADS_S, MOST_THREADS = 7 * 86400, 40
"""How long ago something was said in a thread that is read again, and of how many (Slack: fifty a minute)."""
BACKFILL_S = 3600
"""Messages posted while the bot was down are still heard if they are no older than this."""


@asynccontextmanager
async def listening(bench: Bench, app: AsyncApp, mode: str, ended: asyncio.Event) -> AsyncIterator[str]:
    if mode == "http":
        async with _http(bench, app) as where:
            yield where
        return
    async with pages_alone(bench), _sockets(bench, app, ended) as where:
        yield where


@asynccontextmanager
async def _sockets(bench: Bench, app: AsyncApp, ended: asyncio.Event) -> AsyncIterator[str]:
    given = bench.settings.slack_app_token
    token = given.get_secret_value() if given else ""
    handlers = [AsyncSocketModeHandler(app, token, ping_interval=5) for _ in range(SOCKETS)]
    try:
        for handler in handlers:
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        watch = asyncio.create_task(_watch(handlers, ended))
        yield "Socket Mode"
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped


@asynccontextmanager
async def _http(bench: Bench, app: AsyncApp) -> AsyncIterator[str]:
    """Signed HTTP: Slack's events, and the vendor's reports where we have an address of our own."""
    settings = bench.settings
    secret = settings.slack_signing_secret
    proofs: dict[str, Proof] = {EVENTS_PATH: signed_by_slack(secret.get_secret_value() if secret else "")}
    server = app.server(path=EVENTS_PATH).web_app
    async with AsyncExitStack() as stack:
        if settings.public_url is not None:
            reports = await stack.enter_async_context(webhooks.reports(bench))
            server.router.add_post(WEBHOOK_PATHS["replicate"], reports.receive)
            proofs[WEBHOOK_PATHS["replicate"]] = reports.signed
            tasks = MagnificReports(bench)
            server.router.add_post(WEBHOOK_PATHS["magnific"], tasks.receive)
            proofs[WEBHOOK_PATHS["magnific"]] = tasks.signed
        shown = settings.public_url is not None
        await add_pages(bench, server, proofs)
        doors = Doors(proofs, settings.headers_s, settings.body_s, others=shown)
        port = await stack.enter_async_context(doors.open(server, settings.host, settings.port))
        yield f"http://{settings.host}:{port}{EVENTS_PATH}"


async def _watch(handlers: list[AsyncSocketModeHandler], ended: asyncio.Event) -> None:
    """A bot that no socket reaches is better restarted than left deaf."""
    deaf = 0
    while True:
        await asyncio.sleep(10)
        heard = [await handler.client.is_connected() for handler in handlers]
        deaf = 0 if any(heard) else deaf + 10
        if deaf >= 60:
            logs.get().error("slack.deaf", seconds=deaf)
            ended.set()


async def unheard(bench: Bench) -> list[dict[str, Any]]:
    """What was said in the channels and their threads while the bot was down, our own words too, oldest first."""
    found = [one for channel in bench.settings.channels for one in await _unheard_in(bench, channel)]
    return sorted(found, key=lambda one: float(one["ts"]))


async def _unheard_in(bench: Bench, channel: str) -> list[dict[str, Any]]:
    last = await bench.ledger.run(inbox.latest_ts, channel)
    if bench.slack is None or last is None:
        return []
    oldest = f"{max(float(last), bench.now() - BACKFILL_S):.6f}"
    try:
        missed = await bench.slack.since(channel, None, oldest)
        for thread_ts in await _threads(bench, channel, missed):
            missed += await _replies(bench, channel, thread_ts, oldest)
    except (SlackBusy, SlackLost, SlackRefused) as error:
        logs.get().warning("slack.backfill_failed", error=type(error).__name__)
        return []
    return [one | {"channel": channel} for one in {one["ts"]: one for one in missed}.values()]


async def catch_up(bench: Bench, missed: list[dict[str, Any]]) -> None:
    """Hear what was missed; what was heard before is known by its `ts`, and by our words under it where the ledger has
    forgotten.
    """
    front = Front(bench)
    for message in missed:
        places = Places(channel=message["channel"])
        heard = read({"event": {"type": "message", **message}}, places, bench.ours)
        if heard is not None and not (bench.looks.restored_at and _was_answered(message, missed)):
            await front.hear(heard)


def _was_answered(message: dict[str, Any], missed: list[dict[str, Any]]) -> bool:
    """Whether the next words in its thread are our own."""
    thread = message.get("thread_ts") or message["ts"]
    later = (one for one in missed if one.get("thread_ts") == thread and float(one["ts"]) > float(message["ts"]))
    following = next(later, None)
    return following is not None and key_of(following) is not None


async def _threads(bench: Bench, channel: str, missed: list[dict[str, Any]]) -> list[str]:
    """Threads to read again: those that we are part of, and those that were begun meanwhile."""
    known = await bench.ledger.run(inbox.live_threads, channel, bench.now() - THREADS_S)
    begun = [message["ts"] for message in missed if message.get("reply_count") or message.get("latest_reply")]
    return list(dict.fromkeys([*known, *begun]))[:MOST_THREADS]


async def _replies(bench: Bench, channel: str, thread_ts: str, oldest: str) -> list[dict[str, Any]]:
    """What was said in one thread; nothing where it is gone. Raises: SlackBusy, SlackLost."""
    if bench.slack is None:
        return []
    try:
        return await bench.slack.since(channel, thread_ts, oldest)
    except SlackRefused:
        return []


async def retake(bench: Bench) -> None:
    """Put what the ledger could not take when it came into the inbox, as soon as there is room again."""
    front = Front(bench)
    while bench.intake.missed:
        heard = bench.intake.missed[0]
        await front.keep(heard)
        bench.intake.missed.popleft()
