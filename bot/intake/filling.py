"""A modal that is being filled in: what its fields come to so far."""

import asyncio

from bot.bench import Bench
from bot.plan_inputs import plan
from handlers.blocks import anything
from handlers.ports import Filling
from pipeline.actions.registry import JobRequests
from pipeline.errors import LabsError
from pipeline.language.parse import parse
from pipeline.language.question import question
from pipeline.language.sentence import render
from pipeline.money import micros
from pipeline.request import Ask, Talk


async def comes_to(bench: Bench, filling: Filling) -> str:
    """The request in words, and its price where it has one; else what is missing. Spends nothing."""
    sentence = anything.sentence(filling.fields)
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    request = await asyncio.to_thread(parse, f"in the labs channel: {sentence}", catalogue)
    if isinstance(request, Ask):
        return question(request, sentence, catalogue).words
    if isinstance(request, Talk):
        return ""
    words = f"So far: {render(request)}"
    if not isinstance(request, JobRequests):
        return f"{words} · costs nothing"
    try:
        made = await plan(bench, request)
    except LabsError as error:
        return f"{words} · {error} {error.hint}"
    above = request.cap_usd is not None and made.estimate.high_micros > micros(request.cap_usd)
    return f"{words} · {made.estimate}{' · above your limit' if above else ''}"
