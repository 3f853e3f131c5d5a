"""What is heard is answered: said in a thread while the bot was away, while the ledger took nothing, or while a clock
jumped."""

import sqlite3
import time
from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.channel import RUN, Channel, moment
from tests.conftest import Start

ASK = f"in the labs channel: judge runs/{RUN}"


async def test_an_approval_said_in_the_thread_while_the_bot_was_away_is_heard(start: Start, world: World) -> None:
    first: Channel = await start(approval_above_usd="0.01")
    asked = first.say(ASK)
    await first.plan(asked)
    await first.stop()
    first.say("approve", person="U0SAM", thread=asked)
    first.say("list runs")

    second: Channel = await start(approval_above_usd="0.01")

    await second.result(asked)
    assert len(world.anthropic.asked) == 6


async def test_a_cancel_said_in_the_thread_while_the_bot_was_away_is_heard(start: Start, world: World) -> None:
    first: Channel = await start(approval_above_usd="0.01")
    asked = first.say(ASK)
    await first.plan(asked)
    await first.stop()
    first.say("cancel", thread=asked)

    second: Channel = await start(approval_above_usd="0.01")

    await second.reply(asked, "before anything was spent")
    assert world.anthropic.asked == []


async def test_what_the_ledger_could_not_take_is_answered_when_there_is_room(
    channel: Channel, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the file for longer than anybody waits for it; a click is delivered once only."""
    result = await channel.result(asked := channel.say(ASK))
    other = sqlite3.connect(root / "ledger.db", timeout=5)
    other.execute("begin immediate")
    del monkeypatch
    channel.press(result, "labs:originals")
    said = [channel.say("list runs"), channel.say("list fixtures")]
    await moment(11.0)  # the ledger's own patience is ten seconds
    other.rollback()
    other.close()

    await channel.reply(said[0], "Runs, newest first")
    await channel.reply(said[1], "Fixtures")
    await channel.until(lambda: [one for one in channel.replies(asked) if one.get("files")], "the originals")


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
async def test_a_days_jump_of_the_clock_stops_no_wait(
    start: Start, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    channel: Channel = await start(grace_s=1, edit_every_s=0.3)
    asked = channel.say(ASK)
    await channel.reply(asked, "Starts in a moment")
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + jump)

    await channel.result(asked)
    await channel.settled(asked)
