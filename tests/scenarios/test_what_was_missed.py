"""What is heard is answered: said in a thread while the bot was away, while the ledger took nothing, or while a clock
jumped."""

import contextlib
import sqlite3
import time
from pathlib import Path

import pytest

from bot.bench import Bench
from bot.driver.local import LocalDriver
from bot.intake.connections import retake
from bot.intake.front import Front
from bot.ledger import Ledger, LedgerUnavailable, inbox
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.world import World
from bot.settings.settings import Settings
from handlers.ports import Heard
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, moment, pictures
from tests.conftest import Start
from tests.ledger import alter, table

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


async def test_what_the_ledger_could_not_take_is_taken_up_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the file for longer than we wait; Slack delivers a click never again."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **{**more, "timeout": 0.05}))
    ledger = Ledger.open(tmp_path / "ledger.db")
    bench = Bench(settings=Settings(root=tmp_path), ledger=ledger, lab=Lab(tmp_path), driver=LocalDriver())
    click = Heard(channel="C0LABS", ts="1.0", kind="click", person="U0DANA", payload={"action_id": "labs:cancel"})
    other = connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("begin immediate")

    with pytest.raises(LedgerUnavailable):
        await Front(bench).hear(click)
    with pytest.raises(LedgerUnavailable):
        await retake(bench)
    other.execute("rollback")
    other.close()
    await retake(bench)
    await retake(bench)

    assert len(await ledger.run(inbox.waiting)) == 1
    ledger.close()


def test_no_two_messages_bear_the_same_time_while_the_clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1795781322.8087164)
    workspace = Workspace()

    times = [workspace.new_ts() for _ in range(2000)]

    assert len(set(times)) == len(times)
    assert times == sorted(times)


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
async def test_a_days_jump_of_the_clock_stops_no_wait(
    start: Start, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    channel: Channel = await start(grace_s=1, edit_every_s=0.3)
    asked = channel.say(ASK)
    await channel.reply(asked, "Starts in a moment")
    await moment(0.4)  # into the grace: what has begun to wait is what a jump would stop
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + jump)

    await channel.result(asked)
    await channel.settled(asked)


@pytest.mark.parametrize("read", [False, True], ids=["not read yet", "not posted yet"])
async def test_many_requests_of_one_person_do_not_keep_another_waiting(
    channel: Channel, root: Path, read: bool
) -> None:
    """Slack takes about one message a second: Dana's answers would take a minute."""
    many = [channel.say("list runs") for _ in range(60)]
    if read:
        done = lambda: sum(row["state"] == "done" for row in table(root, "inbox")) == len(many)  # noqa: E731
        await channel.until(done, "all of Dana's messages read")
    asked = channel.say(f"in the labs channel: judge runs/{RUN}", person="U0SAM")

    await channel.reply(asked, "by `claude-sonnet-4-6`")
    assert sum(bool(channel.replies(one)) for one in many) < 20


async def test_what_a_wrong_clock_wrote_into_the_ledger_waits_for_no_other_year(start: Start, root: Path) -> None:
    """The machine's clock was ten years ahead for a while, in the middle of a job."""
    first: Channel = await start(grace_s=2)
    asked = first.say(ASK)
    await first.reply(asked, "Starts in a moment")
    await first.stop()
    ahead = time.time() + 10 * 365 * 86400
    alter(root, "update calls set due_at = :ahead", ahead=ahead)
    alter(root, "update outbox set due_at = :ahead, edited_at = :ahead", ahead=ahead)
    alter(root, "update vendors set not_before = :ahead", ahead=ahead)

    second: Channel = await start(grace_s=0.05)

    await second.result(asked)
    await second.settled(asked)


@pytest.mark.in_file
async def test_the_running_bot_takes_up_what_the_ledger_could_not_take(
    start: Start, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the ledger for longer than we wait; Slack delivers a click never again."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **{**more, "timeout": 0.05}))
    channel: Channel = await start()
    asked = channel.say(ASK)
    result = await channel.result(asked)
    await channel.settled(asked)

    with contextlib.closing(connect(root / "ledger.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        channel.choose(result, "Show the grid")
        await moment(1.0)
        assert not [one for one in table(root, "inbox") if one["kind"] == "click"]
        other.execute("rollback")

    await channel.until(lambda: [one for one in channel.replies(asked)[2:] if pictures(one)], "the grid again")
