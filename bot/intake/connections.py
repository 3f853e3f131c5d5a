"""How the bot is reached: Socket Mode or signed HTTP, and what was said while it was away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot import logs
from bot.bench import WEBHOOK_PATH, Bench
from bot.intake import webhooks
from bot.intake.front import Front
from bot.ledger import inbox
from bot.settings.settings import Settings
from handlers.listeners.events import read
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused

SOCKETS = 2
"""Slack replaces sockets now and then; clicks in the gap of a single one would be lost."""
BACKFILL_S = 3600
"""Messages posted while the bot was down are still heard if they are no older than this."""


@asynccontextmanager
async def listening(bench: Bench, app: AsyncApp, mode: str, ended: asyncio.Event) -> AsyncIterator[str]:
    settings = bench.settings
    if mode == "http":
        server = app.server(path="/slack/events").web_app
        if settings.public_url is not None:
            server.router.add_post(WEBHOOK_PATH, webhooks.Reports(bench).receive)
        runner = web.AppRunner(server)
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            await site.start()
            yield f"http://{settings.host}:{runner.addresses[0][1]}/slack/events"
        finally:
            await runner.cleanup()
        return
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
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


async def backfill(settings: Settings, bench: Bench) -> None:
    """Hear what was posted in the channel while the bot was down; what was heard before is known by its `ts`."""
    if bench.slack is None or settings.channel is None:
        return
    last = await bench.ledger.run(inbox.latest_ts, settings.channel)
    if last is None:
        return
    oldest = max(float(last), bench.now() - BACKFILL_S)
    try:
        missed = await bench.slack.history(settings.channel, f"{oldest:.6f}")
    except (SlackBusy, SlackLost, SlackRefused) as error:
        logs.get().warning("slack.backfill_failed", error=type(error).__name__)
        return
    front = Front(bench)
    for message in reversed(missed):
        if heard := read(
            {"event": {"type": "message", "channel": settings.channel, **message}}, settings.channel, bench.ours
        ):
            await front.hear(heard)
