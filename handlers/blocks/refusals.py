"""What stands in the way of a request, with ways around it."""

from handlers.blocks.dry_run import shown
from handlers.blocks.kit import actions, says, section
from handlers.message import Message
from pipeline.actions.matrix import ExtendMatrix, RerunMatrix
from pipeline.actions.registry import JobRequest
from pipeline.errors import AboveCap
from pipeline.language.sentence import render
from pipeline.money import CENT, micros
from pipeline.plan.plan import Plan
from pipeline.surfaces import mrkdwn


def above_cap(error: AboveCap, request: JobRequest) -> Message:
    """What it would be, and the ways out: a higher limit, or as many seeds as fit. Nothing is trimmed by itself."""
    assert isinstance(error.plan, Plan)  # noqa: S101  # made by `propose.admit`
    high = error.plan.estimate.high_micros
    raised = -(-high // CENT) / 100
    ways = [(f"With a limit of ${raised:g}", request.model_copy(update={"cap_usd": raised}))]
    seeds = len({image.seed for image in error.plan.making.images}) if error.plan.making else 0
    fits = int(seeds * micros(request.cap_usd or 0) // max(1, high))
    if isinstance(request, RerunMatrix | ExtendMatrix) and seeds > fits > 0:
        fewer = {"n_seeds": fits} if request.n_seeds else {"seeds": (request.seeds or ())[:fits]}
        if request.n_seeds or request.seeds:
            ways.append((f"Only {fits} seed{'s' if fits > 1 else ''}", request.model_copy(update=fewer)))
    buttons = [one for at, (words, way) in enumerate(ways) for one in says(words, f"labs:choose:{at}", render(way))]
    head = section(f":warning: {mrkdwn(str(error))}\n{mrkdwn(error.hint)}")
    return Message(text=str(error), blocks=(head, *shown(error.plan), *([actions(*buttons)] if buttons else [])))
