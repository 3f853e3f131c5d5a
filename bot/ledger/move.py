"""A whole ledger read out and written anew elsewhere: from a file to a server, and back."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.ledger import schema
from bot.ledger.database import Database, change, one, rows
from pipeline.errors import LabsError

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Of each table, in the order in which they were written."""
_OF_THE_PLACE = frozenset({"processes"})
"""Tables of who is at work where."""
_NUMBER = re.compile(r"(\w+) integer primary key")
_UNDER_WAY = (
    ("calls", "asking", "judgements asked for"),
    ("orders", "ordering", "orders being sent"),
    ("batches", "sending", "batches being sent"),
    ("warmings", "asking", "caches being filled"),
    ("outbox", "sending", "messages being sent"),
    ("readings", "asking", "messages being read"),
)


class NotMoved(LabsError):
    """Nothing was written to the new place, or all of it was taken back."""

    hint = "The old ledger is as it was."


def names() -> list[str]:
    """The tables that go along; each after those that it refers to."""
    return [name for name in schema.tables() if name not in _OF_THE_PLACE]


def under_way(db: Database) -> list[str]:
    """What a process was in the middle of when it ended: only one that starts again can tell what came of it."""
    found = []
    for table, state, what in _UNDER_WAY:
        row = one(db, f"select count(*) as n from {table} where state = :state", state=state)  # noqa: S608  # our own words
        if row and row["n"]:
            found.append(f"{what}: {row['n']}")
    return found


def everything(db: Database) -> Rows:
    """All rows."""
    return {name: _all(db, name) for name in names()}


def fill(db: Database, given: Rows) -> int:
    """Write everything into an empty ledger, read it back and compare, row by row. How many rows.

    Raises: NotMoved, and then nothing is kept: it is not empty, or a row came out otherwise than it went in.
    """
    if full := [name for name in given if one(db, f"select 1 as yes from {name} limit 1")]:  # noqa: S608  # our own words
        raise NotMoved(f"There is a ledger in the new place already: {', '.join(full)} hold rows.")
    for name, found in given.items():
        for row in found:
            columns = ", ".join(row)
            values = ", ".join(f":{column}" for column in row)
            change(db, f"insert into {name} ({columns}) values ({values})", **row)  # noqa: S608  # our own words
    for name, found in given.items():
        if differs := _difference(found, _all(db, name)):
            raise NotMoved(f"A row of {name} came out otherwise than it went in: {differs}.")
    return sum(map(len, given.values()))


def _all(db: Database, name: str) -> list[dict[str, Any]]:
    return list(rows(db, f"select * from {name} order by {_order(name)}"))  # noqa: S608  # our own words


def _order(name: str) -> str:
    key = _NUMBER.search(schema.tables()[name])
    return key[1] if key else "rowid"


def _difference(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> str:
    """The first one, without what it holds."""
    if len(before) != len(after):
        return f"{len(before)} rows before, {len(after)} after"
    for at, (one_, other) in enumerate(zip(before, after, strict=True)):
        if strange := [column for column, value in one_.items() if _kept(value) != other.get(column)]:
            return f"row {at + 1}, {', '.join(strange)}"
    return ""


def _kept(value: Any) -> Any:
    """PostgreSQL keeps no character of number 0."""
    return value.replace("\x00", "") if isinstance(value, str) else value
