"""The crystal upscaler at creativity 0."""

from datetime import date

from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Upscaler, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import REPLICATE

SIZES = ((4.0, 50_000), (8.0, 100_000), (16.0, 200_000), (25.0, 400_000), (float("inf"), 3_200_000))
"""By what comes out, by a reseller's list (wavespeed.ai/docs, read 2026-11); Replicate's is not published."""


def _asked(cell: CellToMake) -> Input:
    return {
        "image": picture(cell.references[0]),
        "scale_factor": int(cell.settings.get("scale", 2)),
        "creativity": 0,
        "output_format": "png",
    }


MAKER = Maker(
    name="crystal",
    vendor=REPLICATE,
    model="philz1337x/crystal-upscaler:14001140e9f8c0f96fdfe8e8eaaf71276f6812bc6502b2bf1370ff13cdc262bf",
    takes=frozenset({Takes.SOURCE}),
    seeds=False,
    asked=_asked,
    price=Price(basis=Basis.STEP, unit_micros=50_000, usual=(50_000, 50_000, 400_000), as_of=date(2026, 11, 27)),
    licence="API terms of its author",
    upscaler=Upscaler(
        title="crystal",
        vendor="crystal",
        mode="size",
        scales=True,
        keeps_the_face="yes, at creativity 0",
        of_output=SIZES,
    ),
)
