"""A plan and its prices, from what the bench's ledger knows."""

import asyncio

from bot.bench import Bench
from bot.ledger import past
from pipeline.actions.registry import JobRequest
from pipeline.actions.train import TrainLora
from pipeline.advice.next_steps import Prices
from pipeline.plan.plan import Plan
from pipeline.plan.planner import plan_request


async def past_prices(bench: Bench, model: str) -> Prices:
    """Prices for steps that would be judged by this model."""
    read, settings = bench.ledger.run_now, bench.settings
    return await asyncio.to_thread(past.prices, read, model, bench.makers.matrix, settings.trainer)


async def plan(bench: Bench, request: JobRequest, *, instead_of: str | None = None) -> Plan:
    """Plan and price. Spends nothing, stores nothing. Raises: LabsError.

    Args:
        bench: The lab and the ledger.
        request: What is asked for.
        instead_of: The job that this plan replaces, whose names it may take.
    """
    settings = bench.settings
    account = await _account(bench) if isinstance(request, TrainLora) else None

    def made() -> Plan:
        lab = past.Lab(
            settings.judge_model, bench.makers.matrix, settings.trainer, settings.day(bench.wall()), bench.measurer
        )
        known = past.known(bench.ledger.run_now, request, lab, account=account, instead_of=instead_of)
        return plan_request(bench.lab, request, settings.defaults, known)

    return await asyncio.to_thread(made)


async def _account(bench: Bench) -> str | None:
    """Whose account the vendor's token opens, by a free call. Raises: VendorError; nobody else's is guessed instead."""
    return await bench.replicate.check_token() if bench.replicate is not None else None
