"""Identity vendors against one photograph: words, a plan with a row a vendor, all at once, judged blind, a table."""

import json
import re
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate import gallery
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from pipeline.makers.registry import MAKERS
from tests.bakeoffs import EVERYBODY, OPEN, TAIL, bakeoff, sent, without_licence
from tests.channel import RUN, Channel, Message, buttons, pictures, refused, text
from tests.conftest import Start
from tests.ledger import charges, table


@pytest.mark.slow
async def test_all_vendors_and_the_lora_go_from_words_to_a_table(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(**OPEN)

    asked = channel.say(f"in the labs channel: bakeoff all vendors {TAIL}")
    plan = await channel.reply(asked, "can be approved")
    assert all(one.entrant.title in text(plan) for one in MAKERS.entrants if one.entrant)
    assert "InsightFace weights" in text(plan)
    assert "takes no seed" in text(plan)
    shown = await channel.until(
        lambda: [one for m in channel.replies(asked) for one in pictures(m)], "the photograph as it is sent"
    )
    assert "cb_4.jpg as it is sent" in shown[0]["alt_text"]
    channel.press(plan, "labs:approve", "U0SAM")
    result = await channel.result(asked)

    state = bakeoff(root)
    assert {one.row: one.cells for one in state.leaderboard} == dict.fromkeys(["lora", *EVERYBODY], 6)
    assert all(one.identity.scored == 6 for one in state.leaderboard)
    assert [one.row for one in state.leaderboard][-2:] == ["ip-adapter-faceid", "photomaker"]
    assert all(row in text(result) for row in ("lora", *EVERYBODY))
    assert len(pictures(result)) == 1
    # No cell has another run's label, or nobody could tell which is meant.
    assert not {cell.cell.label for cell in state.cells} & set(Lab(root).run(RUN).labels)
    # Where no seed is taken, none is claimed.
    seedless = {one.cell.maker for one in state.cells if one.cell.seed is None}
    assert seedless == {"nano-banana-pro", "seedream-4.5"}
    # The same prompt, photograph and shape for all.
    recorded = json.loads((root / "runs" / state.run / "run.json").read_text())
    plainly = {prompt["text"] for prompt in recorded["prompts"]}
    assert all(prompt.count("a woman") == 1 and "TOKR" not in prompt for prompt in plainly)
    for one in sent(world):
        assert any(one["prompt"].replace(" img", "", 1).startswith(prompt) for prompt in plainly), one["prompt"]
        assert one.get("aspect_ratio", "3:4") == "3:4"
    # One for all, and the same padded for who takes its shape from it.
    assert len(world.replicate.shelf.uploaded) == 2
    # The judge hears of no vendor and of no file.
    heard = json.dumps([{k: v for k, v in one.items() if k != "at"} for one in world.anthropic.asked], default=str)
    words = re.sub(r'"data": ?"[^"]*"', "", heard).lower()
    assert not [name for name in EVERYBODY if name in words]
    assert "cb-" not in words
    # What was billed is within the plan, vendor by vendor, and nothing is left at a vendor.
    billed = Counter[str]()
    for charge in charges(root):
        billed[charge["model"]] += charge["usd_micros"] if charge["state"] == "charged" else 0
    for maker in MAKERS.entrants:
        estimate = maker.price.estimate(6)
        assert estimate.low_micros <= billed[maker.name] <= estimate.high_micros, maker.name
    await channel.until(lambda: not world.replicate.shelf.files, "photographs deleted at the vendor")
    assert {one["state"] for one in table(root, "lent")} == {"deleted"}
    assert {one["used_micros"] for one in table(root, "budgets")} == {sum(one["usd_micros"] for one in charges(root))}
    assert refused(world) == []


async def test_a_vendor_that_may_not_or_cannot_is_left_out_and_named(start: Start, world: World, root: Path) -> None:
    changed = deepcopy(gallery.shown("bytedance/seedream-4.5"))
    assert changed is not None
    del changed["latest_version"]["openapi_schema"]["components"]["schemas"]["Input"]["properties"]["max_images"]
    world.replicate.shelf.changed["bytedance/seedream-4.5"] = changed
    channel: Channel = await start()

    asked = channel.say(f"in the labs channel: bakeoff fashn, pulid and seedream {TAIL}")
    plan = await channel.reply(asked, "bake off")
    result = await channel.result(asked)

    for said in (await channel.planned(plan), text(result)):
        assert "fashn, its consent basis “self” does not allow fashn" in said
        assert "seedream-4.5, its input has changed: it does not take 'max_images' any more" in said
    assert {one.row for one in bakeoff(root).leaderboard} == {"lora", "pulid"}
    assert world.fashn.ordered == []
    assert "pulid" in text(result)


async def test_without_a_key_or_anybody_it_is_said_before_money_moves(start: Start, world: World) -> None:
    channel: Channel = await start(**OPEN, fashn_api_key=None)

    said = await channel.reply(channel.say(f"in the labs channel: bakeoff fashn {TAIL}"), "Nobody is left")

    assert "there is no key for it (FASHN_API_KEY)" in text(said)
    assert world.replicate.shelf.uploaded == []


WORDS = {
    "refused": ("bytedance/pulid", Fate(status="failed", error="The input or output was flagged as sensitive (E005)")),
    "black": ("bytedance/pulid", Fate(shape="black")),
    "empty": ("bytedance/pulid", Fate(shape="nothing")),
    "no face": ("bytedance/pulid", Fate(status="failed", error="facexlib align face fail")),
}


SAID = {
    "refused": "refused: the vendor's safety filter took it",
    "black": "the picture is black",
    "empty": "gave no picture",
    "no face": "facexlib align face fail",
}


@pytest.mark.parametrize("name", WORDS)
async def test_each_failure_ends_in_its_own_word_and_is_no_zero(
    start: Start, world: World, root: Path, name: str
) -> None:
    model, fate = WORDS[name]
    world.replicate.fate_of[model] = fate
    channel: Channel = await start()

    result = await channel.result(channel.say(f"in the labs channel: bakeoff pulid and photomaker {TAIL}"))

    row = next(one for one in bakeoff(root).leaderboard if one.row == "pulid")
    assert (row.identity.scored, row.refused + row.technical) == (0, 6)
    assert (row.refused == 6) == (name in {"refused", "black"})
    assert SAID[name] in text(result)


FASHN = {
    "ContentModerationError": ("refused", 6),
    "PoseError": ("PoseError", 6),
    "black": ("the picture is black", 6),
    "empty": ("gave no picture", 6),
}


@pytest.mark.parametrize("fate", FASHN)
async def test_what_fashn_fails_on_has_its_own_word(start: Start, world: World, root: Path, fate: str) -> None:
    world.fashn.fates.extend([fate] * 6)
    channel: Channel = await start(**OPEN, approval_above_usd=5)

    result = await channel.result(channel.say(f"in the labs channel: bakeoff fashn {TAIL}"))

    said, count = FASHN[fate]
    row = next(one for one in bakeoff(root).leaderboard if one.row == "fashn")
    assert row.refused + row.technical == count
    assert said in text(result)
    paid = sum(one["usd_micros"] for one in charges(root) if one["vendor"] == "fashn")
    assert paid == (0 if fate.endswith("Error") else 6 * 300_000)  # a failed job is free; a useless picture is not


async def test_a_busy_or_empty_account_of_fashn_waits_and_says_why(start: Start, world: World, root: Path) -> None:
    world.fashn.faults.add(
        "fashn.run",
        Fault("answer", 429, {"error": "RateLimitExceeded", "message": "slow down"}),
        Fault("answer", 429, {"error": "OutOfCredits", "message": "no credits"}),
    )
    channel: Channel = await start(**OPEN, approval_above_usd=5)

    await channel.result(channel.say(f"in the labs channel: bakeoff fashn {TAIL}"))

    assert len(world.fashn.ordered) == 6
    assert Counter(one["state"] for one in charges(root) if one["vendor"] == "fashn")["charged"] == 6


async def test_rows_are_added_to_a_bakeoff_and_only_those_are_made(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"in the labs channel: bakeoff photomaker {TAIL}"))
    first = bakeoff(root)
    before = len(world.replicate.ordered)

    more = f"in the labs channel: bakeoff photomaker and pulid against cb_4.jpg with the prompts of runs/{first.run}"
    await channel.result(channel.say(more))

    assert Counter(one.model for one in world.replicate.ordered[before:]) == {"bytedance/pulid": 6}
    assert {one.row for one in bakeoff(root).leaderboard} == {"lora", "photomaker", "pulid"}
    assert len(world.anthropic.asked) == 18
    # A cell by its label, by its own maker, as it was asked for.
    redone = "in the labs channel: redo CB-PULID-front-full-S42, then judge"
    await channel.reply(channel.say(redone), "labs:open:details")
    assert world.replicate.ordered[-1].model == "bytedance/pulid"
    again = {**world.replicate.ordered[-1].input, "main_face_image": ""}
    assert again in [{**one.input, "main_face_image": ""} for one in world.replicate.ordered[before : before + 6]]
    # What may not be sent any more is not sent once more.
    without_licence(root)
    ordered = len(world.replicate.ordered)
    await channel.reply(channel.say(redone), "may not see pictures of inputs/lora-cb-fixture/cb_4.jpg")
    assert len(world.replicate.ordered) == ordered


