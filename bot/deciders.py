"""Who may decide about a job: one rule, for the check, for the card and for the modals."""

from typing import Protocol

from bot.ledger.jobs import Job
from bot.settings.settings import Settings
from pipeline.errors import Forbidden
from pipeline.money import dollars, micros


class Bench(Protocol):
    """Of a bench only what is decided by."""

    @property
    def settings(self) -> Settings: ...


def operator(bench: Bench, person: str) -> bool:
    """Somebody at a shell who is listed."""
    return person.startswith("shell:") and person.removeprefix("shell:") in bench.settings.operators


def may_approve(bench: Bench, job: Job, person: str, usd_micros: int | None = None) -> bool:
    """An approver or an operator; who asked for it themselves only up to the limit for that."""
    if person not in bench.settings.approvers and not operator(bench, person):
        return False
    price = job.plan.estimate.high_micros if usd_micros is None else usd_micros
    return person != job.origin.person or price <= micros(bench.settings.self_approve_below_usd)


def who_may(bench: Bench, job: Job) -> tuple[str, ...]:
    """The approvers who may approve this one."""
    return tuple(person for person in bench.settings.approvers if may_approve(bench, job, person))


def owns(bench: Bench, job: Job, person: str) -> bool:
    """Who asked for it, and approvers."""
    return person in {job.origin.person, *bench.settings.approvers} or operator(bench, person)


def must_approve(bench: Bench, job: Job, person: str, usd_micros: int) -> None:
    """Raises: Forbidden, unless the person may decide on so much money for this job; with who may."""
    if may_approve(bench, job, person, usd_micros):
        return
    others = tuple(one for one in bench.settings.approvers if may_approve(bench, job, one, usd_micros))
    hint = "These may:" if others else "Nobody may: whoever runs the bot names another approver in `labs.toml`."
    if person in bench.settings.approvers or operator(bench, person):
        limit = dollars(micros(bench.settings.self_approve_below_usd))
        raise Forbidden(f"Above {limit} somebody else must approve.", hint, people=others)
    raise Forbidden("Only an approver decides that.", hint, people=others)


def must_deny(bench: Bench, job: Job, person: str) -> None:
    """Raises: Forbidden, unless they asked for it, or are an approver: no limit holds for a no."""
    if person != job.origin.person:
        must_be_approver(bench, person, "decides that")


def must_be_approver(bench: Bench, person: str, what: str) -> None:
    """Raises: Forbidden: for what has no price."""
    if person not in bench.settings.approvers and not operator(bench, person):
        approvers = bench.settings.approvers
        hint = "These may:" if approvers else "Nobody may yet: `approvers` in `labs.toml` names them."
        raise Forbidden(f"Only an approver {what}.", hint, people=approvers)


def must_own(bench: Bench, job: Job, person: str, done: str = "canceled") -> None:
    """Raises: Forbidden, unless they asked for the job, or may approve."""
    if not owns(bench, job, person):
        people = tuple(dict.fromkeys([job.origin.person, *bench.settings.approvers]))
        raise Forbidden(f"Job {job.id} can be {done} by who asked for it or by an approver.", "Ask:", people=people)
