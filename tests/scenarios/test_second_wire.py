"""A vendor that lists nothing and cancels nothing: the same bot, by the rules that follow from that."""

from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from tests.channel import RUN, Channel, buttons, text
from tests.conftest import Start
from tests.darkroom import DARKROOM, SHOP
from tests.ledger import charges, table
from tests.outcomes import missing

ASK = f"in the labs channel: re-run runs/{RUN} with seeds 1-3"
LOST = Fault("hang up after")


async def test_a_matrix_is_made_by_a_maker_with_an_api_of_its_own(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(shop=SHOP)

    result = await channel.result(channel.say(f"{ASK}, then judge"))

    assert "9 images made" in text(result)
    assert len(world.darkroom.ordered) == 9
    assert world.replicate.ordered == []
    assert {(one["maker"], one["vendor"]) for one in table(root, "orders")} == {(DARKROOM.name, "darkroom")}
    paid = [one for one in charges(root) if one["vendor"] == "darkroom"]
    assert [(one["state"], one["usd_micros"], one["model"]) for one in paid] == [("charged", 20_000, DARKROOM.name)] * 9
    assert {one["inflight"] for one in table(root, "vendors")} == {0}
    assert missing(root) == set()


async def test_a_cheap_order_whose_answer_is_lost_is_ordered_once_more(start: Start, world: World, root: Path) -> None:
    world.darkroom.faults.add("darkroom.create", LOST)
    channel: Channel = await start(shop=SHOP)

    result = await channel.result(channel.say(ASK))

    assert "9 images made" in text(result)
    assert len(world.darkroom.ordered) == 10
    booked = Counter(one["state"] for one in charges(root))
    assert booked == {"charged": 9, "unknown": 1}
    assert {one["used_micros"] for one in table(root, "budgets")} == {10 * 20_000}


@pytest.mark.parametrize(("lost", "limit"), [(2, 0.05), (1, 0.01)], ids=["lost twice", "too dear"])
async def test_what_nobody_can_tell_is_held_for_a_person(
    start: Start, world: World, root: Path, lost: int, limit: float
) -> None:
    channel: Channel = await start(shop=SHOP, repeat_unknown_below_usd=limit)
    for _ in range(lost):
        # A seed alone: the second loss is of the same order.
        world.darkroom.faults.add("darkroom.create", LOST)

    asked = channel.say(f"in the labs channel: extend runs/{RUN} with seed 5 for the front-full prompt")
    anchor = await channel.reply(asked, "1 image needs your word")
    assert len(world.darkroom.ordered) == lost
    channel.press(anchor, "labs:retry", "U0SAM")
    result = await channel.result(asked)

    assert "1 image made" in text(result)
    assert len(world.darkroom.ordered) == lost + 1
    assert Counter(one["state"] for one in charges(root)) == {"unknown": lost, "charged": 1}


async def test_what_cannot_be_canceled_is_finished_and_paid(start: Start, world: World, root: Path) -> None:
    world.darkroom.run_s = 0.8
    channel: Channel = await start(shop=SHOP)

    asked = channel.say(ASK)
    anchor = await channel.reply(asked, "4 being made")
    assert "labs:cancel" in buttons(anchor)
    channel.press(anchor, "labs:cancel")
    await channel.settled(asked, "what is finished is kept")

    assert len(world.darkroom.ordered) == 4
    assert Counter(one["state"] for one in table(root, "orders")) == {"made": 4, "canceled": 5}
    assert Counter(one["state"] for one in charges(root)) == {"charged": 4}
