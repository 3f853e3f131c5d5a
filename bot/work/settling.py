"""The rounds of a settling job: file what came, look how far the verdict is, order no more than that takes."""

import asyncio

from bot import logs
from bot.bench import Bench
from bot.ledger import order_rounds
from bot.ledger.jobs import Job
from bot.work.material import material_of
from pipeline.evidence.settling import rounds, to_decision
from pipeline.record.job import file_job

BARREN = 2
"""Seeds in a row of which nothing could be judged, after which more would be thrown after them."""


async def next_rounds(bench: Bench, job: Job) -> bool:
    """Open the next rounds, once nothing of a running job is under way; False: there are none to open.

    The run's files hold every finished round, so that a stop at any moment keeps them. Raises: LabError.
    """
    images = await bench.ledger.run(order_rounds.later, job.id)
    if not images or job.plan.making is None:
        return False
    filed = await asyncio.to_thread(file_job, bench.lab, job.plan, await material_of(bench, job, canceled=False))
    latest = set(await bench.ledger.run(order_rounds.latest, job.id, BARREN))
    scored = {one.cell.label for one in filed.state.cells if one.scores is not None}
    barren = bool(latest) and not latest & scored
    verdict = filed.state.verdict
    if barren or not to_decision(verdict):
        logs.get().info("settle.over", job=job.id, grade=verdict.grade.value, barren=barren)
        return False
    prompts = len({one.prompt_id for one in job.plan.making.images})
    return await bench.ledger.run(order_rounds.begin, job.id, rounds(verdict, prompts))
