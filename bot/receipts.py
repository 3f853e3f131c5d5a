"""What was ordered, made, judged and posted, a line each in the lab's folder: the witness that tells a ledger which
was restored from a backup what it does not know any more.
"""

import asyncio
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from pipeline.lab.paths import make_folder
from pipeline.models import Judgement, Value

PLACE = ".labs/receipts.jsonl"
MOST_BYTES = 20 * 2**20
"""A file that has grown so large is put aside at the next start; the one that was aside before it is deleted."""


class Receipt(Value):
    """One thing that was paid for, or posted. The ledger has it too, and had it first."""

    what: Literal["ordered", "made", "judged", "posted"]
    key: str
    """The vendor's id; of a judgement its fingerprint; of a message its key."""
    at: float
    job: str | None = None
    run: str | None = None
    label: str | None = None
    kind: str = ""
    """Of an order `image` or `training`; of a message its kind."""
    attempt: int = 0
    fingerprint: str | None = None
    path: str | None = None
    """Lab-relative, of an image; of a training the version that it made."""
    sha256: str | None = None
    usd_micros: int = 0
    judgement: Judgement | None = None
    channel: str | None = None
    thread_ts: str | None = None
    ts: str | None = None


async def keep(root: Path, receipts: Sequence[Receipt]) -> None:
    """Add them, after the ledger has them. A disk that is full keeps none, and stops nothing."""
    if receipts:
        await asyncio.to_thread(_append, root / PLACE, receipts)


def _append(path: Path, receipts: Iterable[Receipt]) -> None:
    # A line break first: what a crash cut off must not swallow the next line.
    lines = "".join(f"\n{one.model_dump_json(by_alias=True, exclude_defaults=True)}\n" for one in receipts)
    try:
        make_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, lines.encode())
        finally:
            os.close(handle)
    except OSError:
        return


def read(root: Path, most_bytes: int = MOST_BYTES) -> list[Receipt]:
    """All that are kept, oldest first; a line that was cut off in a crash is left out. A file above `most_bytes` is
    put aside.
    """
    path = root / PLACE
    found: list[Receipt] = []
    for file in (_aside(path), path):
        if file.is_symlink() or not file.is_file():
            continue
        for line in file.read_text("utf-8", "replace").splitlines():
            try:
                found.append(Receipt.model_validate_json(line))
            except ValidationError:
                continue
    if path.is_file() and path.stat().st_size > most_bytes:
        path.replace(_aside(path))
    return found


def _aside(path: Path) -> Path:
    return path.with_suffix(".1.jsonl")
