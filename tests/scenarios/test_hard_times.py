"""A full disk, a ledger that others hold, a folder in the way, clocks that differ: nothing lost, nothing twice."""

import contextlib
import resource
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from tests.channel import RUN, Channel, moment, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.process import BotProcess

ASK = f"in the labs channel: re-run runs/{RUN} with seeds 1-3, then judge"


def once_each(world: World) -> None:
    counted = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    assert set(counted.values()) == {1}
    assert len(counted) == 9


async def test_a_disk_that_is_full_for_a_while(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.3
    async with BotProcess(world, root, image_concurrency=3) as bot:
        asked = channel.say(ASK)
        await channel.until(lambda: len(world.replicate.ordered) >= 4, "a start")
        # No file may grow any more: pictures and ledger alike are refused, as on a full disk.
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        await moment(1.5)
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        result = await channel.result(asked)
        await channel.settled(asked)

    assert "9 images made" in text(result)
    once_each(world)
    assert not [one for one in charges(root) if one["state"] == "reserved"]


@pytest.mark.in_file
async def test_a_ledger_that_another_program_holds_for_a_while(start: Start, world: World, root: Path) -> None:
    world.replicate.run_s = 0.2
    channel: Channel = await start()
    asked = channel.say(ASK)
    await channel.until(lambda: len(world.replicate.ordered) >= 4, "a start")
    with contextlib.closing(sqlite3.connect(root / "ledger.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        await moment(1.0)
        other.execute("rollback")

    assert "9 images made" in text(await channel.result(asked))
    once_each(world)


async def test_a_file_in_the_place_of_the_new_runs_folder(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(grace_s=0.6)
    asked = channel.say(ASK)
    await channel.reply(asked, "Starts in")
    name = table(root, "plans")[0]["run"]
    (root / "runs" / name).write_text("in the way")

    stopped = await channel.reply(asked, "cannot be read")

    assert "Nothing was spent" in text(stopped)
    assert world.replicate.ordered == []
    assert {one["used_micros"] for one in table(root, "budgets")} == {0}


@pytest.mark.parametrize("ahead", [1800.0, -1800.0])
async def test_clocks_that_differ_never_make_an_order_twice(start: Start, world: World, ahead: float) -> None:
    world.replicate.clock.ahead = ahead
    world.replicate.faults.add("predictions.create", Fault("hang up after"))
    channel: Channel = await start()

    asked = channel.say(f"in the labs channel: redo CB-LORA-front-full-S42 of runs/{RUN}")
    anchor = await channel.reply(asked, "1 image needs your word")
    channel.press(anchor, "labs:giveup")
    await channel.result(asked)

    assert len(world.replicate.ordered) == 1
