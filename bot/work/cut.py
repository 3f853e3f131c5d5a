"""The picture of a result as its thread shows it; the sheets lie in the run's folder, and come when they are wanted."""

from bot.bench import Bench
from bot.ledger.jobs import Job
from pipeline.evidence.run_state import RunState
from pipeline.grid import encode
from pipeline.grid.cut import cut_text, draw_cut
from pipeline.grid.of_run import bytes_of
from pipeline.lab.paths import make_folder
from pipeline.lab.run import Run


def cut_of(bench: Bench, job: Job, run: Run, state: RunState) -> tuple[str, str, str]:
    """As (lab-relative path, name in Slack, alternative text), in the lab's hidden folder. CPU and disk."""
    found = ((cell.cell.label, bytes_of(run, cell.cell.image)) for cell in state.cells)
    images = {label: content for label, content in found if content is not None}
    content, suffix = encode(draw_cut(state, images, simulated=bench.settings.simulated), small=True)
    name = f"{run.name}-{job.id}-cut.{suffix}"
    folder = bench.lab.root / ".labs"
    make_folder(folder)
    (folder / name).write_bytes(content)
    return f".labs/{name}", f"{run.name}-cut.{suffix}", cut_text(state)
