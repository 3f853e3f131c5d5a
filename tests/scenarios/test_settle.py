"""`settle`: seeds by rounds until it is strong or against, never more than that takes, never past the limit."""

import asyncio
import json
import shutil
from collections import Counter
from pathlib import Path

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Grade
from pipeline.lab.lab import Lab
from tests.answers import message, said
from tests.channel import RUN, Channel, buttons, text
from tests.ledger import charges, table
from tests.process import BotProcess

CARD = Path(__file__).parents[1] / "data/card/judge_output.json"
ASK = f"in the labs channel: settle runs/{RUN}, max $1.90"


async def test_it_ends_as_soon_as_it_is_strong(channel: Channel, world: World, root: Path) -> None:
    """Six cells are there, whose verdict is another judge's: 24 clean ones in all make it strong."""
    world.replicate.plain, world.anthropic.look = True, False
    most = []
    world.anthropic.faults.chance = lambda _name: most.append(len(world.replicate.ordered))
    asked = channel.say(ASK)
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    assert "seed by seed until the evidence is strong or against" in await channel.planned(anchor)
    assert "Settled after 18 further images" in text(result)
    assert "Evidence: strong" in text(result)
    assert "however often you look, it is settled above 80 %" in text(result)
    assert "Settle it" not in " ".join(buttons(result).values())
    assert len(world.replicate.ordered) == 18
    assert most[:6] == [0] * 6  # the stored verdict first: it might have been settled by that
    run = Lab(root).run(RUN)
    assert len(run.cells) == 24
    assert Counter(cell.seed for cell in run.cells).most_common()[-1][1] == 3
    evidence = json.loads((run.path / "judge_output.json").read_bytes())["summary"]["evidence"]
    assert evidence["however_often"]["grade"] == "strong"
    states = Counter(one["state"] for one in table(root, "orders"))
    assert states == {"made": 18}
    assert {one["used_micros"] for one in table(root, "budgets")} == {sum(one["usd_micros"] for one in charges(root))}
    again = await channel.reply(channel.say(ASK), "nothing left to settle")
    assert "Evidence: strong" in text(again)


async def test_what_changed_with_the_judge_is_told_after_several_rounds_too(
    channel: Channel, world: World, root: Path
) -> None:
    """The lab's real file says of no judge which one it was: its cells are judged anew, before the first round."""
    world.replicate.plain, world.anthropic.look = True, False
    shutil.copy(CARD, root / "runs" / RUN)
    result = await channel.result(channel.say(ASK))

    assert "Against the judge before, changed: Q1 identity, 6 pairs: 0 worse, 1 better" in text(result)
    details = await channel.details(result)
    assert "The same pictures, judged before* by" in details
    assert "Q1 identity, 6 pairs" in details  # the cells that were there, and none that this job made


async def test_it_ends_as_soon_as_it_is_against(channel: Channel, world: World, root: Path) -> None:
    """At no pass at all four cells are enough: those that are there."""
    world.replicate.plain = True
    world.anthropic.faults.chance = lambda name: message(said(0.2, "misses")) if name == "messages" else None
    asked = channel.say(ASK)
    result = await channel.result(asked)

    assert "Settled after 0 further images" in text(result)
    assert state_of(Lab(root).run(RUN)).verdict.grade is Grade.AGAINST
    assert world.replicate.ordered == []


async def test_the_limit_ends_it(channel: Channel, world: World, root: Path) -> None:
    world.replicate.plain, world.anthropic.look = True, False
    asked = channel.say(f"settle runs/{RUN}, max $0.55")
    result = await channel.result(asked)

    assert "Not settled: the limit of $0.55 is reached" in text(result)
    assert 0 < len(world.replicate.ordered) < 18
    assert sum(one["usd_micros"] for one in charges(root)) <= 550_000
    assert "Settle it" in " ".join(buttons(result).values())


async def test_a_limit_below_one_seed_is_refused_with_the_price(channel: Channel, world: World) -> None:
    refused = await channel.reply(channel.say(f"settle runs/{RUN}, max $0.05"), "above your $0.05")

    assert "With a limit of" in " ".join(buttons(refused).values())
    assert world.replicate.ordered == []


async def test_a_round_that_brings_nothing_ends_it(channel: Channel, world: World, root: Path) -> None:
    """Not the whole limit is spent on a vendor that makes nothing."""
    world.replicate.plain, world.anthropic.look = True, False
    world.replicate.faults.chance = lambda name: (
        Fault("answer", status=422, body={"detail": "Something is wrong with it"})
        if name == "predictions.create"
        else None
    )
    asked = channel.say(ASK)
    result = await channel.result(asked)

    assert "Not settled: it ended after 0 further images" in text(result)
    states = Counter(one["state"] for one in table(root, "orders"))
    assert set(states) == {"failed"}
    assert states["failed"] <= 18


async def test_a_stop_keeps_whole_rounds(channel: Channel, world: World, root: Path) -> None:
    world.replicate.plain, world.anthropic.look = True, False
    world.replicate.run_s = 0.3
    asked = channel.say(ASK)
    await channel.until(lambda: world.replicate.ordered, "the first round")
    channel.say("cancel it", thread=asked)
    await channel.reply(asked, "Canceled by")

    await channel.until(lambda: {one["state"] for one in table(root, "jobs")} == {"canceled"}, "its end")
    assert {one["state"] for one in table(root, "orders")} <= {"made", "canceled", "failed"}
    assert len(world.replicate.ordered) <= 18


async def test_a_cell_whose_round_has_not_begun_is_called_off(channel: Channel, world: World, root: Path) -> None:
    """The other cells of its round are still made."""
    world.replicate.plain, world.anthropic.look = True, False
    held = world.replicate.faults.hold("predictions.create", "before", 1)
    asked = channel.say(ASK)
    await channel.until(held.reached.is_set, "the first round")
    plan = json.loads(table(root, "plans")[-1]["body"])
    begun = {one["label"] for one in table(root, "orders")}
    images = [one for one in plan["making"]["images"] if one["label"] not in begun]
    mates = {one["label"] for one in images if one["seed"] == images[0]["seed"]}
    channel.say(f"cancel {images[0]['label']}", thread=asked)
    await channel.reply(asked, "is called off; the others go on")
    held.release.set()
    result = await channel.result(asked)

    assert "Settled after" in text(result)
    states = {one["label"]: one["state"] for one in table(root, "orders")}
    assert states[images[0]["label"]] == "canceled"
    assert {states[one] for one in mates - {images[0]["label"]}} == {"made"}


async def test_a_kill_in_any_round_orders_nothing_twice(world: World, root: Path) -> None:
    """One kill in the first rounds' orders, one while they are judged."""
    world.replicate.plain, world.anthropic.look = True, False
    channel = Channel(world)
    first = world.replicate.faults.hold("predictions.create", "during", 7)
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        async with asyncio.timeout(60):
            await first.reached.wait()
        await bot.kill()
    first.release.set()
    second = world.anthropic.faults.hold("messages", "after", 6)
    async with BotProcess(world, root) as bot:
        async with asyncio.timeout(60):
            await second.reached.wait()
        await bot.kill()
    second.release.set()
    async with BotProcess(world, root):
        result = await channel.result(asked)

    assert "Settled after 18 further images" in text(result)
    counted = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    assert (len(counted), max(counted.values())) == (18, 1)
    assert len([one for one in channel.replies(asked) if "labs:open:details" in text(one)]) == 1