async def test_above_the_limit_the_dearest_rows_are_offered_to_be_left_out(start: Start, world: World) -> None:
    channel: Channel = await start(**OPEN)

    asked = channel.say(f"in the labs channel: bakeoff fashn, photomaker and pulid {TAIL}, max $1")
    said = await channel.reply(asked, "above your $1")

    assert "Without fashn" in str(buttons(said))
    channel.press(said, next(one for one, words in buttons(said).items() if words.startswith("Without")))
    await channel.result(asked)
    assert world.fashn.ordered == []
    assert {one.model for one in world.replicate.ordered} == {"tencentarc/photomaker", "bytedance/pulid"}


async def test_a_cold_model_holds_up_nobody(start: Start, world: World, root: Path) -> None:
    """Three places, three models, of which one does not start: the others are all made meanwhile."""
    world.replicate.fate_of["tencentarc/photomaker"] = Fate(boot_s=3600.0)
    channel: Channel = await start(image_concurrency=3)
    asked = channel.say(f"in the labs channel: bakeoff photomaker, pulid and flux-pulid {TAIL}")

    def others() -> set[str]:
        return {one["state"] for one in table(root, "orders") if not one["maker"].startswith("photomaker")}

    await channel.until(lambda: others() == {"made"}, "the others' images")
    assert "tencentarc/photomaker" in {one.model for one in world.replicate.ordered}
    del world.replicate.fate_of["tencentarc/photomaker"]

    def warm() -> Message | None:
        """Every order, also one whose call was on its way just now."""
        for one in world.replicate.ordered:
            one.fate = replace(one.fate, boot_s=0.0)
        return next((one for one in channel.replies(asked) if "labs:open:details" in text(one)), None)

    assert "not made" not in text(await channel.until(warm, "the result"))
