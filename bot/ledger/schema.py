"""Tables, as named steps that are never edited once released: each file `sql/m…` is one, in the order of their names.
Times are Unix seconds (UTC); money is micro-dollars.
"""

import contextlib
import re
import sqlite3
from importlib import resources

from sqlite_utils import Database, Migrations

migrations = Migrations("labs")
_STEPS = resources.files("bot.ledger").joinpath("sql")


def _step(name: str) -> None:
    @migrations(name=name)
    def apply(db: Database) -> None:
        for statement in statements(name):
            db.execute(statement)


def statements(name: str) -> list[str]:
    """Those of one step."""
    text = _STEPS.joinpath(f"{name}.sql").read_text("utf-8")
    return [statement for statement in text.split(";") if statement.strip()]


NAMES = frozenset(file.name.removesuffix(".sql") for file in _STEPS.iterdir() if file.name.endswith(".sql"))
"""Every step that this version knows."""

for _file in sorted(_STEPS.iterdir(), key=lambda file: file.name):
    if _file.name.endswith(".sql"):
        _step(_file.name.removesuffix(".sql"))

_REFERENCE = re.compile(r"\breferences \"?(\w+)\"?")


def tables() -> dict[str, str]:
    """The tables that all steps come to, as SQLite would make them at once; each after those that it refers to."""
    made = {name: sql for kind, name, sql in _made() if kind == "table"}
    ordered: dict[str, str] = {}
    while made:
        free = [name for name, sql in made.items() if not set(_REFERENCE.findall(sql)) & (made.keys() - {name})]
        ordered |= {name: made.pop(name) for name in free}
    return ordered


def indexes() -> list[str]:
    """The indexes that all steps come to."""
    return [sql for kind, _name, sql in _made() if kind == "index"]


def _made() -> list[tuple[str, str, str]]:
    """Kind, name and SQL of what stands in a new ledger."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        migrations.apply(Database(connection))
        found = connection.execute("select type, tbl_name, name, sql from sqlite_master where sql is not null")
        return [(kind, name, sql) for kind, table, name, sql in found if not table.startswith(("sqlite_", "_sqlite"))]
