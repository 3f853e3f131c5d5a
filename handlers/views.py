"""What a message shows, as values: made by the bot, drawn by `blocks`."""

from pipeline.continuation import Step
from pipeline.models import Value
from pipeline.money import Estimate
from pipeline.plan import Plan
from pipeline.state import RunState


class Progress(Value):
    """Where a running job stands."""

    done: int
    total: int
    tallies: tuple[tuple[str, int, int], ...] = ()
    """(axis title, passed, scored) so far."""
    seconds_left: float | None = None
    spent_micros: int = 0
    held: str | None = None
    """Why nothing moves: paused, or the vendor wants a person. Slack's mrkdwn."""


class AnchorView(Value):
    """A job's one message: the plan first, then its progress, then a stamp."""

    job_id: str
    state: str
    plan: Plan
    asked_by: str
    approvers: tuple[str, ...] = ()
    needs_approval: str | None = None
    """Why an approval is needed."""
    progress: Progress | None = None
    stamp: str | None = None
    """Who decided what, or how it ended."""
    grace_s: int = 0
    expires_at: float | None = None


class ResultView(Value):
    """The end of a judge job."""

    job_id: str
    asked_by: str
    state: RunState
    axes: tuple[str, ...] | None
    steps: tuple[Step, ...]
    estimate: Estimate
    spent_micros: int
    unknown_micros: int
    bought: int
    stored: int
    took_s: float
    canceled_by: str | None = None
    verdict_written: bool = True
    scored: int
    total: int
    files: tuple[tuple[str, str], ...] = ()
    """(Slack file id, alternative text) of the grids."""
    file_note: str | None = None
    simulated: bool = False
