"""A picture that Slack does not show in its message: shared as a file, or given up aloud; and every file of ours in
Slack is one that the ledger knows.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import direct_channel
from bot.sandbox.world import World
from tests.channel import RUN, Channel, Message, pictures, text
from tests.conftest import Start
from tests.ledger import table
from tests.process import BotProcess

ASK = f"in the labs channel: judge runs/{RUN}"
BUSY = Fault("answer", 429, "slow down", {"Retry-After": "1"})
AWAY = Fault("answer", 503, "<html>unavailable</html>")
NOT_OURS = Fault("answer", 200, {"ok": False, "error": "invalid_auth"})


def shared(channel: Channel, asked: str) -> list[Message]:
    return [one for one in channel.replies(asked) if one.get("files")]


def strays(world: World, root: Path) -> set[str]:
    """Files in Slack that no row of the ledger names: nobody could delete them any more."""
    return set(world.slack.workspace.files) - {row["file_id"] for row in table(root, "uploads")}


async def never_ready(start: Start, world: World, **given: object) -> Channel:
    """A bot in a Slack that finishes no file in time."""
    world.slack.workspace.file_delay_s = 3600
    channel: Channel = await start(file_wait_s=0.01, settle_s=1, **given)
    return channel


async def noted(channel: Channel, asked: str, words: str) -> Message:
    """The result, once it says so."""
    result = await channel.result(asked)
    await channel.until(lambda: words in text(result), words)
    return result


async def test_a_picture_that_comes_as_a_file_leaves_no_other_behind(start: Start, world: World, root: Path) -> None:
    channel = await never_ready(start, world)
    asked = channel.say(ASK)
    await channel.until(lambda: shared(channel, asked), "the shared grid")
    await channel.until(lambda: {row["state"] for row in table(root, "uploads")} == {"shared"}, "it is on the books")

    assert strays(world, root) == set()


@pytest.mark.parametrize("refusals", [1, 2], ids=["with the next step", "with the next sweep"])
async def test_an_unseen_file_that_slack_does_not_delete_at_once_is_deleted_later(
    start: Start, world: World, root: Path, refusals: int
) -> None:
    channel = await never_ready(start, world)
    kept = {"ok": False, "error": "cant_delete_file"}
    world.slack.faults.add("files.delete", *[Fault("answer", 200, kept)] * refusals)
    asked = channel.say(ASK)
    await channel.until(lambda: shared(channel, asked), "the shared grid")
    if refusals > 1:
        await channel.until(lambda: "shared" in {row["state"] for row in table(root, "uploads")}, "it is on the books")
        await channel.settled(asked)
        await channel.stop()
        assert strays(world, root) == set()
        channel = await never_ready(start, world)  # a bot begins with a sweep

    await channel.until(lambda: len(world.slack.workspace.files) == 1, "one file: the shared one")
    await channel.until(lambda: len(table(root, "uploads")) == 1, "one row")
    assert strays(world, root) == set()


async def test_an_answer_whose_picture_slack_does_not_take_says_so(start: Start, world: World) -> None:
    channel: Channel = await start(settle_s=1)
    world.slack.faults.add("files.upload", *[Fault("answer", 403, "no")] * 2)  # to be shown, and as a file

    await channel.reply(channel.say(f"show the grid of runs/{RUN}"), "A picture is not shown: Slack did not take it")


@pytest.mark.parametrize("status", [429, 503], ids=["busy", "away"])
async def test_originals_wait_for_a_place_for_files_and_nobody_else_does(
    start: Start, world: World, status: int
) -> None:
    channel: Channel = await start(settle_s=4)
    asked = channel.say(ASK)
    result = await channel.result(asked)
    await channel.settled(asked)
    world.slack.faults.add("files.upload", *[Fault("answer", status, "", {"Retry-After": "4"})] * 2)
    hold = world.slack.faults.hold("files.upload", "before", 2)
    channel.choose(result, "Originals, and a zip")
    async with asyncio.timeout(60):
        await hold.reached.wait()
    hold.release.set()

    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")
    assert shared(channel, asked) == []
    await channel.until(lambda: len(shared(channel, asked)) == 2, "the zip, and the originals")

    assert sorted(len(one["files"]) for one in shared(channel, asked)) == [1, 6]


async def test_originals_of_which_nothing_is_left_are_said_to_be_gone(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(settle_s=1)
    asked = channel.say(ASK)
    result = await channel.result(asked)
    await channel.settled(asked)
    hold = world.slack.faults.hold("files.getUploadURLExternal", "before")
    world.slack.faults.add("files.upload", *[BUSY] * 2)
    channel.choose(result, "Data: JSON and CSV")
    async with asyncio.timeout(60):
        await hold.reached.wait()
    for name in ("judge_output.json", "run.json", "cells.csv"):
        (root / "runs" / RUN / name).unlink(missing_ok=True)
    hold.release.set()

    await channel.reply(asked, "nothing of that lies in the run's folder any more")
    assert shared(channel, asked) == []


@pytest.mark.parametrize("fault", [BUSY, AWAY], ids=["busy", "away"])
@pytest.mark.parametrize("delay", [0, 3600], ids=["shown in the message", "shared as a file"])
async def test_a_place_for_files_that_is_away_is_waited_for(
    start: Start, world: World, fault: Fault, delay: float
) -> None:
    channel = await never_ready(start, world)
    world.slack.workspace.file_delay_s = delay
    asked = channel.say(ASK)
    if delay:
        hold = world.slack.faults.hold("conversations.replies", "before")  # before it is uploaded once more
        async with asyncio.timeout(60):
            await hold.reached.wait()
        hold.release.set()
    world.slack.faults.add("files.upload", fault)

    result = await channel.result(asked)
    if delay:
        await channel.until(lambda: shared(channel, asked), "the shared grid")

    assert len(pictures(result)) == (0 if delay else 1)
    assert "did not take" not in text(result)


async def test_a_picture_that_cannot_be_shared_is_said_to_be_in_the_folder(
    start: Start, world: World, root: Path
) -> None:
    channel = await never_ready(start, world)
    world.slack.faults.add("conversations.replies", NOT_OURS)

    await noted(channel, channel.say(ASK), "Slack did not take the grid; it lies in the run's folder.")

    assert strays(world, root) == set()


async def test_a_picture_that_is_gone_meanwhile_is_not_called_shared(start: Start, world: World, root: Path) -> None:
    channel = await never_ready(start, world)
    hold = world.slack.faults.hold("conversations.replies", "before")
    asked = channel.say(ASK)
    async with asyncio.timeout(60):
        await hold.reached.wait()
    for one in [*(root / "runs" / RUN).glob("grid*"), *(root / ".labs").glob("*-cut.*")]:
        one.unlink()
    hold.release.set()

    await noted(channel, asked, "Slack did not take the grid, and it is not in the run's folder any more.")

    assert {row["state"] for row in table(root, "uploads")} == {"deleted"}


async def test_a_result_outside_of_a_locked_thread_has_its_picture_below_itself(start: Start, world: World) -> None:
    channel = await never_ready(start, world, grace_s=1)
    asked = channel.say(ASK)
    await channel.reply(asked, "Starts in a moment")
    locked = {"ok": False, "error": "restricted_action_thread_locked"}
    world.slack.faults.add("chat.postMessage", Fault("answer", 200, locked))

    def below() -> list[Message]:
        tops = [one["ts"] for one in channel.workspace.from_bot() if one.get("thread_ts") is None]
        return [found for ts in tops for found in shared(channel, ts)]

    await channel.until(below, "the grid below the result")

    assert len(below()) == 1


async def test_a_message_to_one_person_is_not_posted_anew_while_nobody_can_look(world: World, root: Path) -> None:
    channel = Channel(world)
    given: dict[str, Any] = {"approval_above_usd": 0.01, "settle_s": 0.5, "probe_s": 0.1}
    holds = [world.slack.faults.hold("chat.postMessage", "during", at) for at in (1, 2)]  # the plan; its approver's own
    async with BotProcess(world, root, **given) as bot:
        channel.say(ASK)
        async with asyncio.timeout(60):
            await asyncio.gather(*(hold.reached.wait() for hold in holds))
        await bot.kill()
    for hold in holds:
        hold.release.set()
    world.slack.faults.add("conversations.open", NOT_OURS)

    async with BotProcess(world, root, **given):
        await channel.until(
            lambda: [row for row in table(root, "outbox") if (row["kind"], row["state"]) == ("waits", "sent")],
            "the approver's message is found",
        )

    said = [one for one in world.slack.calls if one["method"] == "chat.postMessage"]
    assert sum(str(one["args"]["channel"]).startswith("D") for one in said) == 1


async def test_a_late_picture_of_an_answer_to_one_person_comes_as_a_file(start: Start, world: World) -> None:
    channel = await never_ready(start, world)
    asked = world.people.write("U0DANA", f"show the grid of runs/{RUN}", channel=direct_channel("U0DANA"))

    await channel.until(lambda: shared(channel, asked), "the shared grid")

    assert len(shared(channel, asked)) == 1
