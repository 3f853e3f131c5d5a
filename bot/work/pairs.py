"""The pictures of an upscale's result: before and after, side by side."""

from bot.bench import Bench
from pipeline.evidence.run_state import RunState
from pipeline.grid import encode
from pipeline.grid.of_run import bytes_of
from pipeline.grid.pairs import MOST, Pair, draw_pairs, pairs_text
from pipeline.lab.files import Upscaled
from pipeline.lab.run import Run


def write_pairs(bench: Bench, run: Run, state: RunState, job_id: str) -> list[tuple[str, str, str]]:
    """Draw a job's pairs into the run's folder; (lab-relative path, name in Slack, alternative text) of each picture.

    CPU and disk. Raises: LabError.
    """
    cells = {cell.cell.label: cell.cell.image for cell in state.cells}
    pairs = [_pair(run, one, cells.get(one.cell)) for one in state.upscales if one.job == job_id]
    found = []
    for at in range(0, len(pairs), MOST):
        some = pairs[at : at + MOST]
        drawn = draw_pairs(f"{state.title}: upscaled", some, bench.measurer, simulated=bench.settings.simulated)
        content, suffix = encode(drawn)
        name = f"pairs-{job_id}{f'-{at // MOST + 1}' if len(pairs) > MOST else ''}.{suffix}"
        run.write(name, content)
        found.append((f"runs/{run.name}/{name}", f"{run.name}-{name}", pairs_text(some)))
    return found


def _pair(run: Run, one: Upscaled, cell: str | None) -> Pair:
    return Pair(one, bytes_of(run, cell) if cell else None, bytes_of(run, one.image))
