"""Orders whose outcome only a person can settle, and orders that a person stops."""

import getpass
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from pipeline.models import Cause
from tests.channel import RUN, Channel, buttons, pictures, text
from tests.conftest import Start, speak_http
from tests.ledger import charges, lab_at, table
from tests.outcomes import missing, only_rerun
from tests.process import BotProcess, command

ASK = f"in the labs channel: re-run runs/{RUN} with seeds 1-3"
LATER_S = 2 * 3600.0


async def held(channel: Channel, world: World, root: Path) -> str:
    """A matrix of which one order was sent, its answer lost, and the vendor has forgotten by now."""
    hold = world.replicate.faults.hold("predictions.create", "during", 2)
    async with BotProcess(world, root, image_concurrency=2) as bot:
        asked = channel.say(ASK)
        await channel.until(hold.reached.is_set, "an order at the vendor")
        await bot.kill()
    hold.release.set()
    await channel.until(lambda: len(world.replicate.ordered) == 2, "both orders")
    world.replicate.clock.ahead = LATER_S
    return asked


@pytest.mark.parametrize("again", [True, False])
async def test_what_the_vendor_forgot_is_held_for_a_person(world: World, root: Path, *, again: bool) -> None:
    channel = Channel(world)
    asked = await held(channel, world, root)

    async with BotProcess(world, root):
        anchor = await channel.reply(asked, "2 images need your word")
        assert any(label.startswith("Retry ") for label in buttons(anchor).values())
        channel.press(anchor, "labs:retry" if again else "labs:giveup", "U0SAM")
        result = await channel.result(asked)

    unknown = [one for one in charges(root) if one["state"] == "unknown"]
    assert unknown
    assert ("7 of 9 images made" not in text(result)) is again
    if not again:
        assert missing(root) <= {Cause.UNKNOWN, Cause.EXPIRED}
    decided = {one["what"] for one in table(root, "decisions")}
    assert ("ordered again" if again else "marked failed") in decided


async def test_a_stranger_settles_and_cancels_nothing(start: Start, world: World) -> None:
    world.replicate.run_s = 1.0
    channel: Channel = await start(approvers=())

    asked = channel.say(ASK)
    anchor = await channel.reply(asked, "being made")
    channel.press(anchor, "labs:cancel", "U0SAM")
    await channel.whisper("U0SAM", "by who asked for it or by an approver")
    channel.say(f"in the labs channel: cancel {world.replicate.ordered[0].id}", "U0SAM", asked)

    assert "9 images made" in text(await channel.result(asked))


async def test_cancel_reaches_the_vendor_and_keeps_what_is_finished(start: Start, world: World, root: Path) -> None:
    world.replicate.fates.extend([Fate(run_s=0.05)] * 2 + [Fate(run_s=30)] * 7)
    channel: Channel = await start(image_concurrency=4)

    asked = channel.say(ASK)
    anchor = await channel.reply(asked, "2 of 9 images")
    channel.press(anchor, "labs:cancel")
    settled = await channel.settled(asked, "what is finished is kept")

    assert "Canceled by <@U0DANA>" in text(settled)
    result = await channel.reply(asked, "2 of 9 images are made and kept")
    assert len(pictures(result)) == 1
    assert all(one.canceled_at for one in world.replicate.ordered[2:])
    assert len(world.replicate.ordered) < 9
    assert not [one for one in charges(root) if one["state"] == "reserved"]
    assert {one["used_micros"] for one in table(root, "budgets")} == {sum(one["usd_micros"] for one in charges(root))}


