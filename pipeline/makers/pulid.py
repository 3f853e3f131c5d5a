"""PuLID: an SDXL-Lightning that a face is put into."""

from datetime import date

from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import pixels
from pipeline.makers.vendors import L40S_MICROS_S, REPLICATE


def _asked(cell: CellToMake) -> Input:
    """One picture instead of its usual four."""
    width, height = pixels(cell.aspect, least=512, most=2024)
    more = {f"auxiliary_face_image{at}": picture(one) for at, one in enumerate(cell.references[1:4], 1)}
    return {
        "prompt": cell.prompt,
        "main_face_image": picture(cell.references[0]),
        **more,
        "seed": cell.seed,
        "image_width": width,
        "image_height": height,
        "num_samples": 1,
        "output_format": "png",
    }


MAKER = Maker(
    name="pulid",
    vendor=REPLICATE,
    model="bytedance/pulid:43d309c37ab4e62361e5e29b8e9e867fb2dcbcec77ae91206a8d95ac5dd451a0",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE, Takes.REFERENCES}),
    seeds=True,
    asked=_asked,
    # 7.5 s of an L40S for four pictures (the model page's example, 2026); one is not said.
    price=Price(
        basis=Basis.GPU_SECOND, unit_micros=L40S_MICROS_S, usual=(7_000, 2_000, 10_000), as_of=date(2026, 11, 27)
    ),
    licence="code Apache-2.0; the face network's weights are for research",
    entrant=Entrant(
        title="PuLID",
        said="pulid, pu-lid",
        card=True,
        most_references=4,
        cannot=("can answer with a black picture",),
        research_only="InsightFace weights",
    ),
)
