"""People's labels into their run's file, and out of it."""

import random
import threading
from collections.abc import Sequence

from pipeline import pictures
from pipeline.errors import BadPicture, LabError, RequestError
from pipeline.lab.labels import FILE, Label, write_labels
from pipeline.lab.paths import inside, locked
from pipeline.lab.run import Run
from pipeline.models import Cell

APART = 2
"""A repeat comes so many pictures later at the least."""
REPEATS = 10
"""One in so many is shown twice."""


_ONE = threading.Lock()
"""Two people may label at once, also from two processes: each reads the file, and writes it whole."""


def append(run: Run, labels: Sequence[Label]) -> int:
    """Add what is not there yet; how many that were. What is there is never changed: of a sitting the first word on
    each picture counts. Raises: LabError.
    """
    with _ONE, locked(run.root, "labels"):
        now = Run(run.root, run.name)
        held = {_place(one) for one in now.opinions}
        new = [one for one in labels if _place(one) not in held]
        if new:
            now.write(FILE, write_labels((*now.opinions, *new)))
        return len(new)


def _place(label: Label) -> tuple[object, ...]:
    """What makes a label the same one: in a sitting its picture, otherwise everything of it."""
    if label.sitting is None:
        return (label,)
    return label.sitting, label.cell, label.axis, label.repeat


def picture_hash(run: Run, cell: Cell) -> str:
    """Of the cell's picture as it is. Raises: RequestError where there is none."""
    try:
        return pictures.sha256(pictures.read(inside(run.root, cell.image)))
    except (BadPicture, LabError):
        raise RequestError(f"{cell.label!r} has no picture to speak of. Nothing was kept.") from None


def sitting_of(run: Run, count: int, chance: random.Random, author: str = "") -> tuple[Cell, ...]:
    """Cells for somebody to label blind, shuffled, one in ten of them shown again later on.

    Those come first that this person has not labelled yet, of them those that fewer people labelled so far.
    Raises: RequestError where none has a picture.
    """
    there = [cell for cell in run.cells if (run.root / cell.image).is_file()]
    if not there:
        raise RequestError(f"Run {run.name!r} has no pictures to label.")
    blind = [one for one in run.opinions if one.seen == "blind"]
    own, seen = {one.cell for one in blind if one.author == author}, [one.cell for one in blind]
    ordered = sorted(there, key=lambda cell: (cell.label in own, seen.count(cell.label), chance.random()))[:count]
    chance.shuffle(ordered)
    shown = list(ordered)
    # Of the first ones, so that something lies between; never right after itself.
    early = ordered[: max(0, len(ordered) - APART + 1)]
    for cell in chance.sample(early, min(len(early), -(-len(ordered) // REPEATS))):
        shown.insert(chance.randint(shown.index(cell) + APART, len(shown)), cell)
    return tuple(shown)
