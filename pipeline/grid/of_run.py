"""The grid of a run as it stands."""

from pipeline import grid
from pipeline.errors import LabError
from pipeline.evidence.run_state import RunState
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.pictures import MAX_BYTES
from pipeline.reading import read_bounded


def draw_grid(
    run: Run, state: RunState, *, simulated: bool = False, small: bool = False
) -> tuple[tuple[bytes, str, str], ...]:
    """The run's contact sheets as (bytes, suffix, alternative text), none of a run without cells. CPU: call it on a
    thread. `small`: of few bytes, for a message that shows them for a while.
    """
    if not state.cells:
        return ()
    found = ((cell.cell.label, bytes_of(run, cell.cell.image)) for cell in state.cells)
    images = {label: content for label, content in found if content is not None}
    reference = bytes_of(run, state.reference) if state.reference else None
    drawn = []
    for columns in grid.contests(state) if state.leaderboard else ():
        picture = grid.draw_contest(state, columns, images, reference, simulated=simulated)
        content, suffix = grid.encode(picture, small=small)
        drawn.append((content, suffix, grid.contest_text(state)))
    if drawn:
        return tuple(drawn)
    for sheet in grid.sheets(state, simulated=simulated):
        content, suffix = grid.encode(grid.draw(sheet, images, reference), small=small)
        drawn.append((content, suffix, grid.alt_text(sheet)))
    return tuple(drawn)


def bytes_of(run: Run, relative: str) -> bytes | None:
    """A picture's file, of a lab-relative path; None where it cannot be read."""
    try:
        return read_bounded(inside(run.root, relative), MAX_BYTES)
    except (OSError, LabError):
        return None
