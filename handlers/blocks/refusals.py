"""What stands in the way of a request, with ways around it."""

from handlers.blocks.dry_run import shown
from handlers.blocks.kit import actions, says, section
from handlers.message import Message
from pipeline.actions.bakeoff import CARD, Bakeoff
from pipeline.actions.matrix import ExtendMatrix, RerunMatrix
from pipeline.actions.registry import JobRequest
from pipeline.errors import AboveCap
from pipeline.language.sentence import render
from pipeline.money import CENT, as_said, micros
from pipeline.plan.plan import Plan
from pipeline.surfaces import mrkdwn


def _without_the_dearest(plan: Plan, request: Bakeoff) -> tuple[str, Bakeoff] | None:
    """The same bake-off without its dearest rows, so that the rest is within the limit; None where that leaves none."""
    entries = plan.making.entries if plan.making else ()
    each = plan.judging_estimate.high_micros // max(1, sum(entry.images for entry in entries))
    cost = {entry.row: entry.estimate.high_micros + each * entry.images for entry in entries}
    left, out = sum(cost.values()), list[str]()
    limit = micros(request.cap_usd or 0)
    for row in sorted(cost, key=lambda name: -cost[name]):
        if left <= limit:
            break
        if row.partition("+")[0] in request.makers:
            left -= cost[row]
            out.append(row.partition("+")[0])
    vendors = tuple(name for name in request.makers if name in CARD and name not in out)
    others = tuple(name for name in request.others if name not in out)
    if left > limit or not (vendors or others):
        return None
    return f"Without {', '.join(dict.fromkeys(out))}"[:70], request.model_copy(
        update={"vendors": vendors, "others": others}
    )


def above_cap(error: AboveCap, request: JobRequest) -> Message:
    """What it would be, and the ways out: a higher limit, or as many seeds as fit. Nothing is trimmed by itself."""
    assert isinstance(error.plan, Plan)  # noqa: S101  # made by `propose.admit`
    high = error.plan.estimate.high_micros
    raised = -(-high // CENT) / 100
    ways: list[tuple[str, JobRequest]] = [
        (f"With a limit of {as_said(raised)}", request.model_copy(update={"cap_usd": raised}))
    ]
    seeds = len({image.seed for image in error.plan.making.images}) if error.plan.making else 0
    fits = int(seeds * micros(request.cap_usd or 0) // max(1, high))
    if isinstance(request, RerunMatrix | ExtendMatrix) and seeds > fits > 0:
        fewer = {"n_seeds": fits} if request.n_seeds else {"seeds": (request.seeds or ())[:fits]}
        if request.n_seeds or request.seeds:
            ways.append((f"Only {fits} seed{'s' if fits > 1 else ''}", request.model_copy(update=fewer)))
    if isinstance(request, Bakeoff) and (fewer_rows := _without_the_dearest(error.plan, request)):
        ways.append(fewer_rows)
    buttons = [one for at, (words, way) in enumerate(ways) for one in says(words, f"labs:choose:{at}", render(way))]
    head = section(f":warning: {mrkdwn(str(error))}\n{mrkdwn(error.hint)}")
    return Message(text=str(error), blocks=(head, *shown(error.plan), *([actions(*buttons)] if buttons else [])))
