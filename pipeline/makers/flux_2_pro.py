"""FLUX.2 [pro]: Black Forest Labs' model that takes references."""

from datetime import date

from pipeline.makers.edit_prompt import about_the_person
from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import nearest
from pipeline.makers.vendors import REPLICATE

ASPECTS = ("1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3")


def _asked(cell: CellToMake) -> Input:
    return {
        "prompt": about_the_person(cell),
        "input_images": [picture(one) for one in cell.references],
        "aspect_ratio": nearest(cell.aspect, ASPECTS),
        "resolution": "1 MP",
        "seed": cell.seed,
        "output_format": "png",
    }


MAKER = Maker(
    name="flux-2-pro",
    vendor=REPLICATE,
    model="black-forest-labs/flux-2-pro",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE, Takes.REFERENCES}),
    seeds=True,
    asked=_asked,
    # $0.015 a run, and for each megapixel in and out (its page, 2026-07); a reference counts as one.
    price=Price(
        basis=Basis.IMAGE,
        unit_micros=45_000,
        usual=(45_000, 45_000, 45_000),
        as_of=date(2026, 11, 27),
        reference_micros=15_000,
    ),
    licence="API terms of Black Forest Labs",
    entrant=Entrant(
        title="FLUX.2 [pro]",
        said="flux-2-pro, flux 2 pro, flux2 pro, flux . 2 pro, flux-2, flux . 2",
        most_references=8,
    ),
)
