"""What images cost: by a maker's own basis, from the ledger's charges once there are enough of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.makers.outcome import Prediction
from pipeline.money import Estimate
from pipeline.prices import ENOUGH_HISTORY, NOTHING, quantile
from pipeline.wordlist import many


class Basis(StrEnum):
    """What a vendor counts."""

    GPU_SECOND = "GPU second"
    IMAGE = "image"
    MEGAPIXEL = "megapixel"
    CREDIT = "credit"
    STEP = "picture"
    """Which nothing in an answer tells: what the plan says is booked."""


def _seconds(seen: Prediction) -> float | None:
    return seen.seconds


def _images(seen: Prediction) -> float | None:
    """A vendor that sells by the image sells those that came out."""
    return float(len(seen.outputs)) if seen.status == "succeeded" else 0.0


def _never(_seen: Prediction) -> float | None:
    return None


def _metric(name: str) -> Callable[[Prediction], float | None]:
    def counted(seen: Prediction) -> float | None:
        said = (seen.metrics or {}).get(name)
        return float(said) if isinstance(said, int | float) else None

    return counted


_COUNTED: dict[Basis, Callable[[Prediction], float | None]] = {
    Basis.GPU_SECOND: _seconds,
    Basis.IMAGE: _images,
    Basis.MEGAPIXEL: _metric("megapixels"),
    Basis.CREDIT: _metric("credits"),
    Basis.STEP: _never,
}


@dataclass(frozen=True, kw_only=True)
class Price:
    """A maker's price, as its vendor lists it."""

    basis: Basis
    unit_micros: int
    """Micro-dollars for one of what is counted."""
    usual: tuple[int, int, int]
    """Micro-dollars for one image by this list: median, low, high."""
    as_of: date
    reference_micros: int = 0
    """Micro-dollars an image for each photograph beyond the first that goes along."""

    def charge(self, seen: Prediction, photos: int = 1) -> int | None:
        """What an ended order cost, in micro-dollars, rounded up; None when the vendor does not say.

        `photos`: how many went along.
        """
        counted = _COUNTED[self.basis](seen)
        each = self.unit_micros + self.reference_micros * max(0, photos - 1)
        return None if counted is None else math.ceil(counted * each)

    def estimate(self, count: int, history: Sequence[int] = (), photos: int = 1) -> Estimate:
        """Price `count` new images: from like charges in the ledger (micro-dollars), else by the list.

        `photos`: how many go along; where those have a price, only the list says it.
        """
        if not count:
            return NOTHING
        more = self.reference_micros * max(0, photos - 1)
        if len(history) >= ENOUGH_HISTORY and not self.reference_micros:
            ordered = sorted(history)
            middle, low, high = (quantile(ordered, q) for q in (0.5, 0.1, 0.9))
            basis = f"from {many(len(history), 'image')}"
        else:
            middle, low, high = (one + more for one in self.usual)
            basis = f"list price of {self.as_of.isoformat()}"
        return Estimate(
            usd_micros=count * middle, low_micros=count * low, high_micros=count * max(middle, high), basis=basis
        )
