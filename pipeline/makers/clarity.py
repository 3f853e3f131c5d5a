"""The clarity upscaler (open), held back so that the face stays."""

from datetime import date

from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Upscaler, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import L40S_MICROS_S, REPLICATE


def _asked(cell: CellToMake) -> Input:
    """Below its defaults in creativity and above them in resemblance: at those, faces change. No look of a render."""
    return {
        "image": picture(cell.references[0]),
        "prompt": cell.prompt,
        "creativity": 0.2,
        "resemblance": 1.3,
        "dynamic": 4,
        "scale_factor": int(cell.settings.get("scale", 2)),
        "seed": cell.seed,
        "output_format": "png",
    }


MAKER = Maker(
    name="clarity",
    vendor=REPLICATE,
    model="philz1337x/clarity-upscaler:dfad41707589d68ecdccd1dfa600d55a208f9310748e44bfe35b4a6291453d5e",
    takes=frozenset({Takes.SOURCE, Takes.PROMPT}),
    seeds=True,
    asked=_asked,
    # 12.8 s in the model page's example, on an L40S.
    price=Price(
        basis=Basis.GPU_SECOND, unit_micros=L40S_MICROS_S, usual=(13_000, 10_000, 30_000), as_of=date(2026, 11, 27)
    ),
    licence="AGPL-3.0 code; calling the hosted model is fine",
    upscaler=Upscaler(
        title="clarity", vendor="clarity", mode="size", scales=True, keeps_the_face="with care: held back here"
    ),
)
