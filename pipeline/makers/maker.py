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


class Lends(StrEnum):
    """How a photograph reaches a vendor."""

    UPLOADED = "uploaded before, and named by its address"
    INSIDE = "inside the order, as a data URI"
    BARE = "inside the order, as bare base64"


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
    lends: Lends = Lends.UPLOADED
    """How photographs reach it."""
    keeps_s: float
    """Seconds for which it keeps what was ordered and what came of it."""
    at_once: int | None = None
    """Orders at once; None: as the lab's settings say."""
    forgets: str = ""
    """Of one that deletes nothing by our word: what is known of how long it keeps pictures."""


class CellToMake(NamedTuple):
    """A cell, as a maker is asked for it."""

    prompt: str
    seed: int
    aspect: str
    """Width to height: `3:4`."""
    settings: Input
    """Of a trained version: how it is run."""
    references: tuple[str, ...] = ()
    """SHA-256 of the photographs that go along, as they were made ready."""
    noun: str = "person"
    """What the person is: `woman`."""


PICTURE = "$picture"


def picture(sha256: str) -> Input:
    """A picture in an input, by its hash: how it reaches the vendor, by an address or whole, is its wire's business."""
    return {PICTURE: sha256}


def pictures_in(asked: object) -> tuple[str, ...]:
    """Hashes of all pictures in an input."""
    if isinstance(asked, dict):
        own = asked.get(PICTURE)
        return (str(own),) if own is not None else pictures_in(list(asked.values()))
    return tuple(found for one in asked for found in pictures_in(one)) if isinstance(asked, list) else ()


def with_pictures(asked: Input, lent: Mapping[str, str]) -> Input:
    """An input as it is sent: each picture as the vendor takes it. Raises: KeyError for one that is not in `lent`."""

    def sent(one: Any) -> Any:
        if isinstance(one, dict):
            return lent[one[PICTURE]] if PICTURE in one else {name: sent(each) for name, each in one.items()}
        return [sent(each) for each in one] if isinstance(one, list) else one

    return {name: sent(one) for name, one in asked.items()}


class Framing(StrEnum):
    """How a reference photograph is made ready for a maker."""

    HEAD = "head and shoulders"
    """The one for all."""
    FACE = "the face alone"
    """For who looks for none: the whole picture is what it learns from."""
    WANTED = "padded to the wanted shape"
    """For who takes size and shape from it."""


class Upscaler(NamedTuple):
    """What a maker is as an upscaler, beside what it costs."""

    title: str
    vendor: str
    """As people ask for it: `magnific`."""
    mode: str
    """What it does: `skin`, `size`, `new detail`."""
    scales: bool
    """Whether it enlarges; else size stays."""
    keeps_the_face: str
    """How far, in words."""
    most_pixels: int = 4096 * 4096
    """Of what comes out: more, as PNG, may be more bytes than are fetched; Magnific's own limit is not far above."""
    steps: tuple[tuple[float, int], ...] = ()
    """Micro-dollars of one doubling, by the most megapixels that go into it."""
    of_output: tuple[tuple[float, int], ...] = ()
    """Micro-dollars of one picture, by the most megapixels that come out; both empty: its own price."""

    def price(self, size: tuple[int, int], scale: int) -> int | None:
        """Micro-dollars of one picture; None where its price does not follow from its size."""
        pixels, whole = size[0] * size[1] / 1_000_000, 0
        if self.of_output:
            return _step(self.of_output, pixels * scale**2)
        if not self.steps:
            return None
        while scale > 1:
            whole += _step(self.steps, pixels)
            pixels, scale = pixels * 4, scale // 2
        return whole

    def work(self, size: tuple[int, int], scale: int) -> float:
        """How many times the usual picture's work this is: one of a megapixel, enlarged as usual."""
        usual = 4.0 if self.scales else 1.0
        return max(1.0, size[0] * size[1] * scale**2 / (usual * 1_000_000))


def _step(steps: tuple[tuple[float, int], ...], megapixels: float) -> int:
    return next(micros for most, micros in steps if megapixels <= most)


class Entrant(NamedTuple):
    """What a maker is in a bake-off, beside what it costs."""

    title: str
    """As its authors write it."""
    said: str
    """How people say it, between commas."""
    card: bool = False
    """One of the six that the lab's card names; the others came since."""
    framing: Framing = Framing.HEAD
    most_references: int = 1
    """Photographs of the person at once."""
    cannot: tuple[str, ...] = ()
    """What it does otherwise than the matrix asks."""
    research_only: str | None = None
    """Why its pictures are none for a product."""


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
    entrant: Entrant | None = None
    """None: it takes no part in bake-offs."""
    upscaler: Upscaler | None = None
    """None: it makes pictures of its own."""


def fingerprint(version: str, asked: Input, again: str = "") -> str:
    """What makes an image the same image. `again`: the picture that is made anew on purpose."""
    return digest({"version": version.rpartition(":")[2], "input": asked, "again": again})
