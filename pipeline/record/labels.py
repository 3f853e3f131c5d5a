"""People's labels into their run's file, and out of it."""

import random
from collections.abc import Sequence

from pipeline import pictures
from pipeline.errors import BadPicture, LabError, RequestError
from pipeline.lab.labels import FILE, Label, write_labels
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.models import Cell

REPEATS = 10
"""One in so many is shown twice."""


def append(run: Run, labels: Sequence[Label]) -> int:
    """Add what is not there yet; how many that were. What is there is never changed. Raises: LabError."""
    held = set(run.opinions)
    new = [one for one in labels if one not in held]
    if new:
        run.write(FILE, write_labels((*run.opinions, *new)))
    return len(new)


def picture_hash(run: Run, cell: Cell) -> str:
    """Of the cell's picture as it is. Raises: RequestError where there is none."""
    try:
        return pictures.sha256(pictures.read(inside(run.root, cell.image)))
    except (BadPicture, LabError):
        raise RequestError(f"{cell.label!r} has no picture to speak of. Nothing was kept.") from None


def sitting_of(run: Run, count: int, chance: random.Random) -> tuple[Cell, ...]:
    """Cells for somebody to label blind, shuffled, one in ten of them shown again later on.

    Those come first that fewer people labelled blind so far. Raises: RequestError where none has a picture.
    """
    there = [cell for cell in run.cells if (run.root / cell.image).is_file()]
    if not there:
        raise RequestError(f"Run {run.name!r} has no pictures to label.")
    seen = [one.cell for one in run.opinions if one.seen == "blind"]
    ordered = sorted(there, key=lambda cell: (seen.count(cell.label), chance.random()))[:count]
    chance.shuffle(ordered)
    again = chance.sample(ordered, -(-len(ordered) // REPEATS)) if len(ordered) > 1 else []
    return (*ordered, *again)
