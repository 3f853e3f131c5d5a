"""InstantID: an SDXL led by the face and its landmarks."""

from datetime import date

from pipeline.makers.maker import CellToMake, Entrant, Framing, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import L40S_MICROS_S, REPLICATE


def _asked(cell: CellToMake) -> Input:
    """Guidance as its authors use it (5); size and shape are those of the picture that is sent."""
    return {
        "prompt": cell.prompt,
        "image": picture(cell.references[0]),
        "seed": cell.seed,
        "guidance_scale": 5,
        "num_outputs": 1,
        "output_format": "png",
    }


MAKER = Maker(
    name="instantid",
    vendor=REPLICATE,
    model="zsxkib/instant-id:2e4785a4d80dadf580077b2244c8d7c05d8e3faac04a04c02d8e099dd2876789",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE}),
    seeds=True,
    asked=_asked,
    # About 25 s of an L40S (a public note that quotes the model's page, mid-2026; its example took 36 s).
    price=Price(
        basis=Basis.GPU_SECOND, unit_micros=L40S_MICROS_S, usual=(25_000, 20_000, 45_000), as_of=date(2026, 11, 27)
    ),
    licence="code Apache-2.0; the face network's weights are for research (InstantID's README)",
    entrant=Entrant(
        title="InstantID",
        said="instantid, instant-id, instant id",
        card=True,
        framing=Framing.WANTED,
        cannot=("size, head size and head pose come from the photograph",),
        research_only="InsightFace weights",
    ),
)
