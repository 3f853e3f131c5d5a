"""Tables, as named steps that are never edited once released: each file `sql/m…` is one, in the order of their names.
Times are Unix seconds (UTC); money is micro-dollars.
"""

from importlib import resources

from sqlite_utils import Database, Migrations

migrations = Migrations("labs")
_STEPS = resources.files("bot.ledger").joinpath("sql")


def _step(name: str) -> None:
    @migrations(name=name)
    def apply(db: Database) -> None:
        for statement in _STEPS.joinpath(f"{name}.sql").read_text("utf-8").split(";"):
            if statement.strip():
                db.execute(statement)


NAMES = frozenset(file.name.removesuffix(".sql") for file in _STEPS.iterdir() if file.name.endswith(".sql"))
"""Every step that this version knows."""

for _file in sorted(_STEPS.iterdir(), key=lambda file: file.name):
    if _file.name.endswith(".sql"):
        _step(_file.name.removesuffix(".sql"))
