"""`judge`: the four-axis identity judge over a run."""

from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from pipeline.actions.action import Action, JobWords
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, settings, targets
from pipeline.language.slots.spending import priced
from pipeline.request import AxisCode, Spending, some_of


class JudgeRun(Spending):
    """Run the four-axis identity judge over a run's cells."""

    action: Literal["judge"] = "judge"
    run: str
    reference: str | None = None
    model: str | None = None
    axes: tuple[AxisCode, ...] | None = None
    repeats: Annotated[int, Field(ge=1, le=9)] | None = None

    @field_validator("axes")
    @classmethod
    def _all_is_null(cls, axes: tuple[AxisCode, ...] | None) -> tuple[AxisCode, ...] | None:
        """In order; all of them, named one by one, are null."""
        return some_of(axes, get_args(AxisCode))


def judge(reading: Reading) -> Fields:
    price = priced(reading)
    fields: Fields = {"action": "judge", "reference": settings.reference(reading), "model": settings.model(reading)}
    fields["repeats"] = settings.repeats(reading)
    named = cells.labels(reading)
    fields["axes"] = settings.axes(reading)
    prompts = cells.name_prompts(reading)
    fields["run"] = targets.one_run(reading)
    if named or prompts.named or prompts.left_out:
        reading.lack("cells")  # a verdict covers a whole run; part of one cannot be asked for
    return fields | price


JUDGE = Action(
    word="judge",
    request=JudgeRun,
    phrases="""
        judge, rejudge, re judge, run [the|a] [identity|4-axis|four-axis] [identity] judge, (rerun|start) the
        [identity|4-axis|four-axis] judge, (get|have) … judged, (get|have|ask|let) the judge [to] (look|go)
        (at|over), put … through the [identity] judge
    """,
    nominals="[a|the] [full|complete] judging, [a] judgement of, [the] judge on",
    light="[identity] judge, judging, judgement of, judgement on",
    not_before={"judge": "yourself yourselves results result verdict model output still crashed already"},
    sentence="judge {run} {reference} {model} {axes} {repeats}",
    read=judge,
    example=lambda place: JudgeRun(run=place.run, reference=place.photo),
    ways=("how much would it cost to judge {run}?", "judge it, only Q1 and Q4, each cell 3 times, max $1"),
    job=JobWords("judge", "Judging", "Judged"),
    usual=True,
)
