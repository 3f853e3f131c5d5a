"""The composition root: every client is opened here, handed on, and closed in order."""

import asyncio
import contextlib
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from slack_bolt.async_app import AsyncApp

from bot import logs
from bot.actions import home
from bot.actions.decide import wake
from bot.advance import advancer, give_up, recover, sweep
from bot.bench import Bench
from bot.clock import steady
from bot.driver.driver import Driver
from bot.driver.local import LocalDriver
from bot.fencing import BEATS_S
from bot.intake.connections import catch_up, listening, retake, unheard
from bot.intake.front import Front
from bot.intake.metrics import metrics_alone
from bot.intake.reachable import reachable, whoami
from bot.ledger import Ledger, inbox, simulated
from bot.ledger.sqlite import checkpoint
from bot.membership import Membership
from bot.messages import progress
from bot.settings.address import Address
from bot.settings.settings import Settings
from bot.shop import SHOP, Shop
from bot.work import restored
from handlers.listeners.events import register
from handlers.listeners.places import Places
from handlers.listeners.who import Ours
from handlers.slack import Slack, open_client, open_session
from pipeline.errors import SettingsError
from pipeline.fixture.measures import Measurer
from pipeline.lab.lab import Lab
from pipeline.makers.vendors import REPLICATE
from pipeline.vendors.anthropic import Anthropic, open_anthropic
from pipeline.vendors.replicate import Replicate, open_replicate
from pipeline.vendors.wire import Wire

INBOX_EVERY_S = 0.5
"""How soon a request that a shell put into the inbox is seen."""
HOME_EDITS = 3
"""An open page of somebody's own follows what changed a third as often as a message."""
DAY_S = 24 * 3600


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    slack: bool,
    shop: Shop = SHOP,
    measurer: Measurer | None = None,
    now: Callable[[], float] = steady,
) -> AsyncIterator[Bench]:
    """Everything that a running bot needs, closed in reverse order.

    Raises: SettingsError (a key is missing), LedgerBusy (another process is at work).
    """
    async with AsyncExitStack() as stack:
        # With Slack it may be one of several; a shell's own engine could not post what others leave to it.
        ledger = Ledger.open(settings.ledger_at, alone=not slack)
        stack.callback(ledger.close)
        if settings.simulated:
            await ledger.run(simulated.begin, time.time())
        anthropic, replicate = await _vendors(settings, stack)
        wires: dict[str, Wire] = {} if replicate is None else {REPLICATE.name: replicate}
        for name, opens in shop.opens.items():
            if (account := opens(settings)) is not None:
                wires[name] = await stack.enter_async_context(account)
        front = await _slack(settings, stack) if slack else None

        yield Bench(
            slots=asyncio.Semaphore(settings.judge_concurrency),
            settings=settings,
            ledger=ledger,
            lab=Lab(settings.root),
            measurer=measurer or Measurer.opened(faces=settings.check_faces),
            driver=_driver(settings, now),
            anthropic=anthropic,
            replicate=replicate,
            makers=shop.makers,
            wires=wires,
            slack=front,
            ours=await whoami(front) if front else Ours(),
            now=now,
        )


def _driver(settings: Settings, now: Callable[[], float]) -> Driver:
    if isinstance(where := settings.ledger_at, Path):
        return LocalDriver(now)
    from bot.driver.shared import SharedDriver  # noqa: PLC0415  # of the extra

    return SharedDriver(where, now)


async def _slack(settings: Settings, stack: AsyncExitStack) -> Slack:
    session = await stack.enter_async_context(open_session())
    return Slack(open_client(_token(settings), settings.slack_api_url or "https://slack.com/api/", session), session)


async def _vendors(settings: Settings, stack: AsyncExitStack) -> tuple[Anthropic | None, Replicate | None]:
    """The judge and the maker, as far as there are keys for them."""
    anthropic = replicate = None
    if settings.anthropic_api_key:
        anthropic = await stack.enter_async_context(
            open_anthropic(
                settings.anthropic_api_key.get_secret_value(),
                base_url=settings.anthropic_base_url,
                connections=settings.judge_concurrency + 2,
            )
        )
    if settings.replicate_api_token:
        replicate = await stack.enter_async_context(
            open_replicate(
                settings.replicate_api_token.get_secret_value(),
                base_url=settings.replicate_base_url,
                connections=min(40, settings.image_concurrency + 4),
            )
        )
    return anthropic, replicate


