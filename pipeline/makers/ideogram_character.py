"""Ideogram Character: one photograph, many scenes."""

from datetime import date

from pipeline.makers.edit_prompt import about_the_person
from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import nearest
from pipeline.makers.vendors import REPLICATE

ASPECTS = (
    "1:3",
    "3:1",
    "1:2",
    "2:1",
    "9:16",
    "16:9",
    "10:16",
    "16:10",
    "2:3",
    "3:2",
    "3:4",
    "4:3",
    "4:5",
    "5:4",
    "1:1",
)
_LARGEST_SEED = 2**31 - 1


def _asked(cell: CellToMake) -> Input:
    """Its own rewriting of prompts is off."""
    return {
        "prompt": about_the_person(cell),
        "character_reference_image": picture(cell.references[0]),
        "aspect_ratio": nearest(cell.aspect, ASPECTS),
        "seed": cell.seed % (_LARGEST_SEED + 1),
        "style_type": "Realistic",
        "magic_prompt_option": "Off",
    }


MAKER = Maker(
    name="ideogram-character",
    vendor=REPLICATE,
    model="ideogram-ai/ideogram-character",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE}),
    seeds=True,
    asked=_asked,
    # Not confirmed: others quote between $0.10 and $0.20.
    price=Price(basis=Basis.IMAGE, unit_micros=150_000, usual=(150_000, 100_000, 200_000), as_of=date(2026, 11, 27)),
    licence="API terms of Ideogram",
    entrant=Entrant(title="Ideogram Character", said="ideogram-character, ideogram character, ideogram"),
)
