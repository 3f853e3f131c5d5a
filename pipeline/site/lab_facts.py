"""What the lab's pages show that stands in no folder: jobs, money, decisions, settings."""

from pydantic import Field

from pipeline.advice.next_steps import Prices
from pipeline.models import Value


class Waiting(Value):
    """A plan that waits for a person."""

    job: str
    what: str
    run: str
    price: str
    who: tuple[str, ...]
    """Who may approve it."""
    asked_by: str


class Running(Value):
    """A job that is at work."""

    job: str
    what: str
    run: str
    how_far: str


class Gone(Value):
    """A person who took the consent back; no picture of theirs is shown anywhere."""

    identity: str
    runs: tuple[str, ...]
    on: str
    done: bool


class Decision(Value):
    """Who decided what."""

    at: str
    person: str
    what: str
    subject: str
    reason: str


class Setting(Value):
    """One setting in force; of a secret only whether it is there."""

    name: str
    value: str
    about: str


class LabFacts(Value):
    """What the ledger and the settings say of a lab."""

    stamp: str
    """When this was, for a reader."""
    today: str
    """`2026-11-27`, in the lab's timezone."""
    waiting: tuple[Waiting, ...] = ()
    running: tuple[Running, ...] = ()
    month_micros: int = 0
    month_limit_micros: int = 0
    held: str = ""
    """Why no new paid call is made."""
    spent: dict[str, int] = Field(default_factory=dict)
    """Micro-dollars by run."""
    jobs: dict[str, tuple[str, str]] = Field(default_factory=dict)
    """The latest job that ended and when, by run."""
    gone: tuple[Gone, ...] = ()
    decisions: tuple[Decision, ...] = ()
    settings: tuple[Setting, ...] = ()
    consent_bases: tuple[str, ...] = ()
    simulated: bool = False
    judge: str
    """The judge's model, where a request names none."""
    prices: Prices

    def is_at_work(self, run: str) -> bool:
        """Whether a job is at a run right now."""
        return any(job.run == run for job in self.running)
