"""The ledger in one SQLite file: one process, one writer.

Rules, each from a failure that others saw: a unit of work is one plain function that never waits; it runs in
`BEGIN IMMEDIATE`, so that reading and then writing cannot meet a second writer in between; `synchronous=FULL`,
because an intent that is lost in a power failure is a double payment.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.ledger.database import Database as AnyDatabase
from bot.ledger.faults import LedgerUnavailable, in_words, must_be_known, must_be_whole, told, why_not_read
from bot.ledger.lock import take_lock
from bot.ledger.schema import migrations
from bot.ledger.units import Ended, Unit, done_in
from pipeline.errors import LabsError

T = TypeVar("T")


class SqliteStore:
    """One file, open. Used by one thread."""

    def __init__(self, path: Path, *, exclusive: bool) -> None:
        """Raises: LedgerBusy, LabsError; with `exclusive`, which takes the lock of the only engine."""
        self.path = path.resolve()  # under a link's name SQLite would keep journals of their own
        self._lock = take_lock(self.path) if exclusive else None
        self._db: Database | None = None

    def open(self) -> None:
        """Raises: LabsError."""
        with told():
            self._db = _connect(self.path, migrate=self._lock is not None)

    def together(self, units: Sequence[Unit]) -> list[Ended]:
        """Many units of work in one transaction, each in a savepoint of its own."""
        db = self._db
        if db is None:
            raise LedgerUnavailable("The ledger is closed.")
        try:
            db.conn.execute("begin immediate")
            ended = done_in(db, units, _told)
            db.conn.execute("commit")
        except sqlite3.Error as error:
            if db.conn.in_transaction:
                db.conn.execute("rollback")
            raise LedgerUnavailable(f"The ledger cannot be written: {error}.") from error
        return ended

    def close(self) -> None:
        if self._db is not None:
            self._db.conn.close()
        if self._lock is not None:
            self._lock.close()


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


def checkpoint(path: Path) -> None:
    """Fold the write-ahead log into the file: a reader that stays long would let it grow without bound."""
    with told(), contextlib.closing(sqlite3.connect(path, timeout=10)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()


def glance(path: Path, work: Callable[[AnyDatabase], T]) -> T | None:
    """Read one thing, without a lock and without writing; None when there is no ledger yet.

    Raises: LabsError, in words: it is damaged, held by another program, or of a newer version.
    """
    if not path.is_file():
        return None
    with told(), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        must_be_known(connection)
        try:
            return work(Database(connection))
        except LabsError:
            raise
        except Exception as error:
            if (why := why_not_read(connection, error)) is None:
                raise
            raise why from error
