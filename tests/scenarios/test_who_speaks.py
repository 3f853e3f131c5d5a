"""A person is a workspace and a user: strangers, guests and those who have left are not heard, and never decide."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.world import World
from tests.channel import RUN, Channel, moment, text
from tests.conftest import Start
from tests.ledger import charges

ASK = f"in the labs channel: judge runs/{RUN}"
ELSE = "T0ELSE"
STRANGERS: dict[str, dict[str, Any]] = {
    "another workspace": {"team": ELSE},
    "another workspace's team_id": {"authorizations": [{"team_id": ELSE}], "team_id": ELSE},
    "another app": {"api_app_id": "A0ELSE"},
}
LEFT: dict[str, dict[str, Any]] = {
    "a guest": {"is_restricted": True},
    "a single-channel guest": {"is_ultra_restricted": True},
    "one who has left": {"deleted": True},
    "a stranger": {"is_stranger": True, "team_id": ELSE},
}


async def nothing_happens(channel: Channel, world: World, asked: str) -> None:
    """Told by a colleague's request, said after it, which is dealt with."""
    await channel.reply(channel.say("list runs"), "Runs, newest first")
    await moment(0.2)
    assert channel.replies(asked) == []
    assert world.anthropic.asked == []


@pytest.mark.parametrize("how", list(STRANGERS))
async def test_who_is_not_of_this_workspace_is_not_heard(channel: Channel, world: World, how: str) -> None:
    await nothing_happens(channel, world, world.people.write("U0DANA", ASK, **STRANGERS[how]))


@pytest.mark.parametrize("who", list(LEFT))
async def test_guests_and_those_who_have_left_are_not_heard(channel: Channel, world: World, who: str) -> None:
    channel.workspace.members["U0KIM"] = LEFT[who]

    await nothing_happens(channel, world, channel.say(ASK, person="U0KIM"))


async def test_a_setting_lets_a_workspace_and_guests_ask(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(allowed_teams=ELSE, allow_guests=True, approvers="U0SAM,U0KIM")
    channel.workspace.members["U0KIM"] = LEFT["a guest"]

    await channel.result(world.people.write("U0DANA", ASK, team=ELSE))
    await channel.reply(channel.say("list runs", person="U0KIM"), "Runs, newest first")

    assert {one["person"] for one in charges(root)} == {f"{ELSE}/U0DANA"}


async def test_an_approvers_id_of_another_workspace_decides_nothing(start: Start, world: World) -> None:
    channel: Channel = await start(
        allowed_teams=ELSE, approval_above_usd="0", allow_guests=True, approvers="U0SAM,U0KIM"
    )
    channel.workspace.members["U0KIM"] = LEFT["a guest"]
    asked = channel.say(ASK)
    plan = await channel.plan(asked)

    world.people.press("U0SAM", plan["ts"], "labs:approve", ELSE)
    await channel.reply(asked, "decide nothing")
    world.people.write("U0SAM", "approve", thread_ts=asked, team=ELSE)
    channel.say("approve", person="U0KIM", thread=asked)
    await channel.until(lambda: sum("decide nothing" in text(m) for m in channel.told(asked)) == 3, "three refusals")
    assert world.anthropic.asked == []

    channel.press(plan, "labs:approve", "U0SAM")
    await channel.result(asked)


@pytest.mark.parametrize(
    "act",
    [
        lambda people, plan: people.press("U0SAM", plan["ts"], "labs:approve", ELSE),
        lambda people, plan: people.press("U0SAM", plan["ts"], "labs:approve", api_app_id="A0ELSE"),
        lambda people, plan: people.press("U0SAM", plan["ts"], "labs:open:deny", ELSE),
        lambda people, plan: people.press("U0DANA", plan["ts"], "labs:cancel", ELSE),
    ],
    ids=["approve", "another app", "open a form", "cancel"],
)
async def test_a_strangers_click_does_nothing(
    start: Start, world: World, act: Callable[[Any, dict[str, Any]], None]
) -> None:
    channel: Channel = await start(approval_above_usd="0")
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    before = len(channel.replies(asked))

    act(world.people, plan)

    await nothing_happens(channel, world, "none")
    assert len(channel.replies(asked)) == before
    assert channel.workspace.views == {}
