"""FASHN model-create: a scene with the face of a reference; the one of its models that takes a scene prompt."""

from datetime import date

from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import nearest
from pipeline.makers.vendors import FASHN

ASPECTS = ("21:9", "1:1", "4:3", "3:2", "2:3", "5:4", "4:5", "3:4", "16:9", "9:16")


def _asked(cell: CellToMake) -> Input:
    """The mode is always sent: left out, FASHN chooses, and the price with it. Without a seed it is always 42."""
    return {
        "prompt": cell.prompt,
        "face_reference": picture(cell.references[0]),
        "face_reference_mode": "match_reference",
        "seed": cell.seed,
        "aspect_ratio": nearest(cell.aspect, ASPECTS),
        "resolution": "1k",
        "generation_mode": "fast",
        "num_images": 1,
        "output_format": "png",
    }


MAKER = Maker(
    name="fashn",
    vendor=FASHN,
    model="model-create",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE}),
    seeds=True,
    asked=_asked,
    # Four credits with a face reference, $0.075 each on demand (help.fashn.ai as three public notes quote it, 2026-09).
    price=Price(basis=Basis.CREDIT, unit_micros=75_000, usual=(300_000, 300_000, 300_000), as_of=date(2026, 11, 27)),
    licence="API terms of FASHN",
    entrant=Entrant(
        title="FASHN", said="fashn, fashn ai", card=True, cannot=("cannot be called off: what is begun is paid",)
    ),
)
