"""A judgement on the wire, and sixty of them at four seconds a call: `uv run python -m tests.bench.judgement`.

Bytes as they were (two PNG in every call) beside bytes as they are (the cell as WebP without loss, the reference as a
file that is named), for pictures with the detail of photographs.
"""

import asyncio
import base64
import io
import time

from PIL import Image

from bot import logs
from pipeline.judging.claude import list_price
from pipeline.judging.sent import for_judge
from pipeline.prices import MODELS
from tests.bench import judging

MODEL = "claude-sonnet-4-6"
LATENCY_S = 4.0
PREFILL_S = 1.0
"""Of a warming call, which reads what all calls have in common and writes nothing: assumed, not measured."""
SIDE = 1024
CELLS = 12
FILE_ID = 40
"""Bytes of the block that names a file, about."""


def _detailed(number: int) -> bytes:
    """A PNG with the detail of a photograph: noise, softened, over a gradient."""
    noise = Image.effect_noise((SIDE // 2, SIDE // 2), 40).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    ramp = Image.linear_gradient("L").resize((SIDE, SIDE)).rotate(number * 6)
    buffer = io.BytesIO()
    Image.merge("RGB", (noise, noise.rotate(90), ramp)).save(buffer, "PNG")
    return buffer.getvalue()


def sizes() -> None:
    """Megabytes of a call before and after, and what making the smaller form takes."""
    pictures = [_detailed(number) for number in range(CELLS)]
    before = sum(len(base64.b64encode(png)) for png in pictures) / CELLS
    began = time.perf_counter()
    sent = [for_judge(png, "a cell", MODELS[MODEL]) for png in pictures]
    each = (time.perf_counter() - began) / CELLS
    after = sum(len(one.base64) for one in sent) / CELLS
    first, following = list_price(MODEL, ["a portrait of TOKR woman"], (SIDE, SIDE), [(SIDE, SIDE)])
    whole, now = 2 * before, after + FILE_ID
    print(
        f"bytes a judgement, two pictures of {SIDE}²: {whole / 1e6:.2f} MB before, {now / 1e6:.2f} MB after, ratio"
        f" {now / whole:.2f}; {each:.2f} s of CPU a cell for it; by the price list ${first / 1e6:.4f} the first and"
        f" ${following / 1e6:.4f} each further, before and after"
    )


def main() -> None:
    sizes()
    logs.configure("error", console=True)
    alone = asyncio.run(judging.judge_sixty(SIDE, LATENCY_S))
    warmed = asyncio.run(judging.judge_sixty(SIDE, LATENCY_S, PREFILL_S))
    print(f"with the warming call {warmed:.2f} s, without {alone:.2f} s, ratio {warmed / alone:.2f}")


if __name__ == "__main__":
    main()
