"""What putting pictures through an upscaler costs: by each picture's own size."""

import math
from collections.abc import Sequence

from pipeline.makers.maker import Maker
from pipeline.makers.prices import Basis
from pipeline.money import Estimate
from pipeline.prices import NOTHING

USUAL_SCALE = 2

Size = tuple[int, int]
"""Width and height of a picture before it, in pixels."""


def usual_scale(maker: Maker) -> int:
    """How many times as wide, where nobody says it."""
    return USUAL_SCALE if maker.upscaler and maker.upscaler.scales else 1


def most_micros(maker: Maker, size: Size, scale: int, history: Sequence[int]) -> int:
    """What one picture costs at most, in micro-dollars: as its list says, else by how much more there is to do.

    `history`: what earlier ones of this maker cost, in micro-dollars.
    """
    usual = maker.price.estimate(1, history).high_micros
    if maker.upscaler is None:
        return usual
    return maker.upscaler.price(size, scale) or math.ceil(usual * maker.upscaler.work(size, scale))


def estimate_upscale(maker: Maker, most: Sequence[int], history: Sequence[int]) -> Estimate:
    """Of several pictures, by what each costs at most."""
    whole = sum(most)
    usual = maker.price.estimate(len(most), history)
    if not whole or not usual.high_micros:
        return NOTHING
    if maker.price.basis is Basis.STEP:
        basis = f"list price of {maker.price.as_of.isoformat()}"
        return Estimate(usd_micros=whole, low_micros=whole, high_micros=whole, basis=basis)
    middle, low = (math.ceil(micros * whole / usual.high_micros) for micros in (usual.usd_micros, usual.low_micros))
    return Estimate(usd_micros=middle, low_micros=low, high_micros=whole, basis=usual.basis)
