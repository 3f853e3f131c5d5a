"""`label`: a person's own opinion of cells."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, settings, targets
from pipeline.language.slots.seeds import read_seeds
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


def label(reading: Reading) -> Fields:
    """A person's own opinion: cells, one axis, pass or fail."""
    named = cells.labels(reading)
    axes = settings.axes(reading)
    value = None
    for at, token in enumerate(reading.tokens):
        if token.word in _PASSES | _FAILS and not reading.roles[at]:
            found = "pass" if token.word in _PASSES else "fail"
            reading.take(at, at + 1, "value", found)
            value, clash = value or found, value not in {None, found}
            if clash:
                reading.lack("value")
    ids = cells.name_prompts(reading)
    seeds = read_seeds(reading)
    run = targets.one_run(reading)
    chosen = cells.selected(reading, run, named, ids, seeds)
    if not chosen:
        reading.lack("cells")
    if axes is None or len(axes) != 1:
        reading.lack("axis")
    if value is None:
        reading.lack("value")
    axis = axes[0] if axes and len(axes) == 1 else None
    return {"action": "label", "run": run, "cells": chosen, "axis": axis, "value": value}


LABEL = Action(
    word="label",
    request=LabelCells,
    phrases="label, mark",
    not_before={"mark": "is my your"},
    sentence="label {cells} {run} {axis} {value}",
    read=label,
    example=lambda place: LabelCells(run=place.run, cells=(place.label,), axis="q1", value="fail"),
    ways=("mark CB-LORA-front-full-S42 as pass on framing",),
    of_run=True,
    built=False,
)
