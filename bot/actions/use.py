"""Upscaled pictures become the cells of their run."""

import asyncio

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from handlers.blocks.upscales import adopted
from pipeline.actions.judge import JudgeRun
from pipeline.actions.use import UseUpscaled
from pipeline.language.sentence import render
from pipeline.record.job import after_pictures_changed
from pipeline.record.upscales import use_upscaled


async def answer(bench: Bench, turn: Turn, request: UseUpscaled) -> Reply:
    """Raises: LabsError; then nothing, or whole cells, changed."""
    await speaks_of(bench, turn, request.run)

    def use() -> tuple[str, ...]:
        labels = use_upscaled(bench.lab.run(request.run), request.cells)
        after_pictures_changed(bench.lab.run(request.run), set(labels))
        return labels

    labels = await asyncio.to_thread(use)
    return Reply(adopted(request.run, labels, render(JudgeRun(run=request.run))))
