"""The crystal upscaler at creativity 0."""

from datetime import date

from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Upscaler, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import REPLICATE


def _asked(cell: CellToMake) -> Input:
    return {
        "image": picture(cell.references[0]),
        "scale_factor": int(cell.settings.get("scale", 2)),
        "creativity": 0,
        "output_format": "png",
    }


CRYSTAL = Maker(
    name="crystal",
    vendor=REPLICATE,
    model="philz1337x/crystal-upscaler:14001140e9f8c0f96fdfe8e8eaaf71276f6812bc6502b2bf1370ff13cdc262bf",
    takes=frozenset({Takes.SOURCE}),
    seeds=False,
    asked=_asked,
    # $0.05 to $3.20 by size in one public list; a megapixel twice as wide is its smallest.
    price=Price(basis=Basis.IMAGE, unit_micros=50_000, usual=(50_000, 50_000, 100_000), as_of=date(2026, 11, 27)),
    licence="API terms of its author",
    upscaler=Upscaler(
        title="crystal", vendor="crystal", mode="size", scales=True, keeps_the_face="yes, at creativity 0"
    ),
)
