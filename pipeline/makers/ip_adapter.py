"""IP-Adapter FaceID: the first one, on SD 1.5."""

from datetime import date

from pipeline.makers.maker import CellToMake, Entrant, Input, Maker, Takes, picture
from pipeline.makers.prices import Basis, Price
from pipeline.makers.sizes import pixels
from pipeline.makers.vendors import L40S_MICROS_S, REPLICATE


def _asked(cell: CellToMake) -> Input:
    """It runs only for who says that it is for research."""
    width, height = pixels(cell.aspect, least=512, most=1536)
    return {
        "prompt": cell.prompt,
        "face_image": picture(cell.references[0]),
        "seed": cell.seed,
        "width": width,
        "height": height,
        "num_outputs": 1,
        "agree_to_research_only": True,
    }


MAKER = Maker(
    name="ip-adapter-faceid",
    vendor=REPLICATE,
    model="lucataco/ip-adapter-faceid:fb81ef963e74776af72e6f380949013533d46dd5c6228a9e586c57db6303d7cd",
    takes=frozenset({Takes.PROMPT, Takes.REFERENCE}),
    seeds=True,
    asked=_asked,
    # 19.3 s in the model page's example, priced as an L40S: its hardware is not confirmed.
    price=Price(
        basis=Basis.GPU_SECOND, unit_micros=L40S_MICROS_S, usual=(19_000, 12_000, 30_000), as_of=date(2026, 11, 27)
    ),
    licence="research only, its author says (tencent-ailab/IP-Adapter#188)",
    entrant=Entrant(
        title="IP-Adapter FaceID",
        said="""
            ip-adapter-faceid, ip-adapter, ipafid, faceid, face-id, ipadapter, ip-adapter-face-id, ipadapter-faceid,
            ip-adaptor, ip adapter, ip adapter faceid, ip adapter face id, ip-adapter faceid, face id,
            ip-adapter-faceids
        """,
        card=True,
        cannot=("SD 1.5 at twice the size that it was made for",),
        research_only="InsightFace weights",
    ),
)
