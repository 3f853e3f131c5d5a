"""kill -9 anywhere in a matrix with its judge: no image ordered twice, none lost, nothing posted twice."""

import asyncio
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Stage
from bot.sandbox.world import World
from bot.shop import SHOP
from tests import darkroom
from tests.channel import Channel
from tests.killing import ASK, Kill, Outcome, some_kills, trial
from tests.ledger import charges
from tests.outcomes import missing
from tests.process import BotProcess


def nothing_wrong(outcome: Outcome) -> None:
    assert (outcome.ordered_twice, outcome.cells_lost, outcome.posts_twice) == (0, 0, 0), outcome
    assert outcome.books_wrong == 0, outcome
    assert outcome.judged_again <= 9, outcome
    assert outcome.refused == ()
    assert outcome.verdict[1][0][1] + outcome.lost_twice == 9, outcome


@pytest.mark.parametrize(
    ("vendor", "call", "number", "stage"),
    [
        ("replicate", "predictions.create", 1, "before"),
        ("replicate", "predictions.create", 1, "during"),
        ("replicate", "predictions.create", 7, "after"),
        ("replicate", "predictions.list", 2, "during"),
        ("replicate", "delivery", 3, "during"),
        ("replicate", "delivery", 9, "after"),
        ("darkroom", "darkroom.create", 1, "before"),
        ("darkroom", "darkroom.create", 1, "during"),
        ("darkroom", "darkroom.create", 7, "after"),
        ("darkroom", "darkroom.get", 2, "during"),
        ("darkroom", "darkroom.picture", 3, "during"),
        ("darkroom", "darkroom.picture", 9, "after"),
    ],
)
async def test_a_kill_around_a_vendors_call_orders_nothing_twice(
    world: World, root: Path, vendor: str, call: str, number: int, stage: Stage
) -> None:
    """Of a vendor that lists nothing, what was lost is ordered once more where that is cheap: then both are booked."""
    channel = Channel(world)
    server, shop = (world.replicate, SHOP) if vendor == "replicate" else (world.darkroom, darkroom.SHOP)
    hold = server.faults.hold(call, stage, number)
    async with BotProcess(world, root, shop=shop) as bot:
        asked = channel.say(ASK)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root, shop=shop):
        await channel.result(asked)
        await channel.settled(asked)

    counted = Counter((one.input["prompt"], one.input["seed"]) for one in server.ordered)
    booked = Counter(one["state"] for one in charges(root) if one["vendor"] == vendor)
    assert len(counted) == 9
    assert missing(root) == set()
    assert booked["charged"] == 9
    repeated = len(server.ordered) - 9
    if vendor == "replicate":
        assert (repeated, booked["unknown"]) == (0, 0)
    assert repeated <= booked["unknown"]
    assert max(counted.values()) <= 2


@pytest.mark.in_file
async def test_random_kills_lose_and_double_nothing(root: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(root, tmp_path / "undisturbed"))
    undisturbed = await trial(other, [])

    outcome = await trial(root, some_kills(random.Random(4)))

    nothing_wrong(outcome)
    assert outcome.lost_twice or outcome.verdict == undisturbed.verdict


@pytest.mark.parametrize("writes", [12, 25, 40])
@pytest.mark.in_file
async def test_a_kill_right_after_a_write_of_the_ledger(root: Path, writes: int) -> None:
    nothing_wrong(await trial(root, [Kill(after_writes=writes)]))
