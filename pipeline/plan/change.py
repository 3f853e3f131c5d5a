"""A plan's request with other settings."""

import re
from typing import Any

from pydantic import ValidationError

from pipeline.actions.matrix import ExtendMatrix, RerunMatrix
from pipeline.actions.registry import JobRequest, validate
from pipeline.actions.train import TrainLora
from pipeline.errors import WrongField
from pipeline.plan.plan import Plan

PARTS = {"matrix": "Make the matrix", "judge": "Judge it"}
"""Parts behind a training that can be struck."""


def seeds_of(plan: Plan) -> tuple[int, ...]:
    if plan.making is None:
        return (plan.request.seeds if isinstance(plan.request, TrainLora) else None) or ()
    return plan.making.seeds


def changed_request(plan: Plan, fields: dict[str, Any]) -> JobRequest:
    """The plan's request with a person's other settings. Raises: WrongField."""
    update: dict[str, Any] = {}
    for name in ("steps", "lora_rank"):
        if fields.get(name):
            update[name] = _whole_number(name, fields[name])
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
        where = ".".join(map(str, first["loc"][1:]))
        raise WrongField(
            str((*first["loc"][1:2], "seeds")[0]),
            f"That cannot be planned: {where}: {first['msg']}. Nothing has changed.",
            "Press *Change…* again.",
        ) from None
    assert isinstance(request, TrainLora | RerunMatrix | ExtendMatrix)  # noqa: S101  # the same action as before
    return request


def _whole_number(name: str, said: str) -> int:
    try:
        return int(said)
    except ValueError:
        raise WrongField(name, f"{said!r} is no whole number. Nothing has changed.", "Press *Change…* again.") from None


def _listed(said: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[\s,;\[\]]*\d+([\s,;\[\]]+\d+)*[\s,;\[\]]*", said):
        raise WrongField("seeds", f"{said!r} are no seeds. Nothing has changed.", "Name them like `42, 7301`.")
    return tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", said)))
