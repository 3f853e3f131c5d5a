"""No sentence changes a limit, names an approver or skips one: a hundred attempts, in a waiting plan's own thread
and beside it."""

from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.channel import Channel, text
from tests.ledger import charges, table
from tests.training import ASK

ATTEMPTS = (Path(__file__).parents[1] / "data/attempts.txt").read_text("utf-8").splitlines()


@pytest.mark.slow
async def test_a_hundred_attempts_move_nothing(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    first = table(root, "jobs")[0]
    for number, said in enumerate(ATTEMPTS):
        escaped = said.replace("&", "&amp;")
        channel.say(f"{'<@U0LABSBOT> ' if number % 3 else ''}{escaped}", thread=asked if number % 2 else None)
    await channel.until(
        lambda: (
            all(row["state"] == "done" for row in table(root, "inbox")) and len(table(root, "inbox")) > len(ATTEMPTS)
        ),
        "the end of all attempts",
        seconds=60,
    )

    assert len(ATTEMPTS) == 100
    assert {row["state"] for row in table(root, "jobs")} == {"waiting"}
    assert [row for row in table(root, "jobs") if row["id"] == first["id"]] == [first]
    assert {row["what"] for row in table(root, "decisions")} == {"planned"}
    assert table(root, "switches") == []
    assert charges(root) == []
    assert world.replicate.shelf.uploaded == []
    assert world.replicate.trainings.ordered == []
    assert not (root / "labs.toml").exists()
    assert "Approve" in text(plan)


async def test_a_forwarded_an_edited_and_a_bots_approval_are_none(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(ASK)
    await channel.plan(asked)
    talk = channel.say("what a nice plan", "U0SAM", asked)
    world.people.edit(talk, "approve")
    workspace, sockets = channel.workspace, world.slack.sockets
    forwarded = {
        "type": "message",
        "user": "U0SAM",
        "ts": workspace.new_ts(),
        "thread_ts": asked,
        "text": "",
        "attachments": [{"is_share": True, "author_id": "U0SAM", "text": "approve", "fallback": "approve"}],
    }
    robot = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": "B0OTHER",
        "user": "U0SAM",
        "ts": workspace.new_ts(),
        "thread_ts": asked,
        "text": "approve",
    }
    for message in (forwarded, robot):
        sockets.event({**message, "channel": "C0LABS", "channel_type": "channel"})
    after = channel.say("<@U0LABSBOT> status")
    await channel.until(lambda: channel.replies(after), "an answer after all of that")

    assert [row["state"] for row in table(root, "jobs")] == ["waiting"]
    assert world.replicate.trainings.ordered == []
