"""Two versions of the bot on one ledger: the older reads what it can of the newer's plans, and leaves it the rest."""

import json
import re

import pytest
from pydantic import ValidationError

from bot.ledger import schema
from pipeline.plan import stored
from tests.messages import kept

PLAN = kept()["judge"].plan


def body(**more: object) -> str:
    return json.dumps({**json.loads(stored.store_plan(PLAN)), **more})


def test_a_later_plan_that_says_nothing_new_is_read() -> None:
    assert stored.read_plan(body(schema=stored.SCHEMA + 1)) == PLAN


def test_a_later_plan_that_says_something_new_is_left_to_who_knows_it() -> None:
    with pytest.raises(stored.LaterPlan, match=f"schema {stored.SCHEMA + 1}") as told:
        stored.read_plan(body(schema=stored.SCHEMA + 1, of_tomorrow=True))
    assert told.value.passes  # tried again, and never failed by a process that does not know it


def test_a_plan_of_today_that_is_none_is_an_error() -> None:
    with pytest.raises(ValidationError):
        stored.read_plan(body(of_tomorrow=True))


SHARED_SINCE = "m022"
"""From this step on several versions may be at work on one ledger: the tables of those before were made at once."""
ADDS = re.compile(r"(--[^\n]*\n\s*)*(create (unique )?(table|index)|alter table \w+ add column)\b")


def test_a_step_of_the_tables_only_adds() -> None:
    """The version that is being replaced goes on with them meanwhile."""
    later = [name for name in schema.NAMES if name[:4] > SHARED_SINCE]

    assert later
    for name in later:
        for statement in schema.statements(name):
            assert ADDS.match(statement.strip()), (name, statement)
