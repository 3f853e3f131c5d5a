"""What a unit of work sees of the ledger: rows by SQL, whichever database they lie in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pipeline.models import Value
from pipeline.scrub import scrub

_NUMBER = "rowid"
_Read = TypeVar("_Read", bound=Value)


class Cursor(Protocol):
    """Of one statement."""

    @property
    def rowcount(self) -> int: ...

    @property
    def description(self) -> Sequence[Sequence[Any]] | Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """SQLite's own, or one that reads SQLite's SQL."""

    def execute(self, sql: str, params: dict[str, Any], /) -> Cursor: ...


class Database(Protocol):
    """sqlite-utils' own, or one that does as much."""

    @property
    def conn(self) -> Connection: ...

    def table_names(self) -> list[str]: ...


def rows(db: Database, sql: str, **params: object) -> Iterator[dict[str, Any]]:
    """Rows of a query, or of a statement with RETURNING, inside the unit of work."""
    cursor = db.conn.execute(sql, _hidden(params))
    names = [column[0] for column in cursor.description]
    found = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    # SQLite keeps a row's number to itself.
    return (_without_number(row) for row in found) if _NUMBER in names else found


def _without_number(row: dict[str, Any]) -> dict[str, Any]:
    del row[_NUMBER]
    return row


def one(db: Database, sql: str, **params: object) -> dict[str, Any] | None:
    return next(rows(db, sql, **params), None)


def read(model: type[_Read], row: Mapping[str, Any]) -> _Read:
    """A row as a value. Columns that it does not know are a later version's, which may be at work beside this one."""
    known = model.model_fields
    return model.model_validate({name: one for name, one in row.items() if name in known})


def change(db: Database, sql: str, **params: object) -> int:
    """Rows that a statement changed."""
    return db.conn.execute(sql, _hidden(params)).rowcount


def _hidden(params: dict[str, object]) -> dict[str, object]:
    """What is kept for good holds no secret, whoever said it."""
    return {name: scrub(one) if isinstance(one, str) else one for name, one in params.items()}