async def test_a_cancel_survives_a_kill(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 30
    hold = world.replicate.faults.hold("predictions.cancel", "before", 1)
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        anchor = await channel.reply(asked, "being made")
        channel.press(anchor, "labs:cancel")
        await channel.until(hold.reached.is_set, "a cancellation at the vendor")
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.settled(asked, "what is finished is kept")

    assert all(one.canceled_at for one in world.replicate.ordered)


async def test_one_cell_is_called_off_and_the_others_go_on(start: Start, world: World, root: Path) -> None:
    world.replicate.fates.extend([Fate(run_s=2)] * 2)
    channel: Channel = await start(image_concurrency=2)

    asked = channel.say(ASK)
    await channel.reply(asked, "being made")
    channel.say("cancel CB-LORA-3q-side-S3", thread=asked)
    await channel.reply(asked, "called off; the others go on")
    result = await channel.result(asked)

    assert "8 of 9 images made" in text(result)
    assert missing(root) == {Cause.DROPPED}
    assert len(world.replicate.ordered) == 8


async def test_the_rest_is_stopped_and_what_is_being_made_is_finished(start: Start, world: World, root: Path) -> None:
    world.replicate.run_s = 0.6
    channel: Channel = await start(image_concurrency=3)

    asked = channel.say(ASK)
    anchor = await channel.until(
        lambda: next((one for one in channel.replies(asked) if "labs:rest" in buttons(one)), None), "the button"
    )
    channel.press(anchor, "labs:rest")
    result = await channel.result(asked)

    made = len(list((root / "runs" / only_rerun(root)).glob("CB-LORA-*.png")))
    assert f"{made} of 9 images made" in text(result)
    assert made == len(world.replicate.ordered)
    assert 3 <= made < 9
    stopped = f"Stopped by <@U0DANA>: {9 - made} images were not begun"
    assert stopped in text(result)
    over = await channel.settled(asked)
    assert stopped in text(over)
    assert f"Made {made} of 9" in text(over)
    assert "failed" not in text(over)


async def test_two_jobs_on_one_run_wait_for_each_other(start: Start, world: World, root: Path) -> None:
    world.replicate.run_s = 0.8
    channel: Channel = await start()

    first = channel.say(f"in the labs channel: extend runs/{RUN} with seed 5")
    await channel.reply(first, "being made")
    second = channel.say(f"in the labs channel: extend runs/{RUN} with seed 6")
    waiting = await channel.reply(second, "Waits for job")
    assert len(world.replicate.ordered) == 3

    await channel.result(first)
    await channel.result(second)
    assert "at work on the same run" not in text(waiting)
    assert len(Lab(root).run(RUN).cells) == 12
    assert len(world.replicate.ordered) == 6


async def test_a_job_says_how_many_images_come_before_its_own(start: Start, world: World) -> None:
    world.replicate.run_s = 0.5
    channel: Channel = await start(image_concurrency=2)

    first = channel.say(ASK)
    await channel.reply(first, "being made")
    second = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 7-8")
    await channel.reply(second, "of older jobs")

    await channel.result(first)
    await channel.result(second)
    assert len(world.replicate.ordered) == 15


async def test_the_grid_grows_in_the_jobs_own_message_and_its_old_pictures_are_deleted(
    start: Start, world: World
) -> None:
    world.replicate.run_s = 0.5
    channel: Channel = await start(image_concurrency=3)
    seen: set[str] = set()

    def look() -> bool:
        for message in channel.replies(asked):
            if "images" in text(message) and "labs:open:details" not in text(message):
                seen.update(one["slack_file"]["id"] for one in pictures(message))
        return len(seen) >= 2

    asked = channel.say(ASK)
    await channel.until(look, "two pictures, one after the other, in the anchor")
    result = await channel.result(asked)
    anchor = await channel.settled(asked)
    await channel.until(lambda: seen <= set(channel.workspace.deleted), "both deleted")

    assert pictures(anchor) == []
    assert len(pictures(result)) == 1
    assert world.slack.tombstones == []
    assert world.slack.refused == []


async def test_webhooks_bring_the_same_end_sooner(start: Start, world: World, root: Path, public: str) -> None:
    world.replicate.run_s = 0.3
    world.replicate.faults.add("predictions.create", *[Fault("hang up after")] * 4)
    speak_http(world, public)
    channel: Channel = await start(
        slack_mode="http", port=int(public.rsplit(":", 1)[1]), public_url=public, poll_every_s=60, settle_order_s=60
    )

    result = await channel.result(channel.say(ASK))

    assert "9 images made" in text(result)
    counted = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    assert set(counted.values()) == {1}
    async with aiohttp.ClientSession() as session:
        forged = {**world.replicate.signed("msg_1", "{}"), "webhook-signature": "v1,AAAA"}
        sent = session.post(f"{public}/replicate/webhook?order=1&attempt=1", data="{}", headers=forged)
        async with sent as answer:
            assert answer.status == 401


async def test_a_day_offline_loses_what_was_made_meanwhile_and_says_so(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.4
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        await channel.until(lambda: len(world.replicate.ordered) == 9, "nine orders")
        await bot.kill()
    world.replicate.clock.ahead = 24 * 3600.0

    async with BotProcess(world, root):
        anchor = await channel.reply(asked, "9 images need your word")
        channel.press(anchor, "labs:retry")
        result = await channel.result(asked)

    assert "9 images made" in text(result)
    # Everything that was paid for is on the books: the nine that the vendor deleted, and the nine that came of them.
    assert len(world.replicate.ordered) == 18
    paid = [one for one in charges(root) if one["state"] in {"charged", "unknown"}]
    assert len(paid) == 18


async def test_a_shell_can_settle_what_is_held(world: World, root: Path) -> None:
    channel = Channel(world)
    asked = await held(channel, world, root)
    async with BotProcess(world, root):
        await channel.reply(asked, "2 images need your word")
    job = table(root, "jobs")[0]["id"]
    environment = world.settings() | lab_at(root) | {"LABS_OPERATORS": getpass.getuser()}

    refused = await command(("settle", job), environment)
    done = await command(("settle", job, "--mark-failed"), environment)

    assert refused[0] == 2
    assert done[0] == 0, done
    async with BotProcess(world, root):
        assert "7 of 9 images made" in text(await channel.result(asked))
