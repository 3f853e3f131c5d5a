"""*Change*: a waiting plan with other settings becomes a new plan, which wants its own approval."""

import re
from typing import Any

from pydantic import ValidationError

from bot.actions.decide import must_own
from bot.actions.propose import propose
from bot.bench import Bench
from bot.ledger.jobs import Job
from handlers.blocks.forms import approve_form, change_form, checkboxes, deny_form, number_input, text_input
from handlers.blocks.kit import Block
from handlers.blocks.plans import count, finding_line, subject
from handlers.ports import Opening
from pipeline.actions.requests import ExtendMatrix, JobRequest, RerunMatrix, TrainLora, validate
from pipeline.errors import NotUnderstood
from pipeline.money import dollars
from pipeline.plan.plan import Plan

PARTS = {"matrix": "Make the matrix", "judge": "Judge it"}


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


def changeable(plan: Plan) -> bool:
    return bool(_fields(plan))


def _fields(plan: Plan) -> list[Block]:
    """What can be changed about a plan, as it stands."""
    made: list[Block] = []
    if plan.training:
        parameters = plan.training.parameters
        steps = parameters.get("steps") or parameters.get("training_steps") or 1000
        made.append(
            number_input("steps", "Steps", steps, 3, 6000, "1,000 is usual; twice the steps cost twice the money.")
        )
        if "lora_rank" in parameters:
            made.append(
                number_input(
                    "lora_rank",
                    "Rank",
                    parameters["lora_rank"],
                    1,
                    128,
                    "16 is usual; more holds more detail, and more of what should not be learnt.",
                )
            )
    if isinstance(plan.request, TrainLora | RerunMatrix | ExtendMatrix) and _seeds(plan):
        made.append(text_input("seeds", "Seeds of the matrix", value=", ".join(map(str, _seeds(plan))), most=3000))
    if plan.training:
        struck = (plan.request.without if isinstance(plan.request, TrainLora) else None) or ()
        made.append(checkboxes("parts", "After the training", PARTS, [part for part in PARTS if part not in struck]))
    return made


def _seeds(plan: Plan) -> tuple[int, ...]:
    if plan.making is None:
        return (plan.request.seeds if isinstance(plan.request, TrainLora) else None) or ()
    return tuple(dict.fromkeys(image.seed for image in plan.making.images))


def changed_request(plan: Plan, fields: dict[str, Any]) -> JobRequest:
    """The plan's request with a person's other settings. Raises: NotUnderstood."""
    update: dict[str, Any] = {}
    for name in ("steps", "lora_rank"):
        if fields.get(name):
            update[name] = _whole_number(fields[name])
    if said := fields.get("seeds"):
        update |= {"seeds": _listed(said)}
        if not isinstance(plan.request, TrainLora):
            update["n_seeds"] = None
    if plan.training and "parts" in fields:
        struck = tuple(part for part in PARTS if part not in (fields["parts"] or ()))
        update["without"] = ("matrix",) if "matrix" in struck else struck or None
    try:
        request = validate({**plan.request.model_dump(), **update})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise NotUnderstood(
            f"That cannot be planned: {'.'.join(map(str, first['loc'][1:]))}: {first['msg']}. Nothing has changed.",
            "Press *Change…* again.",
        ) from None
    assert isinstance(request, TrainLora | RerunMatrix | ExtendMatrix)  # noqa: S101  # the same action as before
    return request


def _whole_number(said: str) -> int:
    try:
        return int(said)
    except ValueError:
        raise NotUnderstood(f"{said!r} is no whole number. Nothing has changed.", "Press *Change…* again.") from None


def _listed(said: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[\s,;\[\]]*\d+([\s,;\[\]]+\d+)*[\s,;\[\]]*", said):
        raise NotUnderstood(f"{said!r} are no seeds. Nothing has changed.", "Name them like `42, 7301`.")
    return tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", said)))


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
