"""`judge`: the four-axis identity judge over a run."""

from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from pipeline.actions.action import Action, JobWords
from pipeline.request import AxisCode, Names, Spending, some_of


class JudgeRun(Spending):
    """Run the four-axis identity judge over a run's cells."""

    action: Literal["judge"] = "judge"
    run: str
    cells: Names | None = None
    """Only these; null: all. A verdict over a part says so."""
    reference: str | None = None
    model: str | None = None
    rubric: str | None = None
    """By its version, or the beginning of it; null: the one in force."""
    axes: tuple[AxisCode, ...] | None = None
    repeats: Annotated[int, Field(ge=1, le=9)] | None = None
    batch: bool = False
    """All calls in one message batch: half the price, answered within hours instead of seconds."""

    @field_validator("axes")
    @classmethod
    def _all_is_null(cls, axes: tuple[AxisCode, ...] | None) -> tuple[AxisCode, ...] | None:
        """In order; all of them, named one by one, are null."""
        return some_of(axes, get_args(AxisCode))


JUDGE = Action(
    word="judge",
    group="judge",
    request=JudgeRun,
    participles="judged, rejudged",
    phrases="""
        judge, rejudge, re judge, (run|do|start|repeat|use|try) [the|a|an] [identity|4-axis|four-axis]
        [identity] judge [over|on|against|through|all over], (rerun|start) the [identity|4-axis|four-axis]
        judge, (get|have|want) … judged, (get|have) … checked by the judge, (get|have|ask|let|make) the judge
        [to] (look|go|look|run|have a look) (at|over|on|through), (get|have|ask|let|make) the judge [to]
        (check|see|score|rate|assess|evaluate|judge|grade), let the judge loose on, (send|pass|feed) …
        (to|through) the judge, give … to the judge, have a verdict on, ask the judge (about|for a verdict
        on|for its verdict on), put … through the [identity] judge, put … before the judge
    """,
    nouns="""
        judging identity axis four-axis 4-axis prompt judgement reference claude question opinion verdict on
        score scores model result results photo photos vision source image
    """,
    nominals="""
        [a|the] judge pass (over|on|of|for), [a] judge run (over|on|of), [a|the] [full|complete] [identity]
        judging, [a|the] [full|complete] judging of, [a] judgement of, [the] judge on
    """,
    light="[identity] judge, judging, judgement of, judgement on",
    not_before={"judge": "yourself yourselves results result verdict model output still crashed already"},
    sentence="judge {cells} {run} {reference} {model} {rubric} {axes} {repeats} {batch}",
    example=lambda place: JudgeRun(run=place.run, reference=place.photo),
    ways=(
        "how much would it cost to judge {run}?",
        "judge it, only Q1 and Q4, each cell 3 times, max $1",
        "judge {run} as a batch",
    ),
    job=JobWords("judge", "Judging", "Judged"),
    of_run=True,
    usual=True,
)
