"""One cell of a sheet: its picture or a placeholder, its label and its badges."""

from PIL import Image, ImageDraw

from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.grid import ink
from pipeline.grid.ink import Mark, badge, clip, font, wrap
from pipeline.grid.layout import CAPTION, Tile
from pipeline.models import BARRED, Axis, Cause, JudgedCell, Unscored


def thumbnail(content: bytes | None, label: str, size: Tile) -> Image.Image | None:
    """The cell's picture, whole, at the size of its tile; None where there is none."""
    if content is None:
        return None
    try:
        image = pictures.decode(content, label, least=max(size.width, size.height))
    except BadPicture:
        return None
    scale = min(size.width / image.width, size.height / image.height)
    fitted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(fitted, Image.Resampling.LANCZOS, reducing_gap=2.0)


def draw_cell(
    canvas: Image.Image,
    pen: ImageDraw.ImageDraw,
    cell: JudgedCell,
    at: tuple[int, int],
    size: Tile,
    picture: Image.Image | None,
) -> None:
    x, y = at
    failed = cell.scores is not None and any(not cell.scores[axis].passed for axis in BARRED)
    pen.rectangle((x - 1, y - 1, x + size.width, y + size.height + CAPTION - 1), fill=ink.PANEL)
    if picture is None:
        canvas.paste(ink.hatch((size.width, size.height)), (x, y))
        _words(pen, "no picture" if cell.scores else str(cell.outcome), (x, y), size)
    else:
        canvas.paste(picture, (x + (size.width - picture.width) // 2, y + (size.height - picture.height) // 2))
        if isinstance(cell.outcome, Unscored) and cell.outcome.cause is not Cause.NOT_JUDGED:
            _ribbon(canvas, pen, str(cell.outcome), (x, y), size)
    if failed:
        pen.rectangle((x - 3, y - 3, x + size.width + 2, y + size.height + CAPTION + 1), outline=ink.FAIL, width=3)
    face = font(20, "Semibold")
    pen.text(
        (x + 10, y + size.height + 18),
        clip(cell.cell.label, face, size.width - 20),
        font=face,
        fill=ink.TEXT,
        anchor="lm",
    )
    _badges(pen, cell, x + 10, y + size.height + 36, size.width - 20)


def _badges(pen: ImageDraw.ImageDraw, cell: JudgedCell, x: int, y: int, width: int) -> None:
    each = width / 4
    roomy = each >= 92
    side, face = (22, font(18, "Semibold")) if roomy else (18, font(15, "Semibold"))
    for at, axis in enumerate(Axis):
        left = round(x + at * each)
        score = cell.scores[axis] if cell.scores else None
        kind = "unknown" if score is None else "pass" if score.passed else "fail"
        badge(pen, (left, y + (22 - side) // 2), side, Mark(kind=kind))
        number = "" if score is None else f" {score.score:.2f}" if roomy else f" {score.score:.2f}".replace(" 0.", " .")
        colour = ink.FAIL if kind == "fail" else ink.TEXT
        pen.text((left + side + 5, y + 11), f"{axis.code.upper()}{number}", font=face, fill=colour, anchor="lm")


def _words(pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], size: Tile) -> None:
    face = font(22, "Semibold")
    lines = wrap(text, face, size.width - 40, 6)
    for number, line in enumerate(lines):
        y = at[1] + size.height / 2 + (number - (len(lines) - 1) / 2) * 28
        pen.text((at[0] + size.width / 2, y), line, font=face, fill=ink.TEXT, anchor="mm")


def _ribbon(canvas: Image.Image, pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], size: Tile) -> None:
    """Why a cell with a picture has no score, over the picture's foot."""
    face = font(19, "Semibold")
    lines = wrap(text, face, size.width - 24, 3)
    height = len(lines) * 25 + 14
    box = (at[0], at[1] + size.height - height, at[0] + size.width, at[1] + size.height)
    canvas.paste(Image.blend(canvas.crop(box), Image.new("RGB", (size.width, height), ink.BACKGROUND), 0.82), box[:2])
    for number, line in enumerate(lines):
        pen.text((at[0] + 12, box[1] + 19 + number * 25), line, font=face, fill=ink.TEXT, anchor="lm")
