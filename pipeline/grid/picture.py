"""Drawing a sheet."""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageDraw

from pipeline import pictures
from pipeline.evidence.verdict import Verdict, Word
from pipeline.grid import ink
from pipeline.grid.cell import draw_cell, thumbnail
from pipeline.grid.ink import Mark, badge, clip, font, wrap
from pipeline.grid.layout import CAPTION, GUTTER, HEADER, MARGIN, Row, Sheet, Tile, tile
from pipeline.models import BARRED

SEED_LINE = 40
HEAD = MARGIN + 236
"""Height of title, verdict, tallies and legend; the reference beside them."""
PNG_PIXELS = 3_000_000
"""Up to this size PNG; above it JPEG, which keeps sixty photographs within a few megabytes."""
_MARKS = {Word.PROCEED: "pass", Word.ITERATE: "fail"}


def draw(sheet: Sheet, images: Mapping[str, bytes], reference: bytes | None) -> Image.Image:
    """Draw one sheet.

    Args:
        sheet: What goes where.
        images: A file's bytes by cell label; a label without one gets a placeholder with its reason.
        reference: The reference photo's bytes, pinned in the corner.

    Returns:
        RGB, at most about 3,400 pixels wide.
    """
    labels = [cell.cell.label for cell in sheet.cells]
    shapes = [size for size in (_shape(images.get(label)) for label in labels) if size]
    size = tile(sheet.width, shapes)
    top = HEAD
    width = max(1140, MARGIN * 2 + HEADER + sheet.width * (size.width + GUTTER))
    height = top + MARGIN + sum(_row_height(sheet, at, size) for at in range(len(sheet.rows)))
    canvas = Image.new("RGB", (width, height), ink.BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    _head(pen, sheet, width)
    with ThreadPoolExecutor(max_workers=4) as pool:
        thumbnails = dict(
            zip(labels, pool.map(lambda label: thumbnail(images.get(label), label, size), labels), strict=True)
        )
    y = top
    for at, row in enumerate(sheet.rows):
        if _has_seed_line(sheet, at):
            _seed_line(pen, sheet.columns[at], y, size)
            y += SEED_LINE
        _row_header(pen, row, y, size, repeated=at > 0 and sheet.rows[at - 1].prompt_id == row.prompt_id)
        for column, cell in enumerate(row.cells):
            x = MARGIN + HEADER + column * (size.width + GUTTER)
            if cell is not None:
                draw_cell(canvas, pen, cell, (x, y), size, thumbnails[cell.cell.label])
        y += size.height + CAPTION + GUTTER
    _pin(canvas, pen, sheet, reference)
    return canvas


def encode(image: Image.Image, *, small: bool = False) -> tuple[bytes, str]:
    """The file's bytes and its suffix, `png` or `jpg`; far below Slack's limits either way.

    Args:
        image: RGB.
        small: A JPEG in any case: of photographs it is a quarter of the bytes, and ready six times as soon.
    """
    buffer = io.BytesIO()
    if not small and image.width * image.height <= PNG_PIXELS:
        # Of photographs, level 6 takes twice as long for a twelfth less.
        image.save(buffer, "PNG", compress_level=2)
        return buffer.getvalue(), "png"
    image.save(buffer, "JPEG", quality=90, subsampling=0)
    return buffer.getvalue(), "jpg"


def _shape(content: bytes | None) -> tuple[int, int] | None:
    if content is None:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=pictures.FORMATS) as image:
            return image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _has_seed_line(sheet: Sheet, at: int) -> bool:
    return at == 0 or sheet.columns[at] != sheet.columns[at - 1]


def _row_height(sheet: Sheet, at: int, size: Tile) -> int:
    return size.height + CAPTION + GUTTER + (SEED_LINE if _has_seed_line(sheet, at) else 0)


