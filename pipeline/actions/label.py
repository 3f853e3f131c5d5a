"""`label`: a person's own opinion of cells."""

from typing import Literal

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


_PASSES = frozenset({"pass", "passes", "passed", "passing"})


_FAILS = frozenset({"fail", "fails", "failed", "failing", "failure"})


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
    built=False,
)
