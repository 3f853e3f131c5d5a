"""Upscaled pictures before and after: the whole, and the face as its pixels are."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw

from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.fixture.measures import Measurer
from pipeline.grid import ink
from pipeline.grid.cell import thumbnail
from pipeline.grid.ink import Mark, badge, font
from pipeline.grid.layout import GUTTER, MARGIN, Tile
from pipeline.lab.files import Look, Upscaled, change
from pipeline.models import Axis

WHOLE, CUT = Tile(width=300, height=400), 400
"""Of a picture, and of a side of a face's cut, in pixels."""
HEAD, LINE = 148, 60
TITLE, WORDS = 42, 34
"""Sizes of type that are read where Slack shows the picture 520 pixels wide, a third of it."""
MOST = 12
"""Pairs in a picture; each further picture has as many."""


class Pair(NamedTuple):
    """One upscale, with both files' bytes; None for one that is not there."""

    one: Upscaled
    before: bytes | None
    after: bytes | None


def draw_pairs(title: str, pairs: Sequence[Pair], measurer: Measurer, *, simulated: bool) -> Image.Image:
    """Before and after of each, the face of both at the size that it has; RGB."""
    width = 2 * MARGIN + 2 * (WHOLE.width + CUT) + 3 * GUTTER
    row = LINE + max(WHOLE.height, CUT) + LINE + GUTTER
    canvas = Image.new("RGB", (width, HEAD + len(pairs) * row + MARGIN), ink.BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    ink.line(pen, (MARGIN, MARGIN + 26), title, font(TITLE, "Bold"), width - 2 * MARGIN)
    said = "left as it was, right as it came back; each with its face at 100 %"
    ink.line(
        pen,
        (MARGIN, MARGIN + 84),
        f"{said}{'  SIMULATED vendors' if simulated else ''}",
        font(WORDS),
        width - 2 * MARGIN,
        ink.MUTED,
    )
    for number, pair in enumerate(pairs):
        _pair(canvas, pen, pair, HEAD + number * row, measurer)
    return canvas


def _pair(canvas: Image.Image, pen: ImageDraw.ImageDraw, pair: Pair, y: int, measurer: Measurer) -> None:
    width = canvas.width - 2 * MARGIN
    ink.line(pen, (MARGIN, y + LINE // 2 - 4), pair.one.cell, font(WORDS, "Bold"), width)
    top, left = y + LINE, MARGIN
    before = _opened(pair.before, pair.one.cell)
    after = _opened(pair.after, pair.one.label)
    scale = after.width / before.width if before and after else 1.0
    box = _face(before, measurer) if before else None
    for image, content, looks, times in (
        (before, pair.before, pair.one.before, 1.0),
        (after, pair.after, pair.one.after, scale),
    ):
        _whole(canvas, pen, content, pair, (left, top))
        _looks(pen, looks, left, top + max(WHOLE.height, CUT) + LINE // 2)
        left += WHOLE.width + GUTTER
        if image is not None and box is not None:
            canvas.paste(_cut(image, box, times), (left, top))
        left += CUT + GUTTER


def _whole(
    canvas: Image.Image, pen: ImageDraw.ImageDraw, content: bytes | None, pair: Pair, where: tuple[int, int]
) -> None:
    picture = thumbnail(content, pair.one.label, WHOLE)
    if picture is None:
        canvas.paste(ink.hatch((WHOLE.width, WHOLE.height)), where)
        said = pair.one.cause or "no picture"
        ink.line(pen, (where[0] + 12, where[1] + WHOLE.height // 2), said, font(28), WHOLE.width - 24)
        return
    canvas.paste(picture, (where[0] + (WHOLE.width - picture.width) // 2, where[1]))


def _looks(pen: ImageDraw.ImageDraw, looks: Mapping[str, Look], x: int, y: int) -> None:
    for axis in (Axis.IDENTITY, Axis.PHOTOGRAPHIC):
        look = looks.get(axis.value)
        kind = "unknown" if look is None else "pass" if look.passed else "fail"
        badge(pen, (x, y - WORDS // 2), WORDS, Mark(kind=kind))
        score = f" {look.score:.2f}" if look else ""
        ink.line(pen, (x + WORDS + 10, y), f"{axis.code.upper()}{score}", font(WORDS, "Semibold"), 190)
        x += 250


def _opened(content: bytes | None, name: str) -> Image.Image | None:
    try:
        return pictures.decode(content, name) if content is not None else None
    except BadPicture:
        return None


def _face(image: Image.Image, measurer: Measurer) -> tuple[int, int, int, int]:
    """Where to look closely: the face; where nobody looks for one, where a portrait has it."""
    faces = measurer.faces(image)
    if faces:
        return faces[0].box
    middle, side = image.width // 2, round(min(image.width, image.height) * 0.3)
    return middle - side // 2, round(image.height * 0.06), middle + side // 2, round(image.height * 0.06) + side


def _cut(image: Image.Image, box: tuple[int, int, int, int], times: float) -> Image.Image:
    """The middle of a box with its pixels as they are; a small one is shown on a plain ground."""
    x, y = (box[0] + box[2]) / 2 * times, (box[1] + box[3]) / 2 * times
    left = min(max(0, round(x - CUT / 2)), max(0, image.width - CUT))
    top = min(max(0, round(y - CUT / 2)), max(0, image.height - CUT))
    ground = Image.new("RGB", (CUT, CUT), ink.PANEL)
    ground.paste(image.crop((left, top, min(image.width, left + CUT), min(image.height, top + CUT))), (0, 0))
    return ground


def pairs_text(pairs: Sequence[Pair]) -> str:
    """The picture in words; at most 2,000 characters."""
    return f"Before and after: {'; '.join(change(pair.one) for pair in pairs)}."[:2000]
