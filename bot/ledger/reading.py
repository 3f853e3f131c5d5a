"""A short look at a ledger that another process may own."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

P = ParamSpec("P")
T = TypeVar("T")


def glance(path: Path, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Read one thing, without a lock and without writing; None when there is no ledger yet."""
    if not path.is_file():
        return None
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        return work(Database(connection), *args, **kwargs)
