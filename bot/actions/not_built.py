"""What is understood, and cannot be done yet."""

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from handlers.blocks import answers
from pipeline.actions.registry import Actionable
from pipeline.language.manual import meaning
from pipeline.language.sentence import render


async def answer(bench: Bench, turn: Turn, request: Actionable) -> Reply:
    await speaks_of(bench, turn, getattr(request, "run", None))
    return Reply(answers.not_built(render(request), meaning(request)))
