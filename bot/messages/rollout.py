"""A message as this workspace takes it: Slack's newer blocks reach workspaces one after the other."""

from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from typing import TypeVar

from bot import logs
from bot.bench import Bench
from bot.ledger import lacks
from handlers.blocks.newer import as_taken, kinds
from handlers.message import Message
from handlers.slack_errors import SlackRefused

Sent = TypeVar("Sent")


async def sent_as_taken(bench: Bench, message: Message, send: Callable[[Message], Awaitable[Sent]]) -> Sent:
    """Send with the newer blocks that are not known to be refused; with what stands in their place where they are.

    Raises: as `send`. A refused call posted nothing, so that the second is no second message.
    """
    newest = kinds(message.blocks)
    lacking = await bench.ledger.run(lacks.known, bench.now()) if newest else frozenset[str]()
    try:
        return await send(_shown(message, lacking))
    except SlackRefused as error:
        tried = newest - lacking
        if not tried or error.code != "invalid_blocks":
            raise
        sent = await send(_shown(message, newest))
        # Only now it is known that it was they.
        await bench.ledger.run(lacks.learn, tried, bench.now())
        logs.get().info("blocks.lacking", blocks=sorted(tried))
        return sent


def _shown(message: Message, lacking: AbstractSet[str]) -> Message:
    return message.model_copy(update={"blocks": as_taken(message.blocks, lacking)})
