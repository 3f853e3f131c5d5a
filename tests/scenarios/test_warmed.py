"""The judge's cache filled by a call of its own: before money may move never, once, and never in a judgement's way."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault, Stage
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, buttons
from tests.conftest import Start
from tests.ledger import charges, table
from tests.process import BotProcess

ASK = f"in the labs channel: judge runs/{RUN}"
MAKE = f"in the labs channel: re-run runs/{RUN} with seeds [19023, 555], then judge"


def reads(world: World) -> list[bool]:
    """Whether each judgement found the cache filled."""
    return [bool(one["usage"]["cache_read_input_tokens"]) for one in world.anthropic.asked]


async def test_no_judgement_goes_first_and_alone(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(warm_cache=True)
    first = world.anthropic.faults.hold("messages", "before", 2)  # the call after the warming one
    asked = channel.say(ASK)
    await channel.until(lambda: len(world.anthropic.asked) == 5, "the others judged while the first one waits")
    first.release.set()
    await channel.result(asked)

    assert len(world.anthropic.warmed) == 1
    assert reads(world) == [True] * 6
    (warming,) = [row for row in charges(root) if row["warming_job"]]
    assert (warming["state"], warming["usd_micros"] > 0) == ("charged", True)
    assert {row["used_micros"] for row in table(root, "budgets")} == {sum(row["usd_micros"] for row in charges(root))}


async def test_it_is_filled_while_the_images_are_being_made(start: Start, world: World) -> None:
    world.replicate.run_s = 1.5
    channel: Channel = await start(warm_cache=True)
    asked = channel.say(MAKE)
    await channel.until(lambda: world.anthropic.warmed, "a warm cache")
    assert world.anthropic.asked == []
    assert world.replicate.ordered
    await channel.result(asked)

    assert len(world.anthropic.warmed) == 1
    assert all(reads(world))


async def test_nothing_is_filled_before_money_may_move(start: Start, world: World) -> None:
    channel: Channel = await start(warm_cache=True, grace_s=1.0)
    asked = channel.say(ASK)
    message = await channel.until(
        lambda: next((one for one in channel.replies(asked) if "labs:cancel" in buttons(one)), None), "the grace"
    )
    channel.press(message, "labs:cancel")
    await channel.settled(asked, "anceled")

    assert world.anthropic.warmed == []


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        pytest.param(Fault("answer", 400, {"type": "error", "error": {"type": "invalid_request_error"}}), "released"),
        pytest.param(Fault("answer", 529, {"type": "error", "error": {"type": "overloaded_error"}}), "released"),
        pytest.param(Fault("answer", 500, {}), "unknown"),
        pytest.param(Fault("hang up after"), "unknown"),
    ],
)
async def test_where_it_fails_the_judgements_go_on_as_ever(
    start: Start, world: World, root: Path, fault: Fault, state: str
) -> None:
    channel: Channel = await start(warm_cache=True)
    world.anthropic.faults.add("messages", fault)
    await channel.result(channel.say(ASK))

    assert [row["state"] for row in charges(root) if row["warming_job"]] == [state]
    assert len(world.anthropic.asked) == 6
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_it_pays_for_it_once(world: World, root: Path, stage: Stage) -> None:
    channel = Channel(world)
    hold = world.anthropic.faults.hold("messages", stage, 1)
    async with BotProcess(world, root, warm_cache=True) as bot:
        asked = channel.say(ASK)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root, warm_cache=True):
        await channel.result(asked)

    assert len(world.anthropic.warmed) <= 1
    assert len([row for row in charges(root) if row["warming_job"]]) == 1
    assert not [row for row in charges(root) if row["state"] == "reserved"]
    assert {row["used_micros"] for row in table(root, "budgets")} == {sum(row["usd_micros"] for row in charges(root))}
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED
