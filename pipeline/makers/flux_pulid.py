"""FLUX-PuLID (weights v0.9.0): FLUX.1 [dev] that a face is put into."""

from datetime import date

from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import pixels
from pipeline.makers.vendors import A100_MICROS_S, REPLICATE


def _asked(cell: CellToMake) -> Input:
    """PNG, because its JPEG fails; the face from the first step on, which is most like the person."""
    width, height = pixels(cell.aspect, least=256, most=1536)
    return {
        "prompt": cell.prompt,
        "main_face_image": picture(cell.references[0]),
        "seed": cell.seed,
        "width": width,
        "height": height,
        "num_outputs": 1,
        "output_format": "png",
    }


MAKER = Maker(
    name="flux-pulid",
    vendor=REPLICATE,
    model="bytedance/flux-pulid:8baa7ef2255075b46f4d91cd238c21d31181b3e6a864463f967960bb0112525b",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE}),
    seeds=True,
    asked=_asked,
    # About 21 s of an A100 (a public note that quotes the model's page, mid-2026; its example took 35.8 s).
    price=Price(
        basis=Basis.GPU_SECOND, unit_micros=A100_MICROS_S, usual=(29_000, 20_000, 55_000), as_of=date(2026, 11, 27)
    ),
    licence="FLUX.1 [dev] non-commercial; the face network's weights are for research",
    entrant=Entrant(
        title="FLUX-PuLID",
        said="flux-pulid, fluxpulid, flux pulid",
        card=True,
        cannot=("reads about the first 100 words of a prompt", "faces below 60 pixels are lost"),
        research_only="InsightFace weights",
    ),
)
