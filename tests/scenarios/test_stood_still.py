"""A process that stands still between the commit of an intent and its call: it sends nothing old, and loses nothing."""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Sized
from pathlib import Path

import pytest

from bot.clock import steady
from bot.fencing import VALID_S
from bot.sandbox.world import World
from tests.channel import RUN, Channel, Message, pictures
from tests.conftest import Start
from tests.ledger import charges, table
from tests.training import ALONE, approve

JUDGE = f"in the labs channel: judge runs/{RUN}"
MAKE = f"in the labs channel: re-run runs/{RUN} with seeds [19023]"
Bought = Callable[[World], Sized]
OLD = "the intent was too old to be sent"


class Jumps:
    """A clock that jumps once, as soon as something is so: as if nothing had run for a while right then."""

    def __init__(self, when: Callable[[], object]) -> None:
        self._when = when
        self.stood = 0.0

    def __call__(self) -> float:
        if not self.stood and self._when():
            self.stood = VALID_S + 1
        return steady() + self.stood


def calls(world: World, method: str) -> int:
    return sum(call["method"] == method for call in world.slack.calls)


def with_files(channel: Channel, asked: str) -> list[Message]:
    return [one for one in channel.replies(asked) if one.get("files")]


def in_state(root: Path, name: str, state: str) -> Callable[[], object]:
    return lambda: [row for row in table(root, name) if row["state"] == state]


@pytest.mark.parametrize(
    ("ask", "rows", "state", "bought", "once"),
    [
        (MAKE, "orders", "ordering", lambda world: world.replicate.ordered, 3),
        (JUDGE, "calls", "asking", lambda world: world.anthropic.asked, 6),
        (f"{JUDGE} as a batch", "batches", "sending", lambda world: world.anthropic.batches.held, 1),
        (ALONE, "orders", "ordering", lambda world: world.replicate.trainings.ordered, 1),
    ],
    ids=["images", "judgements", "a batch", "a training"],
)
async def test_an_old_intent_is_not_paid_for(
    start: Start, world: World, root: Path, ask: str, rows: str, state: str, bought: Bought, once: int
) -> None:
    clock = Jumps(in_state(root, rows, state))
    channel: Channel = await start(now=clock)
    asked = channel.say(ask)
    if ask == ALONE:
        await approve(channel, asked)
    await channel.settled(asked)

    booked = Counter((row["state"], row["reason"]) for row in charges(root))
    assert clock.stood
    assert len(bought(world)) == once
    assert booked["released", OLD] >= 1
    assert {one for one in booked if one != ("released", OLD)} == {("charged", None)}


def taken_over(root: Path, kind: str) -> Callable[[], object]:
    """Another process looks for a message that is being sent, does not find it, and puts it back to be sent again."""

    def take() -> bool:
        with contextlib.closing(sqlite3.connect(root / "ledger.db")) as db, db:
            back = "update outbox set state = 'pending' where state = 'sending' and kind = ?"
            return db.execute(back, (kind,)).rowcount > 0

    return take


async def test_what_others_took_over_is_not_posted_by_who_stood_still(start: Start, root: Path) -> None:
    clock = Jumps(taken_over(root, "answer"))
    channel: Channel = await start(now=clock)

    asked = channel.say(f"show runs/{RUN}")
    await channel.reply(asked, "Show the grid")
    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    assert clock.stood
    assert len(channel.replies(asked)) == 1


async def test_originals_that_others_took_over_are_not_shared_by_who_stood_still(start: Start, root: Path) -> None:
    clock = Jumps(taken_over(root, "originals"))
    channel: Channel = await start(now=clock)
    asked = channel.say(JUDGE)
    result = await channel.result(asked)

    channel.choose(result, "Originals, and a zip")
    shared = await channel.until(lambda: with_files(channel, asked)[1:], "the pictures, and the zip")
    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    assert clock.stood
    assert len(shared) == 1
    assert len(with_files(channel, asked)) == 2


async def test_an_edit_that_others_wrote_meanwhile_is_not_written(start: Start, world: World, root: Path) -> None:
    def written() -> bool:
        """Another process edits what this one has begun to."""
        if not table(root, "edits"):
            return False
        with contextlib.closing(sqlite3.connect(root / "ledger.db")) as db, db:
            edit = "update outbox set sent_version = version where kind = 'anchor' and state = 'sent'"
            return db.execute(edit).rowcount > 0

    clock = Jumps(written)
    channel: Channel = await start(now=clock)
    asked = channel.say(JUDGE)
    await channel.result(asked)
    await channel.settled(asked)
    await channel.stop()

    assert clock.stood
    assert len(table(root, "edits")) > calls(world, "chat.update")


async def test_an_edit_that_took_long_to_draw_is_written(start: Start, world: World, root: Path) -> None:
    clock = Jumps(lambda: table(root, "edits"))
    channel: Channel = await start(now=clock)
    asked = channel.say(JUDGE)
    await channel.result(asked)
    await channel.settled(asked)
    await channel.stop()

    assert clock.stood
    assert len(table(root, "edits")) == calls(world, "chat.update")


async def shared_once(start: Start, world: World, clock: Callable[[], float]) -> int:
    """A grid that no block can show goes into the thread as a file, once. How often a picture was uploaded for it."""
    world.slack.workspace.file_delay_s = 3600
    channel: Channel = await start(now=clock, file_wait_s=0.01)

    asked = channel.say(JUDGE)
    await channel.until(lambda: with_files(channel, asked), "the grid")
    await channel.settled(asked)

    assert len(with_files(channel, asked)) == 1
    return calls(world, "files.getUploadURLExternal")


async def test_a_picture_is_not_shared_long_after_its_message_was_held(start: Start, world: World, root: Path) -> None:
    clock = Jumps(lambda: [row for row in table(root, "outbox") if row["kind"] == "result" and row["due_at"]])

    uploaded = await shared_once(start, world, clock)

    assert clock.stood
    assert uploaded == 3  # unseen, not shared in time, and shared


async def test_a_picture_is_not_shared_where_others_held_its_message_meanwhile(
    start: Start, world: World, root: Path
) -> None:
    def held() -> bool:
        if not calls(world, "conversations.replies"):
            return False
        with contextlib.closing(sqlite3.connect(root / "ledger.db")) as db, db:
            return db.execute("update outbox set due_at = 1 where kind = 'result'").rowcount > 0

    clock = Jumps(held)

    uploaded = await shared_once(start, world, clock)

    assert clock.stood
    assert uploaded == 3


async def test_a_look_into_the_thread_may_take_long(start: Start, world: World) -> None:
    clock = Jumps(lambda: calls(world, "conversations.replies"))

    uploaded = await shared_once(start, world, clock)

    assert clock.stood
    assert uploaded == 2  # unseen, and shared


async def test_a_picture_that_others_uploaded_meanwhile_is_theirs(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()
    hold = world.slack.faults.hold("files.completeUploadExternal", "during", 1)
    asked = channel.say(JUDGE)
    async with asyncio.timeout(60):
        await hold.reached.wait()
    with contextlib.closing(sqlite3.connect(root / "ledger.db")) as db, db:
        db.execute("update uploads set tries = tries + 1")  # another process is at it, too
    hold.release.set()

    result = await channel.result(asked)
    await channel.settled(asked)

    assert len(pictures(result)) == 1
    assert calls(world, "files.delete") == 1  # ours, which nobody would ever have known
    assert calls(world, "files.getUploadURLExternal") == 2
