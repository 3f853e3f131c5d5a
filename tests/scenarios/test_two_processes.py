"""Two equal processes on one ledger: what either hears is done once, and what one leaves the other goes on with."""

import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import pytest

from bot.sandbox.world import World
from tests.channel import RUN, Channel, moment, text
from tests.killing import ASK, Outcome, outcome
from tests.ledger import table
from tests.process import BotProcess

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
FROZEN_S = 9.0


@pytest.fixture
def world(world: World) -> World:
    """Slow enough that something is under way whenever one dies."""
    world.replicate.run_s, world.anthropic.latency_s = 0.5, 0.2
    return world


def once(found: Outcome) -> None:
    """Nothing was ordered, told or lost twice."""
    assert (found.ordered_twice, found.cells_lost, found.posts_twice, found.books_wrong) == (0, 0, 0, 0)
    assert found.lost_twice == 0


async def test_what_either_hears_is_done_once(world: World, root: Path) -> None:
    channel = Channel(world)
    async with BotProcess(world, root), BotProcess(world, root):
        asked = [channel.say(f"show runs/{RUN}") for _ in range(10)]
        job = channel.say(ASK)
        for ts in asked:
            await channel.reply(ts, "Show the grid")
        await channel.result(job)
        await channel.settled(job)
        assert len({row["boot"] for row in table(root, "processes")}) == 2

    once(outcome(world, root, channel, job))
    assert [len(channel.replies(ts)) for ts in asked] == [1] * 10
    assert table(root, "processes") == []  # both left in an orderly way


@pytest.mark.parametrize(("how", "after_s"), [("killed", 0.4), ("killed", 1.2), ("frozen", 1.2)])
async def test_what_one_leaves_behind_the_other_goes_on_with(
    world: World, root: Path, how: Literal["killed", "frozen"], after_s: float
) -> None:
    channel = Channel(world)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(BotProcess(world, root))
        await stack.enter_async_context(BotProcess(world, root))
        asked = channel.say(ASK)
        await moment(after_s)
        os.kill(first.pid, signal.SIGKILL if how == "killed" else signal.SIGSTOP)
        if how == "frozen":
            await moment(FROZEN_S)
            os.kill(first.pid, signal.SIGCONT)
        await channel.result(asked)
        await channel.settled(asked)

    once(outcome(world, root, channel, asked))


async def test_a_button_is_pressed_at_one_and_seen_by_the_other(world: World, root: Path) -> None:
    channel = Channel(world)
    async with BotProcess(world, root, approval_above_usd=0.01), BotProcess(world, root, approval_above_usd=0.01):
        asked = channel.say(ASK)
        plan = await channel.plan(asked)
        for _ in range(6):
            channel.press(plan, "labs:approve", "U0SAM")
        await channel.result(asked)
        done = await channel.settled(asked)

    assert "Done in" in text(done)
    once(outcome(world, root, channel, asked))
    assert len([row for row in table(root, "decisions") if row["what"] == "approved"]) == 1


@pytest.mark.parametrize("unit", ["order_intents.intend", "call_steps.intend", "pace.intend_post"])
async def test_who_stood_still_sends_nothing_that_others_have_taken_over(world: World, root: Path, unit: str) -> None:
    channel = Channel(world)
    sent: dict[str, Callable[[], object]] = {
        "order_intents.intend": lambda: len(world.replicate.ordered) == 9,
        "call_steps.intend": lambda: len(world.anthropic.asked) == 9,
        "pace.intend_post": lambda: channel.replies(asked),
    }
    async with BotProcess(world, root, stands_still_after=unit) as first:
        asked = channel.say(ASK)
        await channel.until(lambda: first.stands_still, "one that stands still")
        async with BotProcess(world, root):
            await channel.until(sent[unit], "all, by the other one")
            os.kill(first.pid, signal.SIGCONT)
            await first.terminate()  # whatever it was about to do, it did
            await channel.result(asked)
            await channel.settled(asked)

    once(found := outcome(world, root, channel, asked))
    assert found.judged_again == 0
