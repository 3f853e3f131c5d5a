"""Magnific's skin enhancer, faithful: natural skin, the size kept."""

from datetime import date

from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Upscaler, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import MAGNIFIC


def _asked(cell: CellToMake) -> Input:
    """Its own defaults, said in full, so that a picture can be repeated from its file as far as that goes: no seed."""
    return {"image": picture(cell.references[0]), "skin_detail": 80, "smart_grain": 2, "sharpen": 0}


MAKER = Maker(
    name="magnific-skin",
    vendor=MAGNIFIC,
    model="skin-enhancer/faithful",
    takes=frozenset({Takes.SOURCE}),
    seeds=False,
    asked=_asked,
    # By a reseller's list; Magnific's own price in money is not published (docs.comfy.org, read 2026-08).
    price=Price(basis=Basis.STEP, unit_micros=370_000, usual=(370_000, 370_000, 370_000), as_of=date(2026, 11, 27)),
    licence="API terms of Magnific",
    upscaler=Upscaler(
        title="Magnific skin enhancer, faithful",
        vendor="magnific",
        mode="skin",
        scales=False,
        keeps_the_face="the most careful of its three",
    ),
)
