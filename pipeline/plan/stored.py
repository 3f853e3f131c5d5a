"""Plans as the ledger keeps them: with the number of their schema, and a way up from every older one."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from pipeline.errors import LabsError
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


class LaterPlan(LabsError):
    """A later version of the bot wrote it, and keeps something in it that this one does not know."""

    hint = "A process of that version goes on with it; this one leaves it alone. Nothing was spent."
    passes = True
    """It is left as it is, for whoever knows it."""


def read_plan(stored: str) -> Plan:
    """A plan of this schema, of an older one, or of a later one that says nothing new.

    Raises: LaterPlan; pydantic.ValidationError for what is none.
    """
    body = json.loads(stored)
    schema = body.pop("schema", 1)
    for step in UPGRADES[schema - 1 :]:
        body = step(body)
    try:
        return Plan.model_validate(body)
    except ValidationError as error:
        if schema <= SCHEMA:
            raise
        raise LaterPlan(f"The plan was made by a later labs-bot (its schema {schema}).") from error
