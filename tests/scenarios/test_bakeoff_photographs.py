"""Whose photograph goes to whom in a bake-off, and whose to nobody."""

from pathlib import Path

import pytest

from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from tests.bakeoffs import TAIL, bakeoff, without_licence
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import table


@pytest.mark.slow
async def test_several_photographs_go_along_as_a_second_arm(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()

    await channel.result(
        channel.say(f"in the labs channel: bakeoff photomaker and pulid {TAIL} with the whole photo set")
    )

    assert {one.row for one in bakeoff(root).leaderboard} == {"lora", "photomaker", "photomaker+4", "pulid", "pulid+4"}
    arm = [one.input for one in world.replicate.ordered if "input_image4" in one.input]
    assert len(arm) == 6
    assert len({arm[0][f"input_image{at}"] for at in ("", "2", "3", "4")}) == 4
    await channel.until(lambda: not world.replicate.shelf.files, "photographs deleted at the vendor")


async def test_a_photograph_without_a_licence_goes_to_nobody(start: Start, world: World, root: Path) -> None:
    without_licence(root)
    channel: Channel = await start()

    said = await channel.reply(channel.say(f"in the labs channel: bakeoff pulid {TAIL}"), "no licence is named")

    assert "may not be sent to any vendor" in text(said)
    assert world.replicate.shelf.uploaded == []


async def test_what_may_not_be_sent_any_more_is_not_sent(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(approval_above_usd=0.01)
    asked = channel.say(f"in the labs channel: bakeoff photomaker {TAIL}")
    plan = await channel.reply(asked, "can be approved")

    without_licence(root)
    channel.press(plan, "labs:approve", "U0SAM")
    result = await channel.result(asked)

    assert "no licence is named" in text(result)
    assert (world.replicate.ordered, world.replicate.shelf.uploaded) == ([], [])


async def test_nobody_gets_a_photograph_while_nothing_is_bought(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(approval_above_usd=0.01)
    asked = channel.say(f"in the labs channel: bakeoff photomaker {TAIL}")
    plan = await channel.reply(asked, "can be approved")
    await channel.reply(channel.say("in the labs channel: pause spending", "U0SAM"), "paused")

    channel.press(plan, "labs:approve", "U0SAM")
    await channel.until(lambda: table(root, "jobs")[-1]["state"] == "running", "a job that waits")
    await channel.reply(channel.say("in the labs channel: status"), "paused")
    assert world.replicate.shelf.uploaded == []
    channel.say("in the labs channel: resume spending", "U0SAM")

    await channel.result(asked)
    assert len(world.replicate.shelf.uploaded) == 1


async def test_another_persons_photograph_takes_the_prompts_and_no_lora(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()

    asked = channel.say(f"in the labs channel: bakeoff pulid against jd_2.jpg with the prompts of runs/{RUN}")
    said = await channel.reply(asked, "so no LoRA takes part")
    await channel.result(asked)

    assert "is of somebody else" in await channel.planned(said)
    state = bakeoff(root)
    assert state.run.endswith("-jd-bakeoff-v1")
    assert [one.row for one in state.leaderboard] == ["pulid"]
    assert not [one for one in state.cells if not one.cell.label.startswith("JD-PULID-")]
    # Whoever takes the consent back is found by it.
    manifest = Lab(root).run(state.run).manifest
    assert manifest is not None
    assert manifest.fixture is not None
    assert manifest.fixture.path == "inputs/lora-jd-fixture"
    # Gone on with, it stays of that person alone, and nothing is made twice.
    before = len(world.replicate.ordered)
    more = f"in the labs channel: bakeoff pulid and photomaker against jd_2.jpg with the prompts of runs/{state.run}"
    await channel.result(channel.say(more))
    assert {one.model for one in world.replicate.ordered[before:]} == {"tencentarc/photomaker"}
    assert {one.row for one in bakeoff(root).leaderboard} == {"pulid", "photomaker"}
    assert {one.cell.label.partition("-")[0] for one in bakeoff(root).cells} == {"JD"}
