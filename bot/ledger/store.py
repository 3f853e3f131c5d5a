"""One SQLite file, one owner thread, whole units of work; many are committed together.

Rules, each from a failure that others saw: a unit of work is one plain function that never waits; it runs in
`BEGIN IMMEDIATE`, so that reading and then writing cannot meet a second writer in between; `synchronous=FULL`,
because an intent that is lost in a power failure is a double payment.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from bot.ledger.faults import in_words, must_be_known, must_be_whole, told, why_not_read
from bot.ledger.lock import Lock, take_lock
from bot.ledger.schema import migrations
from pipeline.errors import LabsError
from pipeline.scrub import scrub

P = ParamSpec("P")
T = TypeVar("T")
MOST_TOGETHER = 256
_Work = tuple[Callable[[Database], Any], "Future[Any]"]


class LedgerUnavailable(LabsError):
    """SQLite could not commit: the disk is full, read-only or gone. Nothing of the unit of work was kept."""

    hint = "See to the disk under the ledger; the bot goes on by itself after that."
    passes = True
    """Whoever failed for it tries again, for as long as it takes."""


class LedgerClosed(LabsError):
    """The bot is stopping. Nothing of the unit of work was done."""

    hint = "It goes on at the bot's next start."


class Ledger:
    """The open ledger. `run` is the only way in."""

    def __init__(self, path: Path, lock: Lock | None) -> None:
        self.path = path
        self._lock = lock
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._ready: Future[None] = Future()
        self._closed = False
        # Nothing is queued behind the end: its caller would wait forever.
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._own, name="ledger", daemon=True)

    @classmethod
    def open(cls, path: Path, *, exclusive: bool = True) -> Self:
        """Open, and migrate, the ledger; blocks for milliseconds.

        Args:
            path: The SQLite file; made when missing.
            exclusive: Hold the lock that makes this process the only engine. Without it only short reads and
                inbox rows are allowed, and the schema is left alone.

        Raises:
            LedgerBusy: Another process holds the lock.
            LabsError: The file cannot be opened (no rights, no disk, no SQLite file).
        """
        path = path.resolve()  # under a link's name SQLite would keep journals of their own
        ledger = cls(path, take_lock(path) if exclusive else None)
        ledger._thread.start()
        try:
            ledger._ready.result()
        except (sqlite3.Error, OSError) as error:
            ledger.close()
            raise in_words(error) from error
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
        """Finish what is queued, close the file, give the lock back. Whoever comes later hears LedgerClosed."""
        with self._door:
            self._closed = True
            self._work.put(None)
        self._thread.join()
        if self._lock is not None:
            self._lock.close()

    def _own(self) -> None:
        try:
            db = _connect(self.path, migrate=self._lock is not None)
        except Exception as error:  # noqa: BLE001  # raised again at the opener, who would wait for ever
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        with contextlib.closing(db.conn):
            while batch := self._next_batch():
                _commit_together(db, batch)

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


def _commit_together(db: Database, batch: list[_Work]) -> None:
    """Many units of work in one transaction, each in a savepoint of its own; nobody hears before the commit."""
    results: list[tuple[Future[Any], Any, BaseException | None]] = []
    try:
        db.conn.execute("begin immediate")
        for work, done in batch:
            db.conn.execute("savepoint unit")
            try:
                result = work(db)
            except Exception as error:  # noqa: BLE001  # undone here, raised again at the caller
                db.conn.execute("rollback to unit")
                results.append((done, None, _told(error)))
            else:
                results.append((done, result, None))
            db.conn.execute("release unit")
        db.conn.execute("commit")
    except sqlite3.Error as error:
        if db.conn.in_transaction:
            db.conn.execute("rollback")
        failed = LedgerUnavailable(f"The ledger cannot be written: {error}.")
        results = [(done, None, failed) for _work, done in batch]
    for done, result, problem in results:
        if problem is not None:
            done.set_exception(problem)
        else:
            done.set_result(result)


def _told(error: Exception) -> Exception:
    """A broken file in words; what a constraint refuses is our own fault, and stays as it is."""
    ours = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.OperationalError)
    return in_words(error) if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, ours) else error


def _connect(path: Path, *, migrate: bool) -> Database:
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    try:
        for pragma in ("journal_mode=wal", "synchronous=full"):
            connection.execute(f"pragma {pragma}").fetchall()
        db = Database(connection)
        must_be_known(connection)
        if migrate:
            must_be_whole(connection)
            # Before the keys are watched: a step that makes a table anew drops the old one first.
            migrations.apply(db)
        connection.execute("pragma foreign_keys=on").fetchall()
    except BaseException:
        connection.close()
        raise
    return db


def rows(db: Database, sql: str, **params: object) -> Iterator[dict[str, Any]]:
    """Rows of a query, or of a statement with RETURNING, inside the unit of work."""
    cursor = db.conn.execute(sql, _hidden(params))
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def one(db: Database, sql: str, **params: object) -> dict[str, Any] | None:
    return next(rows(db, sql, **params), None)


def change(db: Database, sql: str, **params: object) -> int:
    """Rows that a statement changed."""
    return db.conn.execute(sql, _hidden(params)).rowcount


def _hidden(params: dict[str, object]) -> dict[str, object]:
    """What is kept for good holds no secret, whoever said it."""
    return {name: scrub(one) if isinstance(one, str) else one for name, one in params.items()}


def checkpoint(path: Path) -> None:
    """Fold the write-ahead log into the file: a reader that stays long would let it grow without bound."""
    with told(), contextlib.closing(sqlite3.connect(path, timeout=10)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()


def glance(path: Path, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Read one thing, without a lock and without writing; None when there is no ledger yet.

    Raises: LabsError, in words: it is damaged, held by another program, or of a newer version.
    """
    if not path.is_file():
        return None
    with told(), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        must_be_known(connection)
        try:
            return work(Database(connection), *args, **kwargs)
        except LabsError:
            raise
        except Exception as error:
            if (why := why_not_read(connection, error)) is None:
                raise
            raise why from error
