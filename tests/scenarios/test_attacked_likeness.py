"""What an attack found about whose likeness may be used: each of these was used, or left lying, after consent had
ended."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from tests.channel import RUN, Channel, text
from tests.ledger import charges, table
from tests.photographs import as_jpeg, blank, good
from tests.training import ASK, approve

HERE = "in the labs channel:"
PHOTOS = "<@U0LABSBOT> train a LoRA of Kim with these photos"


async def withdraw(channel: Channel, code: str) -> str:
    asked = channel.say(f"{HERE} withdraw consent for {code}")
    channel.press(await channel.reply(asked, "What holds"), "labs:withdraw", "U0SAM")
    return asked


async def test_a_withdrawal_waits_for_the_archive_at_the_vendor(channel: Channel, world: World) -> None:
    hold = world.replicate.faults.hold("files.delete", "before")
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)
    async with asyncio.timeout(60):
        await hold.reached.wait()
    gone = await withdraw(channel, "JD")
    await channel.reply(gone, "Deleted: 13 photographs")

    assert world.replicate.shelf.files == {}
    hold.release.set()


async def test_an_archive_that_the_vendor_keeps_is_named(channel: Channel, world: World) -> None:
    refusal = Fault("answer", 422, {"detail": "This file is in use."})
    world.replicate.faults.add("files.delete", *[refusal] * 400)
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)
    gone = await withdraw(channel, "JD")
    said = text(await channel.reply(gone, "Deleted: 13 photographs"))

    assert "delete these by hand" in said
    assert "the photographs' archive" in said
    assert "This file is in use" in said


@pytest.mark.parametrize(
    ("facts", "asks"),
    [
        (
            '\n[photos."cb_4.jpg"]\nwithdrawn = 2026-11-01\n',
            f"judge runs/{RUN} with cb_4.jpg as the identity reference",
        ),
        (
            '\n[photos."cb_4.jpg"]\nconsent_until = 2020-01-01\n',
            f"judge runs/{RUN} with cb_4.jpg as the identity reference",
        ),
        ("consent_until = 2020-01-01\n", f"re-run runs/{RUN} with seed 5, then judge"),
        ("withdrawn = 2026-11-01\n", f"extend runs/{RUN} with seed 99"),
    ],
)
async def test_nothing_is_made_or_judged_with_whose_consent_is_over(
    channel: Channel, world: World, root: Path, facts: str, asks: str
) -> None:
    file = root / "inputs/lora-cb-fixture/fixture.toml"
    file.write_text(file.read_text() + facts)
    answer = await channel.reply(channel.say(f"{HERE} {asks}"), "is not used")

    assert "Nothing was spent" in text(answer)
    assert (world.replicate.ordered, world.anthropic.asked, charges(root)) == ([], [], [])


async def test_a_reference_that_lies_in_no_fixture_is_compared_with(channel: Channel, root: Path) -> None:
    (root / "inputs/face.jpg").write_bytes(good(1))
    record = root / f"runs/{RUN}/run.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"reference": "inputs/face.jpg"}))
    result = await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))

    assert "against `inputs/face.jpg`" in await channel.details(result)


@pytest.mark.parametrize(
    ("folder", "facts", "code"),
    [
        ("lora-Kim-fixture", None, "kim"),
        ("lora-studio-fixture", 'identity = "kim"\n', "kim"),
        ("lora-kim2-fixture", None, "kim2"),
    ],
)
async def test_everybody_can_withdraw(channel: Channel, root: Path, folder: str, facts: str | None, code: str) -> None:
    fixture = root / "inputs" / folder
    fixture.mkdir()
    (fixture / "kim_1.jpg").write_bytes(good(1))
    if facts:
        (fixture / "fixture.toml").write_text(facts)
    asked = await withdraw(channel, code)
    await channel.reply(asked, "Deleted: 1 photograph")

    assert [one.name for one in fixture.iterdir()] == ["fixture.toml"]
    assert "withdrawn = " in (fixture / "fixture.toml").read_text()


async def test_photographs_that_were_being_fetched_are_not_kept(channel: Channel, world: World, root: Path) -> None:
    first = channel.say(PHOTOS, files=[("a.jpg", good(1)), ("b.jpg", good(2))])
    await channel.reply(first, "licence and consent are not known yet")
    hold = world.slack.faults.hold("files.download", "before")
    second = channel.say(PHOTOS, files=[("c.jpg", good(3))])
    async with asyncio.timeout(60):
        await hold.reached.wait()
    asked = await withdraw(channel, "kim")
    await channel.reply(asked, "Deleted: 2 photographs")
    hold.release.set()
    await channel.reply(second, "has taken the consent back meanwhile")

    assert not list((root / ".labs").glob("incoming-*"))
    assert [row["state"] for row in table(root, "incoming")] == ["dropped"]


async def test_a_sliver_among_posted_photographs_is_named(channel: Channel) -> None:
    files = [("good.jpg", good(1)), ("sliver.jpg", as_jpeg(blank(1, 30000))), ("dot.jpg", as_jpeg(blank(1, 1)))]
    said = text(await channel.reply(channel.say(PHOTOS, files=files), "1 of 3 could be read"))

    assert "1 × 30000 pixels: too few" in said
    assert "1 × 1 pixels: too few" in said
