"""What attackers found in consent, posted photographs and remedies, each as a test."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from handlers.blocks.kit import button, says
from pipeline.advice.next_steps import Prices
from pipeline.advice.remedies import remedies
from pipeline.evidence.run_state import state_of
from pipeline.fixture import consent
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, buttons, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.photographs import good
from tests.process import BotProcess
from tests.training import ASK, approve, new_run

WITHDRAW = "in the labs channel: withdraw consent for JD"
PHOTOS = "<@U0LABSBOT> train a LoRA of Kim with these photos"
FACTS = {"licence": "CC0", "consent": "release", "vouched_by": "Ana Lopez", "class_noun": "woman"}


async def trained(channel: Channel, root: Path) -> str:
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)
    await channel.settled(asked)
    return new_run(root)


async def withdraw(channel: Channel) -> str:
    asked = channel.say(WITHDRAW)
    channel.press(await channel.reply(asked, "What holds"), "labs:withdraw", "U0SAM")
    return asked


async def test_a_training_that_ends_in_spite_of_the_cancel_is_deleted_too(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.trainings.run_s = 2.0
    hold = world.replicate.faults.hold("trainings.cancel", "before")
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.until(lambda: world.replicate.trainings.ordered, "the training")
    gone = await withdraw(channel)
    async with asyncio.timeout(60):
        await hold.reached.wait()
    made = world.replicate.trainings.ordered[0]
    await channel.until(lambda: made.ends < world.replicate.clock(), "its success")
    hold.release.set()
    await channel.reply(gone, "Deleted: 13 photographs, 1 run and 1 trained version")

    assert not [name for name in Lab(root).runs() if "jd" in name]
    assert made.trained not in world.replicate.shelf.versions
    assert made.destination not in world.replicate.shelf.models


async def test_nothing_new_is_begun_with_a_likeness_that_is_being_deleted(
    channel: Channel, world: World, root: Path
) -> None:
    run = await trained(channel, root)
    hold = world.replicate.faults.hold("versions.delete", "before")
    gone = await withdraw(channel)
    async with asyncio.timeout(60):
        await hold.reached.wait()
    before = len(world.replicate.ordered)
    # The ledger knows it as well: somebody may tidy the folder by hand meanwhile.
    (root / "inputs/lora-jd-fixture/fixture.toml").unlink()
    again = channel.say(f"in the labs channel: re-run runs/{run} with seed 77")
    await channel.reply(again, "is being deleted")
    hold.release.set()
    await channel.reply(gone, "Deleted: ")

    assert len(world.replicate.ordered) == before


async def test_originals_that_were_shared_are_deleted_and_a_refusal_is_told(
    channel: Channel, world: World, root: Path
) -> None:
    asked = channel.say(ASK)
    await approve(channel, asked)
    result = await channel.result(asked)
    channel.choose(result, "Originals, and a zip")
    await channel.until(lambda: any(message.get("files") for message in channel.replies(asked)), "the originals")
    await channel.until(lambda: sum(row["state"] == "shared" for row in table(root, "uploads")) == 7, "their ids")
    # The plan's pictures go by themselves, some time after the result; then the refusal meets one of these.
    await channel.until(
        lambda: all(row["state"] == "deleted" for row in table(root, "uploads") if "-fixture-" in row["path"]),
        "the plan's pictures gone",
    )
    world.slack.faults.add("files.delete", Fault("answer", 200, {"ok": False, "error": "cant_delete_file"}))
    gone = await withdraw(channel)
    done = await channel.reply(gone, "Deleted: ")

    left = [file.name for file in channel.workspace.files.values() if "JD-LORA" in file.name or "jd" in file.name]
    assert len(left) == 1
    assert "cant_delete_file" in text(done)
    assert "delete these by hand" in text(done)


async def test_a_second_press_says_what_is_so(channel: Channel, root: Path) -> None:
    asked = channel.say(WITHDRAW)
    listed = await channel.reply(asked, "What holds")
    channel.press(listed, "labs:withdraw", "U0SAM")
    channel.press(listed, "labs:withdraw", "U0SAM")  # before the first one took the button away
    await channel.reply(asked, "Deleted: ")

    assert not any("Nothing more was deleted" in text(one) for one in channel.replies(asked))


def test_deletion_takes_folders_and_links_and_leaves_others_alone(tmp_path: Path) -> None:
    for name in ("lora-cb-fixture", "lora-cb2-fixture", "lora-Kim-fixture"):
        (tmp_path / f"inputs/{name}/raw").mkdir(parents=True)
        (tmp_path / f"inputs/{name}/raw/one.jpg").write_bytes(b"x")
        (tmp_path / f"inputs/{name}/photo.jpg").write_bytes(b"x")
    (tmp_path / "inputs/lora-cb-fixture/dead.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".labs").mkdir()
    for name in ("lora-cb-fixture-1.jpg", "lora-cb2-fixture-1.jpg"):
        (tmp_path / ".labs" / name).write_bytes(b"x")
    lab = Lab(tmp_path)
    held = consent.holdings(lab, "cb")
    consent.mark_withdrawn(lab, held, date(2026, 11, 23))
    consent.delete_here(lab, held)

    assert held.fixtures == ("lora-cb-fixture",)
    assert held.others == 1
    assert [one.name for one in (tmp_path / "inputs/lora-cb-fixture").iterdir()] == ["fixture.toml"]
    assert (tmp_path / "inputs/lora-cb2-fixture/photo.jpg").is_file()
    assert [one.name for one in (tmp_path / ".labs").iterdir()] == ["lora-cb2-fixture-1.jpg"]
    assert consent.holdings(lab, "kim").fixtures == ("lora-Kim-fixture",)
    assert consent.holdings(lab, "cb").nothing


def test_a_broken_manifest_hides_no_trained_version(drawn_lab: Path, root: Path) -> None:
    del drawn_lab
    (root / f"runs/{RUN}/run.json").write_text("{")

    assert any("5a5a" in version for version in consent.holdings(Lab(root), "cb").versions)


async def test_photographs_that_wait_can_be_withdrawn(channel: Channel, root: Path) -> None:
    asked = channel.say(PHOTOS, files=[("a.jpg", good(1)), ("b.jpg", good(2))])
    await channel.reply(asked, "2 of 2 could be read")
    gone = channel.say("in the labs channel: withdraw consent for kim")
    listed = await channel.reply(gone, "2 photographs that were posted here")
    assert "not mine to delete" in text(listed)
    channel.press(listed, "labs:withdraw", "U0SAM")
    await channel.reply(gone, "Deleted: ")

    assert not list((root / ".labs").glob("incoming-*"))
    assert [row["state"] for row in table(root, "incoming")] == ["dropped"]


async def test_a_dry_run_of_posted_photographs_starts_nothing(channel: Channel, world: World, root: Path) -> None:
    files = [(f"{number}.jpg", good(number)) for number in range(1, 13)]
    asked = channel.say(f"{PHOTOS} --dry-run", files=files)
    wanted = await channel.reply(asked, "12 of 12 could be read")
    await channel.fill(wanted, "labs:open:facts", "U0SAM", **FACTS)
    dry = await channel.reply(asked, "Dry run")

    assert "labs:approve" not in buttons(dry)
    assert table(root, "jobs") == []


async def test_who_gives_the_facts_does_not_become_who_asked(channel: Channel, root: Path) -> None:
    files = [(f"{number}.jpg", good(number)) for number in range(1, 13)]
    asked = channel.say(PHOTOS, "U0SAM", files=files)
    wanted = await channel.reply(asked, "12 of 12 could be read")
    await channel.fill(wanted, "labs:open:facts", "U0DANA", **FACTS)
    await channel.plan(asked)

    assert table(root, "plans")[0]["asked_by"] == "U0SAM"


async def test_only_the_asking_messages_own_files_count(channel: Channel, root: Path) -> None:
    first = channel.say(PHOTOS, files=[(f"{number}.jpg", good(number)) for number in (1, 2, 3)])
    await channel.reply(first, "3 of 3 could be read")
    channel.say(PHOTOS.replace("Kim", "Lee"), thread=first, files=[("4.jpg", good(4)), ("5.jpg", good(5))])
    await channel.reply(first, "2 photographs of LEE taken in")

    assert [len(row["names"].split(",")) for row in table(root, "incoming")] == [3, 2]


async def test_facts_that_forbid_the_use_are_not_filed(channel: Channel, root: Path) -> None:
    asked = channel.say(PHOTOS, files=[(f"{number}.jpg", good(number)) for number in range(1, 7)])
    wanted = await channel.reply(asked, "6 of 6 could be read")
    view = await channel.fill(wanted, "labs:open:facts", "U0SAM", **{**FACTS, "until": "2020-01-31"})
    again = await channel.until(lambda: channel.workspace.views.get(view["id"]), "the form, still open")
    assert "until" in again[1]["errors"]
    channel.workspace.views.clear()
    assert not (root / "inputs/lora-kim-fixture").exists()
    await channel.fill(wanted, "labs:open:facts", "U0SAM", **FACTS)
    await channel.until((root / "inputs/lora-kim-fixture").exists, "the fixture")


async def test_a_busy_slack_costs_no_photograph(channel: Channel, world: World) -> None:
    busy = Fault("answer", 429, headers={"Retry-After": "1"})
    world.slack.faults.add("files.download", busy)
    world.slack.faults.add("conversations.replies", busy)
    asked = channel.say(PHOTOS, files=[("a.jpg", good(1)), ("b.jpg", good(2))])

    await channel.reply(asked, "2 of 2 could be read")


async def test_a_crash_after_the_facts_were_filed_still_leads_to_the_plan(world: World, root: Path) -> None:
    channel = Channel(world)
    files = [(f"{number}.jpg", good(number)) for number in range(1, 13)]
    async with BotProcess(world, root) as bot:
        asked = channel.say(PHOTOS, files=files)
        wanted = await channel.reply(asked, "12 of 12 could be read")
        hold = world.replicate.faults.hold("account", "before")
        await channel.fill(wanted, "labs:open:facts", "U0SAM", **FACTS)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        plan = await channel.plan(asked)

    assert "New identity KIM" in text(plan)


def test_a_buttons_sentence_is_whole_or_there_is_no_button() -> None:
    with pytest.raises(ValueError, match="2000 is the most"):
        button("Do it", "labs:say:0", "x" * 2001)

    assert says("Do it", "labs:say:0", "x" * 2001) == []
    assert says("Do it", "labs:say:0", "x" * 2000)[0]["value"] == "x" * 2000


async def test_long_and_many_prompts_break_no_verdict(start: Start, root: Path) -> None:
    channel = await start(proceed_threshold=0.99)
    prompts = " and ".join(
        f'with a new prompt "TOKR {word} {"very " * 70}long"' for word in ("seated", "standing", "walking")
    )
    long = f'with a new prompt "{"TOKR wax " * 215}"'
    for more in (prompts, long):
        asked = channel.say(f"in the labs channel: extend runs/{RUN} {more} at seed 42, then judge")
        await channel.result(asked)
    asked = channel.say(f"in the labs channel: show runs/{RUN}")
    await channel.until(lambda: channel.replies(asked), "an answer")

    assert {row["state"] for row in table(root, "jobs")} == {"done"}
    assert "Something went wrong" not in text(channel.replies(asked)[0])
    assert charges(root)


def test_a_retraining_is_offered_only_when_it_asks_for_more(root: Path) -> None:
    import json

    path = root / f"runs/{RUN}/run.json"
    manifest = json.loads(path.read_text())
    manifest["trainer"] = {"model": None, "version": None, "parameters": {"steps": 4000, "lora_rank": 128}}
    path.write_text(json.dumps(manifest))
    run = Lab(root).run(RUN)
    state = state_of(run)

    assert remedies(run, state, Prices(), "claude-sonnet-4-6") == ()
    from pipeline.advice.remedies import RunRemedies

    assert RunRemedies(run, state, Prices(), "claude-sonnet-4-6").retrain() is None
