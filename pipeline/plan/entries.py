"""A bake-off's rows in its plan: who makes them, for how much, and who takes no part."""

from pipeline.models import Value
from pipeline.money import Estimate


class MadeBy(Value):
    """Who makes one picture of a bake-off."""

    maker: str
    vendor: str
    version: str
    """`owner/model:64 hex digits`, or a model's name."""
    row: str
    """Where it stands: the maker, and with more photographs than one their number."""
    high_micros: int
    """The most that it may cost."""


class Entry(Value):
    """A row of a bake-off: who makes it, and for how much."""

    row: str
    title: str
    images: int
    """Cells of the row."""
    to_order: int
    """Those that will be paid for."""
    estimate: Estimate
    counts: str
    """What its vendor counts: `GPU second`, `image`."""
    licence: str
    cannot: tuple[str, ...] = ()
    research_only: str | None = None


class LeftOut(Value):
    """Who takes no part in a bake-off, and why."""

    name: str
    why: str
