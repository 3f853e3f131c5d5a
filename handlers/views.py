"""What a message shows, as values: made by the bot, drawn by `blocks`."""

from pipeline.advice.next_steps import Step
from pipeline.evidence.compare import Rejudged
from pipeline.evidence.run_state import RunState
from pipeline.models import Cause, Value
from pipeline.plan.plan import Plan


class TrainingView(Value):
    """Where a training stands."""

    at: str
    """In words: `uploading the photographs`, `training`."""
    percent: int | None = None
    step: int | None = None
    steps: int | None = None


class Undecided(Value):
    """A cell that a person decides about, and why nobody else can."""

    label: str
    why: Cause
    detail: str = ""


class Progress(Value):
    """Where a running job stands."""

    done: int
    """Judgements that are in."""
    total: int
    unanswered: int = 0
    """Judgements that ended without one."""
    called_off: int = 0
    """Judgements that somebody called off before they were asked for."""
    made: int = 0
    """Images that are in their folder."""
    failed: int = 0
    """Images that ended without one."""
    stopped: int = 0
    """Images that somebody called off before they were begun."""
    training: TrainingView | None = None
    """None: the job trains nothing, or is done with it."""
    to_make: int = 0
    """Images of the plan; 0: it makes none."""
    so_far: str = ""
    """Of a job that goes by rounds: how far its evidence is. What it makes and judges is then the most that it may."""
    making: int = 0
    """Images that the vendor is at."""
    ahead: int = 0
    """Images of older jobs that come before this one's next."""
    blocked: tuple[int, str] | None = None
    """Images that wait for a person's word on an alike one, and the job that it belongs to."""
    lost: int = 0
    """Images of which the answer to the order was lost; the vendor is asked for them."""
    undecided: tuple[Undecided, ...] = ()
    """Images that a person decides about."""
    undecided_micros: int = 0
    """What ordering those once more would cost."""
    tallies: tuple[tuple[str, int, int], ...] = ()
    """(axis title, passed, scored) so far."""
    seconds_left: float | None = None
    spent_micros: int = 0
    batch: str = ""
    """Of a job that is judged as a message batch: where that is. Slack's mrkdwn."""
    held: str | None = None
    """Why nothing moves: paused, or the vendor wants a person. Slack's mrkdwn."""

    @property
    def judging_over(self) -> int:
        """Judgements of which nothing more is to come."""
        return self.done + self.unanswered + self.called_off

    @property
    def over(self) -> int:
        """Images and judgements of which nothing more is to come."""
        return self.judging_over + self.made + self.failed + self.stopped


class Outcome(Value):
    """What a job that is over brought."""

    made: int = 0
    to_make: int = 0
    judged: int = 0
    to_judge: int = 0


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
    changeable: bool = False
    """Whether its settings can be changed while it waits."""
    outcome: Outcome | None = None
    """Of a job that is done."""
    verdict: str | None = None
    """The way to its result in the thread, as mrkdwn."""
    unposted: str | None = None
    """Slack's word for why the job's result is not in the thread yet."""
    grace_s: int = 0
    expires_at: float | None = None
    picture: tuple[str, str] | None = None
    """(Slack file id, alternative text) of the grid as far as it is."""


class ResultView(Value):
    """The end of a job."""

    job_id: str
    asked_by: str
    watchers: tuple[str, ...] = ()
    """Who else wanted to hear of it, in this thread."""
    plan: Plan
    state: RunState
    steps: tuple[Step, ...]
    spent_micros: int
    unknown_micros: int
    bought: int
    took_s: float
    canceled_by: str | None = None
    stopped: tuple[str, int] | None = None
    """Who called off the rest, and how many images that were."""
    verdict_written: bool = True
    scored: int
    total: int
    made: int = 0
    rejudged: Rejudged | None = None
    """What another judge said of the same pictures before."""
    files: tuple[tuple[str, str], ...] = ()
    """(Slack file id, alternative text) of the grids."""
    file_note: str | None = None
    pages: bool = False
    """There is a page of the run that can be opened."""
    simulated: bool = False

    @property
    def mentions(self) -> str:
        """Everybody who is to see it, as mrkdwn."""
        return " ".join(f"<@{person}>" for person in dict.fromkeys((self.asked_by, *self.watchers)))
