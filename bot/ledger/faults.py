"""What is wrong with a ledger's file, in words, and what to do about it."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.ledger.schema import NAMES
from pipeline.errors import LabsError


class LedgerUnavailable(LabsError):
    """It could not be committed: the disk is full, read-only or gone, or the server is away. Nothing of the unit of
    work was kept.
    """

    hint = "See to the disk under the ledger, or to its server; the bot goes on by itself after that."
    passes = True
    """Whoever failed for it tries again, for as long as it takes."""


class LedgerClosed(LabsError):
    """The bot is stopping. Nothing of the unit of work was done."""

    hint = "It goes on at the bot's next start."


class LedgerDamaged(LabsError):
    """Its file is no whole ledger."""

    hint = (
        "Stop the bot, put the file aside, and copy the latest `labs backup` into its place. Nothing was written, and"
        " nothing was spent."
    )


class LedgerHeld(LabsError):
    """Another program keeps it to itself."""

    hint = "End the other program (a database browser, a copy under way), and try again. Nothing was spent."


class LedgerNewer(LabsError):
    """It was written by a later version of the bot."""

    hint = "Install that version again, or restore the backup that was made before the upgrade. Nothing was changed."


class LedgerUnreadable(LabsError):
    """The file cannot be opened."""

    hint = (
        "It lies where LABS_DB says, else as ledger.db in LABS_ROOT: see to the rights of the file and its folder, and"
        " to the disk under it."
    )


class LedgerAway(LedgerUnreadable):
    """Its server cannot be reached, or lets nobody in."""

    hint = (
        "See to the server that LABS_DB names: whether it runs, whether this machine reaches it, and whether the"
        " password (in the address, PGPASSWORD or a password file) is its own. Nothing was spent."
    )


def in_words(error: BaseException) -> LabsError:
    """An error of SQLite, or of the disk, as one that a person can act on."""
    said = str(error)
    if isinstance(error, sqlite3.OperationalError) and ("locked" in said or "busy" in said):
        return LedgerHeld("Another program keeps the ledger to itself.")
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return LedgerDamaged(f"The ledger is damaged: {said}.")
    if "no such table" in said or "no such column" in said or "malformed" in said:
        return LedgerDamaged(f"The ledger is damaged, or no ledger of this bot: {said}.")
    return LedgerUnreadable(f"The ledger cannot be read: {said}.")


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Raises: LabsError, in place of SQLite's errors and the disk's."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise in_words(error) from error


def must_be_known(connection: sqlite3.Connection) -> None:
    """Raises: LedgerNewer, when a step was applied to it that this version does not have."""
    try:
        applied = connection.execute("select name from _sqlite_migrations where migration_set = 'labs'").fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return  # a new file
        raise
    none_later({row[0] for row in applied})


def none_later(applied: set[str]) -> None:
    """Raises: LedgerNewer, when a step is among them that this version does not have."""
    if later := sorted(applied - NAMES):
        raise LedgerNewer(f"The ledger was written by a newer labs-bot (its step {later[-1]} is unknown here).")


def must_be_whole(connection: sqlite3.Connection) -> None:
    """Raises: LedgerDamaged. Reads the whole file."""
    try:
        found = connection.execute("pragma quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise in_words(error) from error
    if found is None or found[0] != "ok":
        raise LedgerDamaged(f"The ledger is damaged: {' '.join(str(found and found[0]).split())[:200]}.")


def why_not_read(connection: sqlite3.Connection, error: Exception) -> LabsError | None:
    """What a failed look at a ledger comes to: damage that only shows in what its rows hold. None: another fault."""
    if isinstance(error, sqlite3.Error):
        return in_words(error)
    try:
        must_be_whole(connection)
    except LabsError as damaged:
        return damaged
    return None


def check(path: Path) -> None:
    """The whole file, while others may use it. Raises: LabsError."""
    with told(), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        must_be_known(connection)
        must_be_whole(connection)
