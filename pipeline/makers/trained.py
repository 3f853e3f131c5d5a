"""What a vendor's answer about a training amounts to: how far it is, what it made, why it failed, what it cost."""

import re
from datetime import datetime

from pipeline.makers.outcome import Prediction
from pipeline.makers.trainers import TrainingProgress, read_progress, training_charge, what_to_do
from pipeline.models import Cause, Unscored, Value

_VERSION = re.compile(r"(?P<model>[\w.-]+/[\w.-]+):(?P<version>[0-9a-f]{64})")
CLOCKS_DIFFER_S = 600.0


class Told(Value):
    """What the vendor last told of a training; kept, because it deletes its own record after an hour."""

    status: str
    progress: TrainingProgress | None = None
    created_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    weights: str | None = None
    """The address of the trained weights."""
    weights_sha256: str | None = None
    """None: they could not be fetched to be hashed."""


def told(seen: Prediction, before: Told | None = None) -> Told:
    """What this look adds to the ones before: what was said once stays, although the vendor forgets it."""
    earlier = before or Told(status=seen.status)
    output = seen.output if isinstance(seen.output, dict) else {}
    weights = output.get("weights")
    return Told(
        status=seen.status,
        progress=read_progress(seen.logs) or earlier.progress,
        created_at=seen.created_at or earlier.created_at,
        started_at=seen.started_at or earlier.started_at,
        completed_at=seen.completed_at or earlier.completed_at,
        weights=weights if isinstance(weights, str) else earlier.weights,
        weights_sha256=earlier.weights_sha256,
    )


def version_of(seen: Prediction, destination: str) -> str | None:
    """The version that a training made, `owner/model:64 hex digits`; None where it does not say, or names another
    model.
    """
    output = seen.output if isinstance(seen.output, dict) else {}
    found = _VERSION.fullmatch(str(output.get("version") or ""))
    return found[0] if found and found["model"] == destination else None


def version_among(seen: Prediction, destination: str, versions: tuple[tuple[str, str], ...]) -> str | None:
    """The version of a training whose own record is deleted: the only one that the model got while the training ran.

    Args:
        seen: The training, of which the vendor kept the times.
        destination: `owner/model`.
        versions: The model's versions, as (64 hex digits, when it was made).
    """
    began, ended = _moment(seen.created_at), _moment(seen.completed_at)
    if began is None or ended is None:
        return None
    made = [(one, _moment(at)) for one, at in versions]
    fitting = [one for one, at in made if at is not None and began - CLOCKS_DIFFER_S <= at <= ended + CLOCKS_DIFFER_S]
    return f"{destination}:{fitting[0]}" if len(fitting) == 1 else None


def _moment(said: str | None) -> float | None:
    try:
        return datetime.fromisoformat(said or "").timestamp()
    except ValueError:
        return None


def cost_of(seen: Prediction, trainer: str) -> int | None:
    """Micro-dollars, by the raw answer's `metrics.predict_time`; None when the vendor does not say."""
    return None if seen.seconds is None else training_charge(trainer, seen.seconds)


def why_not_trained(seen: Prediction) -> Unscored:
    """Why a training that has ended made no version, in the vendor's words, and what to do."""
    if seen.status == "canceled":
        return Unscored(cause=Cause.DROPPED, detail="canceled at the vendor")
    said = " ".join(str(seen.error or "").split())[:300].rstrip(".")
    if seen.status == "aborted":
        return Unscored(cause=Cause.FAILED, detail="the vendor ended it before it ran. Ask again.")
    return Unscored(cause=Cause.FAILED, detail=f"{said or 'without a reason'}. {what_to_do(said)}")
