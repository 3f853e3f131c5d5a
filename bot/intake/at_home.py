"""Somebody opened their own page of the bot in Slack."""

from bot.actions.home import publish
from bot.bench import Bench
from bot.intake.standing import may_ask


async def advance_home(bench: Bench, person: str) -> float | None:
    """Show it to a colleague; to guests and strangers there is none. Raises: SlackBusy, SlackLost."""
    if await may_ask(bench, person):
        bench.homes.opened(person, bench.now())
        await publish(bench, person)
    return None
