"""What travels in a judgement: the reference once, as a file that expires; a cell in its smallest lossless form."""

import time
from pathlib import Path

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from tests.channel import RUN, Channel, text
from tests.ledger import charges

ASK = f"judge runs/{RUN}"


async def test_the_reference_travels_once(channel: Channel, world: World) -> None:
    await channel.result(channel.say(ASK))

    files = world.anthropic.files
    assert files.uploaded == 1
    ((_kind, content, until),) = files.held.values()
    assert until is not None
    assert 3000 < until - time.time() <= 3600
    assert len(world.anthropic.asked) == 6
    assert all(one["bytes"] < len(content) for one in world.anthropic.asked)
    assert world.anthropic.asked[0]["images"] == 2
    assert [bool(one["usage"]["cache_read_input_tokens"]) for one in world.anthropic.asked] == [False] + [True] * 5


async def test_a_file_that_is_gone_costs_no_judgement(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(ASK))
    world.anthropic.files.held.clear()
    result = await channel.result(channel.say(f"{ASK} --repeats 2"))

    assert "Unscored" not in text(result)
    assert len(world.anthropic.asked) == 12
    assert {one["state"] for one in charges(root)} == {"charged"}
    assert world.anthropic.asked[-1]["bytes"] > world.anthropic.asked[0]["bytes"]


async def test_where_nothing_can_be_uploaded_pictures_travel_themselves(channel: Channel, world: World) -> None:
    world.anthropic.faults.add(
        "files.upload", Fault("answer", status=403, body={"error": {"type": "permission_error"}})
    )
    result = await channel.result(channel.say(ASK))

    assert "PROCEED" in text(result)
    assert world.anthropic.files.uploaded == 0
    assert len(world.anthropic.asked) == 6


async def test_a_withdrawal_takes_the_reference_back(channel: Channel, world: World) -> None:
    await channel.result(channel.say(ASK))
    assert world.anthropic.files.held
    asked = await channel.reply(channel.say("withdraw consent for CB"), "Delete")
    channel.press(asked, "labs:withdraw", "U0SAM")
    await channel.until(lambda: not world.anthropic.files.held, "no photograph at Anthropic")
