"""What goes where: a run's cells as sheets of rows and columns, and their measures in pixels."""

from pipeline.evidence.run_state import RunState
from pipeline.models import JudgedCell, Value

MOST_CELLS = 60
"""Beyond this one picture is no longer read: then there is one for each prompt."""
MOST_COLUMNS = 10
HEADER = 250
"""Width of the left column: prompt ids, prompts, and the reference in its corner."""
SPARSE = 0.7
"""A matrix with fewer of its places filled than this is no matrix to look at."""
GUTTER = 14
MARGIN = 28
CAPTION = 70
"""Height of a cell's label and badges, under its picture."""
MOST_TILE_HEIGHT = 520
"""Upright pictures in few columns would make a tower that no screen shows."""
_TILE_WIDTHS = {1: 560, 2: 460, 3: 420, 4: 380, 5: 340, 6: 320}


class Row(Value):
    """One band of cells of one prompt; `None` where the matrix has no cell."""

    prompt_id: str
    prompt: str | None
    cells: tuple[JudgedCell | None, ...]


class Sheet(Value):
    """One picture's worth of a run."""

    state: RunState
    columns: tuple[tuple[int | None, ...], ...]
    """For each row, the seeds over its cells; a header is drawn wherever they change."""
    rows: tuple[Row, ...]
    part: str = ""
    """`prompt front-full (2 of 6)` where a run takes several sheets."""
    simulated: bool = False

    @property
    def cells(self) -> tuple[JudgedCell, ...]:
        return tuple(cell for row in self.rows for cell in row.cells if cell is not None)

    @property
    def width(self) -> int:
        """Of the widest row, in cells."""
        return max(len(row.cells) for row in self.rows)


class Tile(Value):
    """A cell's picture in pixels."""

    width: int
    height: int


def sheets(state: RunState, *, simulated: bool = False) -> tuple[Sheet, ...]:
    """Split a run into pictures: one up to sixty cells, above that one for each prompt."""
    prompt_ids = list(dict.fromkeys(cell.cell.prompt_id for cell in state.cells))
    if len(state.cells) <= MOST_CELLS:
        return (_sheet(state, prompt_ids, "", simulated=simulated),)
    return tuple(
        _sheet(state, [prompt_id], f"prompt {prompt_id} ({at} of {len(prompt_ids)})", simulated=simulated)
        for at, prompt_id in enumerate(prompt_ids, 1)
    )


def _sheet(state: RunState, prompt_ids: list[str], part: str, *, simulated: bool) -> Sheet:
    chosen = [cell for cell in state.cells if cell.cell.prompt_id in prompt_ids]
    seeds = list(dict.fromkeys(cell.cell.seed for cell in chosen))
    sparse = len(chosen) < SPARSE * len(seeds) * len(prompt_ids)
    rows, columns = [], []
    for prompt_id in prompt_ids:
        of_prompt = {cell.cell.seed: cell for cell in chosen if cell.cell.prompt_id == prompt_id}
        prompt = next((cell.cell.prompt for cell in of_prompt.values()), None)
        # Where most places would be empty, each prompt has columns of its own.
        for band in _bands(list(of_prompt) if sparse else seeds):
            rows.append(Row(prompt_id=prompt_id, prompt=prompt, cells=tuple(of_prompt.get(seed) for seed in band)))
            columns.append(tuple(band))
    return Sheet(state=state, rows=tuple(rows), columns=tuple(columns), part=part, simulated=simulated)


def _bands(seeds: list[int | None]) -> list[list[int | None]]:
    """Seeds in bands of at most ten, evenly filled."""
    count = max(1, -(-len(seeds) // MOST_COLUMNS))
    size = -(-len(seeds) // count)
    return [seeds[at : at + size] for at in range(0, len(seeds), size)] or [[None]]


def tile(columns: int, shapes: list[tuple[int, int]]) -> Tile:
    """The size of each cell's picture: as wide as the count allows, as high as the pictures' usual shape."""
    width = _TILE_WIDTHS.get(columns, 300)
    ratios = sorted(height / width for width, height in shapes) or [1.0]
    ratio = min(1.8, max(0.6, ratios[len(ratios) // 2]))
    width = max(300, min(width, round(MOST_TILE_HEIGHT / ratio)))
    return Tile(width=width, height=round(width * ratio))
