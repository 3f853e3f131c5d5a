"""Cells through an upscaler: pictures beside their cells, judged before and after; the originals stay."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.sandbox.faults import Fault, Stage
from bot.sandbox.magnific.server import signed
from bot.sandbox.world import World
from pipeline.lab.files import Upscaled
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, buttons, pictures, text
from tests.conftest import Start, speak_http
from tests.ledger import charges, table
from tests.process import BotProcess

OPEN: dict[str, Any] = {"consent_vendors": {"self": ["magnific"]}}
CELL = "CB-LORA-upper-front-S42"
"""Waxy in the sample lab."""
BOTH = f"in the labs channel: upscale {CELL} and CB-LORA-front-full-S42 with magnific"
SKIN = f"{CELL}.up-magnific-skin"
DONE = "The originals stay the cells"


def upscales(root: Path) -> dict[str, Upscaled]:
    manifest = Lab(root).run(RUN).manifest
    return {one.label: one for one in manifest.upscales} if manifest else {}


async def test_what_failed_q4_goes_through_the_skin_enhancer(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(**OPEN)
    judged = await channel.result(channel.say(f"in the labs channel: judge runs/{RUN}"))
    verdict = (root / "runs" / RUN / "judge_output.json").read_bytes()
    original = (root / "runs" / RUN / f"{CELL}.png").read_bytes()

    asked = channel.say(f"in the labs channel: upscale the ones that failed Q4 of runs/{RUN} with magnific")
    result = await channel.reply(asked, DONE)

    assert "Q4 0.62 → 0.82 ✓" in text(result)
    assert len(pictures(result)) == 1
    assert [(one.mode, sorted(one.inputs)) for one in world.magnific.ordered] == [
        ("skin-enhancer/faithful", ["image", "sharpen", "skin_detail", "smart_grain"])
    ]
    one = upscales(root)[SKIN]
    assert (one.before["q4_photographic"].passed, one.after["q4_photographic"].passed) == (False, True)
    assert one.usd_micros == 370_000
    assert (root / one.image).is_file()
    # The cell, its score and its verdict are as they were.
    assert (root / "runs" / RUN / f"{CELL}.png").read_bytes() == original
    assert (root / "runs" / RUN / "judge_output.json").read_bytes() == verdict
    assert set(Lab(root).run(RUN).labels) == {cell.label for cell in Lab(root).run(RUN).cells}
    assert len(Lab(root).run(RUN).cells) == 6
    # The same is not bought again.
    again = channel.say(f"in the labs channel: upscale the ones that failed Q4 of runs/{RUN} with magnific")
    await channel.reply(again, "were put through Magnific skin enhancer, faithful before")
    # Until somebody says so.
    channel.press(result, "labs:say:0")
    used = await channel.until(
        lambda: next((m for m in channel.replies(asked) if "the upscaled picture now" in text(m)), None), "used"
    )
    assert CELL in text(used)
    assert (root / "runs" / RUN / f"{CELL}.png").read_bytes() == (root / one.image).read_bytes()
    assert (root / "runs" / RUN / f"{CELL}.1.png").read_bytes() == original
    states = {cell.cell.label: cell.scores for cell in Lab(root).run(RUN).judged_cells()}
    assert [label for label, scores in states.items() if scores is None] == [CELL]
    assert "PROCEED" in text(judged)


MODES = {
    "--mode precision": ("image-upscaler-precision-v2", 170_000, 2),
    "--mode precision --scale 4": ("image-upscaler-precision-v2", 340_000, 4),
    "--mode creative": ("image-upscaler", 170_000, 2),
}


@pytest.mark.parametrize("said", MODES)
async def test_each_mode_of_magnifics_is_priced_by_its_steps(start: Start, world: World, root: Path, said: str) -> None:
    picture = root / f"runs/{RUN}/{CELL}.png"
    with Image.open(picture) as drawn:
        drawn.resize((288, 384)).save(picture)  # of which each doubling is a step of its own
    channel: Channel = await start(**OPEN)
    path, price, scale = MODES[said]
    asked = channel.say(f"in the labs channel: upscale {CELL} with magnific {said}")

    await channel.reply(asked, DONE)
    assert "×2 $0.17, ×4 $0.34, ×8 $0.68" in await channel.planned(await channel.settled(asked))

    task = world.magnific.ordered[0]
    assert task.mode == path
    assert int(str(task.inputs["scale_factor"]).removesuffix("x")) == scale
    assert [one["usd_micros"] for one in charges(root) if one["vendor"] == "magnific"] == [price]


@pytest.mark.parametrize("vendor", ["clarity", "crystal", "seedvr2"])
async def test_open_upscalers_go_through_replicate(start: Start, world: World, root: Path, vendor: str) -> None:
    channel: Channel = await start()

    await channel.reply(channel.say(f"in the labs channel: upscale {CELL} with {vendor}"), DONE)

    assert [one.model.rpartition("/")[2].partition("-")[0] for one in world.replicate.ordered] == [vendor]
    assert upscales(root)[f"{CELL}.up-{vendor}"].state == "made"
    await channel.until(lambda: not world.replicate.shelf.files, "the picture deleted at the vendor")


async def test_a_face_that_drifts_is_warned_of_and_not_offered(start: Start, world: World, root: Path) -> None:
    world.magnific.fates.append("drift")
    channel: Channel = await start(**OPEN)

    result = await channel.reply(channel.say(f"in the labs channel: upscale {CELL} with magnific"), DONE)

    assert "the face drifted" in text(result)
    assert "labs:say:0" not in buttons(result)


FATES = {"FAILED": "Magnific gives no reason", "black": "the picture is black", "empty": "gave no picture"}


@pytest.mark.parametrize("fate", FATES)
async def test_what_magnific_fails_on_has_its_own_word(start: Start, world: World, root: Path, fate: str) -> None:
    world.magnific.fates.append(fate)
    channel: Channel = await start(**OPEN)

    result = await channel.reply(channel.say(BOTH), DONE)

    assert FATES[fate] in text(result)
    assert Counter(one.state for one in upscales(root).values()) == {"failed": 1, "made": 1}
    # No answer of Magnific's says what it cost: a failure may have been paid.
    states = Counter(one["state"] for one in charges(root) if one["vendor"] == "magnific")
    assert states == ({"charged": 1, "unknown": 1} if fate == "FAILED" else {"charged": 2})


async def test_a_busy_or_empty_account_waits_and_a_refusal_is_said(start: Start, world: World, root: Path) -> None:
    world.magnific.faults.add(
        "magnific.order",
        Fault("answer", 429, {"message": "Too many requests"}),
        Fault("answer", 402, {"message": "no credits"}),
        Fault("answer", 400, {"message": "Validation error", "invalid_params": [{"name": "image", "reason": "odd"}]}),
    )
    channel: Channel = await start(**OPEN)

    result = await channel.reply(channel.say(f"in the labs channel: upscale {CELL} with magnific"), DONE)

    assert "Magnific rejected it: image: odd" in text(result)
    assert {one["used_micros"] for one in table(root, "budgets")} == {
        sum(one["usd_micros"] for one in charges(root) if one["state"] == "charged")
    }


async def test_who_may_not_see_the_person_gets_nothing(start: Start, world: World) -> None:
    channel: Channel = await start()

    said = await channel.reply(channel.say(f"in the labs channel: upscale {CELL} with magnific"), "may not see")

    assert "does not allow magnific" in text(said)
    assert world.magnific.ordered == []


@pytest.mark.parametrize("stage", ["before", "during", "after"])
@pytest.mark.parametrize("call", ["magnific.order", "magnific.picture"])
async def test_a_kill_around_a_call_is_on_the_books(world: World, root: Path, call: str, stage: Stage) -> None:
    """Magnific lists nothing: what was lost is put through once more below the limit, and both are booked."""
    given: dict[str, Any] = {"consent_vendors": json.dumps({"self": ["magnific"]}), "repeat_unknown_below_usd": 1}
    channel, hold = Channel(world), world.magnific.faults.hold(call, stage)
    async with BotProcess(world, root, **given) as bot:
        asked = channel.say(f"in the labs channel: upscale {CELL} with magnific")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root, **given):
        await channel.reply(asked, DONE)
        await channel.settled(asked)

    states = Counter(one["state"] for one in charges(root) if one["vendor"] == "magnific")
    assert states["charged"] == 1
    assert len(world.magnific.ordered) - 1 <= states["unknown"] <= 1
    assert upscales(root)[SKIN].state == "made"
    spent = sum(one["usd_micros"] for one in charges(root) if one["state"] in {"charged", "unknown"})
    assert {one["used_micros"] for one in table(root, "budgets")} == {spent}


async def test_what_would_come_back_too_large_is_not_ordered(start: Start, world: World, root: Path) -> None:
    picture = root / "runs" / RUN / f"{CELL}.png"
    Image.open(picture).resize((1536, 2048)).save(picture)
    channel: Channel = await start(**OPEN)

    said = channel.say(f"in the labs channel: upscale {CELL} with magnific --mode creative --scale 4")
    answer = await channel.reply(said, "would be too large for Magnific Creative ×4")

    assert "A smaller `--scale` fits" in text(answer)
    assert world.magnific.ordered == []


async def test_a_signed_report_tells_what_a_lost_answer_was_of(
    start: Start, world: World, root: Path, public: str
) -> None:
    """Beyond the limit it would be held for a person: the report names the task, and nothing is paid twice."""
    speak_http(world, public)
    world.magnific.run_s = 0.4
    world.magnific.faults.add("magnific.order", Fault("hang up after"))
    port = int(public.rsplit(":", 1)[1])
    channel: Channel = await start(**OPEN, slack_mode="http", port=port, public_url=public)

    await channel.reply(channel.say(f"in the labs channel: upscale {CELL} with magnific"), DONE)

    assert len(world.magnific.ordered) == 1
    assert upscales(root)[SKIN].state == "made"


async def test_a_report_that_nobody_signed_changes_nothing(start: Start, world: World, public: str) -> None:
    speak_http(world, public)
    port = int(public.rsplit(":", 1)[1])
    await start(**OPEN, slack_mode="http", port=port, public_url=public)
    body = json.dumps({"task_id": "x", "status": "COMPLETED", "generated": []})

    async with aiohttp.ClientSession() as session:
        for headers, status in (
            ({}, 401),
            ({**signed(body), "webhook-signature": "v1,AAAA"}, 401),
            (signed(body), 200),
        ):
            address = f"{public}/magnific/webhook?order=1&attempt=1"
            async with session.post(address, data=body, headers=headers) as answer:
                assert answer.status == status


async def test_what_never_ends_is_left_to_a_person_and_fetched_once_it_ends(
    start: Start, world: World, root: Path
) -> None:
    world.magnific.fates.append("stuck")
    channel: Channel = await start(**OPEN, give_up_h=0.0001)
    asked = channel.say(f"in the labs channel: upscale {CELL} with magnific")

    said = await channel.reply(asked, "the vendor has not ended it")
    assert "labs:retry" in buttons(said)
    assert [one["state"] for one in charges(root) if one["vendor"] == "magnific"] == ["unknown"]
    world.magnific.ordered[0].fate = "COMPLETED"
    await channel.reply(asked, DONE)

    assert len(world.magnific.ordered) == 1
    assert [one["state"] for one in charges(root) if one["vendor"] == "magnific"] == ["charged"]


async def test_what_never_ends_holds_up_no_cancel(start: Start, world: World, root: Path) -> None:
    """Magnific calls nothing off: what it is at is waited for, but not for ever."""
    world.magnific.fates.append("stuck")
    channel: Channel = await start(**OPEN)
    asked = channel.say(f"in the labs channel: upscale {CELL} with magnific")
    await channel.until(lambda: world.magnific.ordered, "an order")

    channel.say("cancel", thread=asked)

    await channel.until(lambda: table(root, "jobs")[-1]["state"] == "canceled", "a job that ends")
    assert [one["state"] for one in charges(root) if one["vendor"] == "magnific"] == ["unknown"]
    assert {one["used_micros"] for one in table(root, "budgets")} == {sum(one["usd_micros"] for one in charges(root))}
