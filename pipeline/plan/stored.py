"""Plans as the ledger keeps them: with the number of their schema, and a way up from every older one."""

import json
from collections.abc import Callable
from typing import Any

from pipeline.plan.plan import Plan

Body = dict[str, Any]


def _first(body: Body) -> Body:
    """Before plans had a number (until 2026-11), there was one maker of images."""
    if body.get("making"):
        body["making"] = {"maker": "flux-lora", "vendor": "replicate", **body["making"]}
    return body


UPGRADES: tuple[Callable[[Body], Body], ...] = (_first,)
"""From schema 1 to 2, from 2 to 3, … Whoever renames a field of a plan, or adds one that is needed, adds a step."""
SCHEMA = len(UPGRADES) + 1


def store_plan(plan: Plan) -> str:
    """A plan, and all that is in it, as JSON."""
    return json.dumps({"schema": SCHEMA, **plan.model_dump(mode="json")})


def read_plan(stored: str) -> Plan:
    """A plan of this schema or of an older one. Raises: pydantic.ValidationError for one of a later version."""
    body = json.loads(stored)
    for step in UPGRADES[body.pop("schema", 1) - 1 :]:
        body = step(body)
    return Plan.model_validate(body)
