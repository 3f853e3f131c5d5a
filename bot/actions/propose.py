"""What is asked for in Slack or in a shell becomes a plan, and a plan a job."""

import contextlib
from functools import partial

from bot import logs, plan_inputs
from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from bot.ledger import jobs, money, outbox
from bot.ledger.jobs import Admission, Job, Origin
from bot.ledger.lifecycle import Beside, RunNameTaken, begin_job
from bot.ledger.notices import Notice
from bot.messages.contact_sheets import Picture, reference_of, sheet_of
from bot.messages.notices import to_approvers
from bot.plan_inputs import plan
from handlers.blocks import readings
from handlers.blocks.dry_run import priced
from pipeline.actions.registry import JobRequest
from pipeline.errors import AboveCap, BudgetExceeded, SettingsError
from pipeline.language.sentence import render
from pipeline.makers.vendors import REPLICATE
from pipeline.money import as_said, dollars, micros
from pipeline.plan.plan import Plan

PLANS_AGAIN = 12
"""How often a plan is made anew because another job took its run's name meanwhile."""


async def answer(bench: Bench, turn: Turn, request: JobRequest) -> Reply | None:
    """Begin a job; where only the price is asked for, show it."""
    if not request.dry_run:
        if turn.bound is not None:
            return await _bound(bench, turn, request, turn.bound)
        if turn.origin.channel and (doubted := await _doubted(bench, turn, request)):
            return doubted
        await propose(bench, request, turn.origin, turn.row.id)
        return None
    await speaks_of(bench, turn, request.run)
    return Reply(priced(await plan_inputs.plan(bench, request), request))


async def _doubted(bench: Bench, turn: Turn, request: JobRequest) -> Reply | None:
    """The plan with what makes it doubtful, to be confirmed; a shell was asked before it came here."""
    if getattr(request, "reference", None) is None:
        return None  # only what a person names can be a slip
    made = await plan(bench, request)
    if not made.doubts:
        return None
    await speaks_of(bench, turn, request.run)
    return Reply(readings.doubted(render(request), made))


async def _bound(bench: Bench, turn: Turn, request: JobRequest, seen: str) -> Reply | None:
    """Begin the plan that a person saw, at once; a plan that has changed since is shown again instead."""
    waiting = await waiting_like(bench, turn.origin, request)
    instead = waiting.id if waiting else None
    made = await plan(bench, request, instead_of=instead)
    if made.hash != seen:
        return Reply(readings.planned("", render(request), made, instead=instead, changed=True))
    await propose(bench, request, turn.origin, turn.row.id, instead_of=instead, at_once=True)
    return None


async def waiting_like(bench: Bench, origin: Origin, request: JobRequest) -> Job | None:
    """The waiting plan of the thread that this request would change: the same action on the same run or fixture."""
    if not (origin.channel and origin.thread_ts):
        return None
    found = await bench.ledger.run(jobs.latest, 1, thread=(origin.channel, origin.thread_ts), active=True)
    if not found or found[0].state != "waiting":
        return None
    other = found[0].plan.request
    same = (other.action, other.run, getattr(other, "fixture", None))
    alike = same == (request.action, request.run, getattr(request, "fixture", None))
    owns = origin.person in {found[0].origin.person, *bench.settings.approvers}
    return found[0] if alike and owns else None


async def propose(
    bench: Bench,
    request: JobRequest,
    origin: Origin,
    inbox_id: int | None,
    *,
    instead_of: str | None = None,
    at_once: bool = False,
) -> str | None:
    """Plan, store and begin, or wait for an approval; the job's id, or None when this was proposed before.

    Args:
        bench: The lab and the ledger.
        request: What is asked for.
        origin: By whom, and where the answer goes.
        inbox_id: What was heard.
        instead_of: A waiting job that is put aside in the same moment.
        at_once: A person saw this very plan and wants it: no time to think it over.

    Raises: LabsError; nothing was spent and nothing is stored.
    """
    for attempt in range(PLANS_AGAIN):
        # Whoever lost a run's name to another plan takes the next one in turn, or many at once would lose again and
        # again.
        async with bench.naming if attempt else contextlib.nullcontext():
            try:
                return await _proposed(bench, request, origin, inbox_id, instead_of=instead_of, at_once=at_once)
            except RunNameTaken:
                if attempt + 1 == PLANS_AGAIN:
                    raise
    return None


