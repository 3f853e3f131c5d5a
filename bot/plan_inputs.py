"""What the ledger knows of earlier charges, to price next steps by."""

import asyncio

from bot.bench import Bench
from bot.ledger import jobs, judgements, money, orders, remedies, trainings
from pipeline.actions.judge import JudgeRun
from pipeline.actions.registry import JobRequest
from pipeline.actions.train import TrainLora
from pipeline.advice.next_steps import Prices
from pipeline.lab.filing import MadeImage
from pipeline.makers.trainers import TRAINERS
from pipeline.plan.inputs import History, Known
from pipeline.plan.plan import Plan
from pipeline.plan.planner import plan_request
from pipeline.prices import IMAGE_MODEL


async def past_prices(bench: Bench, model: str) -> Prices:
    """Prices for steps that would be judged by this model."""
    judging, _took = await bench.ledger.run(money.history, model)
    images, _took = await bench.ledger.run(money.history, IMAGE_MODEL)
    return Prices(
        judging=judging,
        images=images,
        trainer=TRAINERS[bench.settings.trainer],
        trainings=await bench.ledger.run(trainings.history, bench.settings.trainer),
        learnt=await bench.ledger.run(remedies.cases),
    )


async def plan(bench: Bench, request: JobRequest, *, instead_of: str | None = None) -> Plan:
    """Plan and price. Spends nothing, stores nothing. Raises: LabsError.

    Args:
        bench: The lab and the ledger.
        request: What is asked for.
        instead_of: The job that this plan replaces, whose names it may take.
    """
    known = await _known(bench, request, instead_of)
    return await asyncio.to_thread(plan_request, bench.lab, request, bench.settings.defaults, known)


async def _known(bench: Bench, request: JobRequest, instead_of: str | None) -> Known:
    model = bench.settings.judge_model
    if isinstance(request, JudgeRun):
        model = request.model or model
    charges, took = await bench.ledger.run(money.history, model)
    image_charges, image_took = await bench.ledger.run(money.history, IMAGE_MODEL)

    def stored(fingerprints: list[str]) -> set[str]:
        return bench.ledger.run_now(judgements.known, fingerprints)

    def made(fingerprints: list[str]) -> dict[str, tuple[MadeImage, ...]]:
        return bench.ledger.run_now(orders.made_before, fingerprints)

    def trained(fingerprint: str) -> str | None:
        return bench.ledger.run_now(trainings.before, fingerprint)

    return Known(
        stored=stored,
        made=made,
        judging=History(charges=charges, took_s=took),
        images=History(charges=image_charges, took_s=image_took),
        taken=tuple(await bench.ledger.run(jobs.promised_runs, but=instead_of)),
        today=bench.settings.day(bench.now()).replace("-", ""),
        trainings=await bench.ledger.run(trainings.history, bench.settings.trainer),
        trained=trained,
        measurer=bench.measurer,
        account=await _account(bench) if isinstance(request, TrainLora) else None,
    )


async def _account(bench: Bench) -> str | None:
    """Whose account the vendor's token opens, by a free call. Raises: VendorError; nobody else's is guessed instead."""
    return await bench.replicate.check_token() if bench.replicate is not None else None
