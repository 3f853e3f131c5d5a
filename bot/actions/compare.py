"""`compare`: runs side by side."""

import asyncio

from bot.actions.action import Reply, Turn
from bot.bench import Bench
from bot.ledger import jobs, money
from handlers.blocks.compared import compared
from pipeline import grid
from pipeline.actions.compare import CompareRuns
from pipeline.errors import RequestError
from pipeline.evidence.compare import Comparison, compare
from pipeline.evidence.run_state import state_of
from pipeline.fixture.consent import hidden_name
from pipeline.grid.compared import MOST_GROUPS, compared_text, draw_compared
from pipeline.grid.of_run import bytes_of
from pipeline.lab.paths import make_folder
from pipeline.lab.run import Run
from pipeline.wordlist import many

MOST_RUNS, MOST_PICTURES = 6, 6


async def answer(bench: Bench, turn: Turn, request: CompareRuns) -> Reply:
    """Raises: LabsError."""
    del turn  # the thread stays about what it was about: these are several runs
    names = tuple(dict.fromkeys(request.runs))
    if not 1 < len(names) <= MOST_RUNS:
        raise RequestError(f"{many(len(names), 'run')} cannot be compared: two to {MOST_RUNS} can.")
    busy = await bench.ledger.run(jobs.runs_at_work)
    spent = [await bench.ledger.run(money.spent_on_run, name) for name in names]

    def look() -> Reply:
        runs = [bench.lab.run(name) for name in names]
        found = compare(runs, [state_of(run, in_flight=run.name in busy, sized=False) for run in runs])
        prompts = list(dict.fromkeys(group.prompt_id for group in found.groups))
        files = [_picture(bench, runs, found, prompt_id) for prompt_id in prompts[:MOST_PICTURES]]
        return Reply(compared(found, spent, prompts[MOST_PICTURES:]), files)

    return await asyncio.to_thread(look)


def _picture(bench: Bench, runs: list[Run], found: Comparison, prompt_id: str) -> tuple[str, str, str]:
    """Drawn into the lab's hidden folder: a comparison writes nothing into a run."""
    groups = [group for group in found.groups if group.prompt_id == prompt_id]
    images = {
        (at, cell.cell.label): content
        for group in groups[:MOST_GROUPS]
        for at, cell in enumerate(group.cells)
        if cell is not None and (content := bytes_of(runs[at], cell.cell.image)) is not None
    }
    drawn = draw_compared(found, prompt_id, groups, images, simulated=bench.settings.simulated)
    content, suffix = grid.encode(drawn)
    folder = bench.lab.root / ".labs"
    make_folder(folder)
    # A withdrawal finds it by the runs in its name.
    name = f"{hidden_name([run.name for run in runs], prompt_id)}.{suffix}"
    (folder / name).write_bytes(content)
    return f".labs/{name}", name, compared_text(found, prompt_id, groups)
