"""Upscaled pictures become the cells of their run."""

import asyncio

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from bot.ledger import jobs
from handlers.blocks.upscales import adopted
from pipeline.actions.judge import JudgeRun
from pipeline.actions.use import UseUpscaled
from pipeline.errors import NotUnderstood
from pipeline.lab.files import Upscaled
from pipeline.language.sentence import render
from pipeline.makers.registry import Makers
from pipeline.record.job import after_pictures_changed
from pipeline.record.upscales import Chosen, adopt, choose


async def answer(bench: Bench, turn: Turn, request: UseUpscaled) -> Reply:
    """Raises: LabsError; then nothing, or whole cells, changed."""
    await speaks_of(bench, turn, request.run)
    if job := await bench.ledger.run(jobs.at_work_on, request.run):
        raise NotUnderstood(
            f"Job {job} is at work on runs/{request.run}. Nothing was changed.", "Say it again once it is done."
        )

    def use() -> Chosen:
        chosen = choose(bench.lab.run(request.run), request.cells, lambda one: _meant(bench.makers, request, one))
        # The scores first: a score of another picture must stand at no moment.
        after_pictures_changed(bench.lab.run(request.run), {one.cell for one in chosen.used})
        adopt(bench.lab.run(request.run), chosen.used)
        return chosen

    chosen = await asyncio.to_thread(use)
    return Reply(adopted(request.run, chosen.used, chosen.left_out, render(JudgeRun(run=request.run))))


def _meant(makers: Makers, request: UseUpscaled, one: Upscaled) -> bool:
    """Whether an upscaled picture is of the vendor, mode and size that are asked for."""
    upscaler = next((maker.upscaler for maker in makers.upscalers if maker.name == one.maker), None)
    if upscaler is None:
        return request.vendor is None  # of a maker that this code does not know any more
    scale = str((one.input or {}).get("scale_factor", "")).removesuffix("x")
    return (
        request.vendor in {None, upscaler.vendor}
        and (request.mode or upscaler.mode) == upscaler.mode
        and str(request.scale or scale) == scale
    )