def watch(bench: Bench) -> None:
    """What others put into the ledger is seen soon: requests from a shell, and a switch that a shell turned."""
    paused: list[object] = [None]

    async def look() -> None:
        await retake(bench)
        for inbox_id in await bench.ledger.run(inbox.waiting):
            await bench.driver.kick("inbox", str(inbox_id))
        now = await progress.spending_held(bench)
        before, paused[0] = paused[0], now
        if before != now:
            await wake(bench)

    async def at_home() -> None:
        await home.refresh(bench)

    bench.driver.every(INBOX_EVERY_S, look)
    bench.driver.every(HOME_EDITS * bench.settings.edit_every_s, at_home)
    if isinstance(file := bench.settings.ledger_at, Path):
        bench.driver.every(DAY_S, partial(asyncio.to_thread, checkpoint, file))


def _token(settings: Settings) -> str:
    if settings.slack_bot_token is None:
        raise SettingsError("SLACK_BOT_TOKEN is not set.")
    return settings.slack_bot_token.get_secret_value()


async def serve(
    settings: Settings,
    *,
    stop: asyncio.Event | None = None,
    ready: Callable[[str], None] | None = None,
    shop: Shop = SHOP,
    measurer: Measurer | None = None,
    now: Callable[[], float] = steady,
) -> None:
    """Run the bot until SIGTERM, SIGINT or `stop`.

    Args:
        settings: With tokens, a channel and a key for the judge.
        stop: Ends the bot, for those who run it inside another program; then signals are left alone.
        ready: Called once when everything is connected, with how it listens.
        shop: The makers, and their vendors.
        measurer: Knows photographs already; None: a new one, which knows none.
        now: Unix seconds that never jump, for waits and durations.

    Raises: SettingsError, LedgerBusy.
    """
    mode = _mode(settings)
    if settings.channel is None:
        raise SettingsError("LABS_CHANNEL is not set: the id of the channel to listen to.")
    if settings.anthropic_api_key is None:
        raise SettingsError("ANTHROPIC_API_KEY is not set.")
    ended = stop or _signals()
    started = asyncio.Event()
    work = asyncio.create_task(_served(settings, mode, ended, started, ready, shop, measurer, now))
    stopped = asyncio.create_task(ended.wait())
    await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not started.is_set() and not work.done():
        # Slack may be away, or refuse: whoever stops the bot does not wait for it.
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        return
    await work


async def _served(
    settings: Settings,
    mode: str,
    ended: asyncio.Event,
    started: asyncio.Event,
    ready: Callable[[str], None] | None,
    shop: Shop,
    measurer: Measurer | None,
    now: Callable[[], float],
) -> None:
    """From the first connection to the last; `started` is set once everything is connected."""
    async with opened(settings, slack=True, shop=shop, measurer=measurer, now=now) as bench:
        log = logs.get()
        await reachable(bench, mode)
        app = _bolt(settings, bench)
        member = None
        if isinstance(settings.ledger_at, Address):
            member = Membership(bench, lambda: sweep(bench))
            await member.join()
            bench.driver.every(BEATS_S, member.beat)
        await recover(bench)
        async with AsyncExitStack() as intake:
            await intake.enter_async_context(metrics_alone(bench))
            where = await intake.enter_async_context(listening(bench, app, mode, ended))
            missed = await unheard(bench)
            await restored.look_at_posts(bench, missed)
            watch(bench)
            await bench.driver.run(advancer(bench), lambda: sweep(bench), lambda kind, key: give_up(bench, kind, key))
            await catch_up(bench, missed)
            started.set()
            log.info("bot.ready", mode=mode)
            if ready is not None:
                ready(where)
            await ended.wait()
            log.info("bot.stopping")
        # Intake is closed; what is in flight is recorded, the rest resumes at the next start.
        await bench.driver.stop(settings.stop_grace_s)
        if member is not None:
            await member.leave()


def _mode(settings: Settings) -> str:
    mode = settings.mode
    if mode == "socket" and settings.slack_app_token is None:
        raise SettingsError("SLACK_APP_TOKEN is not set, and Socket Mode needs it.")
    if mode == "http" and settings.slack_signing_secret is None:
        raise SettingsError("Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set.")
    return mode


def _signals() -> asyncio.Event:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    return ended


def _bolt(settings: Settings, bench: Bench) -> AsyncApp:
    given = settings.slack_signing_secret
    # Socket Mode checks no signatures; should a request ever come in all the same, nobody knows this secret.
    secret = given.get_secret_value() if given else secrets.token_hex(32)
    if bench.slack is None:
        raise SettingsError("SLACK_BOT_TOKEN is not set.")
    # Named, because without a name Bolt reads the source of every module on the stack to make one up.
    app = AsyncApp(name="labs-bot", client=bench.slack.client, signing_secret=secret, logger=logs.for_bolt())
    register(
        app, Front(bench), Places(channel=settings.channel or "", also=frozenset(settings.also_channels)), bench.ours
    )

    @app.error
    async def failed(error: Exception) -> None:
        # Raised again: without an answer from us Slack delivers the event once more.
        logs.get().error("slack.event_failed", error=type(error).__name__)
        raise error

    return app
