"""kill -9 around each call that a bake-off makes: no picture is paid twice where that can be known, and each
photograph is taken back."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.faults import Stage
from bot.sandbox.world import World
from tests.bakeoffs import TAIL, bakeoff
from tests.channel import Channel
from tests.ledger import charges, table
from tests.process import BotProcess

OPEN = json.dumps({"self": ["fashn"]})
GIVEN: dict[str, Any] = {"consent_vendors": OPEN, "approval_above_usd": 5, "repeat_unknown_below_usd": 1}
CALLS: tuple[tuple[str, str, int, Stage], ...] = (
    ("replicate", "files.create", 1, "before"), ("replicate", "files.create", 1, "during"),
    ("replicate", "files.create", 1, "after"), ("replicate", "predictions.create", 2, "during"),
    ("replicate", "files.delete", 1, "before"), ("replicate", "files.delete", 1, "during"),
    ("fashn", "fashn.run", 2, "before"), ("fashn", "fashn.run", 2, "during"), ("fashn", "fashn.run", 2, "after"),
    ("fashn", "fashn.status", 3, "during"), ("fashn", "fashn.picture", 4, "during"),
)  # fmt: skip


@pytest.mark.parametrize(("vendor", "call", "number", "stage"), CALLS)
async def test_a_kill_around_a_call_pays_nothing_twice(
    world: World, root: Path, vendor: str, call: str, number: int, stage: Stage
) -> None:
    channel = Channel(world)
    server = world.replicate if vendor == "replicate" else world.fashn
    hold = server.faults.hold(call, stage, number)
    async with BotProcess(world, root, **GIVEN) as bot:
        asked = channel.say(f"in the labs channel: bakeoff fashn and pulid {TAIL}")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root, **GIVEN):
        await channel.result(asked)
        await channel.settled(asked)
        await channel.until(lambda: not world.replicate.shelf.files, "photographs deleted at the vendor")
        await channel.until(lambda: {one["state"] for one in table(root, "lent")} == {"deleted"}, "so written")

    assert {one.row: one.identity.scored for one in bakeoff(root).leaderboard} == {"lora": 6, "fashn": 6, "pulid": 6}
    # Replicate's list tells what a lost answer was of; FASHN has none: what is repeated is on the books as unknown.
    assert len(world.replicate.ordered) == 6
    booked = Counter(one["state"] for one in charges(root) if one["vendor"] == "fashn")
    assert 0 <= len(world.fashn.ordered) - 6 <= booked["unknown"] <= 6
    assert booked["charged"] == 6
    spent = sum(one["usd_micros"] for one in charges(root) if one["state"] in {"charged", "unknown"})
    assert {one["used_micros"] for one in table(root, "budgets")} == {spent}
