"""What every driver does with a row: the embedded one, and the one that several processes share."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from bot.clock import steady
from bot.driver.driver import Advance, Driver, GiveUp, Kind
from bot.driver.local import RETRY_S, LocalDriver
from bot.driver.shared import SharedDriver
from tests.channel import moment
from tests.ledger import lie_at
from tests.postgres import make_database

Started = Callable[[Advance], Awaitable[Driver]]
LATE_S = 30.0
"""More than any driver takes on a machine that is busy."""


async def nothing(*_row: object) -> None:
    return None


@asynccontextmanager
async def going(driver: Driver, advance: Advance, give_up: GiveUp = nothing) -> AsyncIterator[Driver]:
    await driver.run(advance, nothing, give_up)
    try:
        yield driver
    finally:
        await driver.stop(1)


@pytest.fixture(params=["embedded", "shared"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Driver]:
    """A driver; of the shared kind each one more on the same rows."""
    if request.param == "embedded":
        return LocalDriver
    where = lie_at(tmp_path, request.getfixturevalue("postgres"))
    make_database(where)
    return lambda: SharedDriver(where)


class Rows:
    """Counts steps, and says when there were enough."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float]] = []
        self.side_by_side = self.most = 0
        self.begun, self.seen = asyncio.Event(), asyncio.Event()

    async def advance(self, _kind: Kind, key: str) -> float | None:
        self.side_by_side += 1
        self.most = max(self.most, self.side_by_side)
        self.begun.set()
        await moment(0.05)  # the step's own work
        self.side_by_side -= 1
        self.steps.append((key, steady()))
        self.seen.set()
        return None

    async def until(self, number: int, seconds: float = LATE_S) -> None:
        async with asyncio.timeout(seconds):
            while len(self.steps) < number:
                self.seen.clear()
                await self.seen.wait()


async def test_a_kick_is_a_step(make: Callable[[], Driver]) -> None:
    rows = Rows()
    async with going(make(), rows.advance) as driver:
        await driver.kick("job", "7")
        await rows.until(1)

    assert [key for key, _at in rows.steps] == ["7"]


async def test_one_row_is_never_at_two_steps_and_none_is_missed(make: Callable[[], Driver]) -> None:
    """What is kicked during its step is stepped once more: it may have looked before what happened."""
    rows = Rows()
    async with going(make(), rows.advance) as driver:
        await driver.kick("job", "7")
        async with asyncio.timeout(LATE_S):
            await rows.begun.wait()
        for _ in range(5):
            await driver.kick("job", "7")
        await rows.until(2)

    assert rows.most == 1
    assert len(rows.steps) == 2


async def test_what_is_due_later_waits_and_a_kick_brings_it_forward(make: Callable[[], Driver]) -> None:
    rows = Rows()
    async with going(make(), rows.advance) as driver:
        began = steady()
        await driver.kick("job", "soon", began + 0.5)
        await driver.kick("job", "late", began + 600)
        await rows.until(1)
        assert rows.steps[0][0] == "soon"
        assert rows.steps[0][1] >= began + 0.5
        await driver.kick("job", "late")
        await rows.until(2)

    assert [key for key, _at in rows.steps] == ["soon", "late"]


async def test_a_step_says_when_it_wants_the_next(make: Callable[[], Driver]) -> None:
    at, done = list[float](), asyncio.Event()

    async def advance(_kind: Kind, _key: str) -> float | None:
        at.append(steady())
        if len(at) < 3:
            return 0.2
        done.set()
        return None

    async with going(make(), advance) as driver:
        await driver.kick("job", "7")
        async with asyncio.timeout(LATE_S):
            await done.wait()

    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(at))


async def test_a_row_that_is_kicked_while_it_fails_is_tried_again_soon(make: Callable[[], Driver]) -> None:
    driver, tries, done = make(), list[str](), asyncio.Event()

    async def advance(kind: Kind, key: str) -> float | None:
        tries.append(key)
        if len(tries) == 1:
            await driver.kick(kind, key)
            raise OSError("the disk is full")
        done.set()
        return None

    async with going(driver, advance):
        await driver.kick("job", "7")
        async with asyncio.timeout(50):  # the next sweep comes after 60 s
            await done.wait()

    assert tries == ["7", "7"]


async def test_kicks_do_not_hasten_a_row_that_fails(make: Callable[[], Driver]) -> None:
    tries, given_up = list[str](), list[str]()

    async def advance(_kind: Kind, key: str) -> float | None:
        tries.append(key)
        raise OSError("the disk is full")

    async def give_up(_kind: Kind, key: str) -> None:
        given_up.append(key)

    async with going(make(), advance, give_up) as driver:
        began = steady()
        for _ in range(10):
            await driver.kick("job", "7")
            await moment(0.03)
        took = steady() - began

    assert len(tries) <= 2 + took / RETRY_S[0]
    assert given_up == []


