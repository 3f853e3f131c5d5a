"""*Change*: a waiting plan with other settings becomes a new plan, which wants its own approval."""

from typing import Any

from bot.actions.decide import must_own
from bot.actions.propose import propose
from bot.bench import Bench
from bot.ledger.jobs import Job
from handlers.blocks.change import _fields
from handlers.blocks.forms import approve_form, change_form, deny_form
from handlers.blocks.plans import count, finding_line, subject
from handlers.ports import Opening
from pipeline.errors import NotUnderstood
from pipeline.money import dollars
from pipeline.plan.change import changed_request


def form_of(opening: Opening, job: Job | None) -> dict[str, Any] | None:
    """The modal that a button of a waiting plan opens; None when the plan does not wait any more."""
    if job is None or job.state != "waiting":
        return None
    words = f"{subject(job.plan)}: {count(job.plan)}, {job.plan.estimate} (job {job.id})"
    if opening.form == "approve" and job.plan.training:
        ambers = [finding_line(one) for one in job.plan.training.preflight.findings]
        return approve_form(opening, words, dollars(job.plan.estimate.high_micros), ambers)
    if opening.form == "deny":
        return deny_form(opening, words)
    fields = _fields(job.plan)
    return change_form(opening, words, fields) if opening.form == "change" and fields else None


async def change(
    bench: Bench, job: Job, person: str, fields: dict[str, Any], inbox_id: int, plan_hash: str
) -> str | None:
    """Put a waiting plan aside for a new one; the new job's id.

    Who changes a plan is who asks for the new one: nobody approves what they wrote themselves above the limit for that.

    Raises: LabsError; the plan that waits then goes on waiting.
    """
    must_own(bench, job, person)
    if plan_hash != job.plan_hash or job.state != "waiting":
        raise NotUnderstood(f"Job {job.id} does not wait any more ({job.state}).", "`list jobs` shows the latest.")
    request = changed_request(job.plan, fields)
    origin = job.origin.model_copy(update={"person": person})
    return await propose(bench, request, origin, inbox_id, instead_of=job.id)
