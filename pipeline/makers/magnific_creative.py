"""Magnific Creative: new detail, and perhaps another face."""

from datetime import date

from pipeline.makers.magnific_precision import STEPS
from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Upscaler, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import MAGNIFIC


def _asked(cell: CellToMake) -> Input:
    """Held back as far as its knobs go, with the cell's own prompt, which its documents advise."""
    scale = int(cell.settings.get("scale", 2))
    return {
        "image": picture(cell.references[0]),
        "scale_factor": f"{scale}x",
        "optimized_for": "films_n_photography",
        "prompt": cell.prompt,
        "creativity": -2,
        "resemblance": 5,
        "hdr": -1,
        "fractality": -1,
        "engine": "magnific_sharpy",
    }


MAKER = Maker(
    name="magnific-creative",
    vendor=MAGNIFIC,
    model="image-upscaler",
    takes=frozenset({Takes.SOURCE, Takes.PROMPT}),
    seeds=False,
    asked=_asked,
    price=Price(basis=Basis.STEP, unit_micros=170_000, usual=(170_000, 170_000, 340_000), as_of=date(2026, 11, 27)),
    licence="API terms of Magnific",
    upscaler=Upscaler(
        title="Magnific Creative",
        vendor="magnific",
        mode="creative",
        scales=True,
        keeps_the_face="no: it draws new detail, and the face can change",
        steps=STEPS,
    ),
)
