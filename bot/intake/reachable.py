"""Before the bot listens: whether Slack takes its tokens, knows its channel, and lets it read there."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from bot import logs
from bot.bench import Bench
from bot.ledger import orders
from handlers.listeners.who import Ours
from handlers.slack import Slack
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused
from pipeline.errors import SettingsError

T = TypeVar("T")
NEEDED = frozenset({"users:read"})
"""Scopes without which the bot does not start."""
WAITS = (0.5, 1, 2, 4, 8, 16)
"""Seconds between tries while Slack is busy or away."""
_CHANNEL = {
    "channel_not_found": "is no channel that the bot can see: copy the id from Slack (channel name, *About*, at the"
    " bottom). A private channel wants the scope groups:history, and the bot invited.",
    "not_in_channel": "is a channel that the bot is not in: write `/invite @labs-bot` there.",
    "missing_scope": "cannot be read: add the scopes of manifest.yml, and install the app again.",
    "is_archived": "is archived: unarchive it, or name another.",
}


def channel_fault(channel: str, code: str) -> str:
    """Why a channel is not heard, and what to do."""
    return f"LABS_CHANNEL {channel} {_CHANNEL.get(code, f'cannot be read: Slack says {code}.')}"


def app_token_fault(code: str) -> str:
    """Why there is no socket, and what to do."""
    return (
        f"Slack refuses SLACK_APP_TOKEN: {code}. It begins with xapp-, has the scope connections:write, and belongs to"
        " the same app (api.slack.com/apps, *Basic Information*, *App-Level Tokens*)."
    )


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Slack may be busy or away for a moment at start. Raises: SlackRefused; SettingsError when it stays away."""
    for wait in WAITS:
        try:
            return await ask()
        except SlackBusy as busy:
            await asyncio.sleep(min(busy.retry_after_s, WAITS[-1]))
        except SlackLost:
            await asyncio.sleep(wait)
    raise SettingsError("Slack cannot be reached.")


async def whoami(slack: Slack) -> Ours:
    """This app, as Slack knows it. Raises: SettingsError."""
    try:
        ours, scopes = await _patiently(slack.whoami)
    except SlackRefused as error:
        raise SettingsError(f"Slack refuses SLACK_BOT_TOKEN: {error.code}.") from error
    if scopes and not scopes >= NEEDED:
        lacks = ", ".join(sorted(NEEDED - scopes))
        raise SettingsError(
            f"The Slack app lacks the scopes {lacks}: without them nobody can be told from a stranger."
            " Add them as in manifest.yml, and install the app again."
        )
    return ours


async def reachable(bench: Bench, mode: str) -> None:
    """Raises: SettingsError: a bot that hears nothing does not start, unless paid work waits to be fetched."""
    slack, settings = bench.slack, bench.settings
    if slack is None:
        return
    token = settings.slack_app_token
    if mode == "socket" and token is not None:
        try:
            await _patiently(lambda: slack.opens_socket(token.get_secret_value()))
        except SlackRefused as error:
            raise SettingsError(app_token_fault(error.code)) from error
    for channel in settings.channels:
        try:
            await _patiently(partial(slack.reads, channel))
        except SlackRefused as error:
            if not await bench.ledger.run(orders.at_vendor):
                raise SettingsError(channel_fault(channel, error.code)) from error
            logs.get().error("slack.channel_unreadable", code=error.code)
