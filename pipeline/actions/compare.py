"""`compare`: runs side by side."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, targets
from pipeline.models import Value


class CompareRuns(Value):
    """Two or more runs side by side."""

    action: Literal["compare"] = "compare"
    runs: Annotated[tuple[str, ...], Field(min_length=2)]


def compare(reading: Reading) -> Fields:
    cells.labels(reading)
    return {"action": "compare", "runs": targets.several_runs(reading)}


COMPARE = Action(
    word="compare",
    request=CompareRuns,
    phrases="""
        compare, (put|show|place) … side by side, (put|show|place) … next to each other, how (does|do) …
        (compare|stack up|differ), diff, difference between, what is the difference between, what's the difference
        between, contrast
    """,
    sentence="compare {runs}",
    read=compare,
    example=lambda place: CompareRuns(runs=(place.run, place.other)),
    ways=("compare this with the latest CB LoRA",),
    built=False,
)
