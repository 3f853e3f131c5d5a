"""Everything that the ledger knows of what a job left, to be filed."""

from bot.bench import Bench
from bot.ledger import calls, judgements, money, orders
from bot.ledger.jobs import Job
from bot.plan_inputs import past_prices
from bot.work.cells import cells_of
from pipeline.record.job import Material


async def material_of(bench: Bench, job: Job, *, canceled: bool) -> Material:
    """What a job left so far."""
    model = job.plan.judge.model if job.plan.judge else bench.settings.judge_model
    cells = await cells_of(bench, job)
    images = {cell.label: cell.sha256 for cell in cells if cell.sha256}
    wanted = [name for cell in job.plan.cells for name in job.plan.fingerprints(cell, images.get(cell.label))]
    judge = job.plan.judge
    unmade = await bench.ledger.run(orders.causes, job.id)
    return Material(
        votes=tuple(await bench.ledger.run(judgements.by_fingerprint, wanted)),
        causes=await bench.ledger.run(calls.causes, job.id) | unmade,
        spent_micros=await bench.ledger.run(money.spent_on_run, job.plan.run),
        prices=await past_prices(bench, model),
        controls=tuple(await bench.ledger.run(judgements.controls, judge)) if judge else (),
        job=job.id,
        canceled=canceled,
        cells=tuple(cells),
    )
