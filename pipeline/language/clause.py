"""One clause of a message, and what it is for."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.language.words import Chunk


class Role(StrEnum):
    """What a clause is for."""

    ORDER = "order"
    VALUES = "values"
    INERT = "inert"
    APPROVAL = "approval"
    REMARK = "remark"
    OTHER = "other"


@dataclass
class Clause:
    """Chunks between two signs that part them."""

    chunks: list[Chunk] = field(default_factory=list)
    closed_by: str = ""
    """The sign behind it."""
    role: Role = Role.OTHER
