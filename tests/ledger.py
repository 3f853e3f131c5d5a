"""What stands in a ledger, for tests that count: in a file, or in a database of the test's own."""

import contextlib
import zlib
from pathlib import Path
from typing import Any

from bot.ledger import Ledger
from bot.ledger.database import Database, change, rows
from bot.ledger.store import glance
from bot.settings.address import Address

_SERVER = ".postgres"
"""A file in a test's lab that names the server on which its ledger is."""


def lie_at(root: Path, server: str) -> Address:
    """From now on the ledger of this lab is on a server."""
    (root / _SERVER).write_text(server, "utf-8")
    where = at(root)
    if not isinstance(where, Address):
        raise TypeError(server)
    return where


def at(root: Any) -> Path | Address:
    """Where the ledger of a test's lab is."""
    server = Path(root) / _SERVER
    if not server.is_file():
        return Path(root) / "ledger.db"
    return Address(f"{server.read_text('utf-8')}/labs_{zlib.crc32(str(root).encode()):08x}")


def lab_at(root: Any) -> dict[str, str]:
    """Environment variables that lead a command to a test's lab, and to its ledger."""
    where = at(root)
    return {"LABS_ROOT": str(root)} | ({"LABS_DB": where.uri} if isinstance(where, Address) else {})


def table(root: Any, name: str) -> list[dict[str, Any]]:
    def read(db: Database) -> list[dict[str, Any]]:
        return list(rows(db, f"select * from {name}"))  # noqa: S608  # a test's own word

    return glance(at(root), read) or []


def alter(root: Any, sql: str, **params: object) -> None:
    """Something else wrote into the ledger while nobody was at work on it."""
    with contextlib.closing(Ledger.open(at(root))) as ledger:
        ledger.run_now(_alter, sql, params)


def _alter(db: Database, sql: str, params: dict[str, object]) -> None:
    change(db, sql, **params)


def charges(root: Any) -> list[dict[str, Any]]:
    return table(root, "charges")
