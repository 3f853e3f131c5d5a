"""A run's cells in rows and columns, with what each comes to in the margins."""

from collections.abc import Sequence

from pipeline.evidence.run_state import RunState
from pipeline.evidence.wilson import wilson
from pipeline.grid.columns import at, columns_of
from pipeline.models import BARRED, Axis, Value
from pipeline.site.cells import CellView

BOTH = "bars"
"""A cell passes that passes both of the verdict's bars."""


class Margin(Value):
    """What a row or a column comes to, by axis code, and `bars`."""

    name: str
    counts: dict[str, tuple[int, int]]
    """Passed and scored."""

    def said(self, code: str) -> str:
        """`5/6`."""
        passed, scored = self.counts[code]
        return f"{passed}/{scored}" if scored else "–"

    def interval(self, code: str) -> str:
        """`44–97 %`, as a single look."""
        passed, scored = self.counts[code]
        if not scored:
            return ""
        low, high = wilson(passed, scored)
        return f"{low * 100:.0f}–{high * 100:.0f} %"


class Line(Value):
    """A row of the matrix: a prompt, or a vendor."""

    margin: Margin
    prompt: str
    cells: tuple[CellView | None, ...]


class Matrix(Value):
    """The run's cells as they stand on its page."""

    rows: tuple[Line, ...]
    columns: tuple[Margin, ...]
    by: str
    """What its rows are: `prompt` or `vendor`."""


def matrix_of(state: RunState, cells: Sequence[CellView]) -> Matrix:
    """Prompts down and seeds across; of a bake-off vendors down, the best first."""
    return _by_vendor(state, cells) if state.leaderboard else _by_prompt(cells)


def _by_prompt(cells: Sequence[CellView]) -> Matrix:
    places: dict[tuple[str, str], CellView] = {}
    for cell in cells:
        column = _column(cell, {name for prompt_id, name in places if prompt_id == cell.prompt_id})
        places[cell.prompt_id, column] = cell
    columns = dict.fromkeys(column for _prompt, column in places)
    prompts = {cell.prompt_id: cell.prompt for cell in reversed(cells)}
    rows = tuple(
        Line(
            margin=_margin(name, [cell for cell in cells if cell.prompt_id == name]),
            prompt=prompts[name],
            cells=tuple(places.get((name, column)) for column in columns),
        )
        for name in dict.fromkeys(cell.prompt_id for cell in cells)
    )
    own = {column: [cell for place, cell in places.items() if place[1] == column] for column in columns}
    return Matrix(rows=rows, columns=tuple(_margin(name, found) for name, found in own.items()), by="prompt")


def _column(cell: CellView, taken: set[str]) -> str:
    """Its seed; of one without a seed, or whose place is taken, the next number that is free."""
    seeded = f"S{cell.seed}"
    if cell.seed is not None and seeded not in taken:
        return seeded
    return next(name for number in range(1, len(taken) + 2) if (name := f"#{number}") not in taken)


def _by_vendor(state: RunState, cells: Sequence[CellView]) -> Matrix:
    views = {cell.label: cell for cell in cells}
    columns = columns_of(state)
    rows, heads = [], []
    for one in state.leaderboard:
        found = [at(state, one.row, column) for column in columns]
        own = tuple(views[cell.cell.label] if cell else None for cell in found)
        rows.append(Line(margin=_margin(one.row, [cell for cell in own if cell]), prompt="", cells=own))
    for number, column in enumerate(columns):
        seed = f"S{column.seed}" if column.seed is not None else f"#{column.number + 1}"
        below = [cell for row in rows if (cell := row.cells[number])]
        heads.append(_margin(f"{column.prompt_id} {seed}", below))
    return Matrix(rows=tuple(rows), columns=tuple(heads), by="vendor")


def _margin(name: str, cells: Sequence[CellView]) -> Margin:
    scored = [cell for cell in cells if cell.marks]
    counts = {axis.code: (sum(axis.code not in cell.fails for cell in scored), len(scored)) for axis in Axis}
    barred = {axis.code for axis in BARRED}
    counts[BOTH] = (sum(not barred & {*cell.fails} for cell in scored), len(scored))
    return Margin(name=name, counts=counts)
