"""What stands in a ledger, for tests that count: in a file, or with `--postgres` in a database of the test's own."""

import os
import zlib
from pathlib import Path
from typing import Any

from bot.ledger.database import Database, rows
from bot.ledger.store import glance
from bot.settings.address import Address

SERVER = "TESTS_POSTGRES"
"""The environment's name for the server on which each test has a database; not there: SQLite."""


def at(root: Any) -> Path | Address:
    """Where the ledger of a test's lab is."""
    server = os.environ.get(SERVER)  # noqa: TID251  # of the tests
    return Address(f"{server}/labs_{zlib.crc32(str(root).encode()):08x}") if server else Path(root) / "ledger.db"


def table(root: Any, name: str) -> list[dict[str, Any]]:
    def read(db: Database) -> list[dict[str, Any]]:
        return list(rows(db, f"select * from {name}"))  # noqa: S608  # a test's own word

    return glance(at(root), read) or []


def charges(root: Any) -> list[dict[str, Any]]:
    return table(root, "charges")
