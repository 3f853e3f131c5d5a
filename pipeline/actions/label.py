"""`label`: a person's own opinion of cells."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.models import Value
from pipeline.request import AxisCode, Names


class LabelCells(Value):
    """A person's own opinion of cells on one axis."""

    action: Literal["label"] = "label"
    run: str
    cells: Names
    axis: AxisCode
    value: Literal["pass", "fail"]


class LabelBlind(Value):
    """Look at cells one by one, without the judge's answer, and say of each axis whether it passes."""

    action: Literal["labelling"] = "labelling"
    run: str
    limit: Annotated[int, Field(ge=1, le=60)] | None = None
    """How many cells; null: ten."""


LABEL = Action(
    word="label",
    group="judge",
    request=LabelCells,
    phrases="""
        label, mark, tag, flag, my (label|opinion) (for|on), (i|we) (say|label|mark), rate … (pass|fail), count
        … as
    """,
    nouns="""
        as a an on for the it them this label axis is of to with pass fail failed passed her she he value that
        not me result results
    """,
    not_before={"mark": "is my your"},
    sentence="label {cells} {run} {axis} {value}",
    example=lambda place: LabelCells(run=place.run, cells=(place.label,), axis="q1", value="fail"),
    ways=("mark CB-LORA-front-full-S42 as pass on framing",),
    of_run=True,
)

LABELLING = Action(
    word="labelling",
    group="judge",
    request=LabelBlind,
    phrases="""
        label # [random|more|other] (cells|cell|images|image|pictures) [blind|blindly] [of|from|in], label [some|a few]
        [random] cells blind [of|from|in], (start|begin|open) [a|the] [blind] labelling [of|for], label blind,
        label blindly, (let|can) (me|i|us|we) label [# cells] [blind] [of|from|in], blind labelling (of|for)
    """,
    nouns="blind blindly cells cell random some few images pictures more other labelling of from in me us start",
    sentence="label {limit_cells} blind of {run}",
    example=lambda place: LabelBlind(run=place.run, limit=10),
    ways=("label 10 cells of {run}",),
)
