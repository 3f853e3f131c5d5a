"""What an attack on the orders of images found: cancels, refusals, reports and held ones that met at the wrong
moment."""

import json
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from tests.channel import RUN, Channel, buttons, text
from tests.conftest import Start, speak_http
from tests.ledger import charges, table
from tests.process import BotProcess

HERE = "in the labs channel:"


async def test_a_report_about_an_attempt_that_was_given_up_is_believed(
    start: Start, world: World, root: Path, public: str
) -> None:
    world.replicate.unknown_s, world.replicate.run_s = 5.0, 0.6
    world.replicate.faults.add("predictions.create", Fault("hang up after"))
    speak_http(world, public)
    channel: Channel = await start(
        slack_mode="http", port=int(public.rsplit(":", 1)[1]), public_url=public, settle_order_s=0.1, look_again_s=0.4
    )

    asked = channel.say(f"{HERE} redo CB-LORA-front-full-S42 of runs/{RUN}")
    await channel.until(
        lambda: [row for row in table(root, "orders") if row["state"] in {"ordered", "made"}], "adopted"
    )
    world.replicate.unknown_s = 0.0
    await channel.result(asked)

    assert len(world.replicate.ordered) == 1
    paid = [one for one in charges(root) if one["state"] == "charged"]
    assert len(paid) == 1
    assert {one["used_micros"] for one in table(root, "budgets")} == {paid[0]["usd_micros"]}


async def test_a_cell_called_off_while_its_order_is_refused_is_not_ordered_again(
    start: Start, world: World, root: Path
) -> None:
    world.replicate.run_s = 0.3
    busy = {"detail": "Request was throttled. Expected available in 1 second.", "retry_after": 0.3}
    world.replicate.faults.add("predictions.create", Fault("answer", status=429, body=busy))
    hold = world.replicate.faults.hold("predictions.create", "before", 1)
    channel: Channel = await start(image_concurrency=1)

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    await channel.until(hold.reached.is_set, "an order on its way")
    channel.say("cancel CB-LORA-front-full-S5", thread=asked)
    await channel.reply(asked, "called off; the others go on")
    hold.release.set()
    result = await channel.result(asked)

    assert "2 of 3 images made" in text(result)
    assert len(world.replicate.ordered) == 2


async def test_a_cancel_that_meets_a_forgotten_order_ends_the_job(world: World, root: Path) -> None:
    channel = Channel(world)
    hold = world.replicate.faults.hold("predictions.create", "during", 1)
    async with BotProcess(world, root, image_concurrency=1) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
        anchor = await channel.reply(asked, "0 of 3 images")
        await channel.until(hold.reached.is_set, "an order at the vendor")
        channel.press(anchor, "labs:cancel")
        await channel.until(lambda: table(root, "jobs")[0]["state"] == "canceling", "the cancellation")
        await bot.kill()
    hold.release.set()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root):
        await channel.settled(asked, "what is finished is kept")

    assert [one["state"] for one in charges(root)] == ["unknown"]
    assert {row["state"] for row in table(root, "orders")} == {"canceled"}


async def test_a_vendor_that_refuses_to_cancel_is_looked_at_all_the_same(
    start: Start, world: World, root: Path
) -> None:
    world.replicate.run_s = 1.0
    over = Fault("answer", status=422, body={"detail": "This prediction has already completed."})
    world.replicate.faults.add("predictions.cancel", *[over] * 20)
    channel: Channel = await start()

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    anchor = await channel.reply(asked, "being made")
    channel.press(anchor, "labs:cancel")
    await channel.settled(asked, "what is finished is kept")

    assert {row["state"] for row in table(root, "orders")} == {"made"}
    assert {row["inflight"] for row in table(root, "vendors")} == {0}


async def test_resume_opens_an_account_that_was_out_of_credit(start: Start, world: World) -> None:
    broke = Fault("answer", status=402, body={"detail": "Add credit", "status": 402})
    world.replicate.faults.add("predictions.create", *[broke] * 10)
    channel: Channel = await start(probe_s=3000)

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    await channel.reply(asked, "out of credit")
    world.replicate.faults._queued.clear()
    channel.say(f"{HERE} resume spending", "U0SAM")

    assert "3 images made" in text(await channel.result(asked))


