"""Pictures against their golden copies, by pixels."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

FOLDER = Path(__file__).parent / "data/golden"
CLOSE = 2
"""Grey levels that a pixel may differ by: another build of the same decoder rounds differently."""


def assert_golden(image: Image.Image, name: str, request: pytest.FixtureRequest) -> None:
    """Compare with `tests/data/golden/NAME.png`; on a difference the picture is saved beside it as
    `NAME.actual.png`."""
    path = FOLDER / f"{name}.png"
    if request.config.getoption("--update-golden"):
        image.quantize(192).save(path, optimize=True)
        return
    golden = Image.open(path).convert("RGB")
    actual = image.quantize(192).convert("RGB")
    same = golden.size == actual.size
    worst = max(high for _low, high in ImageStat.Stat(ImageChops.difference(golden, actual)).extrema) if same else 255
    if worst > CLOSE:
        image.save(FOLDER / f"{name}.actual.png")
        raise AssertionError(f"{name}: {image.size} differs by {worst} from the golden {golden.size}")
