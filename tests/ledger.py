"""What stands in a ledger, for tests that count."""

from pathlib import Path
from typing import Any

from bot.ledger.database import Database, rows
from bot.ledger.store import glance


def table(root: Any, name: str) -> list[dict[str, Any]]:
    def read(db: Database) -> list[dict[str, Any]]:
        return list(rows(db, f"select * from {name}"))  # noqa: S608  # a test's own word

    return glance(Path(root) / "ledger.db", read) or []


def charges(root: Any) -> list[dict[str, Any]]:
    return table(root, "charges")
