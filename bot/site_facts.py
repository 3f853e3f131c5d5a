"""What pages show that stands in no folder, from the ledger and the settings: for the running bot, and for a shell."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.deciders import who_may
from bot.ledger import calls, decisions, jobs, money, orders, past, simulated, withdrawals
from bot.ledger.jobs import Job
from bot.ledger.past import Read
from bot.settings.settings import Settings
from bot.shop import upscaler_of
from handlers.blocks.plans import subject
from pipeline.advice.next_steps import Prices
from pipeline.evidence.run_state import RunState
from pipeline.lab.run import Run
from pipeline.makers.maker import Maker
from pipeline.money import dollars
from pipeline.record.job import steps_of
from pipeline.site.lab_facts import Decision, Gone, LabFacts, Running, Setting, Waiting
from pipeline.site.run_page import RunFacts

MOST_JOBS, MOST_DECISIONS = 100, 200
_PLACES = frozenset({"root", "db"})
"""Settings that are paths of the bot's machine: no page says them."""


class Office(NamedTuple):
    """Where facts come from."""

    read: Read
    settings: Settings
    maker: Maker
    """Of matrices."""


def prices_of(office: Office, model: str) -> Prices:
    """What next steps that this model would judge are priced by."""
    settings = office.settings
    controls = 2 * settings.controls
    return past.prices(office.read, model, office.maker, settings.trainer, upscaler_of(settings), controls)


def lab_facts(office: Office, now: float) -> LabFacts:
    """Everything that the lab's own pages need. Raises: LabsError when the ledger cannot be read.

    Args:
        office: Where from.
        now: Unix seconds, by the wall's clock.
    """
    read, settings = office.read, office.settings
    active = read(jobs.latest, MOST_JOBS, active=True) or []
    day = settings.day(now)
    month = datetime.fromisoformat(f"{day[:7]}-01").replace(tzinfo=ZoneInfo(settings.timezone)).timestamp()
    spent = {line.run: line.usd_micros for line in read(money.spent_since, 0.0) or []}
    switched = read(decisions.switched, "spending")
    return LabFacts(
        stamp=f"As of {_minute(now)} UTC",
        today=day,
        waiting=tuple(_waiting(settings, job) for job in active if job.state == "waiting"),
        running=tuple(_running(office.read, job) for job in active if job.state != "waiting"),
        month_micros=sum(line.usd_micros for line in read(money.spent_since, month) or []),
        month_limit_micros=int(settings.budget_month_usd * 1_000_000),
        held=f"Spending is paused by {switched[0]}." if switched else "",
        spent=spent,
        jobs={run: (job, _iso(at)) for run, (job, at) in (read(jobs.ended) or {}).items()},
        gone=tuple(_gone(settings, one) for one in read(withdrawals.every) or []),
        decisions=tuple(map(_decision, read(decisions.latest, MOST_DECISIONS) or [])),
        settings=_settings(settings),
        consent_bases=settings.consent_bases,
        simulated=settings.simulated or read(simulated.since) is not None,
        judge=settings.judge_model,
        prices=prices_of(office, settings.judge_model),
    )


def _gone(settings: Settings, one: withdrawals.Withdrawal) -> Gone:
    held = one.holdings
    return Gone(identity=held.identity, runs=held.runs, on=settings.day(one.at), done=one.state == "done")


def _decision(one: decisions.Decision) -> Decision:
    kept = one.model_dump() | {"at": _minute(one.at), "reason": one.reason or ""}
    return Decision.model_validate(kept)


def run_facts(facts: LabFacts, run: Run, state: RunState, parents: Mapping[str, str]) -> RunFacts:
    """Of these what a run's own page needs."""
    job, ended_at = facts.jobs.get(run.name, ("", ""))
    return RunFacts(
        spent_micros=facts.spent.get(run.name, 0),
        prices=facts.prices,
        steps=steps_of(run, state, facts.prices, facts.judge),
        job=job,
        ended_at=ended_at,
        children=tuple(name for name, parent in parents.items() if parent == run.name),
        simulated=facts.simulated,
    )


class _Rules(NamedTuple):
    settings: Settings


def _waiting(settings: Settings, job: Job) -> Waiting:
    return Waiting(
        job=job.id,
        what=subject(job.plan),
        run=job.plan.run,
        price=f"up to {dollars(job.plan.estimate.high_micros)}",
        who=who_may(_Rules(settings), job),
        asked_by=job.origin.person,
    )


def _running(read: Read, job: Job) -> Running:
    images, answers = read(orders.counts, job.id) or {}, read(calls.counts, job.id) or {}
    said = [job.shown]
    if images:
        said.append(f"{images.get('made', 0)} of {sum(images.values())} images made")
    if answers:
        left = answers.get("planned", 0) + answers.get("asking", 0)
        said.append(f"{sum(answers.values()) - left} of {sum(answers.values())} judgements in")
    return Running(job=job.id, what=subject(job.plan), run=job.plan.run, how_far=", ".join(said))


def _settings(settings: Settings) -> tuple[Setting, ...]:
    """Every setting in force but the places on this machine; of a secret whether there is one."""
    found = []
    for name, field in sorted(type(settings).model_fields.items()):
        value = getattr(settings, name)
        if name in _PLACES or name.endswith("_base_url"):
            continue
        secret = isinstance(value, SecretStr) or name.endswith(("_token", "_key", "_secret"))
        said = ("set" if value else "not set") if secret else _said(value)
        found.append(Setting(name=name, value=said, about=field.description or ""))
    return tuple(found)


def _said(value: object) -> str:
    if value is None or (isinstance(value, tuple | dict) and not value):
        return "–"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_said(one)}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _minute(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
