"""`help`: what can be asked, with this lab's names."""

import asyncio

from bot.actions.action import Reply, Turn
from bot.bench import Bench
from handlers.blocks import answers
from pipeline.actions.help import Help
from pipeline.language.manual import CARD_RUN


async def answer(bench: Bench, turn: Turn, request: Help) -> Reply:
    del turn
    runs = await asyncio.to_thread(bench.lab.runs)
    return Reply(answers.usage(runs[-1] if runs else CARD_RUN, request.topic))
