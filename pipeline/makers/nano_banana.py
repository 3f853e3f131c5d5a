"""Nano Banana Pro: Google's Gemini image model."""

from datetime import date

from pipeline.makers.edit_prompt import about_the_person
from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import nearest
from pipeline.makers.vendors import REPLICATE

ASPECTS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")


def _asked(cell: CellToMake) -> Input:
    """1K, which costs what 2K costs; no other model may stand in for it."""
    return {
        "prompt": about_the_person(cell),
        "image_input": [picture(one) for one in cell.references],
        "aspect_ratio": nearest(cell.aspect, ASPECTS),
        "resolution": "1K",
        "output_format": "png",
        "allow_fallback_model": False,
    }


MAKER = Maker(
    name="nano-banana-pro",
    vendor=REPLICATE,
    model="google/nano-banana-pro",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE, Takes.REFERENCES}),
    seeds=False,
    asked=_asked,
    # By the image (its page, as a public price list quotes it, 2026-07).
    price=Price(basis=Basis.IMAGE, unit_micros=150_000, usual=(150_000, 150_000, 150_000), as_of=date(2026, 11, 27)),
    licence="API terms of Google",
    entrant=Entrant(
        title="Nano Banana Pro",
        said="nano-banana-pro, nano banana pro, nano-banana, nano banana, nanobanana, nano bananas",
        most_references=14,
    ),
)
