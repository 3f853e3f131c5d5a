"""Every action, and every request as a closed union of frozen values.

`language.parse` reads a sentence into one of these; `language.sentence` writes the canonical sentence that reads back
to the same value. To add an action: its file beside this one, its request in the union, its value in `ACTIONS`.
"""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from pipeline.actions.action import Action
from pipeline.actions.bakeoff import BAKEOFF, Bakeoff
from pipeline.actions.cancel import CANCEL, Cancel
from pipeline.actions.compare import COMPARE, CompareRuns
from pipeline.actions.decide import APPROVE, DENY, Decide
from pipeline.actions.find import FIND, FindInHistory
from pipeline.actions.help import HELP, Help
from pipeline.actions.judge import JUDGE, JudgeRun
from pipeline.actions.label import LABEL, LABELLING, LabelBlind, LabelCells
from pipeline.actions.listing import LIST, ListThings
from pipeline.actions.matrix import EXTEND, REDO, RERUN, ExtendMatrix, RedoCells, RerunMatrix
from pipeline.actions.settle import SETTLE, SettleEvidence
from pipeline.actions.show import SHOW, ShowRun
from pipeline.actions.spend import SPEND, Spend
from pipeline.actions.status import STATUS, Status
from pipeline.actions.switch import PAUSE, RESUME, Switch
from pipeline.actions.train import TRAIN, TrainLora
from pipeline.actions.upscale import UPSCALE, UpscaleCells
from pipeline.actions.use import USE, UseUpscaled
from pipeline.actions.watch import UNWATCH, WATCH, Watch
from pipeline.actions.withdraw import WITHDRAW, WithdrawConsent
from pipeline.request import Ask, Talk

MatrixRequest = RerunMatrix | ExtendMatrix | RedoCells
"""What makes images on an existing trained version."""
JobRequests = JudgeRun | MatrixRequest | TrainLora | Bakeoff | UpscaleCells | SettleEvidence
"""What becomes a plan and a job today, for `isinstance`."""
JobRequest = Annotated[JobRequests, Field(discriminator="action")]
"""The same, told apart by `action` when it is read."""

Paid = JudgeRun | RerunMatrix | ExtendMatrix | TrainLora | UpscaleCells | Bakeoff | RedoCells | SettleEvidence
Free = (
    CompareRuns
    | FindInHistory
    | ShowRun
    | ListThings
    | Status
    | Spend
    | Cancel
    | Decide
    | Watch
    | LabelCells
    | LabelBlind
    | UseUpscaled
    | WithdrawConsent
    | Switch
    | Help
)
Actionable = Paid | Free
Request = Annotated[Actionable | Ask | Talk, Field(discriminator="action")]

ACTIONS = (
    JUDGE,
    RERUN,
    EXTEND,
    TRAIN,
    UPSCALE,
    USE,
    SETTLE,
    COMPARE,
    FIND,
    BAKEOFF,
    REDO,
    SHOW,
    LIST,
    STATUS,
    SPEND,
    CANCEL,
    APPROVE,
    DENY,
    WATCH,
    UNWATCH,
    LABEL,
    LABELLING,
    WITHDRAW,
    PAUSE,
    RESUME,
    HELP,
)
"""Every action there is, as the manual lists them."""

BY_WORD: dict[str, Action] = {one.word: one for one in ACTIONS}

SPENDING = tuple(one.word for one in ACTIONS if one.pays)
"""The actions that may cost money."""

_ANY: TypeAdapter[Actionable | Ask | Talk] = TypeAdapter(Request)


def validate(fields: dict[str, Any]) -> Actionable | Ask | Talk:
    """A request from its fields, `action` among them. Raises: pydantic.ValidationError."""
    return _ANY.validate_python(fields)
