"""The message that asked shows how far it is, by signs that Slack keeps once."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.faults import Stage
from bot.sandbox.world import World
from tests.channel import RUN, Channel
from tests.conftest import Start
from tests.process import BotProcess

ASK = f"in the labs channel: judge runs/{RUN}"


def signs(channel: Channel, ts: str) -> set[str]:
    """What stands on a message."""
    found = channel.workspace.messages[ts].get("signs", {})
    return {name for name, people in found.items() if people}


async def test_a_request_is_seen_and_then_carries_its_verdict(channel: Channel, world: World) -> None:
    world.anthropic.latency_s = 0.3
    asked = channel.say(ASK)
    await channel.until(lambda: signs(channel, asked) == {"eyes"}, "that it is heard")

    await channel.settled(asked)

    await channel.until(lambda: signs(channel, asked) == {"white_check_mark"}, "the verdict")
    talk = channel.say("good morning")
    look = channel.say("<@U0LABSBOT> list runs")
    await channel.reply(look, RUN)
    assert signs(channel, talk) == signs(channel, look) == set()


async def test_what_was_denied_carries_nothing(start: Start) -> None:
    channel: Channel = await start(approval_above_usd="0.01")
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    await channel.until(lambda: signs(channel, asked) == {"eyes"}, "that it is heard")

    await channel.fill(plan, "labs:open:deny", "U0SAM", reason="not now")

    await channel.until(lambda: signs(channel, asked) == set(), "no sign")


async def test_without_the_right_to_it_there_are_none_and_nothing_else_is_missing(
    channel: Channel, world: World
) -> None:
    world.slack.scopes = world.slack.scopes - {"reactions:write"}

    asked = channel.say(ASK)
    await channel.result(asked)
    await channel.settled(asked)

    assert signs(channel, asked) == set()
    assert {one.partition(":")[0] for one in world.slack.refused} <= {"reactions.add", "reactions.remove"}


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_a_sign_leaves_the_right_one(world: World, root: Path, stage: Stage) -> None:
    channel = Channel(world)
    hold = world.slack.faults.hold("reactions.add", stage, 1)
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.result(asked)
        await channel.until(lambda: signs(channel, asked) == {"white_check_mark"}, "the verdict's sign")
