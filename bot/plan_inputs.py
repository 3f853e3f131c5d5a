"""A plan and its prices, from what the bench's ledger knows and what vendors say for nothing."""

import asyncio

from bot.bench import Bench
from bot.ledger import past
from bot.shop import upscaler_of
from pipeline.actions.bakeoff import Bakeoff
from pipeline.actions.registry import JobRequest
from pipeline.actions.train import TrainLora
from pipeline.advice.next_steps import Prices
from pipeline.errors import VendorError
from pipeline.makers.vendors import REPLICATE
from pipeline.plan.inputs import InputSchema
from pipeline.plan.plan import Plan
from pipeline.plan.planner import plan_request


async def past_prices(bench: Bench, model: str) -> Prices:
    """Prices for steps that would be judged by this model."""
    read, settings = bench.ledger.run_now, bench.settings
    upscaler = upscaler_of(settings)
    maker, controls = bench.makers.matrix, 2 * settings.controls
    return await asyncio.to_thread(past.prices, read, model, maker, settings.trainer, upscaler, controls)


async def plan(bench: Bench, request: JobRequest, *, instead_of: str | None = None) -> Plan:
    """Plan and price. Spends nothing, stores nothing. Raises: LabsError.

    Args:
        bench: The lab and the ledger.
        request: What is asked for.
        instead_of: The job that this plan replaces, whose names it may take.
    """
    settings = bench.settings
    account = await _account(bench) if isinstance(request, TrainLora) else None
    schemas = await _schemas(bench, request) if isinstance(request, Bakeoff) else {}

    def made() -> Plan:
        day, accounts = settings.day(bench.wall()), frozenset(bench.wires)
        lab = past.Lab(settings.judge_model, bench.makers, settings.trainer, day, bench.measurer, accounts, schemas)
        known = past.known(bench.ledger.run_now, request, lab, account=account, instead_of=instead_of)
        return plan_request(bench.lab, request, settings.defaults, known)

    return await asyncio.to_thread(made)


async def _account(bench: Bench) -> str | None:
    """Whose account the vendor's token opens, by a free call. Raises: VendorError; nobody else's is guessed instead."""
    return await bench.replicate.check_token() if bench.replicate is not None else None


async def _schemas(bench: Bench, request: Bakeoff) -> dict[str, InputSchema]:
    """What official models take today: they change under their name. Of one that does not say, nothing is held back."""
    named = [bench.makers.named(name) for name in request.makers]
    models = [one.model for one in named if one.vendor is REPLICATE and one.model and ":" not in one.model]
    if bench.replicate is None:
        return {}
    found = await asyncio.gather(*(bench.replicate.input_schema(model) for model in models), return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, VendorError):
            raise one
    return {
        model: schema
        for model, schema in zip(models, found, strict=True)
        if schema is not None and not isinstance(schema, BaseException)
    }
