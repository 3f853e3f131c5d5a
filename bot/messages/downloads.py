"""What somebody wants of a job as files in its thread: the originals, the whole sheets, the data; once each a job."""

import asyncio
import zipfile
from pathlib import PurePosixPath
from typing import NamedTuple

from bot.bench import Bench
from bot.ledger.jobs import Job
from bot.ledger.uploads import Upload
from pipeline.errors import NotUnderstood
from pipeline.lab.paths import inside, make_folder
from pipeline.lab.run import Run

FILES_A_MESSAGE = 10
MOST_ZIP_BYTES = 500_000_000
"""Larger ones Slack takes, and nobody loads them down from a thread."""
PACKED = "-originals.zip"
DATA = ("judge_output.json", "run.json", "cells.csv")
File = tuple[str, str, str]
"""Lab-relative path, name in Slack, alternative text."""


class Part(NamedTuple):
    """One message's files."""

    said: str
    files: list[File]


async def parts_of(bench: Bench, job: Job, what: str) -> list[Part]:
    """The messages. `what`: `originals`, `sheet`, `data`. Raises: NotUnderstood, where there is nothing."""
    found = await asyncio.to_thread(_PARTS[what], bench, job)
    if not any(part.files for part in found):
        raise NotUnderstood("Nothing of that lies in the run's folder any more.", "`list runs` shows what is there.")
    return found


def _originals(bench: Bench, job: Job) -> list[Part]:
    files, about = _pictures(bench, job), f"Originals of runs/{job.plan.run}"
    tens = [files[at : at + FILES_A_MESSAGE] for at in range(0, len(files), FILES_A_MESSAGE)]
    first = 1
    made = []
    for some in tens:
        made.append(Part(f"{about}, {first}–{first + len(some) - 1} of {len(files)} (job {job.id})", some))
        first += len(some)
    size = sum(inside(bench.lab.root, path).stat().st_size for path, _name, _alt in files)
    if not len(files) > 1 or size > MOST_ZIP_BYTES:
        return made
    name, alt = f"{job.plan.run}-{job.id}{PACKED}", f"{len(files)} pictures of {job.plan.run}"
    return [Part(f"{about}, all {len(files)} as a zip (job {job.id})", [(f".labs/{name}", name, alt)]), *made]


def _pictures(bench: Bench, job: Job) -> list[File]:
    cells = [cell for cell in job.plan.cells if inside(bench.lab.root, cell.image).is_file()]
    return [(cell.image, PurePosixPath(cell.image).name, cell.label) for cell in cells]


def pack(bench: Bench, job: Job, file: Upload) -> None:
    """Make the zip that a message is about to share; nothing of any other file. CPU and disk."""
    if not file.path.endswith(PACKED):
        return
    packed = inside(bench.lab.root, file.path)
    make_folder(packed.parent)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # pictures are packed already
        for path, inner, _alt in _pictures(bench, job):
            archive.write(inside(bench.lab.root, path), inner)


def forget_packed(bench: Bench, file: Upload) -> None:
    """Shared, it is not kept beside its pictures."""
    if file.path.endswith(PACKED):
        inside(bench.lab.root, file.path).unlink(missing_ok=True)


def _sheets(bench: Bench, job: Job) -> list[Part]:
    run = Run(bench.lab.root, job.plan.run)
    names = sorted(path.name for path in run.path.glob("grid*") if path.suffix in {".png", ".jpg"})
    files = [(f"runs/{run.name}/{name}", f"{run.name}-{name}", f"Contact sheet of {run.name}") for name in names]
    return [Part(f"Whole sheet of runs/{run.name} (job {job.id})", files[:FILES_A_MESSAGE])]


def _data(bench: Bench, job: Job) -> list[Part]:
    run = Run(bench.lab.root, job.plan.run)
    names = [name for name in DATA if (run.path / name).is_file()]
    files = [(f"runs/{run.name}/{name}", f"{run.name}-{name}", f"{name} of {run.name}") for name in names]
    return [Part(f"Data of runs/{run.name}: {', '.join(names)} (job {job.id})", files)]


_PARTS = {"originals": _originals, "sheet": _sheets, "data": _data}
WANTED = frozenset(_PARTS)
