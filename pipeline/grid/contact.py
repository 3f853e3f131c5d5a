"""The contact sheet of a fixture: every photograph with its name, its level and what is wrong with it."""

import io
from collections.abc import Mapping

from PIL import Image, ImageDraw

from pipeline.fixture.findings import Checked, Level, Preflight
from pipeline.grid import ink
from pipeline.grid.cell import thumbnail
from pipeline.grid.ink import Mark, badge, clip, font, wrap
from pipeline.grid.layout import GUTTER, MARGIN, Tile
from pipeline.wordlist import many

_TILE = Tile(width=252, height=252)
_CAPTION = 124
_HEAD = 118
_LINES = 3
_MARKS = {Level.GREEN: Mark(kind="pass"), Level.AMBER: Mark(kind="unknown"), Level.RED: Mark(kind="fail")}
_COLOURS = {Level.GREEN: ink.PASS, Level.AMBER: ink.TEXT, Level.RED: ink.FAIL}


def contact_sheet(checked: Preflight, photos: Mapping[str, bytes]) -> bytes:
    """The sheet, a JPEG. CPU: call it on a thread.

    Args:
        checked: The pre-flight.
        photos: Files by name; one that is missing, or does not open, gets a placeholder.
    """
    columns = min(len(checked.photos), 4 if len(checked.photos) <= 12 else 6)
    columns = max(columns, 4)
    rows = -(-len(checked.photos) // columns)
    width = MARGIN * 2 + columns * _TILE.width + (columns - 1) * GUTTER
    height = _HEAD + rows * (_TILE.height + _CAPTION + GUTTER) + MARGIN
    canvas = Image.new("RGB", (width, height), ink.BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    _head(pen, checked, width)
    for at, photo in enumerate(checked.photos):
        x = MARGIN + at % columns * (_TILE.width + GUTTER)
        y = _HEAD + at // columns * (_TILE.height + _CAPTION + GUTTER)
        _photo(canvas, pen, photo, (x, y), photos.get(photo.name))
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def alt_text(checked: Preflight) -> str:
    """What the sheet shows, for those who do not see it."""
    photos = many(len(checked.photos), "photograph")
    said = [f"Contact sheet of {checked.fixture}: {photos}, pre-flight {checked.level.value}."]
    said += [f"{one.about}: {one.what} ({one.level.value})." for one in checked.findings]
    return " ".join(said)[:1000]


def _head(pen: ImageDraw.ImageDraw, checked: Preflight, width: int) -> None:
    counts = {level: sum(photo.level is level for photo in checked.photos) for level in Level}
    title = font(34, "Bold")
    pen.text((MARGIN, 44), clip(checked.fixture, title, width - 2 * MARGIN), font=title, fill=ink.TEXT, anchor="lm")
    x = MARGIN
    for level in Level:
        badge(pen, (x, 76), 24, _MARKS[level])
        words = f"{counts[level]} {level.value}"
        pen.text((x + 34, 88), words, font=font(22, "Semibold"), fill=ink.TEXT, anchor="lm")
        x += 34 + round(font(22, "Semibold").getlength(words)) + 30
    if not checked.faces_checked:
        pen.text((x, 88), "faces not checked", font=font(22), fill=ink.MUTED, anchor="lm")


def _photo(
    canvas: Image.Image, pen: ImageDraw.ImageDraw, photo: Checked, at: tuple[int, int], content: bytes | None
) -> None:
    x, y = at
    pen.rectangle((x, y, x + _TILE.width - 1, y + _TILE.height + _CAPTION - 1), fill=ink.PANEL)
    picture = thumbnail(content, photo.name, _TILE)
    if picture is None:
        canvas.paste(ink.hatch((_TILE.width, _TILE.height)), (x, y))
        pen.text(
            (x + _TILE.width / 2, y + _TILE.height / 2),
            "does not open" if photo.allowed else "not shown: no consent",
            font=font(20, "Semibold"),
            fill=ink.MUTED,
            anchor="mm",
        )
    else:
        canvas.paste(picture, (x + (_TILE.width - picture.width) // 2, y + (_TILE.height - picture.height) // 2))
    if photo.level is Level.RED:
        pen.rectangle((x, y, x + _TILE.width - 1, y + _TILE.height + _CAPTION - 1), outline=ink.FAIL, width=3)
    badge(pen, (x + 10, y + _TILE.height + 10), 22, _MARKS[photo.level])
    name = font(19, "Semibold")
    pen.text(
        (x + 40, y + _TILE.height + 21), clip(photo.name, name, _TILE.width - 50), font=name, fill=ink.TEXT, anchor="lm"
    )
    face = font(17)
    words = "; ".join(one.what for one in photo.findings) or _fine(photo)
    for number, line in enumerate(wrap(words, face, _TILE.width - 20, _LINES)):
        pen.text(
            (x + 10, y + _TILE.height + 52 + number * 23),
            line,
            font=face,
            fill=_COLOURS[photo.level] if photo.findings else ink.MUTED,
            anchor="lm",
        )


def _fine(photo: Checked) -> str:
    said = [f"{photo.width} × {photo.height}"]
    said += ["reference, not trained on"] if photo.reference else []
    return "; ".join([*said, *photo.mended])