async def test_an_order_of_another_hand_is_not_taken_for_ours(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seed 5"))
    theirs = world.replicate.ordered[0]
    for row in table(root, "charges"):
        assert row["request_id"]
    import dataclasses

    foreign = dataclasses.replace(
        theirs, id="foreign", input={**theirs.input, "seed": 6}, created=theirs.created - 1800
    )
    world.replicate.ordered.insert(0, foreign)
    world.replicate._by_id["foreign"] = foreign
    world.replicate.faults.add("predictions.create", *[Fault("hang up after")] * 3)

    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seed 6"))

    assert "foreign" not in {row["request_id"] for row in table(root, "charges")}
    assert len(world.replicate.ordered) == 7


async def test_a_retry_above_the_limit_wants_an_approver(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.3
    async with BotProcess(world, root, approval_above_usd=0.2) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seeds 1-3")
        channel.press(await channel.reply(asked, "Waits for an approval"), "labs:approve", "U0SAM")
        await channel.until(lambda: len(world.replicate.ordered) == 9, "nine orders")
        await bot.kill()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root, approval_above_usd=0.2):
        anchor = await channel.reply(asked, "9 images need your word")
        assert "Mark failed" in buttons(anchor).values()
        channel.press(anchor, "labs:retry")
        await channel.whisper("U0DANA", "Only an approver decides that")
        assert len(world.replicate.ordered) == 9
        channel.press(anchor, "labs:retry", "U0SAM")
        await channel.result(asked)

    assert len(world.replicate.ordered) == 18


async def test_a_held_order_shows_itself_after_a_kill_right_behind_it(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.3
    async with BotProcess(world, root) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
        await channel.until(lambda: len(world.replicate.ordered) == 3, "three orders")
        await bot.kill()
    world.replicate.clock.ahead = 7200.0
    for writes in (3, 4, 5, 6):
        async with BotProcess(world, root, dies_after_writes=writes) as bot:
            await bot.died(3.0)

    async with BotProcess(world, root):
        await channel.reply(asked, "3 images need your word")


async def test_a_report_without_a_known_order_changes_nothing(
    start: Start, world: World, public: str, root: Path
) -> None:
    speak_http(world, public)
    await start(slack_mode="http", port=int(public.rsplit(":", 1)[1]), public_url=public)
    body = json.dumps({"id": "x", "status": "succeeded"})
    async with aiohttp.ClientSession() as session:
        sent = session.post(
            f"{public}/replicate/webhook?order=99&attempt=1", data=body, headers=world.replicate.signed("msg_2", body)
        )
        async with sent as answer:
            assert answer.status == 200
    assert table(root, "orders") == []


async def test_an_undecided_image_stands_in_nobodys_way(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.3
    async with BotProcess(world, root, image_concurrency=2) as bot:
        first = channel.say(f"{HERE} re-run runs/{RUN} with seed 1")
        await channel.until(lambda: len(world.replicate.ordered) == 2, "two orders")
        await bot.kill()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root, image_concurrency=2):
        anchor = await channel.reply(first, "2 images need your word")
        second = channel.say(f"{HERE} re-run runs/{RUN} with seeds 1-2")
        other = await channel.reply(second, "2 images wait for a decision on job")
        await channel.until(lambda: "4 of 6 images" in text(other), "the others")
        channel.press(anchor, "labs:retry")
        await channel.result(first)
        assert "6 images made" in text(await channel.result(second))


async def test_a_slot_that_a_held_order_frees_is_used(world: World, root: Path) -> None:
    channel = Channel(world)
    hold = world.replicate.faults.hold("predictions.create", "during", 1)
    async with BotProcess(world, root, image_concurrency=1) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
        await channel.until(hold.reached.is_set, "an order at the vendor")
        await bot.kill()
    hold.release.set()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root, image_concurrency=1):
        anchor = await channel.reply(asked, "1 image needs your word")
        await channel.until(lambda: "2 of 3 images" in text(anchor), "the two others")


async def test_what_is_made_is_not_said_to_be_called_off(start: Start, world: World) -> None:
    world.replicate.fates.extend([Fate(run_s=0.01), Fate(run_s=3)])
    channel: Channel = await start(image_concurrency=1)

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    await channel.reply(asked, "1 of 3 images")
    channel.say("cancel CB-LORA-front-full-S5", thread=asked)
    await channel.reply(asked, "nothing was called off")

    assert "3 images made" in text(await channel.result(asked))


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("order=1&attempt=1", b"no JSON"),
        (f"order={2**70}&attempt=1", b'{"id": "x", "status": "succeeded"}'),
        ("order=x", b"{}"),
        ("order=1&attempt=1", b"[1]"),
    ],
    ids=["no text", "no number", "no order", "no object"],
)
async def test_a_report_that_makes_no_sense_is_refused(
    start: Start, world: World, public: str, query: str, body: bytes
) -> None:
    speak_http(world, public)
    await start(slack_mode="http", port=int(public.rsplit(":", 1)[1]), public_url=public)
    headers = world.replicate.signed("msg_3", body.decode("utf-8", "replace"))
    async with aiohttp.ClientSession() as session:
        sent = session.post(f"{public}/replicate/webhook?{query}", data=body, headers=headers)
        async with sent as answer:
            assert answer.status == 400
