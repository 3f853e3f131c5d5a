"""The sandbox judge's eyes: it measures the pixels that it was sent, and nothing else.

It knows the sandbox's own drawings. Real photographs through it prove the plumbing, not the eyes.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageFilter, ImageStat

HEIGHT = 384
"""Pictures are measured at this height."""
GRID = (40, 48)


@dataclass(frozen=True)
class Face:
    """A face found in a picture, measured."""

    grid: tuple[float, ...]
    """Its luminance in 40 × 48 points, mean 0, norm 1."""
    height: float
    """As a share of the picture's height."""
    turn: float
    """How far its features lie off its middle, as a share of its width; the sign is the side."""
    grain: float
    """Mean detail of the skin in grey levels: photographs have some, wax has none."""


def _skin(image: Image.Image) -> Image.Image:
    """A mask of skin-like pixels: Cb 80…125 and Cr 138…175, as is usual in YCbCr."""
    _y, cb, cr = image.convert("YCbCr").split()
    low_high = [(cb, 80, 125), (cr, 138, 175)]
    masks = [band.point([255 if low <= value <= high else 0 for value in range(256)]) for band, low, high in low_high]
    return ImageChops.multiply(masks[0], masks[1])


def find_face(image: Image.Image) -> Face | None:
    """The face of a picture, measured; None where there is none."""
    box = face_box(image)
    if box is None:
        return None
    crop = image.convert("L").crop(box)
    return Face(grid=_grid(crop), height=(box[3] - box[1]) / image.height, turn=_turn(crop), grain=_grain(crop))


def face_box(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The topmost patch of skin, from its first row to where it narrows to a neck; None where there is none."""
    small = image.convert("RGB").resize(
        (max(1, round(image.width * HEIGHT / image.height)), HEIGHT), Image.Resampling.BILINEAR
    )
    mask = _skin(small)
    spans = _spans(mask)
    top = next((y for y in range(HEIGHT - 4) if all(span is not None for span in spans[y : y + 4])), None)
    if top is None:
        return None
    widest, bottom = 0, top
    for y in range(top, HEIGHT):
        span = spans[y]
        if span is None:
            break
        widest = max(widest, span[1] - span[0])
        if span[1] - span[0] < 0.5 * widest and y - top > 0.4 * widest:
            break
        bottom = y
    rows = [span for span in spans[top : bottom + 1] if span is not None]
    left, right = min(span[0] for span in rows), max(span[1] for span in rows)
    if right - left < 8 or bottom - top < 8:
        return None
    scale = image.height / HEIGHT
    return round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)


def _spans(mask: Image.Image) -> list[tuple[int, int] | None]:
    """First and last skin pixel of each row; None where there are too few of them."""
    width, pixels, found = mask.width, mask.tobytes(), list[tuple[int, int] | None]()
    for at in range(0, len(pixels), width):
        row = pixels[at : at + width]
        many = width - row.count(0) >= 6
        found.append((row.index(255), row.rindex(255) + 1) if many else None)
    return found


def _grid(crop: Image.Image) -> tuple[float, ...]:
    values = [
        float(value)
        for value in crop.filter(ImageFilter.GaussianBlur(max(1, crop.width / 60)))
        .resize(GRID, Image.Resampling.BOX)
        .tobytes()
    ]
    mean = sum(values) / len(values)
    norm = math.sqrt(sum((value - mean) ** 2 for value in values)) or 1.0
    return tuple((value - mean) / norm for value in values)


def _turn(crop: Image.Image) -> float:
    """Where the dark features of the middle band lie."""
    band = crop.crop((0, round(crop.height * 0.25), crop.width, round(crop.height * 0.75))).resize(
        (40, 20), Image.Resampling.BOX
    )
    values = band.tobytes()
    usual = sorted(values)[len(values) // 2]
    dark = [(at % 40, usual - value) for at, value in enumerate(values) if value < usual - 18 and 4 <= at % 40 < 36]
    weight = sum(depth for _x, depth in dark)
    return (sum(x * depth for x, depth in dark) / weight + 0.5) / 40 - 0.5 if weight else 0.0


def _grain(crop: Image.Image) -> float:
    inner = crop.crop(
        (round(crop.width * 0.2), round(crop.height * 0.2), round(crop.width * 0.8), round(crop.height * 0.9))
    )
    # The median: edges of features are few, skin is most of it.
    return float(ImageStat.Stat(ImageChops.difference(inner, inner.filter(ImageFilter.GaussianBlur(1.2)))).median[0])


@lru_cache(maxsize=512)
def likeness(one: Face, other: Face) -> float:
    """How alike two faces are: the best correlation over small sideways shifts (a turned head), 0…1."""
    width = GRID[0]
    best = -1.0
    for shift in range(-7, 8):
        total = 0.0
        for y in range(GRID[1]):
            row = y * width
            for x in range(max(0, shift), min(width, width + shift)):
                total += one.grid[row + x] * other.grid[row + x - shift]
        best = max(best, total * width / (width - abs(shift)))
    return max(0.0, min(1.0, best))
