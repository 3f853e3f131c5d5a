"""A plan: exactly what will be bought, for how much. Frozen, priced, hashed; made by judging.py,
making.py and their neighbours.
"""

from typing import Any

from pydantic import Field

from pipeline.actions.registry import JobRequest
from pipeline.fixture.findings import Preflight
from pipeline.fixture.packing import PhotoToTrain
from pipeline.judging.claude import fingerprint
from pipeline.lab.filing import MadeImage
from pipeline.makers.maker import fingerprint as image_fingerprint
from pipeline.makers.vendors import REPLICATE
from pipeline.models import Cell, Judge, Value, digest
from pipeline.money import Estimate
from pipeline.plan.entries import Entry, LeftOut, MadeBy
from pipeline.plan.reference import Prepared
from pipeline.prices import NOTHING

MOST_VOTES = 9


class PlannedCall(Value):
    """One vote to buy on one cell."""

    label: str
    vote: int
    fingerprint: str
    image: str
    image_sha256: str
    prompt: str


class Control(Value):
    """A real photograph that is judged like a cell: it must pass Q1, or, of somebody else, fail it."""

    label: str
    photo: str
    """Lab-relative path."""
    sha256: str
    same_person: bool
    fingerprint: str


class UnusableCell(Value):
    """A cell that cannot be judged, and why."""

    label: str
    detail: str


class PlannedImage(Value):
    """One image to make, or to copy from where it was made before."""

    label: str
    prompt_id: str
    prompt: str
    """As the judge reads it."""
    seed: int | None
    """None: its maker takes none."""
    image: str
    """Lab-relative path where it will lie."""
    input: dict[str, Any]
    """The whole input of the prediction."""
    fingerprint: str
    copy_of: MadeImage | None = None
    """The very same picture, made before: copied, not paid again."""
    by: MadeBy | None = None
    """None: by the plan's own maker."""
    source: str | None = None
    """Lab-relative path of the cell's picture that it is made from; None: of photographs made ready, or of none."""


class Making(Value):
    """The images of a plan, and what they are made of."""

    maker: str
    """Its name in the registry."""
    vendor: str
    """Whom the orders go to."""
    version: str
    """The trained version, `owner/model:64 hex digits`."""
    images: tuple[PlannedImage, ...]
    parent: str | None = None
    """The run that a re-run goes back to."""
    matrix: str
    """`3 prompts × 3 seeds = 9 new images`."""
    diff: str
    """What differs from the run as it stands: `seeds 42, 7301 → 19023, 555, 999; prompts unchanged; no training`."""
    kept: tuple[str, ...] = ()
    """Labels that were asked for and exist already."""
    settings: dict[str, Any]
    settings_known: bool = True
    """False: the run's files do not say, so these are the defaults, but for those that are asked for."""
    asked: tuple[str, ...] = ()
    """Names of the settings that the request sets."""
    estimate: Estimate = NOTHING
    lint: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    """Of a bake-off: its rows."""
    left_out: tuple[LeftOut, ...] = ()
    references: tuple[Prepared, ...] = ()
    """Photographs that go to vendors."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of its images, each once."""
        return tuple(dict.fromkeys(image.seed for image in self.images if image.seed is not None))

    def by(self, image: PlannedImage) -> MadeBy:
        """Who makes one of its images."""
        each = self.estimate.high_micros // max(1, len(self.ordered))
        own = MadeBy(maker=self.maker, vendor=self.vendor, version=self.version, row=self.maker, high_micros=each)
        return image.by or own

    @property
    def vendors(self) -> frozenset[str]:
        """Whom orders go to."""
        return frozenset(self.by(image).vendor for image in self.ordered)

    @property
    def ordered(self) -> tuple[PlannedImage, ...]:
        """Those that will be paid for."""
        return tuple(image for image in self.images if image.copy_of is None)


class Training(Value):
    """The training of a plan: everything that the trainer gets, but for the archive's address."""

    trainer: str
    """`owner/name`."""
    vendor: str = REPLICATE.name
    version: str
    """64 hex digits."""
    destination: str
    """The private model at the vendor that the trained version goes into, `owner/name`; made when it is missing."""
    identity: str
    class_noun: str
    parameters: dict[str, Any]
    parameters_known: bool = True
    """False: of a retraining, where the first one's parameters stand nowhere and these are the trainer's defaults."""
    photos: tuple[PhotoToTrain, ...]
    preflight: Preflight
    parent: str | None = None
    """The run that is trained again."""
    estimate: Estimate
    took_s: float
    diff: str
    """`steps 1000 → 2000, rank 16 → 32`; where no run is trained again, who it is and what it is made of."""

    @property
    def fingerprint(self) -> str:
        """What makes a training the same training."""
        photos = [[photo.packed_as, photo.sha256, photo.caption] for photo in self.photos]
        return digest({"version": self.version, "parameters": self.parameters, "photos": photos})


