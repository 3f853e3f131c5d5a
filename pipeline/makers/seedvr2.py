"""SeedVR2: restoration in one step."""

from datetime import date

from pipeline.makers.maker import CellToMake, Input, Maker, Takes, Upscaler, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import L40S_MICROS_S, REPLICATE


def _asked(cell: CellToMake) -> Input:
    return {
        "media": picture(cell.references[0]),
        "model_variant": "7b",
        "sample_steps": 1,
        "cfg_scale": 1,
        "apply_color_fix": True,
        "seed": cell.seed,
        "output_format": "png",
    }


MAKER = Maker(
    name="seedvr2",
    vendor=REPLICATE,
    model="zsxkib/seedvr2:ca98249be9cb623f02a80a7851a2b1a33d5104c251a8f5a1588f251f79bf7c78",
    takes=frozenset({Takes.SOURCE}),
    seeds=True,
    asked=_asked,
    # About a cent a run elsewhere; its hardware at Replicate is not confirmed.
    price=Price(
        basis=Basis.GPU_SECOND, unit_micros=L40S_MICROS_S, usual=(15_000, 10_000, 40_000), as_of=date(2026, 11, 27)
    ),
    licence="of the model's authors (not confirmed)",
    upscaler=Upscaler(
        title="SeedVR2", vendor="seedvr2", mode="size", scales=False, keeps_the_face="restores, invents little"
    ),
)
