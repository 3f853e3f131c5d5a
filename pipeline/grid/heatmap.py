"""Drift at a glance: prompts down, seeds across, each cell by colour, shape and score, and what a margin comes to."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from pipeline.evidence.run_state import RunState
from pipeline.evidence.wilson import wilson
from pipeline.grid import ink
from pipeline.grid.ink import Mark, badge, font
from pipeline.grid.layout import MARGIN
from pipeline.models import BARRED, Axis, JudgedCell

HEAD, TITLE, SEEDS, ROW, TOTAL = 128, 56, 40, 58, 52
"""Heights in pixels: of the picture's head, an axis's title, the line of seeds, a prompt, and the seeds' totals."""
PROMPT, CELL, SUM = 250, 104, 150
"""Widths: of a prompt's name, a cell, and a prompt's total."""
MOST_SEEDS = 30
"""Side by side; what is left out is counted in the picture."""
LEAST_WIDTH = 900


def draw_heatmap(state: RunState) -> Image.Image:
    """RGB; one panel for each of Q1 and Q4."""
    prompts = list(dict.fromkeys(cell.cell.prompt_id for cell in state.cells))
    seeds = list(dict.fromkeys(cell.cell.seed for cell in state.cells))
    shown = seeds[:MOST_SEEDS]
    width = max(LEAST_WIDTH, 2 * MARGIN + PROMPT + len(shown) * CELL + SUM)
    panel = TITLE + SEEDS + len(prompts) * ROW + TOTAL
    canvas = Image.new("RGB", (width, HEAD + len(BARRED) * panel + MARGIN), ink.BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    ink.line(pen, (MARGIN, MARGIN + 20), state.title, font(34, "Bold"), width - 2 * MARGIN)
    left = f" · {len(seeds) - MOST_SEEDS} more seeds are not shown" if len(seeds) > MOST_SEEDS else ""
    said = f"runs/{state.run}: the judge's scores, prompts down and seeds across{left}"
    ink.line(pen, (MARGIN, MARGIN + 62), said, font(20), width - 2 * MARGIN, ink.MUTED)
    for number, axis in enumerate(BARRED):
        _panel(pen, state, axis, prompts, shown, HEAD + number * panel)
    return canvas


def _panel(
    pen: ImageDraw.ImageDraw, state: RunState, axis: Axis, prompts: Sequence[str], seeds: Sequence[int | None], top: int
) -> None:
    ink.line(pen, (MARGIN, top + 24), axis.title, font(26, "Semibold"), PROMPT + 200)
    first, y = MARGIN + PROMPT, top + TITLE
    for number, seed in enumerate(seeds):
        words = "none" if seed is None else str(seed)
        ink.line(pen, (first + number * CELL + 4, y + 18), words, font(18), CELL - 8, ink.MUTED)
    y += SEEDS
    for prompt_id in prompts:
        own = [cell for cell in state.cells if cell.cell.prompt_id == prompt_id]
        ink.line(pen, (MARGIN, y + ROW // 2), prompt_id, font(20, "Semibold"), PROMPT - 16)
        for number, seed in enumerate(seeds):
            found = next((cell for cell in own if cell.cell.seed == seed), None)
            _cell(pen, found, axis, (first + number * CELL, y))
        _sum(pen, own, axis, (first + len(seeds) * CELL + 10, y + ROW // 2))
        y += ROW
    ink.line(pen, (MARGIN, y + TOTAL // 2 - 4), "passed", font(18), PROMPT - 16, ink.MUTED)
    for number, seed in enumerate(seeds):
        column = [cell for cell in state.cells if cell.cell.seed == seed]
        _sum(pen, column, axis, (first + number * CELL + 4, y + TOTAL // 2 - 4), short=True)


def _cell(pen: ImageDraw.ImageDraw, cell: JudgedCell | None, axis: Axis, where: tuple[int, int]) -> None:
    x, y = where
    box = (x, y, x + CELL - 5, y + ROW - 5)
    if cell is None:
        pen.rectangle(box, outline=ink.PANEL, width=2)
        return
    score = cell.scores[axis] if cell.scores else None
    pen.rectangle(box, fill=ink.PANEL if score is None else _tint(score.score, passed=score.passed))
    kind = "unknown" if score is None else "pass" if score.passed else "fail"
    badge(pen, (x + 9, y + (ROW - 5 - 24) // 2), 24, Mark(kind=kind))
    if score is not None:
        ink.line(pen, (x + 42, y + ROW // 2 - 2), f"{score.score:.2f}", font(20, "Semibold"), CELL - 48)


def _tint(score: float, *, passed: bool) -> ink.Colour:
    """The sign's colour, the fuller the further the score lies out; dark enough for the figure on it."""
    colour = ink.PASS if passed else ink.FAIL
    share = 0.18 + 0.32 * (score if passed else 1 - score)
    red, green, blue = (round(base + (full - base) * share) for base, full in zip(ink.BACKGROUND, colour, strict=True))
    return red, green, blue


def _sum(
    pen: ImageDraw.ImageDraw, cells: Sequence[JudgedCell], axis: Axis, where: tuple[int, int], *, short: bool = False
) -> None:
    """`5/6  44–97 %`, of a seed the count alone."""
    scores = [cell.scores[axis].passed for cell in cells if cell.scores is not None]
    if not scores:
        ink.line(pen, where, "–", font(18), 60, ink.MUTED)
        return
    said = f"{sum(scores)}/{len(scores)}"
    if not short:
        low, high = wilson(sum(scores), len(scores))
        said += f"  {low * 100:.0f}–{high * 100:.0f} %"
    ink.line(pen, where, said, font(18, "Semibold"), CELL - 8 if short else SUM, ink.TEXT)


def heatmap_text(state: RunState) -> str:
    """The picture in words: each prompt's and each seed's counts; at most 2,000 characters."""
    parts = []
    for axis in BARRED:
        for kind, names in (
            ("prompt", dict.fromkeys(cell.cell.prompt_id for cell in state.cells)),
            ("seed", dict.fromkeys(str(cell.cell.seed) for cell in state.cells)),
        ):
            for name in names:
                own = [
                    cell.scores[axis].passed
                    for cell in state.cells
                    if cell.scores and name == (cell.cell.prompt_id if kind == "prompt" else str(cell.cell.seed))
                ]
                parts.append(f"{kind} {name} {sum(own)}/{len(own)}")
        parts[-1:] = [f"{one}." for one in parts[-1:]]
    return f"Heatmap of run {state.run}, passed of judged, Q1 then Q4: {', '.join(parts)}"[:2000]
