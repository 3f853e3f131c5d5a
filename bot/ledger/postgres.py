"""The ledger in a PostgreSQL database: the same units of work, over the same SQL, for several processes.

One transaction writes at a time, by a lock that it takes first and that ends with it: a unit of work reads and then
writes, and under `read committed` without such a lock two of them would grant one budget twice. What a process holds
that stands still is taken from it by the server after a few seconds, and its transaction with it.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.errors import IdleInTransactionSessionTimeout

from bot.fencing import SESSION
from bot.ledger import dialect, schema
from bot.ledger.database import Database
from bot.ledger.faults import LedgerAway, LedgerUnavailable, none_later
from bot.ledger.lock import LedgerBusy
from bot.ledger.units import Ended, Unit, done_in
from bot.settings.address import Address
from pipeline.errors import LabsError

T = TypeVar("T")
WRITER = 7_120_519
"""The number of the lock that whoever writes holds: any, as long as nobody else's."""
ENGINE = WRITER + 2
"""Of the lock that every engine holds for as long as it is connected."""
CONNECTS_S = 5
AWAY_S = 600
"""For so long a server that went away in the middle of a commit is waited for, to hear what came of it."""


class PostgresDatabase:
    """What a unit of work sees; it reads SQLite's SQL."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    @property
    def conn(self) -> "PostgresDatabase":
        return self

    def execute(self, sql: str, params: dict[str, Any], /) -> psycopg.Cursor[Any]:
        """One statement. Truth goes as a number, as SQLite keeps it."""
        given = {name: int(value) if isinstance(value, bool) else _text(value) for name, value in params.items()}
        return self._connection.execute(dialect.statement(sql), given)

    def table_names(self) -> list[str]:
        found = self._connection.execute("select tablename from pg_tables where schemaname = current_schema()")
        return [row[0] for row in found.fetchall()]

    def renumber(self) -> None:
        """Go on counting behind the highest number of each table: rows came with numbers of their own."""
        numbered = """select table_name, column_name from information_schema.columns
                      where table_schema = current_schema() and is_identity = 'YES'
                        and table_name not like 'procrastinate%'"""
        for table, column in self._connection.execute(numbered).fetchall():
            self._connection.execute(
                f"select setval(pg_get_serial_sequence('{table}', '{column}'),"  # noqa: S608  # the catalogue's own words
                f" coalesce((select max({column}) from {table}), 0) + 1, false)"
            )


def _text(value: Any) -> Any:
    """PostgreSQL keeps no character of number 0; SQLite does."""
    return value.replace("\x00", "") if isinstance(value, str) else value


class PostgresStore:
    """One connection, used by one thread; opened anew when it was lost."""

    def __init__(self, where: Address, engine: Literal["none", "alone", "shared"]) -> None:
        self._where = where
        self._engine = engine
        self._connection: psycopg.Connection[Any] | None = None

    def open(self) -> None:
        """Raises: LabsError."""
        try:
            connection = self._alive()
            if self._engine != "none":
                _migrate(connection)
        except psycopg.Error as error:
            raise _in_words(self._where, error) from error

    def together(self, units: Sequence[Unit]) -> list[Ended]:
        """Many units of work in one transaction, each in a savepoint of its own."""
        number, ended = "", list[Ended]()
        try:
            connection = self._alive()
            connection.execute("begin")
            connection.execute("select pg_advisory_xact_lock(%s)", (WRITER,))
            number = _one(connection, "select pg_current_xact_id()::text")
            ended = done_in(PostgresDatabase(connection), units, lambda error: error)
            connection.execute("commit")
        except (psycopg.OperationalError, psycopg.InterfaceError, IdleInTransactionSessionTimeout) as error:
            self._drop()
            if not (len(ended) == len(units) and self._came_through(number)):
                raise LedgerUnavailable(f"The ledger's server cannot be reached: {_said(error)}.") from error
        return ended

    def _came_through(self, number: str) -> bool:
        """Whether a commit of which the answer was lost took effect: asked for as long as the server is away."""
        patience = time.monotonic() + AWAY_S
        while time.monotonic() < patience:
            try:
                connection = self._alive()
                # Its session held the writer's lock: once that is free, the transaction is over one way or the other.
                with connection.transaction():
                    connection.execute("select pg_advisory_xact_lock(%s)", (WRITER,))
                return str(_one(connection, "select pg_xact_status(%s::xid8)", number)) == "committed"
            except psycopg.Error:
                self._drop()
                time.sleep(0.2)  # the ledger's own thread: nobody else waits here
        return False

    def _alive(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._where)
            self._take_place(self._connection)
        return self._connection

    def _take_place(self, connection: psycopg.Connection[Any]) -> None:
        """Among the engines: several share it, one alone keeps the others out. It ends with the session."""
        if self._engine == "none":
            return
        way = "pg_try_advisory_lock_shared" if self._engine == "shared" else "pg_try_advisory_lock"
        if not _one(connection, f"select {way}(%s)", ENGINE):
            self._drop()
            raise LedgerBusy("Another process is at work on this lab's ledger.")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        self._drop()


def connect(where: Address, *, read_only: bool = False) -> psycopg.Connection[Any]:
    """A connection as the ledger wants it. Raises: psycopg.Error."""
    connection = psycopg.connect(
        where.uri,
        autocommit=True,
        connect_timeout=CONNECTS_S,
        cursor_factory=psycopg.ClientCursor,
        application_name="labs-bot",
        keepalives_idle=5,
        options=f"{SESSION} -c synchronous_commit=on",
    )
    connection.adapters.register_loader("numeric", _Number)
    connection.read_only = read_only
    return connection


class _Number(Loader):
    """A sum of whole numbers is one, as in SQLite."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text else int(text)


def _one(connection: psycopg.Connection[Any], sql: str, *params: object) -> Any:
    row = connection.execute(sql, params).fetchone()
    return row[0] if row else None


def _migrate(connection: psycopg.Connection[Any]) -> None:
    """Bring the tables up to date: a new ledger at once, an older one by the steps that it lacks.

    Raises: LedgerNewer.
    """
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (WRITER,))
        connection.execute("create table if not exists labs_steps (name text primary key, applied_at timestamptz)")
        applied = {row[0] for row in connection.execute("select name from labs_steps").fetchall()}
        none_later(applied)
        if applied:
            missing = sorted(schema.NAMES - applied)
            wanted = [sql for name in missing for sql in schema.statements(name)]
        else:
            missing = sorted(schema.NAMES)
            wanted = [*dialect.FUNCTIONS, *schema.tables().values(), *schema.indexes()]
        for sql in wanted:
            connection.execute(dialect.definition(sql))
        for name in missing:
            connection.execute("insert into labs_steps (name, applied_at) values (%s, now())", (name,))


def glance(where: Address, work: Callable[[Database], T]) -> T | None:
    """Read one thing, without writing; None when there is no ledger yet. Raises: LabsError, in words."""
    try:
        with contextlib.closing(connect(where, read_only=True)) as connection, connection.transaction():
            if _one(connection, "select to_regclass('labs_steps')") is None:
                return None
            none_later({row[0] for row in connection.execute("select name from labs_steps").fetchall()})
            return work(PostgresDatabase(connection))
    except psycopg.OperationalError as error:
        raise _in_words(where, error) from error


def _in_words(where: Address, error: Exception) -> LabsError:
    return LedgerAway(f"The ledger at {where} cannot be reached: {_said(error)}.")


def _said(error: Exception) -> str:
    """In one line; the server's words name the user, never the password."""
    return " ".join(str(error).split())[:200].rstrip(".?")
