"""`find`: what the lab's history says."""

import asyncio

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from handlers.blocks.found import found
from pipeline.actions.find import FindInHistory
from pipeline.errors import LabError
from pipeline.evidence.find import Found, cells_of, parts_of, ranked, runs_of, vendors_of
from pipeline.evidence.run_state import RunState, state_of
from pipeline.models import Axis


async def answer(bench: Bench, turn: Turn, request: FindInHistory) -> Reply:
    """Raises: LabsError, where the run that it asks about cannot be read."""
    await speaks_of(bench, turn, request.run)

    def look() -> Reply:
        states, unread = _states(bench, request)
        axis = next((one for one in Axis if one.code == request.axis), None)
        answered = _asked(request, states, axis)
        flagged = tuple(one.run for one in states if one.verdict.flag)
        answered = answered.model_copy(update={"left_out": (*answered.left_out, *unread), "flagged": flagged})
        return Reply(found(request, ranked(answered, request.order, request.below, request.above), len(states)))

    return await asyncio.to_thread(look)


def _states(bench: Bench, request: FindInHistory) -> tuple[list[RunState], list[str]]:
    """The runs that are asked about, oldest first; and those that cannot be read, with why."""
    if request.run is not None:
        return [state_of(bench.lab.run(request.run), sized=False)], []
    states, unread = [], []
    for name in bench.lab.runs():
        try:
            run = bench.lab.run(name)
            if request.identity is None or run.identity == request.identity:
                states.append(state_of(run, sized=False))
        except LabError as error:
            unread.append(f"{name}: {error}")
    return states, unread


def _asked(request: FindInHistory, states: list[RunState], axis: Axis | None) -> Found:
    match request.subject:
        case "runs":
            return runs_of(states, axis)
        case "cells":
            return cells_of(states, axis)
        case "vendors":
            return vendors_of(states, axis, request.limit if request.order is None else None)
        case by:
            return parts_of(states, axis, by)