async def _proposed(
    bench: Bench, request: JobRequest, origin: Origin, inbox_id: int | None, *, instead_of: str | None, at_once: bool
) -> str | None:
    """Once, as `propose`. Raises: RunNameTaken: another plan was first with the new run's name."""
    made = await plan(bench, request, instead_of=instead_of)
    check_vendors(bench, made)
    admission = admit(bench, made, origin, at_once=at_once)
    shown = [await sheet_of(bench, made.training.preflight)] if made.training else await reference_of(bench, made)
    tell = partial(_tell, bench, made, admission, origin, shown)
    job_id, short = await bench.ledger.run(
        begin_job, inbox_id, made, origin, admission, bench.now(), Beside(shown, instead_of, tell)
    )
    if short is not None:
        raise over_budget(made, short)
    return await _begun(bench, job_id, made, admission) if job_id else None


def _tell(
    bench: Bench, made: Plan, admission: Admission, origin: Origin, shown: list[Picture], job_id: str
) -> list[Notice]:
    """What approvers hear, where the plan waits for one."""
    return to_approvers(bench, made, job_id, origin, shown) if admission.state == "waiting" else []


def check_vendors(bench: Bench, made: Plan) -> None:
    """Raises: SettingsError when what the plan needs is not set up."""
    for vendor in sorted(made.vendors - bench.wires.keys()):
        what = "trained" if made.training else "made"
        key = "REPLICATE_API_TOKEN" if vendor == REPLICATE.name else f"The key of {vendor}"
        raise SettingsError(f"{key} is not set, so nothing can be {what}. Nothing was spent.")
    if made.judge and bench.anthropic is None:
        raise SettingsError("ANTHROPIC_API_KEY is not set, so nothing can be judged. Nothing was spent.")


async def _begun(bench: Bench, job_id: str, made: Plan, admission: Admission) -> str:
    logs.get().info(
        "job.planned",
        job=job_id,
        run=made.run,
        images=len(made.making.ordered) if made.making else 0,
        calls=made.judged,
        training=made.training is not None,
        high_micros=made.estimate.high_micros,
        state=admission.state,
    )
    for key in await bench.ledger.run(outbox.unfinished):
        await bench.driver.kick("post", key)
    await bench.driver.kick("preview", job_id, bench.now() + bench.settings.file_wait_s)
    await bench.driver.kick("mark", job_id)
    await bench.driver.kick("job", job_id, admission.start_at)
    return job_id


def admit(bench: Bench, made: Plan, origin: Origin, *, at_once: bool = False) -> Admission:
    """Whether a plan starts by itself or waits; by its upper price. Raises: BudgetExceeded."""
    settings, now, high = bench.settings, bench.now(), made.estimate.high_micros
    limit = micros(settings.budget_job_usd)
    if made.request.cap_usd is not None and high > micros(made.request.cap_usd):
        raise AboveCap(dollars(high), as_said(made.request.cap_usd), made)
    if high > limit:
        raise BudgetExceeded(
            f"It may cost up to {dollars(high)}; one job may spend {dollars(limit)}.", "Ask for less at once."
        )
    cap = min(limit, micros(made.request.cap_usd)) if made.request.cap_usd is not None else limit
    counters = bench.counters(origin.person)
    if made.training or high > micros(settings.approval_above_usd):
        return Admission(
            state="waiting", expires_at=now + settings.approval_expires_h * 3600, cap_micros=cap, counters=counters
        )
    # What costs nothing needs no time to think it over; a shell asked before it came here.
    grace = settings.grace_s if made.buys and origin.channel and not at_once else 0
    return Admission(state="grace", start_at=now + grace, cap_micros=cap, counters=counters)


def over_budget(made: Plan, short: money.Scope) -> BudgetExceeded:
    when = "tomorrow" if short.name.startswith("person:") else "on the first of next month"
    return BudgetExceeded(
        f"It may cost up to {dollars(made.estimate.high_micros)}, and {short.words} ({dollars(short.limit_micros)}) has"
        " no room for it.",
        f"It has room again {when}; whoever runs the bot can raise it in `labs.toml`.",
    )
