"""Files of others, read without trust: ordinary ones only, bounded, whatever mark their text begins with."""

import codecs
import os
import stat
from pathlib import Path

from pipeline.errors import LabError


def read_bounded(path: Path, most: int) -> bytes:
    """An ordinary file's bytes. A named pipe or a device in its place is not waited for.

    Raises: LabError, naming the cause; FileNotFoundError when there is none.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise LabError(f"{path.name!r} is no ordinary file.")
            if status.st_size > most:
                raise LabError(f"{path.name!r} has {status.st_size:,} bytes; {most:,} is the most.")
            return file.read(most + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise LabError(f"{path.name!r} cannot be read: {(error.strerror or 'the disk refuses').lower()}.") from None


def words_of(content: bytes) -> str:
    """A text file's words, whatever its byte order mark. Raises: UnicodeDecodeError."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")
