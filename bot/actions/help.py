"""`help`: what can be asked, with this lab's names."""

import asyncio

from bot.actions.action import Reply, Turn
from bot.bench import Bench
from handlers.blocks.help import usage
from pipeline.actions.help import Help
from pipeline.language.manual import CARD_RUN


async def answer(bench: Bench, turn: Turn, request: Help) -> Reply:
    del turn
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    return Reply(usage(catalogue.runs[-1] if catalogue.runs else CARD_RUN, request.topic, catalogue))
