"""What a maker of images is: one value, from which plan, price, order, poll, reconciling and books follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from pipeline.makers.prices import Price
from pipeline.models import digest

Input = dict[str, Any]
"""What a vendor is asked for, whole."""


class Takes(StrEnum):
    """What a maker wants to be given for a cell."""

    PROMPT = "prompt"
    REFERENCE = "reference"
    REFERENCES = "several references"
    SOURCE = "source picture"
    TRAINED_VERSION = "trained version"


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """Whom makers' orders go to, and what can be done there. `vendors/wire.py` says what to call."""

    name: str
    """As the ledger's slots and charges name it."""
    lists: bool
    """Its recent orders can be listed: a lost answer is found there. Else it is asked again once where that is cheap,
    and held for a person where it is not."""
    cancels: bool
    """Else what it is at is finished, and paid."""
    hooks: bool = False
    """It reports the end of an order to us."""
    keeps_s: float
    """Seconds for which it keeps what was ordered and what came of it."""
    at_once: int | None = None
    """Orders at once; None: as the lab's settings say."""


class CellToMake(NamedTuple):
    """A cell, as a maker is asked for it."""

    prompt: str
    seed: int
    aspect: str
    """Width to height, as the maker's `sizes` name shapes."""
    settings: Input


@dataclass(frozen=True, kw_only=True)
class Maker:
    """One model that makes pictures."""

    name: str
    """Under which its images are booked: one history prices the next ones."""
    vendor: Vendor
    model: str | None
    """At the vendor: `owner/name`, or `owner/name:64 hex digits`. None: the trained version of the run."""
    takes: frozenset[Takes]
    seeds: bool
    """The same seed gives the same picture."""
    sizes: Mapping[str, float] = field(default_factory=dict)
    """Width over height of every shape that it takes; empty: as its source picture."""
    asked: Callable[[CellToMake], Input]
    """What it is asked for a cell."""
    price: Price
    licence: str
    """What its output may be used for, and where that is said."""


def fingerprint(version: str, asked: Input, again: str = "") -> str:
    """What makes an image the same image. `again`: the picture that is made anew on purpose."""
    return digest({"version": version.rpartition(":")[2], "input": asked, "again": again})
