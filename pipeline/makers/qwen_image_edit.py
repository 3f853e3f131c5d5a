"""Qwen-Image-Edit 2511."""

from datetime import date

from pipeline.makers.edit_prompt import about_the_person
from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import nearest
from pipeline.makers.vendors import REPLICATE

ASPECTS = ("1:1", "16:9", "9:16", "4:3", "3:4")


def _asked(cell: CellToMake) -> Input:
    return {
        "prompt": about_the_person(cell),
        "image": [picture(one) for one in cell.references],
        "aspect_ratio": nearest(cell.aspect, ASPECTS),
        "seed": cell.seed,
        "output_format": "png",
    }


MAKER = Maker(
    name="qwen-image-edit-2511",
    vendor=REPLICATE,
    model="qwen/qwen-image-edit-2511",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE, Takes.REFERENCES}),
    seeds=True,
    asked=_asked,
    # By the image (three public notes, 2026).
    price=Price(basis=Basis.IMAGE, unit_micros=30_000, usual=(30_000, 30_000, 30_000), as_of=date(2026, 11, 27)),
    licence="Qwen-Image's own (Apache-2.0 is not confirmed)",
    entrant=Entrant(
        title="Qwen-Image-Edit 2511",
        said="qwen-image-edit-2511, qwen-image-edit, qwen image edit, qwen-image, qwen image, qwen edit, qwen",
        most_references=3,
    ),
)
