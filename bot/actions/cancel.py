"""`cancel`: a job, what of it has not begun, or single cells."""

from bot.actions import decide
from bot.actions.action import Reply, Turn
from bot.bench import Bench
from handlers.blocks import answers
from handlers.blocks.cancellations import canceled
from pipeline.actions.cancel import Cancel


async def answer(bench: Bench, turn: Turn, request: Cancel) -> Reply:
    job = await decide.find_job(bench, request.job, thread=turn.thread, run=request.run, cells=request.cells)
    await decide.cancel(bench, job, turn.row.person, cells=request.cells, rest=request.rest)
    return Reply(answers.plain(canceled(job.id, request)))
