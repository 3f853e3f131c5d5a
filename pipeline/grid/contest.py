"""A bake-off as one picture: its rows by rank, each with its counts and price, every prompt and seed across."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageDraw

from pipeline.evidence.leaderboard import Standing
from pipeline.evidence.run_state import RunState, led_by
from pipeline.grid import ink
from pipeline.grid.cell import thumbnail
from pipeline.grid.columns import Column, at
from pipeline.grid.ink import Mark, badge, font, wrap
from pipeline.grid.layout import GUTTER, MARGIN, Tile
from pipeline.makers.registry import MAKERS
from pipeline.models import BARRED, Axis, JudgedCell, Unscored
from pipeline.money import dollars
from pipeline.wordlist import many

WIDTH, NAMES = 1560, 420
"""Of the whole, and of the left column, in pixels."""
HEAD, COLUMNS, SIGNS = 236, 66, 30
WIDEST, LEAST_HEIGHT, MOST_HEIGHT = 210, 150, 260


def draw_contest(
    state: RunState,
    columns: tuple[Column, ...],
    images: Mapping[str, bytes],
    reference: bytes | None,
    *,
    simulated: bool,
) -> Image.Image:
    """Draw one picture; RGB, 1,560 pixels wide."""
    cells = {(row.row, column): at(state, row.row, column) for row in state.leaderboard for column in columns}
    tile = _tile(columns, images)
    height = tile.height + SIGNS + GUTTER
    canvas = Image.new("RGB", (WIDTH, HEAD + COLUMNS + len(state.leaderboard) * height + MARGIN), ink.BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    _head(canvas, pen, state, columns, reference, simulated=simulated)
    _columns(pen, columns, tile)
    shown = [cell for cell in cells.values() if cell is not None]
    with ThreadPoolExecutor(max_workers=4) as pool:
        small = dict(
            zip(
                (one.cell.label for one in shown),
                pool.map(lambda one: thumbnail(images.get(one.cell.label), one.cell.label, tile), shown),
                strict=True,
            )
        )
    y, group = HEAD + COLUMNS, state.leaderboard[0].group if state.leaderboard else None
    for row in state.leaderboard:
        if row.group != group:
            group = row.group
            pen.line((MARGIN, y - GUTTER // 2, WIDTH - MARGIN, y - GUTTER // 2), fill=ink.MUTED, width=2)
        _row(pen, row, y)
        for place, column in enumerate(columns):
            cell = cells[row.row, column]
            x = MARGIN + NAMES + place * (tile.width + GUTTER)
            if cell is not None:
                _cell(canvas, pen, cell, (x, y), tile, small[cell.cell.label])
        y += height
    return canvas


def _tile(columns: tuple[Column, ...], images: Mapping[str, bytes]) -> Tile:
    room = (WIDTH - 2 * MARGIN - NAMES) // max(1, len(columns)) - GUTTER
    width = min(WIDEST, max(90, room))
    return Tile(
        width=width, height=min(MOST_HEIGHT, max(LEAST_HEIGHT, round(width * 4 / 3))) if images else LEAST_HEIGHT
    )


def _head(
    canvas: Image.Image,
    pen: ImageDraw.ImageDraw,
    state: RunState,
    columns: tuple[Column, ...],
    reference: bytes | None,
    *,
    simulated: bool,
) -> None:
    left = MARGIN
    pinned = thumbnail(reference, "reference", Tile(width=170, height=190))
    if pinned is not None:
        canvas.paste(pinned, (MARGIN, MARGIN))
        frame = (MARGIN - 3, MARGIN - 3, MARGIN + pinned.width + 2, MARGIN + pinned.height + 2)
        pen.rectangle(frame, outline=ink.TEXT, width=3)
        left += pinned.width + 30
    width = WIDTH - MARGIN - left
    ink.line(pen, (left, MARGIN + 24), state.title, font(40, "Bold"), width)
    ink.line(pen, (left, MARGIN + 72), led_by(state), font(26, "Semibold"), width, ink.PASS)
    for number, said in enumerate(_about(state, columns, simulated=simulated)):
        ink.line(pen, (left, MARGIN + 112 + number * 31), said, font(20), width, ink.MUTED)


def _about(state: RunState, columns: tuple[Column, ...], *, simulated: bool) -> list[str]:
    """Which run, against what, by whom, and what the lines between rows mean."""
    prompts = many(len({column.prompt_id for column in columns}), "prompt")
    rows, pictures = many(len(state.leaderboard), "row"), many(len(state.cells), "picture")
    judged = f"{state.model}, rubric {state.judge_version}, blind to the vendor" if state.model else "not judged"
    against = f"against {(state.reference or '').rpartition('/')[2]} · {judged}" if state.reference else judged
    legend = "Between two lines no row can be told apart from another on Q1."
    return [
        f"runs/{state.run} · {rows} · {prompts} · {pictures}",
        against,
        f"{legend}{'  SIMULATED vendors' if simulated else ''}",
    ]


def _columns(pen: ImageDraw.ImageDraw, columns: tuple[Column, ...], tile: Tile) -> None:
    before = None
    for place, column in enumerate(columns):
        x = MARGIN + NAMES + place * (tile.width + GUTTER)
        if column.prompt_id != before:
            of_prompt = sum(one.prompt_id == column.prompt_id for one in columns)
            room = of_prompt * (tile.width + GUTTER) - GUTTER
            ink.line(pen, (x, HEAD + 14), column.prompt_id, font(22, "Bold"), room)
            before = column.prompt_id
        seed = f"#{column.number + 1}" if column.seed is None else f"seed {column.seed}"
        ink.line(pen, (x, HEAD + 44), seed, font(18), tile.width, ink.MUTED)


def _row(pen: ImageDraw.ImageDraw, row: Standing, y: int) -> None:
    width, x = NAMES - 30, MARGIN
    ink.line(pen, (x, y + 16), f"{row.place}  {row.row}", font(26, "Bold"), width)
    for number, (line, colour) in enumerate(_facts(row)):
        ink.line(pen, (x, y + 48 + number * 26), line, font(19), width, colour)


def _facts(row: Standing) -> list[tuple[str, ink.Colour]]:
    """A row in words."""
    price = "copied from its run" if row.copied else f"{dollars(row.usd_micros)} in all"
    if row.passing_micros is not None:
        price = f"{dollars(row.passing_micros)} for each that passes Q1"
    took = f" · {row.seconds:.0f} s" if row.seconds is not None else ""
    photographic, pose = (_share(tally.passed, tally.scored) for tally in (row.photographic, row.pose))
    face = f"   face {row.face_px} px" if row.face_px is not None else ""
    missing = [f"{row.refused} refused"] * bool(row.refused) + [f"{row.technical} technical"] * bool(row.technical)
    lines = [
        (f"Q1 {_share(row.identity.passed, row.identity.scored)}   {row.identity.interval}", ink.TEXT),
        (f"Q4 {photographic}   pose {pose}{face}", ink.TEXT),
        (f"{price}{took}", ink.MUTED),
    ]
    lines += [(" · ".join(missing), ink.FAIL)] if missing else []
    lines += [] if row.seeds else [("takes no seed: its cells are its own", ink.MUTED)]
    return [*lines, (mark, ink.MUTED)] if (mark := _mark(row.row)) else lines


def _share(passed: int, scored: int) -> str:
    return f"{passed}/{scored}" if scored else "–"


def _mark(row: str) -> str:
    """`for research only: …`, of those whose pictures are none for a product."""
    try:
        entrant = MAKERS.named(row.partition("+")[0]).entrant
    except LookupError:
        return ""
    return f"for research only: {entrant.research_only}" if entrant and entrant.research_only else ""


def _cell(
    canvas: Image.Image,
    pen: ImageDraw.ImageDraw,
    cell: JudgedCell,
    where: tuple[int, int],
    tile: Tile,
    picture: Image.Image | None,
) -> None:
    x, y = where
    pen.rectangle((x - 1, y - 1, x + tile.width, y + tile.height + SIGNS - 1), fill=ink.PANEL)
    if picture is None:
        canvas.paste(ink.hatch((tile.width, tile.height)), (x, y))
        _words(pen, str(cell.outcome) if isinstance(cell.outcome, Unscored) else "no picture", where, tile)
    else:
        canvas.paste(picture, (x + (tile.width - picture.width) // 2, y + (tile.height - picture.height) // 2))
    if cell.scores is not None and any(not cell.scores[axis].passed for axis in BARRED):
        pen.rectangle((x - 2, y - 2, x + tile.width + 1, y + tile.height + SIGNS), outline=ink.FAIL, width=2)
    each = tile.width / 4
    for number, axis in enumerate(Axis):
        score = cell.scores[axis] if cell.scores else None
        kind = "unknown" if score is None else "pass" if score.passed else "fail"
        badge(pen, (round(x + number * each + (each - 20) / 2), y + tile.height + 5), 20, Mark(kind=kind))


def _words(pen: ImageDraw.ImageDraw, text: str, where: tuple[int, int], tile: Tile) -> None:
    face = font(16)
    for number, line in enumerate(wrap(text, face, tile.width - 12, (tile.height - 12) // 20)):
        pen.text((where[0] + 6, where[1] + 16 + number * 20), line, font=face, fill=ink.TEXT, anchor="lm")


def contest_text(state: RunState) -> str:
    """The picture in words: each row with its counts; at most 2,000 characters."""
    listed = [
        f"{row.place} {row.row}: Q1 {_share(row.identity.passed, row.identity.scored)}, Q4"
        f" {_share(row.photographic.passed, row.photographic.scored)}"
        for row in state.leaderboard
    ]
    return f"Bake-off {state.run}, rows by rank: {'; '.join(listed)}."[:2000]
