"""`show`: a run's card, its grid, and the judge's reasons."""

import asyncio

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from bot.ledger import jobs
from bot.plan_inputs import past_prices
from handlers.blocks import answers
from handlers.blocks.reasons import reasons
from handlers.message import Message
from pipeline.actions.show import ShowRun
from pipeline.advice.next_steps import Step, next_steps
from pipeline.advice.remedies import remedies
from pipeline.errors import RequestError
from pipeline.evidence.run_state import RunState, state_of
from pipeline.grid import encode
from pipeline.grid.heatmap import draw_heatmap, heatmap_text
from pipeline.grid.of_run import draw_grid
from pipeline.lab.paths import make_folder
from pipeline.lab.run import Run


async def answer(bench: Bench, turn: Turn, request: ShowRun) -> Reply:
    await speaks_of(bench, turn, request.run)
    prices = await past_prices(bench, bench.settings.judge_model)
    busy = await bench.ledger.run(jobs.runs_at_work)

    def look() -> Reply:
        run = bench.lab.run(request.run)
        state = state_of(run, in_flight=run.name in busy)
        judge = bench.settings.judge_model
        steps = next_steps(state, prices, judge, remedies(run, state, prices, judge))
        if request.what == "reasons":
            return Reply(_reasons(state, request, steps))
        message = answers.card(state, steps, pages=bench.settings.public_url is not None)
        if request.what not in {"grid", "heatmap"}:
            return Reply(message)
        if request.what == "heatmap" and state.leaderboard:
            raise RequestError(f"{state.run!r} is a bake-off, of several makers: its grid shows them row by row.")
        # `show` writes nothing into the run: the picture lies in the lab's hidden folder.
        folder = bench.lab.root / ".labs"
        make_folder(folder)
        files = []
        for at, (content, suffix, alt) in enumerate(_drawn(bench, run, state, request), 1):
            name = f"{run.name}-{request.what}-{at}.{suffix}"
            (folder / name).write_bytes(content)
            files.append((f".labs/{name}", name, alt))
        return Reply(message, files)

    return await asyncio.to_thread(look)


def _drawn(bench: Bench, run: Run, state: RunState, request: ShowRun) -> tuple[tuple[bytes, str, str], ...]:
    if request.what == "heatmap":
        return ((*encode(draw_heatmap(state)), heatmap_text(state)),)
    return draw_grid(run, state, simulated=bench.settings.simulated)


def _reasons(state: RunState, request: ShowRun, steps: tuple[Step, ...]) -> Message:
    """Raises: RequestError for a cell that the run does not have."""
    wanted = request.cells or tuple(cell.cell.label for cell in state.cells)
    by_label = {cell.cell.label: cell for cell in state.cells}
    if strangers := [label for label in wanted if label not in by_label]:
        raise RequestError(f"Run {state.run!r} has no cell {strangers[0]!r}.")
    return reasons(state, tuple(by_label[label] for label in wanted), steps, failed_only=request.cells is None)
