"""What a trained Flux LoRA is asked for: one image's input, and what earlier images tell about it.

The keys are those that every version of Replicate's Flux LoRAs takes (their published input schema, read 2025-01);
`go_fast` and `megapixels` came later, so they are left to the version unless the run's own settings name them.
"""

from pipeline.errors import BadPicture
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers.maker import CellToMake, Input, Maker, Takes
from pipeline.makers.prices import Basis, Price
from pipeline.makers.vendors import H100_MICROS_S, REPLICATE
from pipeline.pictures import measure
from pipeline.prices import AS_OF

DEFAULTS: Input = {
    "model": "dev",
    "num_inference_steps": 28,
    "guidance_scale": 3,
    "lora_scale": 1,
    "num_outputs": 1,
    "output_format": "png",
}
"""Said in full, though some are the version's defaults, so that a run can be repeated from its own file.
PNG: the default, WebP, is lossy, and the lab files PNG."""
WORDS = {"num_inference_steps": "steps", "guidance_scale": "guidance", "lora_scale": "scale"}
"""What people call the settings that they read about."""
ASPECTS = {
    "1:1": 1.0, "16:9": 16 / 9, "21:9": 21 / 9, "3:2": 3 / 2, "2:3": 2 / 3, "4:5": 4 / 5, "5:4": 5 / 4, "3:4": 3 / 4,
    "4:3": 4 / 3, "9:16": 9 / 16, "9:21": 9 / 21,
}  # fmt: skip
"""Width over height of every shape that the model takes."""
UNKNOWN_ASPECT = "1:1"


def settings_of(run: Run) -> tuple[Input, bool]:
    """The settings that a run's images were made with, and whether they are on record (else: the defaults)."""
    recorded = run.manifest.inference if run.manifest else None
    return {**DEFAULTS, **(recorded or {}), "num_outputs": 1}, recorded is not None


def aspects_of(run: Run, parent: Run | None = None) -> dict[str, str]:
    """The shape of each prompt's pictures: as it was ordered, else read from the pictures, else from the parent's.

    Args:
        run: The run.
        parent: Of a re-run: what it was made from.
    """
    found: dict[str, str] = {}
    for made in run.manifest.cells if run.manifest else ():
        shape = (made.input or {}).get("aspect_ratio")
        if isinstance(shape, str) and shape in ASPECTS:
            found[made.prompt_id] = shape
    for cell in run.cells:
        if cell.prompt_id in found:
            continue
        try:
            width, height = measure(inside(run.root, cell.image))
        except BadPicture:
            continue
        found[cell.prompt_id] = _nearest(width / height)
    return (aspects_of(parent) if parent else {}) | found


def _nearest(ratio: float) -> str:
    return min(ASPECTS, key=lambda name: abs(ASPECTS[name] - ratio))


def ordered_before(run: Run, version: str) -> dict[str, Input]:
    """What was asked for each cell of the run that the bot ordered from this version, by label."""
    cells = run.manifest.cells if run.manifest else ()
    return {cell.label: cell.input for cell in cells if cell.input and cell.version == version}


def asked(cell: CellToMake) -> Input:
    """One prediction's whole input."""
    shape = {} if "aspect_ratio" in cell.settings else {"aspect_ratio": cell.aspect}
    return {**cell.settings, **shape, "prompt": cell.prompt, "seed": cell.seed}


MAKER = Maker(
    name="flux-lora",
    vendor=REPLICATE,
    model=None,
    takes=frozenset({Takes.PROMPT, Takes.TRAINED_VERSION}),
    seeds=True,
    sizes=ASPECTS,
    asked=asked,
    # One 1-megapixel image on an H100: Replicate's hardware price (replicate.com/pricing, read 2026-11) times the
    # median prediction time of public LoRAs (7.9 s; 6.3 to 19 s seen).
    price=Price(basis=Basis.GPU_SECOND, unit_micros=H100_MICROS_S, usual=(12_000, 10_000, 30_000), as_of=AS_OF),
    licence="FLUX.1 [dev]: what Replicate's own service makes may be used commercially (replicate.com, read 2026-11)",
)
