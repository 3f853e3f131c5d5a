"""What the ledger tells a plan, and prices of next steps; for the process that owns it, or one that glances at it."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from bot.ledger import jobs, judgements, money, orders, remedies, trainings
from bot.ledger.database import Database
from bot.ledger.store import glance
from bot.settings.address import Address
from pipeline.actions.judge import JudgeRun
from pipeline.actions.registry import JobRequest
from pipeline.advice.next_steps import Prices
from pipeline.fixture.measures import Measurer
from pipeline.makers.maker import Maker
from pipeline.makers.registry import Makers
from pipeline.makers.trainers import TRAINERS
from pipeline.plan.inputs import History, InputSchema, Known

P = ParamSpec("P")
T = TypeVar("T")


class Read(Protocol):
    """Does one unit of work that changes nothing; None where there is no ledger yet."""

    def __call__(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T | None: ...


def glances(where: Path | Address) -> Read:
    """Short looks at a ledger that another process may own."""
    return partial(glance, where)


def history(read: Read, model: str) -> History:
    """Charges and durations of like calls, or images."""
    charges, took = read(money.history, model) or ((), ())
    return History(charges=charges, took_s=took)


class Lab(NamedTuple):
    """What is the lab's own about a plan."""

    judge: str
    """The model, where the request names none."""
    makers: Makers
    trainer: str
    day: str
    """`2026-11-23`, in the lab's timezone."""
    measurer: Measurer
    accounts: frozenset[str] = frozenset()
    """Vendors that there is a key for."""
    schemas: Mapping[str, InputSchema] = MappingProxyType({})
    """What models that may change take today."""


def known(
    read: Read, request: JobRequest, lab: Lab, *, account: str | None = None, instead_of: str | None = None
) -> Known:
    """What a plan rests on.

    Args:
        read: The ledger.
        request: What is planned.
        lab: The lab's own.
        account: Whose account the vendor's token opens.
        instead_of: The job that the plan replaces, whose names it may take.
    """
    model = (request.model if isinstance(request, JudgeRun) else None) or lab.judge
    return Known(
        stored=lambda fingerprints: read(judgements.known, fingerprints) or set(),
        made=lambda fingerprints: read(orders.made_before, fingerprints) or {},
        trained=lambda fingerprint: read(trainings.before, fingerprint),
        judging=history(read, model),
        maker=lab.makers.matrix,
        images=history(read, lab.makers.matrix.name),
        of_maker=lambda name: history(read, name),
        makers=lab.makers,
        accounts=lab.accounts,
        schemas=dict(lab.schemas),
        taken=tuple(read(jobs.promised_runs, but=instead_of) or ()),
        today=lab.day.replace("-", ""),
        trainings=read(trainings.history, lab.trainer) or (),
        measurer=lab.measurer,
        account=account,
    )


def prices(read: Read, judge: str, maker: Maker, trainer: str, upscaler: Maker, controls: int) -> Prices:
    """What next steps that this model would judge are priced by."""
    return Prices(
        controls=controls,
        judging=history(read, judge).charges,
        maker=maker,
        images=history(read, maker.name).charges,
        trainer=TRAINERS[trainer],
        upscaler=upscaler,
        upscales=history(read, upscaler.name).charges,
        trainings=read(trainings.history, trainer) or (),
        learnt=read(remedies.cases) or {},
    )
