"""`train`: from a fixture, or from photographs that were posted in the thread and become one first."""

from bot.actions import photos, propose
from bot.actions.action import Reply, Turn
from bot.bench import Bench
from pipeline.actions.train import TrainLora


async def answer(bench: Bench, turn: Turn, request: TrainLora) -> Reply | None:
    if request.photos == "thread":
        return await photos.take_in(bench, turn.row, turn.origin, request)
    return await propose.answer(bench, turn, request)
