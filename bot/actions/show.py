"""`show`: a run's card, and its grid."""

import asyncio

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from bot.ledger import jobs
from bot.plan_inputs import past_prices
from handlers.blocks import answers
from pipeline.actions.show import ShowRun
from pipeline.advice.next_steps import next_steps
from pipeline.advice.remedies import remedies
from pipeline.evidence.run_state import state_of
from pipeline.grid.of_run import draw_grid


async def answer(bench: Bench, turn: Turn, request: ShowRun) -> Reply:
    await speaks_of(bench, turn, request.run)
    prices = await past_prices(bench, bench.settings.judge_model)
    active = await bench.ledger.run(jobs.latest, 1, run=request.run, active=True)

    def look() -> Reply:
        run = bench.lab.run(request.run)
        state = state_of(run, in_flight=bool(active))
        judge = bench.settings.judge_model
        steps = next_steps(state, prices, judge, remedies(run, state, prices, judge))
        message = answers.card(state, steps)
        if request.what != "grid":
            return Reply(message)
        # `show` writes nothing into the run: the picture lies in the lab's hidden folder.
        folder = bench.lab.root / ".labs"
        folder.mkdir(exist_ok=True)
        files = []
        for at, (content, suffix, alt) in enumerate(draw_grid(run, state, simulated=bench.settings.simulated), 1):
            name = f"{run.name}-grid-{at}.{suffix}"
            (folder / name).write_bytes(content)
            files.append((f".labs/{name}", name, alt))
        return Reply(message, files)

    return await asyncio.to_thread(look)
