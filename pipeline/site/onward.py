"""The sentences with which to go on from a cell, each with its price."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from pipeline.actions.label import LabelCells
from pipeline.actions.matrix import RedoCells
from pipeline.actions.upscale import UpscaleCells
from pipeline.advice.next_steps import Prices, judge_calls
from pipeline.evidence.run_state import RunState
from pipeline.language.sentence import render
from pipeline.models import Axis, JudgedCell, Value
from pipeline.money import Estimate
from pipeline.prices import NOTHING, add


class GoOn(Value):
    """A sentence that the bot understands."""

    sentence: str
    price: str
    purpose: str


IN_PLAN = "priced in its plan"


def go_on(request: type[Value], fields: Mapping[str, Any], price: str, purpose: str) -> GoOn | None:
    """A sentence with its price; None where nobody could say it: files of other tools hold odd labels and prompts."""
    try:
        made = request.model_validate(fields)
    except ValidationError:
        return None
    return GoOn(sentence=render(made), price=price, purpose=purpose)  # type: ignore[arg-type]  # a request, as its caller says


def redo_price(state: RunState, prices: Prices) -> Estimate:
    judged = state.verdict.scored > 0 and state.model is not None
    return add(prices.of_images(1), judge_calls(1, prices, state.model or "", state) if judged else NOTHING)


def onward(state: RunState, cell: JudgedCell, redo: Estimate, *, made: bool) -> tuple[GoOn, ...]:
    """`redo`: what making it again costs; `made`: it has a picture."""
    label, found, wrong = cell.cell.label, list[GoOn | None](), list[GoOn | None]()
    of = {"run": state.run, "cells": (label,)}
    if cell.scores is not None:
        fails = [axis for axis in Axis if not cell.scores[axis].passed]
        for axis in fails or [Axis.IDENTITY]:
            purpose = f"Say that {axis.title} {'passes' if fails else 'fails'}: the judge is wrong."
            value = "pass" if fails else "fail"
            wrong.append(go_on(LabelCells, of | {"axis": axis.code, "value": value}, "free", purpose))
    if made and not state.leaderboard:
        found.append(go_on(UpscaleCells, of, IN_PLAN, "Upscale it, judged before and after."))
    if state.trained_version and cell.cell.maker is None:
        same = " The same seed gives nearly the same picture." if made else ""
        judged = {"then_judge": state.verdict.scored > 0}
        found.append(go_on(RedoCells, of | judged, str(redo), f"Make it again.{same}"))
    # Last, and by its own button: nobody copies a word against the judge without meaning it.
    return tuple(one for one in [*found, *wrong] if one is not None)
