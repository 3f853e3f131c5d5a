"""What a plan rests on: the lab's settings, and what the ledger knows."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pydantic import Field, InstanceOf

from pipeline.fixture.measures import Measurer
from pipeline.lab.filing import MadeImage
from pipeline.makers.flux_lora import MAKER as FLUX_LORA
from pipeline.makers.maker import Maker
from pipeline.makers.registry import MAKERS, Makers
from pipeline.makers.trainers import PastTraining
from pipeline.models import Value
from pipeline.plan.consent import ConsentRules


class Defaults(Value):
    """The lab's settings that a plan rests on."""

    model: str
    pass_threshold: float
    proceed_threshold: float
    concurrency: int
    """Judge calls at once."""
    image_concurrency: int = 10
    """Images ordered at once."""
    controls: int = 0
    """Photographs of the person, and as many of others, that a judging takes along."""
    training: "TrainingDefaults | None" = None
    allowed: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Vendors that a consent basis allows beside those that the lab works with anyway."""

    def consent(self, today: date) -> ConsentRules:
        """What of a person may be used, and who may see it."""
        bases = self.training.consent_bases if self.training else ()
        return ConsentRules(bases=bases, allowed=self.allowed, today=today)


class TrainingDefaults(Value):
    """The lab's settings for trainings."""

    trainer: str
    """`ostris/flux-dev-lora-trainer`."""
    prompts: dict[str, str]
    """The matrix after a training, by prompt id; `{person}` is the trigger word and what the person is."""
    seeds: tuple[int, ...]
    aspect: str
    """Width to height, as the model names shapes: `3:4`."""
    consent_bases: tuple[str, ...]
    owner: str | None = None
    """Who owns the trained models at the vendor; None: the account itself."""


class History(Value):
    """What the ledger remembers of like calls: charges in micro-dollars and durations in seconds."""

    charges: tuple[int, ...] = ()
    took_s: tuple[float, ...] = ()


Stored = Callable[[list[str]], set[str]]
"""Tells which of some fingerprints are judged already."""


InputSchema = dict[str, Any]
"""JSON Schema of a model's input, with what it refers to."""


Made = Callable[[list[str]], dict[str, tuple[MadeImage, ...]]]
"""Tells which of some fingerprints were made already, and where they were put, the latest first."""


class Known(Value):
    """What the ledger tells a plan."""

    stored: Stored
    made: Made = Field(default=lambda _fingerprints: {})
    judging: History = History()
    maker: InstanceOf[Maker] = FLUX_LORA
    """Makes the cells."""
    images: History = History()
    """Of this maker."""
    of_maker: Callable[[str], History] = Field(default=lambda _name: History())
    """What images of a maker cost and took."""
    makers: InstanceOf[Makers] = MAKERS
    accounts: frozenset[str] = frozenset()
    """Vendors of makers that the lab has keys for."""
    schemas: dict[str, InputSchema] = Field(default_factory=dict)
    """What models that may change take today, as far as their vendor says, by the model's name."""
    taken: tuple[str, ...] = ()
    """Names of runs that other jobs are about to make."""
    today: str = "19700101"
    trainings: tuple[PastTraining, ...] = ()
    trained: Callable[[str], str | None] = Field(default=lambda _fingerprint: None)
    """The run that came of the training with this fingerprint."""
    measurer: InstanceOf[Measurer] = Field(default_factory=Measurer)
    """Measures and compares photographs."""
    account: str | None = None
    """Whose account the vendor's token opens."""

    @property
    def day(self) -> date:
        return datetime.strptime(self.today, "%Y%m%d").date()  # noqa: DTZ007  # a date has no zone
