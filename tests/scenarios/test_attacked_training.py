"""What attackers found in the first version of trainings, each as a test."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.trainings import TrainingFate
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from pipeline.makers.trainers import OSTRIS, PastTraining, estimate_training
from tests.channel import ENDED, RUN, Channel, buttons, moment, pictures, text
from tests.conftest import Start
from tests.ledger import charges, lab_at, table
from tests.process import BotProcess, command
from tests.training import ASK, approve, new_run


async def test_the_same_training_asked_for_twice_is_one(channel: Channel, world: World) -> None:
    asked = channel.say(ASK)
    await channel.plan(asked)
    again = channel.say(ASK)
    await channel.reply(again, "is doing exactly this already")
    other_seeds = channel.say(f"{ASK} with seeds [5, 6]")
    await channel.reply(other_seeds, "is doing exactly this already")
    await approve(channel, asked)
    await channel.result(asked)
    later = channel.say(ASK)
    await channel.reply(later, "Exactly this was trained before")

    assert len(world.replicate.trainings.ordered) == 1


async def test_a_held_training_is_trained_again_by_an_approvers_word_only(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.trainings.fates.append(TrainingFate(forgets_output=True))
    asked = channel.say(f"{ASK}, 100 steps")
    plan = await channel.plan(asked)
    world.replicate.shelf.train("sandbox-lab/jd-lora-v1", "cd" * 32)
    channel.press(plan, "labs:approve", "U0SAM")
    held = await channel.reply(asked, "The training needs your word")
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end while held")
    channel.press(held, "labs:retry", "U0DANA")
    await channel.whisper("U0DANA", "Only an approver decides that")
    assert len(world.replicate.trainings.ordered) == 1

    channel.press(held, "labs:retry", "U0SAM")
    await channel.result(asked)
    assert len(world.replicate.trainings.ordered) == 2
    assert len(world.replicate.shelf.uploaded) == 2


async def test_a_listing_that_lags_does_not_train_twice(channel: Channel, world: World, root: Path) -> None:
    world.replicate.trainings.unknown_s = 1.0
    world.replicate.faults.add("trainings.create", Fault("hang up after"))
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)

    assert len(world.replicate.trainings.ordered) == 1
    trained = [one for one in charges(root) if one["model"].startswith("ostris/")]
    assert [one["state"] for one in trained] == ["charged"]


def test_trial_trainings_do_not_price_a_whole_one() -> None:
    trials = [PastTraining(steps=10, usd_micros=183_000, took_s=120.0)] * 5
    listed, _took = estimate_training(OSTRIS, 1000, ())

    assert estimate_training(OSTRIS, 1000, trials)[0] == listed
    assert estimate_training(OSTRIS, 12, trials)[0].basis == "from 5 trainings"


async def test_a_training_without_a_matrix_is_filed(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(f"{ASK} without the matrix")
    await approve(channel, asked)
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    run = new_run(root)
    assert "LoRA trained" in text(result)
    assert pictures(result) == []
    assert "Trained" in text(anchor)
    assert (world.replicate.ordered, world.anthropic.asked) == ([], [])
    shown = channel.say(f"in the labs channel: show the grid of runs/{run}")
    await channel.reply(shown, run)
    more = channel.say(
        f'in the labs channel: extend runs/{run} with a new prompt "a portrait of JDKR woman, window light" at seed 42'
    )
    await channel.reply(more, "1 image made")


async def test_a_cancel_that_meets_the_trainings_success_keeps_the_version(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.trainings.run_s = 6.0
    hold = world.replicate.faults.hold("trainings.cancel", "before")
    asked = channel.say(ASK)
    await approve(channel, asked)
    anchor = await channel.reply(asked, "% · step")
    channel.press(anchor, "labs:cancel")
    async with asyncio.timeout(60):
        await hold.reached.wait()
    await channel.until(lambda: world.replicate.trainings.ordered[0].ends < world.replicate.clock(), "its success")
    hold.release.set()
    stopped = await channel.reply(asked, "Canceled by <@U0DANA>; what is finished is kept. $")

    assert buttons(stopped) == ENDED
    assert Lab(root).run(new_run(root)).training is not None
    assert world.replicate.ordered == []


async def test_a_training_whose_run_was_deleted_can_be_had_again(
    channel: Channel, world: World, root: Path, tmp_path: Path
) -> None:
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)
    (root / "runs" / new_run(root)).rename(tmp_path / "gone")  # in one stroke: its page may be in the making
    again = channel.say(ASK)
    await channel.plan(again)
    await approve(channel, again)
    await channel.result(again)

    assert len(world.replicate.trainings.ordered) == 2


async def test_an_owner_that_is_not_ours_ends_this_training_alone(channel: Channel, world: World) -> None:
    world.replicate.faults.add("models.create", Fault("answer", 403, {"detail": "no", "status": 403}))
    asked = channel.say(ASK)
    await approve(channel, asked)
    stopped = await channel.reply(asked, "does not let us make the model")
    other = channel.say(f"in the labs channel: re-run runs/{RUN} with seed 5")
    await channel.result(other)

    assert "The training was not made" in text(stopped)
    assert world.replicate.shelf.uploaded == []


async def test_cells_cannot_be_called_off_before_they_are_ordered_and_the_answer_is_true(
    channel: Channel, world: World
) -> None:
    world.replicate.trainings.run_s = 20.0
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.reply(asked, "% · step")
    channel.say("cancel the rest", thread=asked)
    await channel.reply(asked, "The images come after the training")
    channel.say("cancel", thread=asked)
    await channel.reply(asked, "Canceled by")


async def test_photographs_go_up_only_when_the_private_model_stands(channel: Channel, world: World) -> None:
    world.replicate.shelf.train("sandbox-lab/jd-lora-v1", "ab" * 32, visibility="public")
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.reply(asked, "Nothing was uploaded")

    assert world.replicate.shelf.uploaded == []


async def test_a_cancel_while_uploading_leaves_nothing_at_the_vendor(channel: Channel, world: World) -> None:
    hold = world.replicate.faults.hold("files.create", "during")
    asked = channel.say(ASK)
    await approve(channel, asked)
    async with asyncio.timeout(60):
        await hold.reached.wait()
    channel.say("cancel", thread=asked)
    await channel.reply(asked, "Canceled by")
    hold.release.set()
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")


async def test_a_failed_training_is_told_to_who_asked(channel: Channel, world: World) -> None:
    world.replicate.trainings.fates.append(TrainingFate(status="failed", error="NSFW content"))
    asked = channel.say(ASK)
    await approve(channel, asked)
    told = await channel.reply(asked, "came to nothing")

    assert "<@U0DANA>" in text(told)
    assert "safety filter" in text(told)


async def test_what_waits_for_the_end_of_quiet_hours_is_taken_back_when_it_is_decided(start: Start, root: Path) -> None:
    now = datetime.now(UTC)
    span = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    channel = await start(quiet_hours=span)
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    await channel.fill(plan, "labs:open:deny", "U0SAM", reason="no")
    await channel.reply(asked, "Denied by")

    waits = [one for one in table(root, "outbox") if one["key"].startswith("waits:")]
    assert [one["state"] for one in waits] == ["dead"]


async def test_no_reminder_comes_with_the_plan_itself(start: Start) -> None:
    channel = await start(approval_expires_h=1)
    asked = channel.say(ASK)
    await channel.plan(asked)
    await moment(0.3)

    assert not any("still waits" in text(one) for one in channel.replies(asked))


async def test_a_shell_is_told_what_would_be_trained(world: World, root: Path) -> None:
    environment = world.settings() | lab_at(root) | {"COLUMNS": "160"}
    status, said = await command(("plan", "train a LoRA from inputs/lora-jd-fixture without the matrix"), environment)
    assert status == 0, said
    for words in (
        "new identity JD from 12 photographs",
        "unchecked",
        "ostris/flux-dev-lora-trainer",
        "steps 1000",
        "private model",
        "green",
    ):
        assert words in said
    (root / "inputs/lora-jd-fixture/jd_3.jpg").write_text("no picture")
    status, said = await command(("plan", "train a LoRA from inputs/lora-jd-fixture"), environment)
    assert status == 1
    assert "red: jd_3.jpg: it is no PNG" in said


async def test_sixty_long_seeds_fit_into_the_change_modal(start: Start) -> None:
    channel = await start(budget_job_usd=50)
    seeds = ", ".join(str(4_000_000_000 + at) for at in range(60))
    plan = await channel.plan(channel.say(f"{ASK} with seeds [{seeds}]"))
    channel.press(plan, "labs:open:change")
    view = await channel.form()
    element = next(block["element"] for block in view["blocks"] if block.get("block_id") == "seeds")

    assert len(element["initial_value"]) <= element["max_length"] <= 3000


async def test_reconcile_knows_strange_trainings(world: World, root: Path) -> None:
    channel = Channel(world)
    async with BotProcess(world, root):
        asked = channel.say(ASK)
        await approve(channel, asked)
        await channel.result(asked)
    made = world.replicate.trainings.ordered[0]
    world.replicate.trainings.ordered.append(
        type(made)(
            trainer=made.trainer,
            version=made.version,
            destination=made.destination,
            input=made.input,
            photos=1,
            fate=made.fate,
            run_s=0.0,
            created=world.replicate.clock(),
        )
    )
    environment = world.settings() | lab_at(root) | {"COLUMNS": "160"}
    status, said = await command(("reconcile",), environment)

    assert status == 0, said
    assert "on no book of ours" in said
