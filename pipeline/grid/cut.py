"""The thread cut: a landscape picture that is read where Slack shows it, 520 pixels wide; the sheets are for a look.

Drawn at twice that. Every label is at least 11 pixels high there, every sign 9.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageDraw

from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.evidence.run_state import RunState
from pipeline.grid import ink
from pipeline.grid.ink import Mark, badge, font, wrap
from pipeline.models import BARRED, Axis, JudgedCell, Value

WIDTH, MOST_HEIGHT = 1040, 760
"""Twice what Slack shows; wider than high, or it is two screens on a phone."""
EDGE, GAP, HEAD, NAMES = 16, 8, 44, 172
"""Pixels: around, between tiles, the line of columns, the column of rows."""
MOST_COLUMNS, MOST_ROWS = 10, 6
CHOSEN, ABREAST = 24, 8
"""Of a matrix that is too large: so many of its cells, so many in a row."""
LEGEND = 44
WHOLE = 150
"""From this width on a tile shows the whole picture, below it the upper part, where the face is."""
LEAST_TALL, MOST_TALL = 0.75, 1.34


class Place(Value):
    """One tile."""

    cell: JudgedCell | None
    below: tuple[str, ...] = ()
    """Under a chosen tile: which prompt and seed it is; nothing in a matrix, whose rows and columns say it."""


class Layout(Value):
    """What goes where."""

    rows: tuple[tuple[Place, ...], ...]
    names: tuple[str, ...]
    """Of the rows; empty where the tiles say it themselves."""
    heads: tuple[str, ...]
    """Of the columns."""
    left_out: int = 0
    """Cells that are not shown."""


def layout(state: RunState) -> Layout:
    """A matrix as it is, lying on its longer side; of a large one what fails first."""
    prompts = list(dict.fromkeys(cell.cell.prompt_id for cell in state.cells))
    seeds = list(dict.fromkeys(cell.cell.seed for cell in state.cells))
    by_place = {(cell.cell.prompt_id, cell.cell.seed): cell for cell in state.cells}
    lying = len(seeds) >= len(prompts)
    across, down = (len(seeds), len(prompts)) if lying else (len(prompts), len(seeds))
    full = len(by_place) == len(state.cells) and len(by_place) >= 0.7 * across * down
    if not full or across > MOST_COLUMNS or down > MOST_ROWS:
        return _chosen(state)
    said = tuple(f"S{seed}" if seed is not None else "no seed" for seed in seeds)
    if lying:
        rows = [tuple(by_place.get((one, seed)) for seed in seeds) for one in prompts]
    else:
        rows = [tuple(by_place.get((one, seed)) for one in prompts) for seed in seeds]
    places = tuple(tuple(Place(cell=cell) for cell in row) for row in rows)
    names, heads = (tuple(prompts), said) if lying else (said, tuple(prompts))
    return Layout(rows=places, names=names, heads=heads)


def _chosen(state: RunState) -> Layout:
    ordered = sorted(state.cells, key=_worst)[:CHOSEN]
    tiles = [
        Place(cell=one, below=(one.cell.prompt_id, "no seed" if one.cell.seed is None else f"S{one.cell.seed}"))
        for one in ordered
    ]
    abreast = min(ABREAST, len(tiles))
    rows = tuple(tuple(tiles[at : at + abreast]) for at in range(0, len(tiles), abreast))
    return Layout(rows=rows, names=(), heads=(), left_out=len(state.cells) - len(ordered))


def _worst(cell: JudgedCell) -> tuple[int, float]:
    """Failures by their lowest score, then what has none, then the rest."""
    if cell.scores is None:
        return 1, 0.0
    lowest = min(cell.scores[axis].score for axis in BARRED)
    return (0 if any(not cell.scores[axis].passed for axis in BARRED) else 2), lowest


def draw_cut(state: RunState, images: Mapping[str, bytes], *, simulated: bool = False) -> Image.Image:
    """RGB, `WIDTH` wide. `images`: a file's bytes by cell label; one that is missing says why."""
    plan = layout(state)
    columns, rows = max(map(len, plan.rows)), len(plan.rows)
    left = NAMES if plan.names else 0
    wide = (WIDTH - 2 * EDGE - left - (columns - 1) * GAP) // columns
    under = _sign(wide) + 10 + (48 if not plan.names else 0)
    room = (MOST_HEIGHT - EDGE - (HEAD if plan.heads else 0) - LEGEND) // rows - under - GAP
    tall = max(48, min(round(wide * (MOST_TALL if wide >= WHOLE else 1.0)), room))
    wide = min(wide, round(tall / LEAST_TALL))
    top = EDGE + (HEAD if plan.heads else 0)
    height = top + rows * (tall + under + GAP) + LEGEND
    canvas = Image.new("RGB", (WIDTH, height), ink.BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    start = EDGE + left
    for at, head in enumerate(plan.heads):
        ink.line(pen, (start + at * (wide + GAP), EDGE + 16), head, font(22, "Semibold"), wide + GAP - 4, ink.MUTED)
    cells = [place.cell for row in plan.rows for place in row if place.cell is not None]
    with ThreadPoolExecutor(max_workers=4) as pool:
        shown = pool.map(lambda one: _picture(images.get(one.cell.label), one.cell.label, (wide, tall)), cells)
        pieces = dict(zip([one.cell.label for one in cells], shown, strict=True))
    for number, row in enumerate(plan.rows):
        y = top + number * (tall + under + GAP)
        if plan.names:
            _name(pen, plan.names[number], (EDGE, y), tall)
        for at, place in enumerate(row):
            if place.cell is not None:
                piece = pieces[place.cell.cell.label]
                _tile(canvas, pen, place, (start + at * (wide + GAP), y), (wide, tall), piece)
    _legend(pen, plan, height - LEGEND // 2, len(state.cells), simulated=simulated)
    return canvas


def _sign(wide: int) -> int:
    return max(18, min(26, (wide - 9) // 4))


def _picture(content: bytes | None, label: str, size: tuple[int, int]) -> Image.Image | None:
    """Cut to the tile, from the top where the head is."""
    if content is None:
        return None
    try:
        image = pictures.decode(content, label, least=2 * max(size))
    except BadPicture:
        return None
    wide, tall = size
    shape = tall / wide
    keep = min(image.height, round(image.width * shape))
    across = min(image.width, round(keep / shape))
    left = (image.width - across) // 2
    top = round((image.height - keep) * 0.04)
    return image.crop((left, top, left + across, top + keep)).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _name(pen: ImageDraw.ImageDraw, words: str, at: tuple[int, int], tall: int) -> None:
    face = font(22, "Semibold")
    # Names of prompts have hyphens where words have spaces.
    lines = [line.replace("- ", "-") for line in wrap(words.replace("-", "- "), face, NAMES - 14, 3)]
    for number, line in enumerate(lines):
        y = at[1] + tall // 2 + round((number - (len(lines) - 1) / 2) * 26)
        pen.text((at[0], y), line, font=face, fill=ink.TEXT, anchor="lm")


def _tile(
    canvas: Image.Image,
    pen: ImageDraw.ImageDraw,
    place: Place,
    at: tuple[int, int],
    size: tuple[int, int],
    picture: Image.Image | None,
) -> None:
    cell, (x, y), (wide, tall) = place.cell, at, size
    if cell is None:
        return
    canvas.paste(picture or ink.hatch(size), (x, y))
    if picture is None:
        for number, line in enumerate(wrap("no picture" if cell.scores else str(cell.outcome), font(20), wide - 8, 3)):
            pen.text((x + 5, y + 14 + number * 22), line, font=font(20), fill=ink.TEXT, anchor="lm")
    if cell.scores is not None and any(not cell.scores[axis].passed for axis in BARRED):
        pen.rectangle((x - 2, y - 2, x + wide + 1, y + tall + 1), outline=ink.FAIL, width=3)
    side = _sign(wide)
    for number, axis in enumerate(Axis):
        score = cell.scores[axis] if cell.scores else None
        kind = "unknown" if score is None else "pass" if score.passed else "fail"
        badge(pen, (x + number * (side + 3), y + tall + 5), side, Mark(kind=kind))
    for number, words in enumerate(place.below):
        ink.line(pen, (x, y + tall + side + 20 + 22 * number), words, font(20), wide, ink.TEXT)


def _legend(pen: ImageDraw.ImageDraw, plan: Layout, y: int, of: int, *, simulated: bool) -> None:
    x: float = EDGE
    for kind, word in (("pass", "pass"), ("fail", "fail"), ("unknown", "unscored")):
        badge(pen, (round(x), y - 11), 22, Mark(kind=kind))
        pen.text((x + 29, y), word, font=font(22), fill=ink.MUTED, anchor="lm")
        x += 29 + font(22).getlength(word) + 20
    said = "signs: Q1 face, Q2 pose, Q3 framing, Q4 photographic"
    if plan.left_out:
        said = f"{of - plan.left_out} of {of} cells, those that fail first · signs: Q1 to Q4"
    said = f"SIMULATED · {said}" if simulated else said
    ink.line(pen, (round(x), y), said, font(22), WIDTH - EDGE - round(x), ink.MUTED)


def cut_text(state: RunState) -> str:
    """The picture in words, for those who hear it: what fails, by cell; at most 1,000 characters."""
    said: Sequence[str] = [
        f"{cell.cell.label} fails {', '.join(axis.code.upper() for axis in BARRED if not cell.scores[axis].passed)}"
        for cell in state.cells
        if cell.scores and any(not cell.scores[axis].passed for axis in BARRED)
    ]
    judged = any(cell.scores is not None for cell in state.cells)
    what = "; ".join(said) or ("nothing fails a bar" if judged else "not judged")
    return f"{len(state.cells)} cells of {state.run} with a sign for each of Q1 to Q4: {what}"[:1000]
