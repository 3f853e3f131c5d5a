"""`labels.jsonl`: what people said of a run's cells, a line each; nothing in it is ever changed."""

import json
from typing import Literal

from pydantic import ValidationError

from pipeline.errors import LabError
from pipeline.models import Axis, Value

FILE = "labels.jsonl"
Said = Literal["pass", "fail", "unsure"]


class Label(Value):
    """One person's word on one axis of one cell."""

    cell: str
    """Its label in the run."""
    sha256: str
    """Of the picture that was looked at: a word on another one says nothing of it."""
    axis: Axis
    value: Said
    author: str
    at: str
    """Aware UTC, ISO 8601."""
    seen: Literal["blind", "everything"]
    """`blind`: the picture, the reference and the prompt alone; `everything`: the judge's answer could be known."""
    reason: str = ""
    sitting: str | None = None
    """Of a blind one: the sitting that it belongs to."""
    repeat: bool = False
    """The same cell, shown once more in its sitting without a word about it."""


def read_labels(content: bytes) -> tuple[Label, ...]:
    """Oldest first. Raises: LabError naming the line that cannot be read."""
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            found.append(Label.model_validate_json(line))
        except ValidationError:
            raise LabError(f"{FILE} cannot be read at line {number}.") from None
    return tuple(found)


def write_labels(labels: tuple[Label, ...]) -> bytes:
    """A line each."""
    return "".join(f"{json.dumps(one.model_dump(mode='json', exclude_defaults=True))}\n" for one in labels).encode()
