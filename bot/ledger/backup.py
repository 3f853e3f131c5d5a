"""A copy of the ledger, whole or not at all."""

import contextlib
import os
import sqlite3
from pathlib import Path

from bot.ledger.faults import must_be_known, must_be_whole, told
from pipeline.errors import LabsError, NotUnderstood

_BESIDE = ("", "-wal", "-shm", ".lock")
"""Ends of the names that belong to a ledger."""


def backup(path: Path, target: Path) -> None:
    """Copy a ledger, consistent to the moment, while others use it (SQLite's online backup).

    Raises:
        NotUnderstood: The target is the ledger itself.
        LabsError: It is damaged, or the disk refuses; an older copy in the target is untouched.
    """
    _must_differ(path, target)
    part = target.with_name(f".{target.name}.part")
    try:
        with told():
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
            with (
                contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as source,
                contextlib.closing(sqlite3.connect(part)) as copy,
            ):
                must_be_known(source)
                source.backup(copy)
                must_be_whole(copy)
            _to_disk(part)
            part.replace(target)
    except LabsError as error:
        error.hint = f"No copy was made; an older one is as it was. {error.hint}"
        raise
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _must_differ(path: Path, target: Path) -> None:
    real = path.resolve()
    own = [real.with_name(f"{real.name}{end}") for end in _BESIDE]
    same = target.resolve() in own or (target.exists() and any(one.exists() and target.samefile(one) for one in own))
    if same:
        raise NotUnderstood("That is the ledger itself. Nothing was copied.", "Name another file, on another disk.")
    if not target.parent.is_dir():
        raise NotUnderstood(f"There is no folder {target.parent.name!r}. Nothing was copied.", "Make it first.")


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
