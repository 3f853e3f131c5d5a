"""kill -9 anywhere in a training, lost answers, and a day's outage: one training, ever; no photograph is left at the vendor."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault, Hold, Stage
from bot.sandbox.trainings import TrainingFate
from bot.sandbox.world import World
from pipeline.lab import Lab
from tests.channel import Channel, buttons, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.process import BotProcess
from tests.training import ASK, new_run

ALONE = f"{ASK} without the matrix"
"""What comes after a training is killed in a few trials of its own: drawing and judging take most of a trial's time."""


def one_of_everything(
    world: World, root: Path, channel: Channel, asked: str, images_made: int = 6
) -> None:
    """What must hold whatever was killed: counted at the vendors, in the workspace and on the books."""
    images = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    keys = Counter(
        message["metadata"]["event_payload"]["key"]
        for message in channel.replies(asked)
        if message.get("metadata")
    )
    assert len(world.replicate.trainings.ordered) == 1
    assert world.replicate.shelf.files == {}
    assert sum(images.values()) == len(images) == images_made
    assert set(keys.values()) == {1}
    assert {one["state"] for one in charges(root)} <= {"charged", "released", "unknown"}
    trained = [one for one in charges(root) if one["model"].startswith("ostris/")]
    assert [one["state"] for one in trained if one["state"] != "released"] == ["charged"]
    spent = sum(one["usd_micros"] for one in charges(root) if one["state"] != "released")
    assert {one["used_micros"] for one in table(root, "budgets")} == {spent}
    assert len(Lab(root).run(new_run(root)).cells) == images_made
    assert world.slack.refused == []


@pytest.mark.parametrize(
    ("call", "number", "stage"),
    [
        ("predictions.create", 2, "during"),
        ("messages", 2, "during"),
        ("chat.postMessage", 3, "before"),
        ("chat.postMessage", 3, "during"),
        ("chat.postMessage", 3, "after"),
        ("chat.update", 2, "during"),
        ("files.completeUploadExternal", 2, "during"),
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
async def test_a_kill_around_a_call_trains_once(
    world: World, root: Path, call: str, number: int, stage: Stage
) -> None:
    world.replicate.trainings.run_s = 2.0 if call == "trainings.get" else 0.1
    hold = world.replicate.faults.hold(call, stage, number)
    await killed(world, root, ALONE, hold, images_made=0)


async def killed(world: World, root: Path, words: str, hold: Hold, *, images_made: int = 6) -> None:
    """Ask for a training, kill the bot where it is held, start another: one of everything in the end."""
    channel = Channel(world)
    async with BotProcess(world, root) as bot:
        asked = channel.say(words)
        channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
        async with asyncio.timeout(30):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.settled(asked)
        await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")
        await channel.result(asked)

    one_of_everything(world, root, channel, asked, images_made)


@pytest.mark.parametrize("writes", [3, 8, 14, 20])
async def test_a_kill_between_a_commit_and_what_follows_it_trains_once(
    world: World, root: Path, writes: int
) -> None:
    channel = Channel(world)
    async with BotProcess(world, root, dies_after_writes=writes) as bot:
        asked = channel.say(ALONE)
        pressed = False
        async with asyncio.timeout(30):
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
        ("trainings.create", Fault("answer", 429, {"detail": "Request was throttled. Expected available in 1 second."})),
        ("trainings.get", Fault("answer", 500)),
        ("trainings.get", Fault("garbage")),
        ("delivery", Fault("answer", 500)),
        ("files.delete", Fault("answer", 500)),
    ],
)  # fmt: skip
async def test_a_fault_of_the_vendor_is_lived_through(
    channel: Channel, world: World, root: Path, call: str, fault: Fault
) -> None:
    world.replicate.faults.add(call, fault)
    asked = channel.say(ALONE)
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
    await channel.result(asked)
    await channel.settled(asked)
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    one_of_everything(world, root, channel, asked, images_made=0)


async def test_a_training_that_ends_while_the_bot_is_down_for_a_day_is_taken_up(
    world: World, root: Path
) -> None:
    channel = Channel(world)
    world.replicate.trainings.run_s = 0.6
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
        await channel.reply(asked, "Approved by")
        await channel.until(
            lambda: "ordered" in {one["state"] for one in table(root, "orders")}, "the training"
        )
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
    assert (
        run.training.version
        == f"sandbox-lab/jd-lora-v1:{world.replicate.trainings.ordered[0].trained}"
    )


async def test_a_failed_training_says_why_and_what_to_do(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.trainings.fates.append(
        TrainingFate(status="failed", error="CUDA out of memory. Tried to allocate 2 GiB")
    )
    asked = channel.say(ASK)
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
    stopped = await channel.reply(asked, "The training was not made")
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
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
    await channel.result(asked)

    assert len(world.replicate.trainings.ordered) == 2
    trained = [one for one in charges(root) if one["model"].startswith("ostris/")]
    assert sorted(one["state"] for one in trained) == ["charged", "released"]


async def test_a_cancel_reaches_the_training_and_survives_a_restart(
    world: World, root: Path
) -> None:
    channel = Channel(world)
    world.replicate.trainings.run_s = 60.0
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
        await channel.reply(asked, "step ")
        hold = world.replicate.faults.hold("trainings.cancel", "before")
        anchor = await channel.reply(asked, "Training")
        channel.press(anchor, "labs:cancel")
        async with asyncio.timeout(20):
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


async def test_progress_is_read_from_the_trainers_own_log(channel: Channel, world: World) -> None:
    world.replicate.trainings.run_s = 1.5
    asked = channel.say(ASK)
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
    told = await channel.reply(asked, " % · step ")

    assert "of 1,000" in text(told)
    assert "left" in text(told)


async def test_simultaneous_clicks_begin_one_training(
    start: Start, world: World, root: Path
) -> None:
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


async def test_what_nobody_can_tell_any_more_is_a_persons_to_decide(
    world: World, root: Path
) -> None:
    channel = Channel(world)
    hold = world.replicate.faults.hold("trainings.create", "during")
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
        async with asyncio.timeout(20):
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
    (root / "inputs/lora-jd-fixture/jd_1.jpg").write_bytes(
        (root / "inputs/lora-jd-fixture/jd_2.jpg").read_bytes()
    )
    channel.press(plan, "labs:approve", "U0SAM")
    stopped = await channel.reply(asked, "has changed since the plan was made")

    assert "$0.00 were charged" in text(stopped)
    assert world.replicate.shelf.uploaded == []
    assert charges(root) == []


async def test_a_public_model_of_that_name_gets_no_weights(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.shelf.train("sandbox-lab/jd-lora-v1", "ab" * 32, visibility="public")
    asked = channel.say(ASK)
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
    stopped = await channel.reply(asked, "is not private")
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")

    assert "The training was not made" in text(stopped)
    assert world.replicate.trainings.ordered == []
    assert json.loads(table(root, "plans")[0]["body"])["training"]["destination"] in text(stopped)
