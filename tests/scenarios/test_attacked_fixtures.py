"""What attackers found about photographs, their names and whose they are, each as a test."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.sandbox.world import World
from tests.channel import Channel, pictures, text
from tests.ledger import table
from tests.photographs import good
from tests.training import ASK, approve


@pytest.mark.parametrize("name", [b"m\xfcller.jpg", b"a\nb.jpg", b"jd_3` *Approved* `.jpg"])
async def test_a_name_that_cannot_be_shown_is_red(channel: Channel, root: Path, name: bytes) -> None:
    (root / "inputs/lora-jd-fixture" / os.fsdecode(name)).write_bytes(good(20))
    answer = await channel.reply(channel.say(ASK), "cannot be trained from")

    assert "signs in its name that cannot be shown" in text(answer)
    assert "`*Approved*" not in text(answer)


async def test_a_fixtures_folder_in_capitals_is_one_person(channel: Channel, root: Path) -> None:
    (root / "inputs/lora-jd-fixture").rename(root / "inputs/lora-ZZ-fixture")
    facts = root / "inputs/lora-ZZ-fixture/fixture.toml"
    facts.write_text(facts.read_text().replace('identity = "jd"\n', ""))
    plan = await channel.plan(channel.say("in the labs channel: train a LoRA from inputs/lora-ZZ-fixture"))

    assert "sandbox-lab/zz-lora-v1" in await channel.planned(plan)


async def test_every_amber_photograph_is_named_before_it_is_accepted(channel: Channel, root: Path) -> None:

    folder = root / "inputs/lora-jd-fixture"
    for number in range(1, 13):
        with Image.open(folder / f"jd_{number}.jpg") as photo:
            small = photo.resize((600, 750))
        (folder / f"jd_{number}.jpg").unlink()
        small.save(folder / f"WhatsApp Image 2026-11-{number:02d} at 21.04.55 a very long name of a file {number}.jpg")
    asked = channel.say(f"{ASK} with seeds 1-10")
    plan = await channel.plan(asked)
    view = await channel.fill(plan, "labs:open:approve", "U0SAM")
    await channel.result(asked)

    said = text({"text": "", "blocks": view["blocks"]})
    ambers = [f"of a file {number}.jpg" for number in range(1, 13)]
    assert all(one in said for one in ambers)
    assert "Estimate *$" in await channel.planned(plan)
    decided = next(one for one in table(root, "decisions") if one["what"] == "approved")
    assert all(one in decided["reason"] for one in ambers)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("11.jpg is fine", "accepts each by name"),
        ("not 1.jpg, nor 11.jpg!", "approved as it stands"),
        ("1.jpg", "accepts each by name"),
        ("1.jpg, 11.jpg", "is approved"),
        ("11.jpg and 1.jpg", "is approved"),
    ],
)
async def test_words_accept_whole_names_only(
    channel: Channel, world: World, root: Path, words: str, answer: str
) -> None:

    folder = root / "inputs/lora-jd-fixture"
    for old, new in (("jd_1.jpg", "1.jpg"), ("jd_11.jpg", "11.jpg")):
        with Image.open(folder / old) as photo:
            photo.resize((600, 750)).save(folder / new)
        (folder / old).unlink()
    asked = channel.say(ASK)
    await channel.plan(asked)
    job = table(root, "jobs")[0]["id"]
    channel.say(f"approve {job}: {words}", "U0SAM", asked)
    await channel.reply(asked, answer)


async def test_a_withdrawal_under_a_misspelt_name_is_red(channel: Channel, root: Path) -> None:
    facts = root / "inputs/lora-jd-fixture/fixture.toml"
    facts.write_text(facts.read_text() + '\n[photos."JD_3.JPG"]\nwithdrawn = 2026-01-01\n')
    answer = await channel.reply(channel.say(ASK), "cannot be trained from")

    assert "speaks of it, but there is no such file" in text(answer)


@pytest.mark.parametrize("whose", ["the reference's", "everybody's"])
async def test_consent_that_ends_before_the_start_uploads_nothing(
    channel: Channel, world: World, root: Path, whose: str
) -> None:
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    facts = root / "inputs/lora-jd-fixture/fixture.toml"
    where = '\n[photos."jd_ref.jpg"]\n' if whose == "the reference's" else ""
    facts.write_text(f"{facts.read_text()}{where}withdrawn = 2026-01-01\n")
    channel.press(plan, "labs:approve", "U0SAM")
    await channel.reply(asked, "may not be used any more")

    assert world.replicate.shelf.uploaded == []
    assert world.anthropic.asked == []


async def test_consent_that_ends_while_training_makes_no_picture(channel: Channel, world: World, root: Path) -> None:
    world.replicate.trainings.run_s = 6.0
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.reply(asked, "% · step")
    facts = root / "inputs/lora-jd-fixture/fixture.toml"
    facts.write_text(f"{facts.read_text()}withdrawn = 2026-01-01\n")
    stopped = await channel.reply(asked, "Canceled by consent")

    assert "may not be used any more" in text(stopped)
    assert (world.replicate.ordered, world.anthropic.asked) == ([], [])


async def test_who_has_withdrawn_is_not_shown_in_the_contact_sheet(channel: Channel, world: World, root: Path) -> None:
    facts = root / "inputs/lora-jd-fixture/fixture.toml"
    facts.write_text(f"{facts.read_text()}withdrawn = 2026-01-01\n")
    answer = await channel.reply(channel.say(ASK), "cannot be trained from")
    sheet = world.slack.workspace.files[pictures(answer)[0]["slack_file"]["id"]]

    with Image.open(io.BytesIO(sheet.content)) as image:
        tile = image.convert("RGB").crop((40, 130, 260, 340))
    red, _green, blue = tile.split()
    # Hatching and grey letters: nowhere is there skin.
    assert ImageStat.Stat(ImageChops.difference(red, blue)).extrema[0][1] < 40


async def test_two_hundred_pictures_are_refused_before_they_are_compared(channel: Channel, root: Path) -> None:
    photo = (root / "inputs/lora-jd-fixture/jd_1.jpg").read_bytes()
    for number in range(100, 260):
        (root / f"inputs/lora-jd-fixture/jd_{number}.jpg").write_bytes(photo)
    await channel.reply(channel.say(ASK), "150 is the most")
