"""What Slack's view of a conversation with the bot shows beside its words: suggestions, and that it reads.

All of it is a courtesy: a workspace without that view, or an app without the right to it, goes without.
"""

from bot import logs
from bot.actions.home import tries
from bot.bench import Bench
from bot.ledger.inbox import InboxRow
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused

MOST = 4
READS = "reads what you wrote…"


async def suggest(bench: Bench, channel: str) -> None:
    """Free questions about this lab, in words that the bot understands."""
    if bench.slack is None:
        return
    prompts = [{"title": one, "message": one} for one in (await tries(bench, free=True))[:MOST]]
    try:
        await bench.slack.suggests(channel, prompts)
    except (SlackBusy, SlackLost, SlackRefused) as error:
        logs.get().info("prompts.not_shown", error=type(error).__name__)


async def show_reading(bench: Bench, row: InboxRow) -> None:
    """While Claude reads a message: under it, until the answer comes."""
    if bench.slack is None or row.kind != "message":
        return
    try:
        await bench.slack.says_status(row.channel, row.thread_ts or row.ts, READS)
    except (SlackBusy, SlackLost, SlackRefused) as error:
        logs.get().info("status.not_shown", error=type(error).__name__)
