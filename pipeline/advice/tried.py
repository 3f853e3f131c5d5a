"""What remedies did for the bars that they were to mend."""

from enum import StrEnum

from pipeline.actions.matrix import RerunMatrix
from pipeline.actions.train import TrainLora
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import Tally
from pipeline.models import Axis, Value
from pipeline.plan.plan import Plan


class Remedy(StrEnum):
    """As the ledger keeps them."""

    SEEDS = "other seeds"
    NOUN = "class noun"
    SCALE = "LoRA scale"
    RETRAIN = "retraining"
    PHOTOS = "more photographs"
    WORDING = "wording"
    GUIDANCE = "guidance"
    UPSCALE = "upscaler"

    @property
    def words(self) -> str:
        """As people read them."""
        return "say woman or man" if self is Remedy.NOUN else self.value


FOR_PHOTOGRAPHIC = frozenset({Remedy.WORDING, Remedy.GUIDANCE, Remedy.UPSCALE})
"""The remedies that are for Q4; the others are for Q1."""


class Tried(Value):
    """One case: a remedy, and the axis that it was for, before and after."""

    remedy: Remedy
    axis: Axis
    before: tuple[int, int]
    """Passed of scored."""
    after: tuple[int, int]


def tried(plan: Plan, before: RunState, after: RunState) -> tuple[Tried, ...]:
    """What a judged job tells about the remedy that it was, when the bar that this is for was missed before."""
    remedy = remedy_of(plan)
    if remedy is None or plan.judge is None:
        return ()
    axis = Axis.PHOTOGRAPHIC if remedy in FOR_PHOTOGRAPHIC else Axis.IDENTITY
    was, now = before.verdict.tally(axis), _of_new_cells(plan, after, axis)
    if not (was.scored and missed(before, axis) and now[1]):
        return ()
    return (Tried(remedy=remedy, axis=axis, before=_counts(was), after=now),)


def remedy_of(plan: Plan) -> Remedy | None:
    """Which remedy a plan is, by what it changes; None: it changes nothing that is one."""
    request = plan.request
    if isinstance(request, TrainLora):
        return (
            (Remedy.RETRAIN if request.steps or request.lora_rank else Remedy.PHOTOS)
            if plan.training and plan.training.parent
            else None
        )
    if isinstance(request, RerunMatrix):
        if request.wording is not None:
            return Remedy.NOUN if request.wording == "class-noun" else Remedy.WORDING
        if request.lora_scale is not None:
            return Remedy.SCALE
        return Remedy.GUIDANCE if request.guidance is not None else Remedy.SEEDS
    return None


def _of_new_cells(plan: Plan, after: RunState, axis: Axis) -> tuple[int, int]:
    ours = {image.label for image in plan.making.images} if plan.making else set()
    scores = [cell.scores[axis] for cell in after.cells if cell.cell.label in ours and cell.scores]
    return sum(score.passed for score in scores), len(scores)


def _counts(tally: Tally) -> tuple[int, int]:
    return tally.passed, tally.scored


def missed(state: RunState, axis: Axis) -> bool:
    tally = state.verdict.tally(axis)
    return tally.passed < state.verdict.threshold * tally.scored
