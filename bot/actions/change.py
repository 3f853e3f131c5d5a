"""*Change*: a waiting plan with other settings becomes a new plan, which wants its own approval."""

from typing import Any

from bot.actions.propose import propose
from bot.bench import Bench
from bot.deciders import must_approve, must_deny, must_own
from bot.ledger.jobs import Job
from handlers.blocks.change import _fields
from handlers.blocks.forms import approve_form, change_form, deny_form
from handlers.blocks.plans import count, finding_line, subject
from handlers.ports import Opening
from pipeline.errors import Decided, NotUnderstood
from pipeline.money import dollars
from pipeline.plan.change import changed_request


def must_open(bench: Bench, opening: Opening, job: Job | None) -> None:
    """Raises: Forbidden, for who may not send off what the button opens."""
    if job is None:
        return
    if opening.form == "approve":
        must_approve(bench, job, opening.person, job.plan.estimate.high_micros)
    elif opening.form == "deny":
        must_deny(bench, job, opening.person)
    else:
        must_own(bench, job, opening.person, "changed")


def form_of(opening: Opening, job: Job | None) -> dict[str, Any]:
    """The modal that a button of a waiting plan opens. Raises: NotUnderstood, when the plan does not wait any more."""
    if job is None or job.state != "waiting":
        shown, by = (job.shown, job.decided_by) if job else ("gone", None)
        raise Decided(opening.subject.partition(" ")[0], shown, by)
    words = f"{subject(job.plan)}: {count(job.plan)}, {job.plan.estimate} (job {job.id})"
    if opening.form == "approve" and job.plan.training:
        ambers = [finding_line(one) for one in job.plan.training.preflight.findings]
        return approve_form(opening, words, dollars(job.plan.estimate.high_micros), ambers)
    if opening.form == "deny":
        return deny_form(opening, words)
    fields = _fields(job.plan)
    if opening.form == "change" and fields:
        return change_form(opening, words, fields)
    raise NotUnderstood("There is nothing to change about this plan.", "Ask for what you want in the thread.")


async def change(
    bench: Bench, job: Job, person: str, fields: dict[str, Any], inbox_id: int, plan_hash: str
) -> str | None:
    """Put a waiting plan aside for a new one; the new job's id.

    Who changes a plan is who asks for the new one: nobody approves what they wrote themselves above the limit for that.

    Raises: LabsError; the plan that waits then goes on waiting.
    """
    must_own(bench, job, person, "changed")
    if plan_hash != job.plan_hash or job.state != "waiting":
        raise NotUnderstood(f"Job {job.id} does not wait any more: it is {job.shown}.", "`list jobs` shows the latest.")
    request = changed_request(job.plan, fields)
    origin = job.origin.model_copy(update={"person": person})
    return await propose(bench, request, origin, inbox_id, instead_of=job.id)
