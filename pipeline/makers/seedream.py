"""Seedream 4.5: ByteDance's model that takes references."""

from datetime import date

from pipeline.makers.edit_prompt import about_the_person
from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import nearest
from pipeline.makers.vendors import REPLICATE

ASPECTS = ("1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9")


def _asked(cell: CellToMake) -> Input:
    """One picture, no series."""
    return {
        "prompt": about_the_person(cell),
        "image_input": [picture(one) for one in cell.references],
        "aspect_ratio": nearest(cell.aspect, ASPECTS),
        "size": "2K",
        "sequential_image_generation": "disabled",
        "max_images": 1,
    }


MAKER = Maker(
    name="seedream-4.5",
    vendor=REPLICATE,
    model="bytedance/seedream-4.5",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE, Takes.REFERENCES}),
    seeds=False,
    asked=_asked,
    # By the image (its page, 2026-07).
    price=Price(basis=Basis.IMAGE, unit_micros=40_000, usual=(40_000, 40_000, 40_000), as_of=date(2026, 11, 27)),
    licence="API terms of ByteDance",
    entrant=Entrant(
        title="Seedream 4.5",
        said="seedream-4.5, seedream 4.5, seedream",
        most_references=14,
        cannot=("2K, four times the matrix's pixels",),
    ),
)
