"""What goes wrong with a training while the bot lives: failures, drops, clicks at once, and what nobody can tell any
more."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.trainings import TrainingFate
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from tests.channel import Channel, buttons, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.process import BotProcess
from tests.training import ALONE, ASK, approve, one_of_everything


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("files.create", Fault("answer", 503)),
        ("files.create", Fault("hang up after")),
        ("files.create", Fault("garbage")),
        ("models.create", Fault("hang up after")),
        ("trainings.create", Fault("hang up before")),
        ("trainings.create", Fault("hang up after")),
        ("trainings.create", Fault("answer", 500)),
        ("trainings.create", Fault("answer after", 502)),
        (
            "trainings.create",
            Fault("answer", 429, {"detail": "Request was throttled. Expected available in 1 second."}),
        ),
        ("trainings.get", Fault("answer", 500)),
        ("trainings.get", Fault("garbage")),
        ("delivery", Fault("answer", 500)),
        ("files.delete", Fault("answer", 500)),
    ],
)
async def test_a_fault_of_the_vendor_is_lived_through(
    channel: Channel, world: World, root: Path, call: str, fault: Fault
) -> None:
    world.replicate.faults.add(call, fault)
    asked = channel.say(ALONE)
    await approve(channel, asked)
    await channel.result(asked)
    await channel.settled(asked)
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    one_of_everything(world, root, channel, asked, images_made=0)


async def test_a_failed_training_says_why_and_what_to_do(channel: Channel, world: World, root: Path) -> None:
    world.replicate.trainings.fates.append(
        TrainingFate(status="failed", error="CUDA out of memory. Tried to allocate 2 GiB")
    )
    asked = channel.say(ASK)
    await approve(channel, asked)
    stopped = await channel.reply(asked, "came to nothing. The training was not made")
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    assert "CUDA out of memory" in text(stopped)
    assert "lower rank" in text(stopped)
    assert "were charged" in text(stopped)
    assert buttons(stopped) == {}
    assert world.replicate.ordered == []
    assert not [name for name in Lab(root).runs() if "jd" in name]


@pytest.mark.parametrize("status", ["aborted", "failed"])
async def test_what_the_vendor_drops_before_it_costs_is_ordered_again(
    channel: Channel, world: World, root: Path, status: str
) -> None:
    error = None if status == "aborted" else "Prediction interrupted; please retry (code: PA)"
    world.replicate.trainings.fates.append(
        TrainingFate(status=status, error=error, run_s=0.0, measured=False)  # type: ignore[arg-type]  # two of the four
    )
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)

    assert len(world.replicate.trainings.ordered) == 2
    trained = [one for one in charges(root) if one["model"].startswith("ostris/")]
    assert sorted(one["state"] for one in trained) == ["charged", "released"]


async def test_progress_is_read_from_the_trainers_own_log(channel: Channel, world: World) -> None:
    world.replicate.trainings.run_s = 6.0
    asked = channel.say(ASK)
    await approve(channel, asked)
    told = await channel.reply(asked, " % · step ")

    assert "of 1,000" in text(told)
    assert "left" in text(told)


async def test_simultaneous_clicks_begin_one_training(start: Start, world: World, root: Path) -> None:
    channel = await start(approvers=("U0SAM", "U0KIM"))
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    for person in ("U0SAM", "U0KIM") * 6:
        channel.press(plan, "labs:approve", person)
    await channel.result(asked)
    await channel.settled(asked)

    one_of_everything(world, root, channel, asked)
    approved = [one for one in table(root, "decisions") if one["what"] == "approved"]
    assert len(approved) == 1


async def test_what_nobody_can_tell_any_more_is_a_persons_to_decide(world: World, root: Path) -> None:
    channel = Channel(world)
    hold = world.replicate.faults.hold("trainings.create", "during")
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        await approve(channel, asked)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()
    await channel.until(lambda: world.replicate.trainings.ordered, "the training")
    world.replicate.clock.ahead = 2 * 3600.0

    async with BotProcess(world, root):
        anchor = await channel.reply(asked, "The training needs your word")
        assert any(label.startswith("Retry") for label in buttons(anchor).values())
        channel.press(anchor, "labs:giveup", "U0SAM")
        await channel.reply(asked, "The training was not made")
        await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    assert len(world.replicate.trainings.ordered) == 1
    booked = [one for one in charges(root) if one["model"].startswith("ostris/")]
    assert [one["state"] for one in booked] == ["unknown"]


async def test_photographs_that_change_after_the_approval_are_not_trained_from(
    channel: Channel, world: World, root: Path
) -> None:
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    (root / "inputs/lora-jd-fixture/jd_1.jpg").write_bytes((root / "inputs/lora-jd-fixture/jd_2.jpg").read_bytes())
    channel.press(plan, "labs:approve", "U0SAM")
    stopped = await channel.reply(asked, "has changed since the plan was made")

    assert "$0.00 were charged" in text(stopped)
    assert world.replicate.shelf.uploaded == []
    assert charges(root) == []


async def test_a_public_model_of_that_name_gets_no_weights(channel: Channel, world: World, root: Path) -> None:
    world.replicate.shelf.train("sandbox-lab/jd-lora-v1", "ab" * 32, visibility="public")
    asked = channel.say(ASK)
    await approve(channel, asked)
    stopped = await channel.reply(asked, "is not private")
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    assert "The training was not made" in text(stopped)
    assert world.replicate.trainings.ordered == []
    assert json.loads(table(root, "plans")[0]["body"])["training"]["destination"] in text(stopped)
