"""Runs side by side, a picture for each prompt: the cells of one seed together, their marks beneath."""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw

from pipeline.evidence.compare import Comparison, Group
from pipeline.grid import ink
from pipeline.grid.cell import thumbnail
from pipeline.grid.ink import Mark, badge, font, wrap
from pipeline.grid.layout import GUTTER, MARGIN, Tile
from pipeline.models import Axis, JudgedCell, Unscored
from pipeline.wordlist import many

WIDTH = 1560
MOST_TILES = 6
"""Beside each other."""
MOST_GROUPS = 12
"""In a picture; what is left out is counted in it."""
WIDEST = 360
SIGNS = 64
ROOMY = 52
"""Pixels that a badge needs beside which its axis is written."""
HEAD = 150
LETTERS = "ABCDEFGHIJ"
Images = Mapping[tuple[int, str], bytes]
"""Bytes of pictures, by the run's number and the cell's label."""


def draw_compared(
    found: Comparison, prompt_id: str, groups: Sequence[Group], images: Images, *, simulated: bool
) -> Image.Image:
    """One prompt; RGB, 1,560 pixels wide."""
    count = len(found.states)
    shown = groups[:MOST_GROUPS]
    across = max(1, min(MOST_TILES // count, len(shown)))
    room = (WIDTH - 2 * MARGIN - (across - 1) * 2 * GUTTER) // across
    width = min(WIDEST, (room - (count - 1) * GUTTER // 2) // count)
    tile = Tile(width=width, height=round(width * 4 / 3))
    height = 40 + tile.height + SIGNS + GUTTER
    canvas = Image.new("RGB", (WIDTH, HEAD + -(-len(shown) // across) * height + MARGIN), ink.BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    _head(pen, found, prompt_id, groups, simulated=simulated)
    for number, group in enumerate(shown):
        x = MARGIN + number % across * (count * width + (count - 1) * GUTTER // 2 + 2 * GUTTER)
        _group(canvas, pen, group, (x, HEAD + number // across * height), tile, images)
    return canvas


def _head(
    pen: ImageDraw.ImageDraw, found: Comparison, prompt_id: str, groups: Sequence[Group], *, simulated: bool
) -> None:
    width = WIDTH - 2 * MARGIN
    ink.line(pen, (MARGIN, MARGIN + 14), prompt_id, font(32, "Bold"), width)
    runs = "   ".join(f"{LETTERS[at]}  {state.run}" for at, state in enumerate(found.states))
    ink.line(pen, (MARGIN, MARGIN + 52), runs, font(22, "Semibold"), width, ink.PASS)
    flipped = sum(bool(group.flips) for group in groups)
    said = (
        f"same prompt, same seed: {many(len(groups), 'pair')}, of which {flipped} do not agree"
        if groups and groups[0].paired
        else "no seed in common: what stands together is no pair"
    )
    left = f" · {len(groups) - MOST_GROUPS} more are not shown" if len(groups) > MOST_GROUPS else ""
    note = "   SIMULATED vendors" if simulated else ""
    ink.line(pen, (MARGIN, MARGIN + 86), f"{said}{left}{note}", font(20), width, ink.MUTED)


def _group(
    canvas: Image.Image, pen: ImageDraw.ImageDraw, group: Group, where: tuple[int, int], tile: Tile, images: Images
) -> None:
    x, y = where
    cells = [one.cell for one in group.cells if one is not None]
    flips = f"   {', '.join(axis.code.upper() for axis in group.flips)} changed" if group.flips else ""
    row = f"{cells[0].maker}  " if cells and cells[0].maker else ""
    caption = f"{row}seed {cells[0].seed}{flips}" if group.paired and cells else ""
    width = len(group.cells) * tile.width
    ink.line(pen, (x, y + 16), caption, font(20, "Semibold"), width, ink.FAIL if flips else ink.TEXT)
    for at, cell in enumerate(group.cells):
        left = x + at * (tile.width + GUTTER // 2)
        content = images.get((at, cell.cell.label)) if cell is not None else None
        _cell(canvas, pen, cell, (left, y + 40), tile, thumbnail(content, LETTERS[at], tile))
        seed = f" · seed {cell.cell.seed}" if cell is not None and not group.paired else ""
        ink.line(pen, (left, y + 40 + tile.height + 46), f"{LETTERS[at]}{seed}", font(18), tile.width, ink.MUTED)


def _cell(
    canvas: Image.Image,
    pen: ImageDraw.ImageDraw,
    cell: JudgedCell | None,
    where: tuple[int, int],
    tile: Tile,
    picture: Image.Image | None,
) -> None:
    x, y = where
    if picture is None:
        canvas.paste(ink.hatch((tile.width, tile.height)), where)
        reason = "no such cell" if cell is None else str(cell.outcome)
        said = reason if cell is None or isinstance(cell.outcome, Unscored) else "no picture"
        for number, line in enumerate(wrap(said, font(17), tile.width - 16, 6)):
            pen.text((x + 8, y + 20 + number * 22), line, font=font(17), fill=ink.TEXT, anchor="lm")
    else:
        canvas.paste(picture, (x + (tile.width - picture.width) // 2, y + (tile.height - picture.height) // 2))
    if cell is None:
        return
    each = tile.width / 4
    for number, axis in enumerate(Axis):
        score = cell.scores[axis] if cell.scores else None
        kind = "unknown" if score is None else "pass" if score.passed else "fail"
        left = round(x + number * each)
        badge(pen, (left, y + tile.height + 8), 22, Mark(kind=kind))
        if each >= ROOMY:
            ink.line(pen, (left + 26, y + tile.height + 19), axis.code.upper(), font(18), round(each) - 26, ink.MUTED)


def compared_text(found: Comparison, prompt_id: str, groups: Sequence[Group]) -> str:
    """The picture in words: each pair's marks; at most 2,000 characters."""
    told = [
        f"{' | '.join(_marks(cell) for cell in group.cells)}{' changed' if group.flips else ''}" for group in groups
    ]
    names = " | ".join(state.run for state in found.states)
    return f"{prompt_id}: {names}. Letters are Q1 to Q4: P pass, F fail, ? unscored. {'; '.join(told)}."[:2000]


def _marks(cell: JudgedCell | None) -> str:
    if cell is None:
        return "none"
    seed = f"S{cell.cell.seed} " if cell.cell.seed is not None else ""
    if cell.scores is None:
        return f"{seed}????"
    return seed + "".join("P" if cell.scores[axis].passed else "F" for axis in Axis)
