"""What ledgers and run folders hold can be read by the next version."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.receipts import Receipt
from handlers.message import Message
from pipeline.fixture.consent import Holdings
from pipeline.models import Judgement
from pipeline.plan.plan import PlannedImage, Training
from pipeline.record.job import Filed

KEPT = Path(__file__).parents[1] / "data/stored_fields.json"
"""The fields that ledgers out there hold, and whether each may be missing. One is added with a default, and none goes:
`Value` refuses what it does not know, and then a paid result can never be posted."""
STORED: dict[str, type[BaseModel]] = {
    "outcome": Filed,
    "judgement": Judgement,
    "message": Message,
    "holdings": Holdings,
    "receipt": Receipt,
    "image": PlannedImage,
    "training": Training,
}


def fields(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> dict[str, Any]:
    """Of a value and of all that it holds: field to whether it is required, or to what lies in it."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        inner = {one.__name__: fields(one, seen | {model}) for one in _models(field.annotation) if one not in seen}
        found[name] = {"required": field.is_required(), "holds": inner}
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in get_args(annotation) for one in _models(part)]


def faults(was: dict[str, Any], now: dict[str, Any], place: str) -> list[str]:
    """What a version that knows `now` may not read of what one that knew `was` wrote."""
    found = [f"{place}.{name} is gone" for name in was.keys() - now.keys()]
    found += [f"{place}.{name} is new and has no default" for name in now.keys() - was.keys() if now[name]["required"]]
    for name in was.keys() & now.keys():
        if now[name]["required"] and not was[name]["required"]:
            found.append(f"{place}.{name} is required since")
        found += [f"{place}.{name} holds no {one}" for one in was[name]["holds"].keys() - now[name]["holds"].keys()]
        for held in was[name]["holds"].keys() & now[name]["holds"].keys():
            found += faults(was[name]["holds"][held], now[name]["holds"][held], f"{place}.{name}")
    return found


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_can_be_read(name: str) -> None:
    kept = json.loads(KEPT.read_text("utf-8"))

    assert faults(kept[name], fields(STORED[name]), name) == []


def test_a_field_that_went_is_named() -> None:
    was = {"a": {"required": False, "holds": {}}, "b": {"required": True, "holds": {}}}
    now = {"b": {"required": True, "holds": {}}, "c": {"required": True, "holds": {}}}

    assert faults(was, now, "it") == ["it.a is gone", "it.c is new and has no default"]
