"""kill -9 anywhere in a training, lost answers, and a day's outage: one training, ever; no photograph is left at the
vendor."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.faults import Hold, Stage
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from tests.channel import Channel, buttons
from tests.ledger import charges, table
from tests.process import BotProcess
from tests.training import ALONE, ASK, approve, new_run, one_of_everything


@pytest.mark.parametrize(
    ("call", "number", "stage"),
    [
        ("predictions.create", 2, "during"),
        ("messages", 2, "during"),
        ("chat.postMessage", 3, "before"),
        ("chat.postMessage", 3, "during"),
        ("chat.postMessage", 3, "after"),
        ("chat.update", 2, "during"),
        ("files.completeUploadExternal", 3, "during"),
    ],
)
async def test_a_kill_after_a_training_makes_each_image_once(
    world: World, root: Path, call: str, number: int, stage: Stage
) -> None:
    faults = world.replicate.faults
    if call == "messages":
        faults = world.anthropic.faults
    elif call != "predictions.create":
        faults = world.slack.faults
    await killed(world, root, ASK, faults.hold(call, stage, number))


@pytest.mark.parametrize(
    ("call", "number", "stage"),
    [
        ("files.create", 1, "before"),
        ("files.create", 1, "during"),
        ("files.create", 1, "after"),
        ("models.create", 1, "during"),
        ("trainings.create", 1, "before"),
        ("trainings.create", 1, "during"),
        ("trainings.create", 1, "after"),
        ("trainings.get", 1, "before"),
        ("trainings.get", 2, "after"),
        ("delivery", 1, "during"),
        ("files.delete", 1, "before"),
        ("files.delete", 1, "during"),
    ],
)
async def test_a_kill_around_a_call_trains_once(world: World, root: Path, call: str, number: int, stage: Stage) -> None:
    world.replicate.trainings.run_s = 2.0 if call == "trainings.get" else 0.1
    hold = world.replicate.faults.hold(call, stage, number)
    await killed(world, root, ALONE, hold, images_made=0)


async def killed(world: World, root: Path, words: str, hold: Hold, *, images_made: int = 6) -> None:
    """Ask for a training, kill the bot where it is held, start another: one of everything in the end."""
    channel = Channel(world)
    async with BotProcess(world, root) as bot:
        asked = channel.say(words)
        # The plan goes to the approver, too, unless the decision comes first: then nobody's third post is the result.
        await channel.until(lambda: channel.workspace.direct("U0SAM"), "the plan, to Sam")
        await approve(channel, asked)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.settled(asked)
        await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")
        await channel.result(asked)

    one_of_everything(world, root, channel, asked, images_made)


@pytest.mark.parametrize("writes", [3, 8, 14, 20])
@pytest.mark.in_file
async def test_a_kill_between_a_commit_and_what_follows_it_trains_once(world: World, root: Path, writes: int) -> None:
    channel = Channel(world)
    async with BotProcess(world, root, dies_after_writes=writes) as bot:
        asked = channel.say(ALONE)
        pressed = False
        async with asyncio.timeout(60):
            while not await bot.died(0.02):
                waiting = [one for one in channel.replies(asked) if "labs:approve" in buttons(one)]
                if waiting and not pressed:
                    channel.press(waiting[-1], "labs:approve", "U0SAM")
                    pressed = True

    async with BotProcess(world, root):
        plan = await channel.reply(asked, "train a LoRA of JD")
        if "labs:approve" in buttons(plan):
            channel.press(plan, "labs:approve", "U0SAM")
        await channel.result(asked)
        await channel.settled(asked)
        await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    one_of_everything(world, root, channel, asked, images_made=0)


async def test_a_training_that_ends_while_the_bot_is_down_for_a_day_is_taken_up(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.trainings.run_s = 0.6
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        await approve(channel, asked)
        await channel.reply(asked, "Approved by")
        await channel.until(lambda: "ordered" in {one["state"] for one in table(root, "orders")}, "the training")
        await bot.kill()
    # A day later: the vendor has forgotten what the training was asked and what came of it; the version stands.
    world.replicate.clock.ahead = 24 * 3600.0
    world.replicate.trainings.settle_all()

    async with BotProcess(world, root):
        await channel.result(asked)
        await channel.settled(asked)
        await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    one_of_everything(world, root, channel, asked)
    run = Lab(root).run(new_run(root))
    assert run.training is not None
    assert run.training.version == f"sandbox-lab/jd-lora-v1:{world.replicate.trainings.ordered[0].trained}"


async def test_a_cancel_reaches_the_training_and_survives_a_restart(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.trainings.run_s = 60.0
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        await approve(channel, asked)
        await channel.reply(asked, "step ")
        hold = world.replicate.faults.hold("trainings.cancel", "before")
        anchor = await channel.reply(asked, "Training")
        channel.press(anchor, "labs:cancel")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.reply(asked, "Canceled by <@U0DANA>")
        await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    made = world.replicate.trainings.ordered
    assert len(made) == 1
    assert made[0].canceled_at is not None
    assert world.replicate.ordered == []
    booked = [one for one in charges(root) if one["model"].startswith("ostris/")]
    assert [one["state"] for one in booked] == ["charged"]
    assert 0 <= booked[0]["usd_micros"] < 1_921_500
