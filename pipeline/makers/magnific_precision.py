"""Magnific Precision V2, flavor photo: more pixels, no new face."""

from datetime import date

from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Upscaler, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import MAGNIFIC

STEPS = ((1.3, 170_000), (3.0, 340_000), (6.4, 510_000), (float("inf"), 2_040_000))
"""Of one doubling, by a reseller's list; Magnific's own price in money is not published (docs.comfy.org, 2026-08)."""


def _asked(cell: CellToMake) -> Input:
    """Little detail of its own, some grain, and no sharpening, which makes halos on hair."""
    scale = int(cell.settings.get("scale", 2))
    return {
        "image": picture(cell.references[0]),
        "scale_factor": scale,
        "flavor": "photo",
        "ultra_detail": 25,
        "smart_grain": 8,
        "sharpen": 0,
    }


MAKER = Maker(
    name="magnific-precision",
    vendor=MAGNIFIC,
    model="image-upscaler-precision-v2",
    takes=frozenset({Takes.SOURCE}),
    seeds=False,
    asked=_asked,
    price=Price(basis=Basis.STEP, unit_micros=170_000, usual=(170_000, 170_000, 340_000), as_of=date(2026, 11, 27)),
    licence="API terms of Magnific",
    upscaler=Upscaler(
        title="Magnific Precision V2",
        vendor="magnific",
        mode="precision",
        scales=True,
        keeps_the_face="by design",
        steps=STEPS,
    ),
)
