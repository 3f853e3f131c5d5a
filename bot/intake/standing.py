"""Whether somebody may speak here, and decide: colleagues do; guests and other workspaces where a setting allows it.

Asked of Slack after a message was acknowledged, and remembered for a while: for decisions a short one.
"""

import time
from enum import StrEnum

from bot.bench import Bench, Known
from handlers.listeners.who import split
from handlers.slack_errors import SlackRefused
from pipeline.errors import Forbidden

KNOWN_S = 600.0
DECIDING_S = 60.0
"""Somebody who was let go a moment ago decides nothing any more."""


class Standing(StrEnum):
    """What somebody is to this workspace."""

    COLLEAGUE = "colleague"
    GUEST = "guest"
    STRANGER = "stranger"
    GONE = "gone"


async def standing(bench: Bench, person: str, *, deciding: bool = False) -> Standing:
    """Raises: SlackBusy, SlackLost (ask again: who is unknown is no colleague)."""
    team, user = split(person)
    if team is not None:
        return Standing.STRANGER
    if bench.slack is None or person.startswith("shell:"):
        return Standing.COLLEAGUE
    known = bench.members.get(user)
    if known is None or time.monotonic() - known.at > (DECIDING_S if deciding else KNOWN_S):
        known = Known(await _asked(bench, user), time.monotonic())
        bench.members[user] = known
    return Standing(known.standing)


async def _asked(bench: Bench, user: str) -> str:
    assert bench.slack is not None  # noqa: S101  # its caller looked
    try:
        told = await bench.slack.member(user)
    except SlackRefused:
        return Standing.STRANGER  # not visible, or not there
    if told.get("deleted"):
        return Standing.GONE
    if told.get("is_restricted") or told.get("is_ultra_restricted"):
        return Standing.GUEST
    home = {None, bench.ours.team, bench.ours.enterprise}
    strange = told.get("is_stranger") or told.get("is_bot") or told.get("team_id") not in home
    return Standing.STRANGER if strange else Standing.COLLEAGUE


async def may_ask(bench: Bench, person: str) -> bool:
    """Whether they are answered at all."""
    found = await standing(bench, person)
    team, _user = split(person)
    return (
        found is Standing.COLLEAGUE
        or (found is Standing.GUEST and bench.settings.allow_guests)
        or (found is Standing.STRANGER and team in bench.settings.allowed_teams)
    )


async def must_decide(bench: Bench, person: str) -> None:
    """Raises: Forbidden, unless they are a colleague, whatever is allowed otherwise; SlackBusy, SlackLost."""
    if await standing(bench, person, deciding=True) is not Standing.COLLEAGUE:
        raise Forbidden("Guests and people of other workspaces decide nothing.", "Ask an approver of this workspace.")
