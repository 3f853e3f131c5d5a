"""Consent taken back: listed, approved, deleted here, in Slack and at the vendor, and gone from later plans."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault, Stage
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, buttons, pictures, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.process import BotProcess
from tests.training import ASK, approve, new_run

BUSY = Fault("answer", 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"})
KEPT = Fault("answer", 200, {"ok": False, "error": "cant_delete_file"})
WITHDRAW = "in the labs channel: withdraw consent for JD"


async def trained(channel: Channel, world: World, root: Path) -> str:
    """A trained run of JD, with everything that comes of one."""
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)
    await channel.settled(asked)
    return new_run(root)


def broken(channel: Channel) -> list[str]:
    """Pictures in messages whose file is deleted."""
    messages = channel.workspace.from_bot()
    shown = [block["slack_file"]["id"] for one in messages for block in pictures(one) if "slack_file" in block]
    return [one for one in shown if one in channel.workspace.deleted]


async def test_what_holds_a_likeness_is_listed_approved_and_deleted_everywhere(
    channel: Channel, world: World, root: Path
) -> None:
    run = await trained(channel, world, root)
    version = world.replicate.trainings.ordered[0].trained
    asked = channel.say(WITHDRAW)
    listed = await channel.reply(asked, "What holds the likeness of JD")

    assert "13 photographs in `inputs/lora-jd-fixture`" in text(listed)
    assert run in text(listed)
    assert version[:8] in text(listed)
    assert (root / f"runs/{run}").is_dir()

    channel.press(listed, "labs:withdraw", "U0DANA")
    await channel.whisper("U0DANA", "Only an approver decides that")
    assert (root / f"runs/{run}").is_dir()
    assert version in world.replicate.shelf.versions

    channel.press(listed, "labs:withdraw", "U0SAM")
    await channel.reply(asked, "Deleted: 13 photographs, 1 run and 1 trained version of JD")

    assert not (root / f"runs/{run}").exists()
    assert [one.name for one in (root / "inputs/lora-jd-fixture").iterdir()] == ["fixture.toml"]
    assert version not in world.replicate.shelf.versions
    assert "sandbox-lab/jd-lora-v1" not in world.replicate.shelf.models
    shown = [file for file in channel.workspace.files.values() if "jd" in file.name]
    assert shown == []
    await channel.until(lambda: not broken(channel), "no message that shows a deleted picture")
    await channel.until(lambda: not buttons(listed), "a list without a button")
    assert "<@U0SAM> approved the deletion" in text(listed)
    assert not [one for one in (root / ".labs").iterdir() if "jd" in one.name]
    again = channel.say(ASK)
    await channel.until(lambda: channel.told(again), "an answer")
    assert "labs:approve" not in {name for one in channel.told(again) for name in buttons(one)}
    assert [row["what"] for row in table(root, "decisions")][-1] == "consent withdrawn"
    assert charges(root)
    assert "cb" in " ".join(Lab(root).runs())


@pytest.mark.parametrize("fault", [None, BUSY, KEPT], ids=["at once", "Slack is busy", "Slack refuses for a while"])
async def test_a_picture_that_is_on_its_way_while_a_consent_is_taken_back_is_deleted(
    channel: Channel, world: World, root: Path, fault: Fault | None
) -> None:
    run = await trained(channel, world, root)
    hold = world.slack.faults.hold("files.completeUploadExternal", "during")
    channel.say(f"show the grid of runs/{run}")
    async with asyncio.timeout(60):
        await hold.reached.wait()
    asked = channel.say(WITHDRAW)
    channel.press(await channel.reply(asked, "What holds the likeness of JD"), "labs:withdraw", "U0SAM")
    await channel.reply(asked, "Deleted: 13 photographs")

    def left() -> list[str]:
        return [file.name for file in channel.workspace.files.values() if "jd" in file.name]

    assert left()
    if fault is not None:
        world.slack.faults.add("files.delete", fault)
    hold.release.set()
    await channel.until(lambda: not left(), "no picture of theirs")


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_originals_that_are_shared_while_a_consent_is_taken_back_are_shared_once_and_deleted(
    channel: Channel, world: World, root: Path, stage: Stage
) -> None:
    asked = channel.say(ASK)
    await approve(channel, asked)
    result = await channel.result(asked)
    await channel.settled(asked)
    listed = await channel.reply(asked_back := channel.say(WITHDRAW), "What holds the likeness of JD")
    hold = world.slack.faults.hold("files.completeUploadExternal", stage)
    channel.choose(result, "Originals, and a zip")
    async with asyncio.timeout(60):
        await hold.reached.wait()  # nothing else goes into the channel meanwhile
    channel.press(listed, "labs:withdraw", "U0SAM")
    await channel.until(lambda: "sandbox-lab/jd-lora-v1" not in world.replicate.shelf.models, "Replicate's is deleted")
    world.slack.faults.add("files.delete", BUSY)
    hold.release.set()

    done = await channel.reply(asked_back, "Deleted: 13 photographs")
    await channel.until(lambda: {one["state"] for one in table(root, "outbox")} <= {"sent", "dead"}, "all is said")

    assert [
        one.name for one in channel.workspace.files.values() if "jd" in one.name and (one.shared or one.ready_at)
    ] == []
    assert "in Slack:" not in text(done)
    assert max(Counter(text(one) for one in channel.replies(asked) if one.get("files")).values(), default=1) == 1
    assert list((root / ".labs").glob("*.zip")) == []


async def test_photographs_put_back_after_a_withdrawal_are_red(channel: Channel, world: World, root: Path) -> None:
    photo = (root / "inputs/lora-jd-fixture/jd_1.jpg").read_bytes()
    asked = channel.say(WITHDRAW)
    listed = await channel.reply(asked, "What holds the likeness of JD")
    channel.press(listed, "labs:withdraw", "U0SAM")
    await channel.reply(asked, "Deleted: 13 photographs")
    (root / "inputs/lora-jd-fixture/jd_1.jpg").write_bytes(photo)
    again = channel.say(ASK)
    answer = await channel.reply(again, "cannot be trained from")

    assert "its consent was withdrawn on" in text(answer)


async def test_a_training_under_way_is_stopped_first(channel: Channel, world: World, root: Path) -> None:
    world.replicate.trainings.run_s = 60.0
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.reply(asked, "% · step")
    listed = await channel.reply(channel.say(WITHDRAW), "What holds the likeness of JD")
    assert "which is under way, is stopped" in text(listed)
    channel.press(listed, "labs:withdraw", "U0SAM")
    await channel.reply(listed["thread_ts"], "Deleted: 13 photographs")

    assert world.replicate.trainings.ordered[0].canceled_at is not None
    assert world.replicate.shelf.files == {}
    assert {row["state"] for row in table(root, "jobs")} == {"canceled"}


async def test_a_bakeoff_of_the_person_leaves_nothing_and_who_deletes_nothing_is_named(
    start: Start, world: World, root: Path
) -> None:
    """One made, one that never began: its photograph stands in the thread all the same."""
    channel: Channel = await start(consent_vendors={"self": ["fashn"]}, approval_above_usd=2)
    made = f"in the labs channel: bakeoff fashn against jd_2.jpg with the prompts and seeds of runs/{RUN}"
    await channel.result(channel.say(made))
    planned = channel.say(made.replace("fashn", "all vendors"))
    await channel.reply(planned, "can be approved")
    await channel.until(lambda: [one for m in channel.replies(planned) for one in pictures(m)], "the photograph")

    asked = channel.say(WITHDRAW)
    listed = await channel.reply(asked, "What holds the likeness of JD")
    channel.press(listed, "labs:withdraw", "U0SAM")
    done = await channel.reply(asked, "Deleted: 13 photographs, 1 run")

    assert "what Fashn was sent and made: it has no call that deletes; its links end after 72 hours" in text(done)
    assert not [one.name for one in (root / ".labs").iterdir() if "reference" in one.name or "jd" in one.name]
    assert not [one.name for one in channel.workspace.files.values() if "jd" in one.name]
    assert {one["state"] for one in table(root, "lent")} <= {"deleted"}
    assert [one["state"] for one in table(root, "jobs")] == ["done", "canceled"]
    assert world.replicate.shelf.files == {}


@pytest.mark.parametrize("call", ["versions.delete", "models.delete"])
async def test_a_kill_in_the_middle_of_a_deletion_is_taken_up(world: World, root: Path, call: str) -> None:
    channel = Channel(world)
    async with BotProcess(world, root) as bot:
        run = await trained(channel, world, root)
        asked = channel.say(WITHDRAW)
        listed = await channel.reply(asked, "What holds the likeness of JD")
        hold = world.replicate.faults.hold(call, "during")
        channel.press(listed, "labs:withdraw", "U0SAM")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.reply(asked, "Deleted: 13 photographs")

    assert not (root / f"runs/{run}").exists()
    assert "sandbox-lab/jd-lora-v1" not in world.replicate.shelf.models
    said = [one for one in channel.replies(asked) if "Deleted:" in text(one)]
    assert len(said) == 1


async def test_what_the_vendor_refuses_to_delete_is_named(channel: Channel, world: World, root: Path) -> None:
    await trained(channel, world, root)
    refusal = {"detail": "You do not own this model", "status": 422}
    world.replicate.faults.add("versions.delete", Fault("answer", 422, refusal))
    asked = channel.say(WITHDRAW)
    channel.press(await channel.reply(asked, "What holds"), "labs:withdraw", "U0SAM")
    done = await channel.reply(asked, "Deleted: 13 photographs")

    assert "You do not own this model" in text(done)
    assert "delete these by hand" in text(done)


async def test_a_list_that_has_changed_deletes_nothing(channel: Channel, root: Path) -> None:
    asked = channel.say(WITHDRAW)
    listed = await channel.reply(asked, "What holds the likeness of JD")
    (root / "inputs/lora-jd-fixture/jd_99.jpg").write_bytes((root / "inputs/lora-jd-fixture/jd_1.jpg").read_bytes())
    channel.press(listed, "labs:withdraw", "U0SAM")
    answer = await channel.whisper("U0SAM", "has changed since that list was made")

    assert "Nothing more was deleted" in json.dumps(answer)
    assert len(Lab(root).photos("lora-jd-fixture")) == 14
