"""`show`: a run's grid, verdict or card."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, targets
from pipeline.models import Value


class ShowRun(Value):
    """Show a run: its grid, its verdict or its card."""

    action: Literal["show"] = "show"
    run: str
    what: Literal["grid", "verdict", "card"] | None = None


def show(reading: Reading) -> Fields:
    what = None
    reading.keyed("what")
    for at, token in enumerate(reading.tokens):
        word = token.word.removesuffix("s")
        if word in {"grid", "verdict", "card"}:
            reading.take(at, at + 1, "what", f"its {word}")
            what = what or word
    cells.labels(reading)
    return {"action": "show", "run": targets.one_run(reading), "what": what}


SHOW = Action(
    word="show",
    request=ShowRun,
    phrases="""
        show, display, let me see, (can|could|may) i see, (what's|whats) the verdict, what is the verdict, what was
        the verdict, [the] (grid|verdict|card) (of|for|on)
    """,
    light="grid, verdict, card",
    not_before={"show": "must off up"},
    sentence="show {what} {run}",
    read=show,
    example=lambda place: ShowRun(run=place.run, what="grid"),
    ways=("what's the verdict on {run}?",),
    of_run=True,
    usual=True,
    question=True,
    answered_at_once=True,
)
