"""Photographs posted in a thread: fetched, verified, stripped, filed with their facts, and then planned like any
fixture."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from pipeline.fixture.facts import read_facts
from pipeline.lab.lab import Lab
from tests.channel import Channel, buttons, moment, pictures, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.photographs import as_jpeg, bad, blank, good, heic, turned_with_place

ASK = "<@U0LABSBOT> train a LoRA of Kim with these photos"
FACTS = {
    "licence": "CC0",
    "consent": "release",
    "until": "2031-01-31",
    "vouched_by": "Ana Lopez",
    "class_noun": "woman",
    "reference": "kim_11.jpg",
}


async def test_posted_photographs_become_a_fixture_and_then_a_plan(channel: Channel, world: World, root: Path) -> None:
    files = [(f"IMG_{number}.JPG", good(number)) for number in range(1, 11)]
    asked = channel.say(ASK, files=[*files, ("IMG_11.JPG", turned_with_place())])
    wanted = await channel.reply(asked, "licence and consent are not known yet")
    assert "11 of 11 could be read" in text(wanted)
    assert not (root / "inputs/lora-kim-fixture").exists()

    view = await channel.fill(wanted, "labs:open:facts", "U0SAM", **FACTS)
    plan = await channel.plan(asked)

    assert view["title"]["text"] == "Facts of these photos"
    facts = read_facts(Lab(root), "inputs/lora-kim-fixture")
    assert facts is not None
    assert facts.identity == "kim"
    assert facts.all.licence == "CC0"
    assert facts.all.consent == "release"
    assert facts.all.vouched_by == "Ana Lopez (written down by U0SAM)"
    assert str(facts.all.consent_until) == "2031-01-31"
    assert facts.references == ("kim_11.jpg",)
    kept = sorted(path.name for path in (root / "inputs/lora-kim-fixture").glob("*.jpg"))
    assert len(kept) == 11
    for path in (root / "inputs/lora-kim-fixture").glob("*.jpg"):
        with Image.open(path) as photo:
            assert not len(photo.getexif())
            assert photo.size == (800, 1000)
    assert "New identity KIM from 10 photographs" in text(plan)
    assert (
        len(
            pictures(
                await channel.until(lambda: next((m for m in channel.replies(asked) if pictures(m)), None), "the sheet")
            )
        )
        == 1
    )
    assert not list((root / ".labs").glob("incoming-*"))
    assert charges(root) == []
    assert world.replicate.shelf.uploaded == []


async def test_each_bad_photograph_is_named_with_its_cause_and_nothing_is_uploaded(
    channel: Channel, world: World, root: Path
) -> None:
    asked = channel.say(ASK, files=[("good.jpg", good(1)), *bad().items()])
    wanted = await channel.reply(asked, "licence and consent are not known yet")
    said = text(wanted)

    for name, cause in {
        "truncated.jpg": "damaged or cut off",
        "bomb.png": "too many pixels",
        "text.jpg": "no PNG, JPEG, WebP, HEIC or AVIF picture",
        "animated.png": "is animated",
        "phone.heic": "damaged or cut off",
        "photographs.zip": "is a zip: unpack it",
    }.items():
        assert f"`{name}`" in said
        assert cause in said
    assert "6 of 12 could be read" in said
    for words in ("too small: 40 × 40", "version of", "only 3 different"):
        assert words in said
    assert len(pictures(wanted)) == 1
    assert "labs:open:facts" not in buttons(wanted)  # nobody fills in nine fields for what cannot be trained from
    assert world.replicate.exchanges == []
    assert charges(root) == []


async def test_what_is_red_is_left_out_from_the_message_that_shows_it(channel: Channel, root: Path) -> None:
    files = [(f"IMG_{number}.JPG", good(number)) for number in range(1, 11)]
    asked = channel.say(ASK, files=[*files, ("IMG_11.JPG", turned_with_place()), ("tiny.jpg", as_jpeg(blank(40, 40)))])
    first = await channel.reply(asked, "12 photographs of KIM taken in")
    assert "labs:open:facts" not in buttons(first)

    view = await channel.fill(first, "labs:open:leave")
    then = await channel.reply(asked, "11 photographs of KIM taken in")

    ticked = [
        option["value"] for block in view["blocks"] for option in block.get("element", {}).get("initial_options", [])
    ]
    assert ticked == ["kim_12.jpg"]
    await channel.until(lambda: not buttons(first), "the first message without buttons")
    assert "1 photograph left out by <@U0DANA>" in text(first)
    await channel.fill(then, "labs:open:facts", "U0SAM", **FACTS)
    await channel.plan(asked)
    kept = sorted(path.name for path in (root / "inputs/lora-kim-fixture").glob("*.jpg"))
    assert len(kept) == 11
    assert "kim_12.jpg" not in kept
    await channel.until(lambda: not buttons(then), "the second message without buttons")


async def test_all_left_out_is_nothing_kept(channel: Channel, root: Path) -> None:
    asked = channel.say(ASK, files=[("one.jpg", good(1)), ("two.jpg", good(2))])
    wanted = await channel.reply(asked, "2 photographs of KIM taken in")

    await channel.fill(wanted, "labs:open:leave", out0=["kim_1.jpg", "kim_2.jpg"])
    await channel.reply(asked, "All of these photographs are left out")

    await channel.until(lambda: not list((root / ".labs").glob("incoming-*")), "their end")
    assert [row["state"] for row in table(root, "incoming")] == ["dropped"]


async def test_a_fixture_with_one_of_each_bad_photograph_names_them_all(
    channel: Channel, world: World, root: Path
) -> None:
    for name, content in bad().items():
        (root / f"inputs/lora-jd-fixture/{name}").write_bytes(content)
    (root / "inputs/lora-jd-fixture/copy.jpg").write_bytes((root / "inputs/lora-jd-fixture/jd_1.jpg").read_bytes())
    answer = await channel.reply(
        channel.say("in the labs channel: train a LoRA from inputs/lora-jd-fixture"), "cannot be trained from"
    )
    said = text(answer)

    for words in (
        "`truncated.jpg`: it is damaged or cut off",
        "`bomb.png`: it claims too many pixels",
        "`text.jpg`: it is no PNG",
        "`cmyk.jpg`: it is a CMYK picture",
        "`sixteen.png`: it has 16 bits",
        "`animated.png`: it is animated",
        "`phone.heic`: it is damaged or cut off",
        "no photograph and no caption: photographs.zip",
        "`tiny.jpg`: it is too small: 40 × 40 px",
    ):
        # What is the same of several is said once, with their names.
        assert all(part in said for part in words.split(": ", 1)), words
    sheet = pictures(answer)[0]["alt_text"]
    assert "version of" in said + sheet
    assert world.replicate.shelf.uploaded == []


async def test_photographs_without_facts_are_forgotten(start: Start, world: World, root: Path) -> None:
    channel = await start(question_open_h=0.5 / 3600)
    asked = channel.say(ASK, files=[("one.jpg", good(1))])
    wanted = await channel.reply(asked, "licence and consent are not known yet")
    assert list((root / ".labs").glob("incoming-*"))
    await channel.stop()
    await moment(0.6)
    again = await start(question_open_h=0.5 / 3600)
    await again.until(lambda: not list((root / ".labs").glob("incoming-*")), "their end")
    again.press(wanted, "labs:open:leave")

    assert [row["state"] for row in table(root, "incoming")] == ["dropped"]
    assert world.people.view("U0DANA") is None


async def test_photographs_that_a_dead_process_left_are_forgotten(start: Start, root: Path) -> None:
    old, new = root / ".labs/incoming-901", root / ".labs/incoming-902"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "jd_1.jpg").write_bytes(good(1))
    os.utime(old, (1.0, 1.0))
    channel: Channel = await start()
    await channel.until(lambda: not old.exists(), "the end of what nobody knows")

    assert new.exists()


@pytest.mark.parametrize(
    ("words", "files", "answer"),
    [
        (ASK, [], "There are no files in this thread"),
        (ASK.replace("Kim", "JD"), [("a.jpg", good(1))], "There is a fixture inputs/lora-jd-fixture already"),
        (ASK, [("a.txt", b"words")], "None of these files is a photograph"),
    ],
)
async def test_what_cannot_become_a_fixture_says_so(
    channel: Channel, root: Path, words: str, files: list[tuple[str, bytes]], answer: str
) -> None:
    before = sorted(Lab(root).fixtures())
    said = await channel.reply(channel.say(words, files=files), answer)

    assert "labs:open:facts" not in buttons(said)
    assert sorted(Lab(root).fixtures()) == before
    assert not list((root / ".labs").glob("incoming-*"))


async def test_a_file_that_slack_does_not_give_is_named(channel: Channel, world: World) -> None:
    world.slack.faults.add("files.download", Fault("answer", 302))
    asked = channel.say(ASK, files=[("first.jpg", good(1)), ("second.jpg", good(2))])
    wanted = await channel.reply(asked, "1 of 2 could be read")

    assert "Slack did not give it" in text(wanted)


async def test_our_token_goes_to_no_other_host(channel: Channel, world: World) -> None:
    asked = channel.say(ASK, files=[("first.jpg", good(1))])
    message = channel.workspace.messages[asked]
    message["files"].append(
        {"id": "F0EVIL12345", "name": "evil.jpg", "url_private_download": "https://files.slack.com.evil.example/x.jpg"}
    )
    other = channel.say(ASK, thread=asked)
    del other
    wanted = await channel.until(
        lambda: next((m for m in channel.replies(asked) if "1 of 2 could be read" in text(m)), None),
        "the second answer",
    )

    assert "its address is none of Slack's" in text(wanted)


def test_what_is_kept_of_a_photograph_has_no_metadata() -> None:
    from pipeline.fixture.packing import normalised

    with Image.open(io.BytesIO(normalised(turned_with_place(), "it"))) as photo:
        assert not len(photo.getexif())
        assert "exif" not in photo.info
        assert photo.size == (800, 1000)


async def test_a_file_without_an_address_is_asked_for_and_else_named(channel: Channel) -> None:
    """As Slack Connect shares them: only an id stands in the message."""
    asked = channel.say(ASK, files=[("one.jpg", good(1)), ("two.jpg", good(2)), ("three.jpg", good(3))])
    files = channel.workspace.messages[asked]["files"]
    files[0] = {"id": files[0]["id"], "file_access": "check_file_info"}
    files[1] = {"id": "F0NOWHERE00", "name": "elsewhere.jpg", "file_access": "check_file_info"}
    channel.say(ASK, thread=asked)

    wanted = await channel.until(
        lambda: next((m for m in channel.replies(asked) if "2 of 3 could be read" in text(m)), None), "two of three"
    )

    assert "`elsewhere.jpg`: Slack does not show it: file_not_found" in text(wanted)


async def test_captions_posted_beside_photographs_go_along(channel: Channel, root: Path) -> None:
    files = [
        ("Anna 1.jpg", good(1)),
        ("Anna 2.heic", heic(2)),
        ("anna 1.txt", "KIMKR in a café".encode("utf-16")),
        ("other.txt", b"KIMKR"),
    ]
    asked = channel.say(ASK, files=files)
    wanted = await channel.reply(asked, "2 of 3 could be read")

    assert "with 1 caption" in text(wanted)
    assert "`other.txt`: this caption is not used: no photograph here has its name" in text(wanted)
    folder = next((root / ".labs").glob("incoming-*")) / "inputs/lora-kim-fixture"
    assert (folder / "kim_1.txt").read_text("utf-8") == "KIMKR in a café"
    assert (folder / "kim_2.jpg").is_file()
