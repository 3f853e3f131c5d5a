"""The open ledger: one owner thread, whole units of work; many are committed together.

A unit of work is one plain function that never waits, and nobody hears of it before it is on disk. Where the rows lie
is the store's: a file (`sqlite.py`), or a server that several processes share (`postgres.py`).
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

from bot.ledger import sqlite
from bot.ledger.database import Database
from bot.ledger.faults import LedgerClosed
from bot.ledger.units import Ended, Unit
from bot.settings.address import Address
from pipeline.errors import SettingsError

P = ParamSpec("P")
T = TypeVar("T")
MOST_TOGETHER = 256
_Work = tuple[Unit, "Future[Any]"]


class Store(Protocol):
    """Where the rows lie; used by the owner thread alone."""

    def open(self) -> None:
        """Connect and, as an engine, bring the tables up to date. Raises: LabsError."""
        ...

    def together(self, units: Sequence[Unit]) -> list[Ended]:
        """Commit units of work, each undone alone when it raises. Raises: LedgerUnavailable; then none was kept."""
        ...

    def close(self) -> None: ...


class Ledger:
    """The open ledger. `run` is the only way in."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._ready: Future[None] = Future()
        self._closed = False
        # Nothing is queued behind the end: its caller would wait forever.
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._own, name="ledger", daemon=True)

    @classmethod
    def open(cls, where: Path | Address, *, exclusive: bool = True, alone: bool = True) -> Self:
        """Open, and migrate, the ledger; blocks for milliseconds.

        Args:
            where: The SQLite file, made when missing; or a PostgreSQL database.
            exclusive: Be an engine. Without it only short reads and inbox rows are allowed, and the schema is left
                alone.
            alone: Be the only engine. One of a file is always that.

        Raises:
            LedgerBusy: Another process holds the lock.
            LabsError: It cannot be opened (no rights, no disk, no SQLite file, no such server).
        """
        ledger = cls(_store(where, exclusive=exclusive, alone=alone))
        ledger._thread.start()
        try:
            ledger._ready.result()
        except Exception:
            ledger.close()
            raise
        return ledger

    async def run(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do one unit of work and wait until it is on disk. Its exceptions undo it alone, and reach the caller."""
        done = self._queued(lambda db: work(db, *args, **kwargs))
        # Shielded: a canceled caller must not lose a commit that happens anyway.
        return await asyncio.shield(asyncio.wrap_future(done))

    def run_now(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run` for callers without an event loop."""
        return self._queued(lambda db: work(db, *args, **kwargs)).result()

    def _queued(self, work: Callable[[Database], T]) -> "Future[T]":
        done: Future[T] = Future()
        with self._door:
            if self._closed:
                raise LedgerClosed("The bot is stopping.")
            self._work.put((work, done))
        return done

    def close(self) -> None:
        """Finish what is queued, close the store, give the lock back. Whoever comes later hears LedgerClosed."""
        with self._door:
            self._closed = True
            self._work.put(None)
        self._thread.join()

    def _own(self) -> None:
        with contextlib.closing(self._store):
            try:
                self._store.open()
            except Exception as error:  # noqa: BLE001  # raised again at the opener, who would wait for ever
                self._ready.set_exception(error)
                return
            self._ready.set_result(None)
            while batch := self._next_batch():
                self._do(batch)

    def _do(self, batch: list[_Work]) -> None:
        """Nobody hears before the commit."""
        try:
            ended = self._store.together([work for work, _done in batch])
        except Exception as error:  # noqa: BLE001  # reaches everybody who waits
            ended = [Ended(None, error)] * len(batch)
        for (_work, done), (result, problem) in zip(batch, ended, strict=True):
            if problem is not None:
                done.set_exception(problem)
            else:
                done.set_result(result)

    def _next_batch(self) -> list[_Work]:
        first = self._work.get()
        if first is None:
            return []
        batch = [first]
        with contextlib.suppress(queue.Empty):
            while len(batch) < MOST_TOGETHER:
                work = self._work.get_nowait()
                if work is None:
                    self._work.put(None)
                    break
                batch.append(work)
        return batch


def _store(where: Path | Address, *, exclusive: bool, alone: bool) -> Store:
    if isinstance(where, Path):
        return sqlite.SqliteStore(where, exclusive=exclusive)
    _need_psycopg()
    from bot.ledger.postgres import PostgresStore  # noqa: PLC0415  # of the extra

    return PostgresStore(where, "none" if not exclusive else "alone" if alone else "shared")


def glance(
    where: Path | Address, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
) -> T | None:
    """Read one thing, without a lock and without writing; None when there is no ledger yet.

    Raises: LabsError, in words: it is damaged, held by another program, away, or of a newer version.
    """
    if isinstance(where, Path):
        return sqlite.glance(where, lambda db: work(db, *args, **kwargs))
    _need_psycopg()
    from bot.ledger import postgres  # noqa: PLC0415  # of the extra

    return postgres.glance(where, lambda db: work(db, *args, **kwargs))


def exists(where: Path | Address) -> bool:
    """Whether there is a ledger already. Raises: LabsError, when its server cannot be asked."""
    if isinstance(where, Path):
        return where.is_file()
    return glance(where, lambda _db: True) is not None


def _need_psycopg() -> None:
    """Raises: SettingsError, without the extra."""
    if find_spec("psycopg") is None:
        raise SettingsError(
            "LABS_DB names a PostgreSQL database, and psycopg is not there: install labs-bot[postgres]."
        )
