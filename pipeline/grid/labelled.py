"""A cell as people label it: whole, beside the reference and its face, and nothing that tells which one it is."""

from PIL import Image, ImageDraw

from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.fixture.measures import Measurer
from pipeline.grid import ink
from pipeline.grid.cell import thumbnail
from pipeline.grid.ink import font
from pipeline.grid.layout import GUTTER, Tile

CELL = Tile(width=760, height=1000)
SIDE = Tile(width=500, height=470)
"""Of the reference, and of the face under it."""
LINE = 30


def draw_labelled(cell: bytes, reference: bytes | None, measurer: Measurer) -> Image.Image:
    """RGB, 1,274 × 1,030 pixels at most; without a reference and without a face the cell alone. Raises: BadPicture."""
    whole = thumbnail(cell, "the cell", CELL)
    if whole is None:
        raise BadPicture("The picture cannot be read.")
    beside = [("reference", thumbnail(reference, "the reference", SIDE)), ("the face, closer", _face(cell, measurer))]
    shown = [(words, picture) for words, picture in beside if picture is not None]
    width = whole.width + (GUTTER + SIDE.width if shown else 0)
    height = max(whole.height, len(shown) * (LINE + SIDE.height))
    canvas = Image.new("RGB", (width, height), ink.BACKGROUND)
    canvas.paste(whole, (0, 0))
    pen = ImageDraw.Draw(canvas)
    for number, (words, picture) in enumerate(shown):
        x, y = whole.width + GUTTER, number * (LINE + SIDE.height)
        ink.line(pen, (x, y + LINE // 2), words, font(20, "Semibold"), SIDE.width, ink.MUTED)
        canvas.paste(picture, (x, y + LINE))
    return canvas


def _face(content: bytes, measurer: Measurer) -> Image.Image | None:
    """The largest face with some room around it, enlarged; None where nobody looks for one, or there is none."""
    image = pictures.decode(content, "the cell")
    faces = measurer.faces(image)
    if not faces:
        return None
    left, top, right, bottom = faces[0].box
    room = (bottom - top) // 3
    box = (max(0, left - room), max(0, top - room), min(image.width, right + room), min(image.height, bottom + room))
    cut = image.crop(box)
    scale = min(SIDE.width / cut.width, SIDE.height / cut.height)
    return cut.resize((round(cut.width * scale), round(cut.height * scale)), Image.Resampling.LANCZOS)
