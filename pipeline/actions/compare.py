"""`compare`: runs side by side."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.models import Value


class CompareRuns(Value):
    """Two or more runs side by side."""

    action: Literal["compare"] = "compare"
    runs: Annotated[tuple[str, ...], Field(min_length=2)]


COMPARE = Action(
    word="compare",
    request=CompareRuns,
    participles="compared",
    phrases="""
        compare, (put|show|place) … side by side, (put|show|place) … next to each other, how (does|do) …
        (compare|stack up|differ), diff, [the] difference between, what is the difference between, what's the
        difference between, contrast, how … compare, (show|put|see) … (next to|beside|against|versus|vs), which
        is better, hold … against, set … against, comparison (of|between), a comparison (of|between)
    """,
    nouns="""
        side by each other next to runs run two three both with and versus vs between differ compare the
        difference against of matrix grids grid verdict verdicts results result all these stack up comparison
    """,
    sentence="compare {runs}",
    example=lambda place: CompareRuns(runs=(place.run, place.other)),
    ways=("compare this with the latest CB LoRA",),
    nominals="comparison (of|between), a comparison (of|between)",
    light="comparison (of|between), comparison",
)