class Plan(Value):
    """What will be done, exactly. The hash binds an approval to it; the estimate is not part of the hash."""

    action: str = "judge"
    run: str
    """The run that it adds to; of a re-run the new one."""
    request: JobRequest
    judge: Judge | None = None
    """None: nothing is judged."""
    cells: tuple[Cell, ...]
    """The whole matrix as it will be, in the run's order."""
    calls: tuple[PlannedCall, ...] = ()
    """Votes on images that are there; those on images still to be made come as they are made."""
    images: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of each usable image that is there and stays, by label."""
    stored: int = 0
    """Votes that the request asks for and the lab holds already."""
    votes: int = 1
    """Votes a cell that the verdict will rest on."""
    unusable: tuple[UnusableCell, ...] = ()
    training: Training | None = None
    """Comes before the images, whose version it makes."""
    making: Making | None = None
    judging_estimate: Estimate = NOTHING
    """Of `estimate`, what is for the judge's calls."""
    estimate: Estimate
    took_s: float
    """Seconds that all of it will take."""
    pass_threshold: float
    proceed_threshold: float
    controls: tuple[Control, ...] = ()
    """Photographs that are judged like cells; those of them that no judgement is held of are among the calls."""
    control_size: tuple[int, int] | None = None
    """A control is sent no larger than a cell: width and height."""
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    """Why it may not be what the person means: it begins only after a word that it is."""

    @property
    def judged_by(self) -> Judge:
        """The judge of a plan that has calls. Raises: LookupError."""
        if self.judge is None:
            raise LookupError("a plan without a judge has no calls")
        return self.judge

    @property
    def judged(self) -> int:
        """Judge calls that it will buy, those on images still to be made included."""
        new = len(self.making.images) * self.votes if self.making and self.judge else 0
        return len(self.calls) + new

    @property
    def vendors(self) -> frozenset[str]:
        """Whom its images and its training are ordered from."""
        made = self.making.vendors if self.making else frozenset[str]()
        return made | ({self.training.vendor} if self.training else frozenset())

    @property
    def buys(self) -> bool:
        """Whether any money will move."""
        return bool(self.training or self.judged or (self.making and self.making.ordered))

    @property
    def does(self) -> bool:
        """Whether anything will be bought or copied."""
        return bool(self.training or self.judged or (self.making and self.making.images))

    @property
    def in_rounds(self) -> bool:
        """Whether its images are ordered seed by seed, each when those before it have shown that it takes more."""
        return self.action == "settle"

    @property
    def in_batch(self) -> bool:
        """Whether its calls go as message batches."""
        return self.request.action == "judge" and self.request.batch

    @property
    def makes_a_run(self) -> bool:
        """Whether its run is a new one."""
        return bool(self.training or (self.making and self.making.parent))

    def trained(self, version: str) -> "Plan":
        """The plan once its training has made a version, `owner/model:64 hex digits`: its images are of that."""
        if self.making is None:
            return self
        images = tuple(
            one.model_copy(update={"fingerprint": image_fingerprint(version, one.input)}) for one in self.making.images
        )
        making = self.making.model_copy(update={"version": version, "images": images})
        return self.model_copy(update={"making": making})

    @property
    def axes(self) -> tuple[str, ...] | None:
        """The axes that the answer names; all four are always asked."""
        return self.request.axes if self.request.action == "judge" else None

    def fingerprints(self, cell: Cell, image_sha256: str | None = None) -> list[str]:
        """Of every vote that there could be on a cell by this plan's judge, in order.

        Args:
            cell: A cell of the run.
            image_sha256: Of its picture, where that is another than when the plan was made.
        """
        image = image_sha256 or self.images.get(cell.label)
        if image is None or self.judge is None:
            return []
        return [fingerprint(self.judge, image, cell.prompt or "", vote) for vote in range(1, MOST_VOTES + 1)]

    @property
    def hash(self) -> str:
        """Over inputs, versions, parameters and cap."""
        covered: dict[str, Any] = {
            "action": self.action,
            "run": self.run,
            "judge": self.judge.model_dump() if self.judge else None,
            "calls": [call.fingerprint for call in self.calls],
            "cap": self.request.cap_usd,
            "thresholds": [self.pass_threshold, self.proceed_threshold],
        }
        if self.in_batch:
            covered["batch"] = True
        if self.training:
            # Not the new run's name: the same training asked for twice is the same plan.
            covered["run"] = self.training.parent
            covered["owner"] = self.training.destination.partition("/")[0]
            covered["training"] = self.training.fingerprint
            covered["inputs"] = [one.input for one in self.making.images] if self.making else []
            covered["votes"] = self.votes
        elif self.making:
            # Not the new run's name: the same re-run asked for twice is the same plan.
            covered["run"] = self.making.parent or self.run
            covered["version"] = self.making.version
            covered["images"] = sorted([one.label, one.fingerprint] for one in self.making.images)
            covered["votes"] = self.votes
        return digest(covered)
