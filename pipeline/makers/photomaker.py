"""PhotoMaker (V1): an SDXL that is shown up to four photographs of a face."""

import re
from datetime import date

from pipeline.makers.maker import CellToMake, Entrant, Framing, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import L40S_MICROS_S, REPLICATE

_LARGEST_SEED = 2**31 - 1


def _asked(cell: CellToMake) -> Input:
    """The class noun is followed by `img`, exactly once, or it fails; its style words and defaults are switched off."""
    told, found = re.subn(rf"\b{re.escape(cell.noun)}\b", f"{cell.noun} img", cell.prompt, count=1)
    fields = ("input_image", "input_image2", "input_image3", "input_image4")
    shown = dict(zip(fields, map(picture, cell.references), strict=False))
    return {
        "prompt": told if found else f"{cell.prompt.rstrip('. ')}, a {cell.noun} img",
        "seed": cell.seed % (_LARGEST_SEED + 1),
        "num_steps": 50,
        "style_name": "(No style)",
        "num_outputs": 1,
        **shown,
    }


MAKER = Maker(
    name="photomaker",
    vendor=REPLICATE,
    model="tencentarc/photomaker:ddfc2b08d209f9fa8c1eca692712918bd449f695dabb4a958da31802a9570fe4",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE, Takes.REFERENCES}),
    seeds=True,
    asked=_asked,
    # About 7 s of an L40S (a public note that quotes the model's page, mid-2026; its example took 11.9 s).
    price=Price(
        basis=Basis.GPU_SECOND, unit_micros=L40S_MICROS_S, usual=(6_900, 5_000, 15_000), as_of=date(2026, 11, 27)
    ),
    licence="Apache-2.0, base RealVisXL (its terms are not confirmed)",
    entrant=Entrant(
        title="PhotoMaker",
        said="photomaker, photo-maker, photo maker",
        card=True,
        framing=Framing.FACE,
        most_references=4,
        cannot=("always 1024 × 1024",),
    ),
)
