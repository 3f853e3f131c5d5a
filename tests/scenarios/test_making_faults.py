"""Everything that Replicate can do to an order: the job ends, done or with a clear reason, and nothing is paid
twice."""

from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from pipeline.models import Cause
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.outcomes import missing, only_rerun

ASK = f"in the labs channel: re-run runs/{RUN} with seeds 1-3"
THROTTLED = {"title": "Too many", "detail": "Request was throttled. Expected available in 1 second.", "status": 429}


def once_each(world: World) -> None:
    """No image was ordered twice, as the vendor counts."""
    counted = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    assert set(counted.values()) == {1}, counted
    assert len(counted) == 9


@pytest.mark.parametrize(
    "fault",
    [
        Fault("hang up before"),
        Fault("hang up after"),
        Fault("answer", status=500, body={"detail": "oops"}),
        Fault("answer after", status=502, body={"detail": "Bad Gateway"}),
        Fault("garbage"),
        Fault("answer", status=429, body=THROTTLED | {"retry_after": 0.1}),
        Fault("answer", status=429, body=THROTTLED | {"detail": "busy"}, headers={"retry-after": "0.1"}),
    ],
    ids=["hang up before", "hang up after", "500", "502 after", "garbage", "429 body", "429 header"],
)
async def test_an_order_whose_answer_is_lost_is_looked_up_and_never_ordered_twice(
    channel: Channel, world: World, root: Path, fault: Fault
) -> None:
    world.replicate.faults.add("predictions.create", fault, fault, fault)

    asked = channel.say(ASK)
    result = await channel.result(asked)

    assert "9 images made" in text(result)
    once_each(world)
    assert {one["state"] for one in charges(root)} <= {"charged", "released"}
    assert sum(one["state"] == "charged" for one in charges(root)) == 9


@pytest.mark.parametrize(
    "fault",
    [
        Fault("answer", status=500, body={}),
        Fault("garbage"),
        Fault("hang up before"),
        Fault("answer", status=429, body=THROTTLED),
    ],
    ids=["500", "garbage", "hang up", "429"],
)
@pytest.mark.parametrize("call", ["predictions.list", "predictions.get", "delivery"])
async def test_a_look_that_fails_is_repeated(channel: Channel, world: World, call: str, fault: Fault) -> None:
    world.replicate.faults.add(call, fault, fault)

    result = await channel.result(channel.say(ASK))

    assert "9 images made" in text(result)
    once_each(world)


async def test_a_cell_that_the_vendor_fails_is_named_with_its_reason(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.fates.append(Fate("failed", error="CUDA out of memory"))

    result = await channel.result(channel.say(f"{ASK}, then judge"))

    assert "the vendor could not make it: CUDA out of memory" in text(result)
    assert "8 images made" in text(result)
    assert missing(root) == {Cause.FAILED}
    assert len(world.anthropic.asked) == 8
    assert sum(one["state"] == "charged" for one in charges(root) if one["order_id"]) == 9


@pytest.mark.parametrize(
    ("fate", "cause"),
    [
        (Fate(shape="black"), Cause.FILTERED),
        (Fate("failed", error="NSFW content detected. Try running it again."), Cause.FILTERED),
        (Fate(shape="text"), Cause.NO_IMAGE),
        (Fate(shape="elsewhere"), Cause.FAILED),
        (Fate("canceled"), Cause.DROPPED),
    ],
    ids=["black", "nsfw", "text", "foreign host", "canceled by another hand"],
)
async def test_an_output_that_is_no_picture_counts_for_nothing(
    channel: Channel, world: World, root: Path, fate: Fate, cause: Cause
) -> None:
    world.replicate.fates.append(fate)

    result = await channel.result(channel.say(ASK))

    assert "8 of 9 images made" in text(result)
    assert missing(root) == {cause}
    assert cause.value in text(result)
    assert "Redo failed" in text(result)
    once_each(world)


@pytest.mark.parametrize("shape", ["inline", "several", "single"])
async def test_outputs_of_every_form_are_read(channel: Channel, world: World, shape: str) -> None:
    world.replicate.fates.append(Fate(shape=shape))  # type: ignore[arg-type]  # the parameters are its words

    assert "9 images made" in text(await channel.result(channel.say(ASK)))


async def test_an_aborted_order_cost_nothing_and_is_placed_again(channel: Channel, world: World, root: Path) -> None:
    world.replicate.fates.append(Fate("aborted"))
    world.replicate.fates.append(Fate("failed", error="Prediction interrupted; please retry (code: PA)", billed_s=0))

    result = await channel.result(channel.say(ASK))

    assert "9 images made" in text(result)
    assert len(world.replicate.ordered) == 11
    assert sum(one["state"] == "charged" for one in charges(root)) == 9


async def test_an_order_that_is_dropped_again_and_again_is_given_up(channel: Channel, world: World, root: Path) -> None:
    world.replicate.fates.extend([Fate("aborted")] * 200)

    result = await channel.result(channel.say(f"in the labs channel: re-run runs/{RUN} with seed 5"))

    assert "0 of 3 images made" in text(result)
    assert len(world.replicate.ordered) == 12
    assert not [one for one in charges(root) if one["usd_micros"]]


async def test_a_new_order_that_cannot_be_looked_up_yet_is_waited_for(channel: Channel, world: World) -> None:
    world.replicate.unknown_s = 0.3

    assert "9 images made" in text(await channel.result(channel.say(ASK)))
    once_each(world)


async def test_a_cold_boot_is_waited_for(channel: Channel, world: World) -> None:
    world.replicate.fates.extend([Fate(boot_s=0.6)] * 9)

    assert "9 images made" in text(await channel.result(channel.say(ASK)))
    once_each(world)


async def test_a_poor_account_is_asked_one_by_one(start: Start, world: World, root: Path) -> None:
    world.replicate.throttle.low_credit, world.replicate.throttle.window_s = True, 1.2
    channel: Channel = await start()

    result = await channel.result(channel.say(ASK))

    assert "9 images made" in text(result)
    once_each(world)
    (vendor,) = [one for one in table(root, "vendors") if one["name"] == "replicate"]
    assert vendor["allowed"] < 10
    assert vendor["inflight"] == 0


async def test_what_replicate_rejects_is_said_in_its_words(channel: Channel, world: World, root: Path) -> None:
    world.replicate.shelf.versions.clear()

    result = await channel.result(channel.say(ASK))

    assert "0 of 9 images made" in text(result)
    assert "The specified version does not exist" in text(result)
    assert world.replicate.ordered == []
    assert not [one for one in charges(root) if one["usd_micros"]]
    assert Lab(root).run(only_rerun(root)).cells


async def test_an_account_without_credit_pauses_itself_and_goes_on(start: Start, world: World) -> None:
    channel: Channel = await start(probe_s=1.5)
    broke = Fault("answer", status=402, body={"title": "Insufficient credit", "detail": "Add credit", "status": 402})
    world.replicate.faults.add("predictions.create", *[broke] * 12)

    asked = channel.say(ASK)
    await channel.reply(asked, "out of credit")
    result = await channel.result(asked)

    assert "9 images made" in text(result)
    once_each(world)


async def test_the_token_never_leaves_for_the_delivery_host(channel: Channel, world: World) -> None:
    # The sandbox's delivery answers 400 to a token, and then no image would come.
    assert "9 images made" in text(await channel.result(channel.say(ASK)))
    assert all("Bearer" not in str(one) for one in world.replicate.exchanges)
