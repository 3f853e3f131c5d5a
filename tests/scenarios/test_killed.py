"""kill -9 before, during and after each call that spends or posts: one complete result, nothing twice."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Stage
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, Message, moment, pictures, refused, text
from tests.ledger import charges, table
from tests.process import BotProcess

ASK = f"in the labs channel: judge runs/{RUN}"


async def _complete_once(channel: Channel, world: World, root: Path, asked: str, *, asked_again: int) -> None:
    """One anchor, one result, the undisturbed verdict, and no more calls than the rules allow."""
    result = await channel.result(asked)
    await channel.settled(asked)
    assert len(channel.replies(asked)) == 2
    assert len(pictures(result)) == 1
    counted = Counter(call["crc"] for call in world.anthropic.asked)
    unknown = Counter(charge["call_id"] for charge in charges(root) if charge["state"] == "unknown")
    twice = sum(count == 2 for count in unknown.values())
    assert max(counted.values()) <= 2
    assert sum(counted.values()) <= 6 + asked_again
    assert sum(unknown.values()) <= asked_again
    # Without a second loss of the same answer the verdict is that of an undisturbed run.
    assert text(result).count("the answer was lost: twice") == twice
    assert twice or state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED
    assert not [charge for charge in charges(root) if charge["state"] == "reserved"]
    assert {row["used_micros"] for row in table(root, "budgets")} == {
        sum(charge["usd_micros"] for charge in charges(root))
    }
    assert refused(world) == []


@pytest.mark.parametrize("stage", ["before", "during", "after"])
@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("messages", 1),
        ("messages", 4),
        ("chat.postMessage", 1),
        ("chat.postMessage", 2),
        ("chat.update", 1),
        ("files.completeUploadExternal", 1),
    ],
)
async def test_a_kill_around_a_call_changes_nothing_in_the_end(
    world: World, root: Path, call: str, number: int, stage: Stage
) -> None:
    channel = Channel(world)
    server = world.anthropic if call == "messages" else world.slack
    hold = server.faults.hold(call, stage, number)
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        # Judge calls in flight at the kill are lost with it: at most all six.
        await _complete_once(channel, world, root, asked, asked_again=6 if call in {"messages", "chat.update"} else 0)


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_the_sharing_of_a_picture_shares_it_once(world: World, root: Path, stage: Stage) -> None:
    world.slack.workspace.file_delay_s, world.slack.workspace.share_delay_s = 3600, 1.5
    channel = Channel(world)
    hold = world.slack.faults.hold("files.completeUploadExternal", stage, 2)  # the first leaves it unseen
    async with BotProcess(world, root, file_wait_s=0.01, settle_s=2.5) as bot:
        asked = channel.say(f"show the grid of runs/{RUN}")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root, file_wait_s=0.01, settle_s=2.5):
        await channel.until(lambda: {row["state"] for row in table(root, "uploads")} == {"shared"}, "it is shared")
        await moment(world.slack.workspace.share_delay_s)

    assert [len(one["files"]) for one in channel.replies(asked) if one.get("files")] == [1]
    known = {row["file_id"] for row in table(root, "uploads")}
    assert {file.id for file in world.slack.workspace.files.values() if file.shared} == known  # so it can be deleted


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_the_sharing_of_originals_shares_them_once_and_packs_nothing_for_ever(
    world: World, root: Path, stage: Stage
) -> None:
    channel = Channel(world)

    def shared() -> list[Message]:
        return [one for one in channel.replies(asked) if one.get("files")]

    async with BotProcess(world, root, settle_s=1) as bot:
        result = await channel.result(asked := channel.say(ASK))
        await channel.settled(asked)
        hold = world.slack.faults.hold("files.completeUploadExternal", stage, 1)
        channel.choose(result, "Originals, and a zip")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root, settle_s=1):
        await channel.until(
            lambda: {row["state"] for row in table(root, "uploads")} <= {"shared", "ready"}, "all shared"
        )

    assert sorted(len(one["files"]) for one in shared()) == [1, 6]
    known = {row["file_id"] for row in table(root, "uploads")}
    assert {file.id for file in world.slack.workspace.files.values() if file.shared} <= known  # so they can be deleted
    assert list((root / ".labs").glob("*.zip")) == []


@pytest.mark.parametrize("stage", ["before", "during", "after"])
@pytest.mark.parametrize("call", ["messages", "chat.postMessage"])
async def test_a_kill_around_a_reading_asks_claude_once_and_answers_once(
    world: World, root: Path, call: str, stage: Stage
) -> None:
    channel = Channel(world)
    server = world.anthropic if call == "messages" else world.slack
    hold = server.faults.hold(call, stage, 1)
    async with BotProcess(world, root) as bot:
        asked = channel.say("<@U0LABSBOT> are the faces of cb any good?")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.until(lambda: channel.replies(asked), "an answer")
        await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    assert len(channel.replies(asked)) == 1
    assert len(world.anthropic.asked) <= 1
    (row,) = table(root, "readings")
    assert row["state"] in {"charged", "unknown"}
    assert {one["used_micros"] for one in table(root, "budgets")} == {row["usd_micros"]}


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_a_choice_does_it_once(world: World, root: Path, stage: Stage) -> None:
    channel = Channel(world)
    async with BotProcess(world, root) as bot:
        asked = channel.say("<@U0LABSBOT> judge cb")
        question = await channel.reply(asked, "Which run?")
        hold = world.slack.faults.hold("chat.update", stage, 1)
        channel.press(question, "labs:choose:1")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.result(asked)
        await channel.settled(asked)

    assert len(channel.replies(asked)) == 3
    assert len(table(root, "jobs")) == 1


async def test_random_kills_lose_and_double_nothing(world: World, root: Path) -> None:
    channel, chance = Channel(world), random.Random(20261123)
    world.anthropic.latency_s = 0.05
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        # A moment somewhere in the job's life.
        await moment(chance.uniform(0.05, 0.9))
        await bot.kill()
    async with BotProcess(world, root) as bot:
        await moment(chance.uniform(0.05, 0.6))
        await bot.kill()

    async with BotProcess(world, root):
        await _complete_once(channel, world, root, asked, asked_again=12)


async def test_a_kill_right_after_a_message_was_heard_loses_no_message(world: World, root: Path) -> None:
    channel = Channel(world)
    world.slack.sockets.redeliver_s = (0.3, 0.3, 5.0)
    async with BotProcess(world, root) as bot:
        heard = [channel.say(f"show runs/{RUN}") for _ in range(20)]
        await moment(0.1)
        await bot.kill()

    async with BotProcess(world, root):
        for ts in heard:
            await channel.reply(ts, "not judged yet")

    assert [len(channel.replies(ts)) for ts in heard] == [1] * 20


async def test_sigterm_records_what_is_in_flight_and_the_next_start_goes_on(world: World, root: Path) -> None:
    channel = Channel(world)
    world.anthropic.latency_s = 0.4
    async with BotProcess(world, root, judge_concurrency=2) as bot:
        asked = channel.say(ASK)
        await channel.until(lambda: len(world.anthropic.asked) >= 1, "a first answer")
        await bot.terminate()
        assert bot.status == 0

    assert len(table(root, "judgements")) == len(world.anthropic.asked)
    async with BotProcess(world, root):
        await _complete_once(channel, world, root, asked, asked_again=0)


@pytest.mark.in_file
async def test_a_second_bot_on_the_same_ledger_exits_with_a_clear_word(world: World, root: Path) -> None:
    async with BotProcess(world, root):
        with pytest.raises(AssertionError, match="Another process is at work"):
            async with BotProcess(world, root):
                pass
