"""What Slack takes in a while is counted for all engines on a ledger, in a file or on a server."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ledger import Ledger, outbox, pace
from bot.ledger.outbox import Post
from tests.ledger import lie_at
from tests.postgres import make_database

NOW = 1000.0
Engine = Callable[[], Ledger]


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Opens another engine on one ledger; in a file there is only one."""
    opened: list[Ledger] = []
    where = None
    if request.param == "server":
        make_database(where := lie_at(tmp_path, request.getfixturevalue("postgres")))

    def another() -> Ledger:
        if where is not None or not opened:
            opened.append(Ledger.open(where or tmp_path / "ledger.db", alone=False))
        return opened[-1]

    yield another
    for one in opened:
        one.close()


def put(ledger: Ledger, many: int, channel: str = "C1", kind: str = "answer") -> list[str]:
    keys = [f"{kind}:{channel}:{at}" for at in range(many)]
    for key in keys:
        ledger.run_now(outbox.put, key, kind, channel, "1.0", 1.0, body="{}")
    return keys


async def test_of_many_messages_at_four_engines_a_channel_gets_as_many_as_slack_takes(engine: Engine) -> None:
    engines = [engine() for _ in range(4)]
    keys = put(engines[0], 20)

    found = await asyncio.gather(
        *(engines[at % 4].run(pace.intend_post, key, "boot", NOW) for at, key in enumerate(keys))
    )

    posted = [one for one in found if isinstance(one, Post)]
    waits = [one for one in found if isinstance(one, float)]
    assert (len(posted), len(waits)) == (pace.POSTS, 20 - pace.POSTS)
    assert all(0 < wait <= pace.POSTS_S for wait in waits)


def test_whoever_waits_as_long_as_told_may_post(engine: Engine) -> None:
    with closing(engine()) as ledger:
        *first, last = put(ledger, pace.POSTS + 1)
        for key in first:
            ledger.run_now(pace.intend_post, key, "boot", NOW)

        wait = ledger.run_now(pace.intend_post, last, "boot", NOW + 1)

        assert wait == pace.POSTS_S - 1
        assert isinstance(ledger.run_now(pace.intend_post, last, "boot", NOW + 1 + wait), Post)


def test_another_channel_and_a_whisper_are_counted_apart(engine: Engine) -> None:
    with closing(engine()) as ledger:
        for key in put(ledger, pace.POSTS):
            ledger.run_now(pace.intend_post, key, "boot", NOW)

        for key in (*put(ledger, 1, channel="C2"), *put(ledger, 1, kind="whisper")):
            assert isinstance(ledger.run_now(pace.intend_post, key, "boot", NOW), Post), key


def test_slacks_patience_holds_for_every_message_of_the_channel(engine: Engine) -> None:
    with closing(engine()) as ledger:
        one, two = put(ledger, 2)
        (other,) = put(ledger, 1, channel="C2")
        ledger.run_now(pace.hold_channel, one, NOW + 50)

        assert ledger.run_now(pace.intend_post, two, "boot", NOW) == 50
        assert isinstance(ledger.run_now(pace.intend_post, other, "boot", NOW), Post)


def test_slacks_patience_about_an_edit_holds_for_every_edit(engine: Engine) -> None:
    with closing(engine()) as ledger:
        keys = put(ledger, 3)
        for key in keys:
            intended = ledger.run_now(outbox.intend, key, "boot", NOW)
            assert intended is not None
            ledger.run_now(outbox.sent, key, intended.attempt, f"{NOW}", intended.version, NOW)
        for key in keys[:2]:
            ledger.run_now(outbox.touch, key)
        ledger.run_now(pace.hold_edits, NOW + 30)

        found = [ledger.run_now(outbox.get, key) for key in keys]

        assert [one and one.due_at for one in found] == [NOW + 30, NOW + 30, 0]


async def test_four_engines_take_no_edit_too_many(engine: Engine) -> None:
    engines = [engine() for _ in range(4)]

    taken = await asyncio.gather(*(engines[at % 4].run(pace.take_edit, NOW, 40) for at in range(100)))

    assert sum(taken) == 40
    assert not await engines[0].run(pace.take_edit, NOW + pace.EDITS_S - 1, 40)
    assert await engines[0].run(pace.take_edit, NOW + pace.EDITS_S + 1, 40)
