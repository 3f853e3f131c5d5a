"""What the two ledgers and the two drivers can do, in one run: `uv run python -m tests.bench.engine`.

Units of work a second, one after another and many at once, beside a bare loop that commits as often; and how long a
row that is due waits for its step. The server's commits are on disk before anybody hears of them, as the file's are.
"""

import asyncio
import contextlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from bot.clock import steady
from bot.driver.driver import Driver, Kind
from bot.driver.local import LocalDriver
from bot.driver.shared import SharedDriver
from bot.ledger import Ledger, money
from bot.settings.address import Address
from tests import postgres
from tests.ledger import lie_at

UNITS, AT_ONCE = 1000, 200
KICKS = 300
COUNTERS = money.scopes("U1", "2026-11-28", money.Limits(job=10**12, person_day=10**12, month=10**12))


def bare_sqlite(path: Path) -> float:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=wal", "synchronous=full"):
            connection.execute(f"pragma {pragma}").fetchall()
        connection.execute("create table t (n integer)")
        began = time.perf_counter()
        for at in range(UNITS):
            connection.execute("begin immediate")
            connection.execute("insert into t values (?)", (at,))
            connection.execute("commit")
        return UNITS / (time.perf_counter() - began)


def bare_postgres(where: Address) -> float:
    with psycopg.connect(where.uri, autocommit=True) as connection:
        connection.execute("create table t (n bigint)")
        began = time.perf_counter()
        for at in range(UNITS):
            with connection.transaction():
                connection.execute("insert into t values (%s)", (at,))
        return UNITS / (time.perf_counter() - began)


async def units(ledger: Ledger) -> tuple[float, float]:
    """A second: each after the other, and so many asked for at once. A unit reserves money against two budgets."""
    began = time.perf_counter()
    for _ in range(UNITS):
        await ledger.run(money.reserve, COUNTERS, 1)
    alone = UNITS / (time.perf_counter() - began)
    began = time.perf_counter()
    for _ in range(UNITS * 4 // AT_ONCE):
        await asyncio.gather(*(ledger.run(money.reserve, COUNTERS, 1) for _ in range(AT_ONCE)))
    return alone, UNITS * 4 / (time.perf_counter() - began)


async def latencies(driver: Driver) -> list[float]:
    """Milliseconds from a kick to its step, one at a time, of rows that are due at once; sorted."""
    found, done, kicked = list[float](), asyncio.Event(), [0.0]

    async def advance(_kind: Kind, _key: str) -> float | None:
        found.append((steady() - kicked[0]) * 1000)
        done.set()
        return None

    async def nothing(*_row: object) -> None:
        return None

    await driver.run(advance, nothing, nothing)
    for number in range(KICKS):
        done.clear()
        kicked[0] = steady()
        await driver.kick("job", str(number))
        await done.wait()
    await driver.stop(1)
    return sorted(found)


def measure(name: str, ledger: Ledger, bare: float, driver: Callable[[], Driver]) -> None:
    alone, together = asyncio.run(units(ledger))
    ledger.close()
    waits = asyncio.run(latencies(driver()))
    print(
        f"{name}: {alone:,.0f} units a second one after another, {together:,.0f} of {AT_ONCE} at once; a bare loop of"
        f" commits {bare:,.0f}: ratios {alone / bare:.2f} and {together / bare:.2f}. A row that is due waits"
        f" {statistics.median(waits):.1f} ms (median), {waits[int(len(waits) * 0.99)]:.1f} ms (p99)"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        measure("SQLite, embedded driver", Ledger.open(base / "ledger.db"), bare_sqlite(base / "bare.db"), LocalDriver)
        server = postgres.server(base, safe=True)
        if server is None:
            raise SystemExit("PostgreSQL's server is not installed: `apt-get install postgresql`")
        try:
            where = lie_at(base, server)
            postgres.make_database(where)
            ledger = Ledger.open(where)
            bare = bare_postgres(where)
            measure("PostgreSQL, Procrastinate", ledger, bare, lambda: SharedDriver(where))
        finally:
            postgres.stop(base)


if __name__ == "__main__":
    main()