async def test_two_drivers_share_rows_and_each_is_stepped_once(postgres: str, tmp_path: Path) -> None:
    where = lie_at(tmp_path, postgres)
    make_database(where)
    rows = Rows()
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(going(SharedDriver(where), rows.advance))
        await stack.enter_async_context(going(SharedDriver(where), rows.advance))
        for number in range(40):
            await one.kick("job", str(number))
        await rows.until(40)

    assert sorted(int(key) for key, _at in rows.steps) == list(range(40))


async def test_a_row_that_was_handed_out_as_the_server_went_away_is_not_lost(postgres: str, tmp_path: Path) -> None:
    """The engine thinks that this process is at it for as long as the process lives."""
    where = lie_at(tmp_path, postgres)
    make_database(where)
    rows = Rows()
    async with going(SharedDriver(where), rows.advance) as driver:
        await driver.kick("job", "1")
        await rows.until(1)
        with psycopg.connect(where.uri) as connection:
            connection.execute(
                """insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)
                   select 'labs', 'labs.advance', 'job:9', 'job:9', '{"kind": "job", "key": "9"}', 'doing', id
                   from procrastinate_workers"""
            )
        await driver.kick("job", "9")  # behind the lock of the one that nobody is at
        await rows.until(2)

    assert [key for key, _at in rows.steps] == ["1", "9"]


async def test_what_is_kicked_while_the_server_is_away_is_stepped_as_soon_as_it_is_back(
    postgres: str, tmp_path: Path
) -> None:
    where = lie_at(tmp_path, postgres)
    make_database(where)
    rows = Rows()
    there, _, name = where.uri.rpartition("/")
    async with going(SharedDriver(where), rows.advance) as driver:
        await driver.kick("job", "1")
        await rows.until(1)
        with psycopg.connect(f"{there}/postgres", autocommit=True) as connection:
            connection.execute(f"alter database {name} with allow_connections false")
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
            for number in range(2, 40):
                await driver.kick("job", str(number))
            await moment(0.5)
            assert len(rows.steps) == 1
            connection.execute(f"alter database {name} with allow_connections true")
        await rows.until(39)  # long before the next sweep

    assert sorted(int(key) for key, _at in rows.steps) == list(range(1, 40))


async def test_rows_that_are_kicked_again_and_again_in_one_breath_are_few_steps(make: Callable[[], Driver]) -> None:
    """A row that ends names every other that may go: thousands of kicks, of which few are news."""
    rows = Rows()
    async with going(make(), rows.advance) as driver:
        for _again in range(50):
            for number in range(50):
                await driver.kick("job", str(number))
        await rows.until(50)
        await moment(0.5)

    assert 50 <= len(rows.steps) <= 100  # one at work, and at most one more that waits behind it


async def test_who_stands_still_in_the_middle_of_a_kick_holds_nobody_up(postgres: str, tmp_path: Path) -> None:
    where = lie_at(tmp_path, postgres)
    make_database(where)
    rows, still = Rows(), SharedDriver(where)
    async with going(still, rows.advance), still._connector.pool.connection() as connection:
        await connection.execute(
            "insert into procrastinate_jobs (queue_name, task_name, queueing_lock) values ('none', 'none', 'job:7')"
        )
        async with going(SharedDriver(where), rows.advance) as driver:
            await driver.kick("job", "7")
            await rows.until(1)
        await connection.close()

    assert [key for key, _at in rows.steps] == ["7"]


async def test_a_row_of_a_kind_that_a_later_version_made_is_left_to_it(postgres: str, tmp_path: Path) -> None:
    where = lie_at(tmp_path, postgres)
    make_database(where)
    rows = Rows()
    async with going(SharedDriver(where), rows.advance) as driver:
        await driver.kick("of tomorrow", "7")  # type: ignore[arg-type]  # no kind of today
        await driver.kick("job", "1")
        await rows.until(1)
        await moment(0.3)

    assert [key for key, _at in rows.steps] == ["1"]
    with psycopg.connect(where.uri) as connection:
        left = connection.execute("select queueing_lock, status::text from procrastinate_jobs").fetchall()
    assert left == [("of tomorrow:7", "todo")]


async def test_a_step_that_lasts_is_cut_short_at_the_end_alone(make: Callable[[], Driver]) -> None:
    driver, begun, ended = make(), asyncio.Event(), list[str]()

    async def advance(_kind: Kind, _key: str) -> float | None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cut short")
        return None

    await driver.run(advance, nothing, nothing)
    await driver.kick("job", "7")
    async with asyncio.timeout(LATE_S):
        await begun.wait()
    assert ended == []
    await driver.stop(0.2)

    assert ended == ["cut short"]
