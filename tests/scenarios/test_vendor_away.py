"""A vendor that is away, or does not know just now what it has taken: tried again for long, visibly, and paid once."""

from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from tests.channel import RUN, Channel, buttons, moment, text
from tests.conftest import Start
from tests.ledger import charges, table

HERE = "in the labs channel:"
ASK = f"{HERE} re-run runs/{RUN} with seed 5"
TRAIN = f"{HERE} train a LoRA for a different identity from inputs/lora-jd-fixture, 100 steps"
AWAY = Fault("answer", status=503, body={"detail": "Service unavailable"})
UNKNOWN = Fault("answer", status=404, body={"detail": "The requested resource could not be found.", "status": 404})


def away(world: World, calls: str) -> list[bool]:
    """The vendor answers none of these calls, until the list is emptied."""
    down = [True]
    world.replicate.faults.chance = lambda name: AWAY if down and name == calls else None
    return down


async def test_what_an_outage_never_made_is_free_and_made_after_it(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(settle_order_s=0.05, look_again_s=0.01)
    down = away(world, "predictions.create")

    asked = channel.say(ASK)
    told = await channel.reply(asked, "has answered no order since")
    anchor = channel.replies(asked)[0]
    await channel.until(lambda: "Cancel" in buttons(anchor).values(), "a way out while it is down")
    await channel.until(lambda: max(row["attempt"] for row in table(root, "orders")) >= 7, "many tries")
    down.clear()
    await channel.result(asked)

    assert "Nothing was made, and nothing is charged" in text(told)
    assert sum("answers no order" in one["text"] for one in channel.replies(asked)) == 1
    counted = Counter(one.input["seed"] for one in world.replicate.ordered)
    assert len(world.replicate.ordered) == 3 == sum(counted.values())
    assert {one["state"] for one in charges(root)} <= {"charged", "released"}
    assert not any("your word" in text(one) for one in channel.replies(asked))


async def test_an_outage_is_canceled_for_nothing_and_status_tells_of_it(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(settle_order_s=0.05, look_again_s=0.01)
    away(world, "predictions.create")

    asked = channel.say(ASK)
    await channel.reply(asked, "answers no order")
    status = await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Under way")
    anchor = await channel.reply(asked, "asked by")
    channel.press(anchor, "labs:cancel")
    await channel.settled(asked, "$0.00 were spent")

    assert "has answered no order since" in text(status)
    assert "being made" not in text(anchor)
    assert "left" not in text(anchor)
    assert world.replicate.ordered == []


async def test_an_outage_of_a_day_ends_with_its_cause(start: Start, world: World) -> None:
    channel: Channel = await start(settle_order_s=0.02, look_again_s=0.01, give_up_h=0.0001)
    away(world, "predictions.create")

    result = await channel.result(channel.say(ASK))

    assert "0 of 3 images made" in text(result)


@pytest.mark.parametrize("answers", [1, 4])
async def test_a_training_that_is_not_known_for_a_moment_goes_on(
    start: Start, world: World, root: Path, answers: int
) -> None:
    world.replicate.trainings.run_s = 3.0
    channel: Channel = await start(missing_s=20)
    asked = channel.say(TRAIN)
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
    await channel.reply(asked, "% · step")
    world.replicate.faults.add("trainings.get", *[UNKNOWN] * answers)

    await channel.result(asked)

    assert len(world.replicate.trainings.ordered) == 1
    assert {one["state"] for one in charges(root) if one["model"].startswith("ostris/")} == {"charged"}


async def test_a_held_training_that_shows_itself_again_is_fetched_and_paid_once(
    start: Start, world: World, root: Path
) -> None:
    world.replicate.trainings.run_s = 4.0
    channel: Channel = await start(missing_s=0.02)
    asked = channel.say(TRAIN)
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")
    await channel.reply(asked, "% · step")
    gone = [True]
    world.replicate.faults.chance = lambda name: UNKNOWN if gone and name == "trainings.get" else None
    held = await channel.reply(asked, "The training needs your word")
    gone.clear()
    channel.press(held, "labs:retry", "U0SAM")

    await channel.result(asked)

    assert len(world.replicate.trainings.ordered) == 1
    assert len(world.replicate.shelf.uploaded) == 1
    assert [one["state"] for one in charges(root) if one["model"].startswith("ostris/")] == ["charged"]


async def test_a_cancel_that_was_refused_is_asked_again(start: Start, world: World) -> None:
    world.replicate.run_s = 30
    channel: Channel = await start()
    asked = channel.say(ASK)
    anchor = await channel.reply(asked, "3 being made")
    refused = Fault("answer", status=401, body={"detail": "You did not pass a valid authentication token"})
    world.replicate.faults.add("predictions.cancel", *[refused] * 3)
    channel.press(anchor, "labs:cancel")

    await channel.settled(asked, "what is finished is kept")

    assert {one.status(world.replicate.clock()) for one in world.replicate.ordered} == {"canceled"}


async def test_a_success_without_a_picture_has_failed_and_says_why(start: Start, world: World, root: Path) -> None:
    world.replicate.fates.extend([Fate(shape="nothing")])
    channel: Channel = await start()

    asked = channel.say(ASK)
    result = await channel.result(asked)

    assert "2 of 3 images made" in text(result)
    assert any("gave no picture" in (row["detail"] or "") for row in table(root, "orders"))
    assert not any("your word" in text(one) for one in channel.replies(asked))


async def test_a_picture_that_is_not_there_yet_is_fetched_later(start: Start, world: World) -> None:
    channel: Channel = await start(missing_s=20)
    world.replicate.faults.add("delivery", *[Fault("answer", status=404)] * 5)

    result = await channel.result(channel.say(ASK))
    await moment(0.05)

    assert "3 images made" in text(result)


async def test_a_vendor_that_is_busy_for_an_hour_loses_no_image(start: Start, world: World, root: Path) -> None:
    """Compressed: far more refusals than any count would bear; one word in the thread, and nothing on the books."""
    channel: Channel = await start()
    left = [200]

    def busy(name: str) -> Fault | None:
        if name != "predictions.create" or not left[0]:
            return None
        left[0] -= 1
        return Fault("answer", 429, {"detail": "busy"}, {"retry-after": "0"})

    world.replicate.faults.chance = busy
    asked = channel.say(ASK)
    result = await channel.result(asked)

    assert "3 images made" in text(result)
    assert len(world.replicate.ordered) == 3
    said = [one for one in channel.replies(asked)[1:] if "has answered no order since" in text(one)]
    assert len(said) == 1
    assert {one["state"] for one in charges(root)} <= {"charged", "released"}


async def test_a_list_without_an_end_is_said_and_decided_about(start: Start, world: World, root: Path) -> None:
    """An order's answer was lost, and each page of the vendor's list names another one."""
    channel: Channel = await start(settle_order_s=0.05, look_again_s=0.01)
    world.replicate.faults.add("predictions.create", Fault("hang up after"))
    pages = count()

    def endless(name: str) -> Fault | None:
        if name != "predictions.list":
            return None
        following = f"{world.url}/replicate/v1/predictions?cursor={next(pages)}"
        return Fault("answer", 200, {"previous": None, "next": following, "results": []})

    world.replicate.faults.chance = endless
    asked = channel.say(f"{ASK} --prompt-ids front-full")

    held = await channel.reply(asked, "your word")
    assert "has no end" in (table(root, "orders")[0]["detail"] or "")
    channel.press(held, "labs:giveup")
    await channel.until(lambda: table(root, "jobs")[0]["state"] == "done", "the job's end")
