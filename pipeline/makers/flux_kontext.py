"""FLUX.1 Kontext [max]."""

from datetime import date

from pipeline.makers.edit_prompt import about_the_person
from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import nearest
from pipeline.makers.vendors import REPLICATE

ASPECTS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "4:5", "5:4", "21:9", "9:21", "2:1", "1:2")


def _asked(cell: CellToMake) -> Input:
    """A tolerance of 2 is the most that it takes with a picture."""
    return {
        "prompt": about_the_person(cell),
        "input_image": picture(cell.references[0]),
        "aspect_ratio": nearest(cell.aspect, ASPECTS),
        "seed": cell.seed,
        "safety_tolerance": 2,
        "prompt_upsampling": False,
        "output_format": "png",
    }


MAKER = Maker(
    name="flux-kontext-max",
    vendor=REPLICATE,
    model="black-forest-labs/flux-kontext-max",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE}),
    seeds=True,
    asked=_asked,
    # By the image (its page, 2026-07).
    price=Price(basis=Basis.IMAGE, unit_micros=80_000, usual=(80_000, 80_000, 80_000), as_of=date(2026, 11, 27)),
    licence="API terms of Black Forest Labs",
    entrant=Entrant(
        title="FLUX.1 Kontext [max]",
        said="flux-kontext-max, flux kontext max, flux-kontext, flux kontext, kontext max, kontext",
    ),
)