def _head(pen: ImageDraw.ImageDraw, sheet: Sheet, width: int) -> None:
    state, x = sheet.state, MARGIN + HEADER
    pill = _pill(pen, state.verdict, width - MARGIN)
    title = f"{state.title} · {sheet.part}" if sheet.part else state.title
    pen.text(
        (x, MARGIN + 22),
        clip(title, font(38, "Bold"), pill - x - 24),
        font=font(38, "Bold"),
        fill=ink.TEXT,
        anchor="lm",
    )
    facts = [f"runs/{state.run}", state.matrix]
    facts += [f"{state.model}, rubric {state.judge_version}"] if state.model else ["not judged"]
    pen.text(
        (x, MARGIN + 66),
        clip(" · ".join(facts), font(20), width - MARGIN - x),
        font=font(20),
        fill=ink.MUTED,
        anchor="lm",
    )
    each = min(300, (width - MARGIN - x) // 4)
    for at, tally in enumerate(state.verdict.tallies):
        left = x + at * each
        bold = tally.axis in BARRED
        pen.text(
            (left, MARGIN + 112),
            tally.axis.title,
            font=font(20, "Semibold" if bold else "Regular"),
            fill=ink.TEXT if bold else ink.MUTED,
            anchor="lm",
        )
        count = f"{tally.passed}/{tally.scored}" if tally.scored else "–"
        pen.text((left, MARGIN + 142), count, font=font(30, "Bold"), fill=ink.TEXT, anchor="lm")
        after = left + font(30, "Bold").getlength(count) + 10
        if tally.scored:
            pen.text((after, MARGIN + 144), tally.interval, font=font(18), fill=ink.MUTED, anchor="lm")
    _legend(pen, x, MARGIN + 186, sheet)


def _legend(pen: ImageDraw.ImageDraw, x: float, y: int, sheet: Sheet) -> None:
    for kind, word in (("pass", "pass"), ("fail", "fail"), ("unknown", "unscored")):
        badge(pen, (round(x), y - 10), 20, Mark(kind=kind))
        pen.text((x + 28, y), word, font=font(18), fill=ink.MUTED, anchor="lm")
        x += 28 + font(18).getlength(word) + 24
    verdict = sheet.state.verdict
    text = f"95 %: single look · however often: {verdict.grade}" if verdict.scored else ""
    text += f"{' · ' if text else ''}SIMULATED vendors" if sheet.simulated else ""
    pen.text((x, y), text, font=font(18), fill=ink.MUTED, anchor="lm")


def _pill(pen: ImageDraw.ImageDraw, verdict: Verdict, right: int) -> int:
    """The verdict, right-aligned; returns its left edge."""
    face, mark, word = font(28, "Bold"), Mark(kind=_MARKS.get(verdict.word, "unknown")), verdict.said.upper()
    left = round(right - face.getlength(word) - 78)
    pen.rounded_rectangle((left, MARGIN, right, MARGIN + 46), radius=23, fill=ink.PANEL, outline=mark.colour, width=2)
    badge(pen, (left + 14, MARGIN + 9), 28, mark)
    pen.text((left + 54, MARGIN + 23), word, font=face, fill=mark.colour, anchor="lm")
    return left


def _pin(canvas: Image.Image, pen: ImageDraw.ImageDraw, sheet: Sheet, reference: bytes | None) -> None:
    """The reference, first of all: in the corner over the prompts."""
    box, top = HEADER - 30, MARGIN
    height = 212
    pinned = thumbnail(reference, "reference", Tile(width=box, height=height))
    if pinned is None:
        return
    canvas.paste(pinned, (MARGIN, top))
    pen.rectangle((MARGIN - 3, top - 3, MARGIN + pinned.width + 2, top + pinned.height + 2), outline=ink.TEXT, width=3)
    name = (sheet.state.reference or "").rsplit("/", 1)[-1]
    pen.text(
        (MARGIN, top + pinned.height + 18),
        clip(f"reference {name}", font(18, "Semibold"), box),
        font=font(18, "Semibold"),
        fill=ink.TEXT,
        anchor="lm",
    )


def _seed_line(pen: ImageDraw.ImageDraw, seeds: tuple[int | None, ...], y: int, size: Tile) -> None:
    for column, seed in enumerate(seeds):
        x = MARGIN + HEADER + column * (size.width + GUTTER)
        pen.text(
            (x + size.width / 2, y + 18),
            "no seed" if seed is None else f"seed {seed}",
            font=font(24, "Semibold"),
            fill=ink.TEXT,
            anchor="mm",
        )


def _row_header(pen: ImageDraw.ImageDraw, row: Row, y: int, size: Tile, *, repeated: bool) -> None:
    face, width = font(19), HEADER - 30
    name = f"{row.prompt_id} (more)" if repeated else row.prompt_id
    pen.text((MARGIN, y + 16), clip(name, font(25, "Bold"), width), font=font(25, "Bold"), fill=ink.TEXT, anchor="lm")
    for at, line in enumerate(wrap(row.prompt or "prompt unknown", face, width, (size.height + CAPTION - 50) // 24)):
        pen.text((MARGIN, y + 52 + at * 24), line, font=face, fill=ink.MUTED, anchor="lm")
