"""One process owns a ledger: the lock lies on the ledger's own file, whatever that is called."""

import fcntl
import os
import stat
from pathlib import Path

from bot.ledger.faults import LedgerUnreadable
from pipeline.errors import LabsError, SettingsError


class LedgerBusy(SettingsError):
    """Another process owns the ledger."""

    hint = "`labs serve` is running on this lab already; one process owns a ledger."


class Lock:
    """Held until it is closed, or its process dies."""

    def __init__(self) -> None:
        self._held: list[int] = []

    def take(self, path: Path) -> None:
        """Raises: LedgerBusy; LedgerUnreadable when something else lies there."""
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LedgerUnreadable(f"The ledger cannot be opened: {path.name}: {error.strerror}.") from error
        self._held.append(handle)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise LedgerUnreadable(f"The ledger cannot be opened: {path.name} is no ordinary file.")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LedgerBusy("Another process is at work on this lab's ledger.") from None

    def close(self) -> None:
        """Give it back; after SQLite has closed the file, whose own locks would go with ours."""
        while self._held:
            os.close(self._held.pop())


def take_lock(path: Path) -> Lock:
    """The lock on a ledger, which is made where there is none: nobody else's to read, its journals included.

    Raises: LedgerBusy; SettingsError for a ledger with two names; LabsError when it cannot be opened.
    """
    lock = Lock()
    try:
        # First the file beside it, as older versions do, and then the ledger itself, which cannot be tidied away.
        lock.take(path.with_name(f"{path.name}.lock"))
        lock.take(path)
        if path.stat().st_nlink > 1:
            raise SettingsError(
                "The ledger has a second name (a hard link), and two bots could write to it by two names. Remove one."
            )
        for one in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", ".lock"))):
            if one.is_file():
                one.chmod(0o600)
    except OSError as error:
        lock.close()
        raise LedgerUnreadable(f"The ledger cannot be opened: {error.strerror}.") from error
    except LabsError:
        lock.close()
        raise
    return lock
