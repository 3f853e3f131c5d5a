"""What only a server can do to a ledger: go away, in the middle or at the very end, and come back."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.ledger import Ledger, LedgerUnavailable, money
from bot.ledger.database import Database, change, one
from bot.ledger.faults import LedgerNewer, LedgerUnreadable
from bot.ledger.store import exists, glance
from bot.settings.address import Address
from tests.ledger import lie_at
from tests.postgres import make_database


@pytest.fixture
def where(postgres: str, tmp_path: Path) -> Address:
    found = lie_at(tmp_path, postgres)
    make_database(found)
    return found


@pytest.fixture
def ledger(where: Address) -> Iterator[Ledger]:
    opened = Ledger.open(where)
    yield opened
    opened.close()


def _add(db: Database, name: str, *, fail: bool = False) -> int:
    changed = change(db, "insert into budgets (scope, used_micros) values (:name, 1)", name=name)
    if fail:
        raise ValueError(name)
    return changed


def _count(db: Database) -> int:
    row = one(db, "select count(*) as n, sum(used_micros) as used from budgets")
    assert row is not None
    assert row["used"] is None or type(row["used"]) is int
    return int(row["n"])


def _end_session(where: Address, *, after: str = "") -> None:
    """As when the server is restarted: whoever is connected is thrown out."""
    with psycopg.connect(where.uri, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and query like %s",
            (f"%{after}%",),
        )


async def test_what_one_unit_raises_undoes_it_alone(ledger: Ledger) -> None:
    found = await asyncio.gather(*(ledger.run(_add, f"s{at}", fail=at == 3) for at in range(6)), return_exceptions=True)

    assert isinstance(found[3], ValueError)
    assert await ledger.run(_count) == 5


async def test_a_server_that_goes_away_is_met_again(ledger: Ledger, where: Address) -> None:
    await ledger.run(_add, "before")
    _end_session(where)
    with pytest.raises(LedgerUnavailable):
        await ledger.run(_add, "lost")

    assert await ledger.run(_add, "after") == 1
    assert await ledger.run(_count) == 2


async def test_a_session_that_ends_in_the_middle_keeps_nothing(ledger: Ledger, where: Address) -> None:
    def interrupted(db: Database) -> int:
        changed = _add(db, "half")
        _end_session(where, after="insert into budgets")
        return changed

    with pytest.raises(LedgerUnavailable):
        await ledger.run(interrupted)
    assert await ledger.run(_count) == 0


class Swallow:
    """Between an engine and its server: forwards, but of the first commit the answer never comes back."""

    def __init__(self, where: Address) -> None:
        self._there = urlsplit(where.uri)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open = [self._door]
        self.swallowed = threading.Event()
        self.address = Address(f"postgresql://labs@127.0.0.1:{self._door.getsockname()[1]}{self._there.path}")
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return  # closed
            server = socket.create_connection((self._there.hostname, self._there.port))
            self._open += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._forward, args=(source, target), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
                if b"commit\x00" in data and not self.swallowed.is_set():
                    self.swallowed.set()
                    source.shutdown(socket.SHUT_RDWR)
                    return
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


async def test_a_commit_of_which_the_answer_is_lost_is_looked_up(ledger: Ledger, where: Address) -> None:
    with contextlib.closing(Swallow(where)) as between:
        engine = Ledger.open(between.address, exclusive=False)
        try:
            assert await engine.run(_add, "once") == 1  # it was kept, and its result is told
            assert between.swallowed.is_set()
        finally:
            engine.close()

    assert await ledger.run(_count) == 1


async def test_no_budget_is_granted_twice_by_four_engines(where: Address) -> None:
    """Each reads, and then reserves, as the real units do."""
    counters = money.scopes("U1", "2026-11-28", money.Limits(job=1000, person_day=1000, month=700))
    engines = [Ledger.open(where, alone=False) for _ in range(4)]
    try:
        tries = [engine.run(money.reserve, counters, 7) for engine in engines for _ in range(50)]
        refused = await asyncio.gather(*tries)
        granted = sum(one is None for one in refused)
        used = await engines[0].run(money.used, counters[-1].name)
    finally:
        for engine in engines:
            engine.close()

    assert granted == 100
    assert used == 700


def test_a_ledger_of_a_newer_version_is_refused_in_words(where: Address) -> None:
    with psycopg.connect(where.uri, autocommit=True) as connection:
        connection.execute("insert into labs_steps (name) values ('m999_later')")

    with pytest.raises(LedgerNewer, match="m999_later"):
        Ledger.open(where)
    with pytest.raises(LedgerNewer):
        glance(where, _count)


def test_what_cannot_be_reached_is_said_without_its_password(postgres: str) -> None:
    nowhere = Address("postgresql://labs:not-to-be-seen@127.0.0.1:1/none")

    for attempt in (lambda: Ledger.open(nowhere), lambda: glance(nowhere, _count)):
        with pytest.raises(LedgerUnreadable, match="127.0.0.1:1/none cannot be reached") as told:
            attempt()
        assert "the server that LABS_DB names" in told.value.hint
        assert "not-to-be-seen" not in f"{told.value} {told.value.hint} {nowhere!r}"
    assert exists(Address(f"{postgres}/postgres")) is False


async def test_text_with_a_zero_in_it_is_kept_without_it(ledger: Ledger) -> None:
    await ledger.run(_add, "a\x00b")

    assert await ledger.run(lambda db: one(db, "select scope from budgets")) == {"scope": "ab"}


async def test_what_the_server_took_from_one_that_stood_still_is_done_again(ledger: Ledger) -> None:
    """Its transaction is undone, its caller hears that it passes, and the next one finds a connection."""

    def stands_still(db: Database) -> None:
        _add(db, "mine")
        db.conn.execute("set idle_in_transaction_session_timeout = '50ms'", {})
        threading.Event().wait(0.5)

    with pytest.raises(LedgerUnavailable):
        await ledger.run(stands_still)

    assert await ledger.run(_count) == 0
