"""Paths that stay inside the lab, and writes that are whole or not at all."""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path, PurePosixPath

from pipeline.errors import LabError
from pipeline.scrub import scrub

_TEXTS = frozenset({".csv", ".html", ".json", ".jsonl", ".md", ".toml"})


def inside(root: Path, relative: str) -> Path:
    """The path of `relative` in the folder `root`.

    Raises:
        LabError: It is absolute, climbs out, or a symbolic link on the way leaves the folder.
    """
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or "\\" in relative or "\0" in relative:
        raise LabError(f"The path {relative!r} does not stay inside the lab.")
    path = root.joinpath(*pure.parts)
    # Thousands of paths are looked at in one listing: where no step is a link, none of them leaves.
    steps = accumulate(pure.parts, os.path.join, initial=str(root))
    if not any(os.path.islink(step) for step in steps):  # noqa: PTH114  # pathlib takes three times as long
        return path
    real, home = os.path.realpath(path), os.path.realpath(root)  # what is still a link then leads to itself
    stays = real == home or real.startswith(f"{home.rstrip(os.sep)}{os.sep}")
    if not stays or Path(real).is_symlink():
        raise LabError(f"The path {relative!r} is a link that leaves the lab.")
    return path


def plain_name(name: str) -> bool:
    """Whether `name` is one step of a path: no separators, not hidden, not a parent."""
    return (
        bool(name)
        and not name.startswith(".")
        and PurePosixPath(name).name == name
        and "\\" not in name
        and "\0" not in name
    )


def in_order(name: str) -> list[tuple[int, int, str]]:
    """A key to sort names by, as people count: `jd_2` before `jd_10`."""
    parts = re.split(r"(\d+)", name.lower())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def make_folder(path: Path) -> Path:
    """The folder, made where it is missing: of what lies in a lab, only the bot's own user sees anything."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def locked(root: Path, what: str) -> Iterator[None]:
    """Hold a lab's lock for one kind of file, against other processes too. Raises: LabError when it cannot be had."""
    try:
        handle = os.open(make_folder(root / ".labs") / f"{what}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LabError(f"The lab's hidden folder cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> bool:
    """Replace the file by `content`, atomically and durably; a reader sees the old or the new, never a part.

    Returns False, and leaves the file alone, when it holds these bytes already.
    """
    if path.suffix in _TEXTS:
        content = scrub(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if path.is_file() and path.read_bytes() == content:
        return False
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return True
