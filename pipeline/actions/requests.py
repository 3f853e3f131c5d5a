"""What a person can ask for, as a closed union of frozen values.

`parse` (pipeline/parse) reads a sentence into one of these; `render` (pipeline/sentence.py) writes the canonical
sentence that reads back to the same value. Plans, buttons, help and "How to continue" use these types.
"""

from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import Field, TypeAdapter, field_validator

from pipeline.models import MAX_SEED, Value

MOST_SEEDS = 60
MOST_PROMPTS = 20
LONGEST_PROMPT = 2000

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1, max_length=MOST_SEEDS)]
SeedCount = Annotated[int, Field(ge=1, le=MOST_SEEDS)]
Prompt = Annotated[str, Field(min_length=1, max_length=LONGEST_PROMPT)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]
AxisCode = Literal["q1", "q2", "q3", "q4"]
Upscaler = Literal["magnific", "clarity"]
IdentityVendor = Literal["fashn", "photomaker", "instantid", "pulid", "flux-pulid", "ip-adapter-faceid"]


_T = TypeVar("_T")


def _some(chosen: tuple[_T, ...] | None, every: tuple[_T, ...]) -> tuple[_T, ...] | None:
    """What is chosen, in the order of all there is; null for all, and for none."""
    kept = tuple(one for one in every if one in (chosen or ()))
    return None if len(kept) in {0, len(every)} else kept


class Spending(Value):
    """What every request that may cost money can carry."""

    dry_run: bool = False
    cap_usd: Annotated[float, Field(gt=0)] | None = None
    """A limit that the person sets for this request; it can only lower the lab's own."""
    stated_usd: float | None = None
    """A price that the text mentions: a note, never a limit."""


class ThenJudge(Spending):
    """What makes images, and may have them judged in the same breath."""

    then_judge: bool = False


class JudgeRun(Spending):
    """Run the four-axis identity judge over a run's cells."""

    action: Literal["judge"] = "judge"
    run: str
    reference: str | None = None
    model: str | None = None
    axes: tuple[AxisCode, ...] | None = None
    repeats: Annotated[int, Field(ge=1, le=9)] | None = None

    @field_validator("axes")
    @classmethod
    def _all_is_null(cls, axes: tuple[AxisCode, ...] | None) -> tuple[AxisCode, ...] | None:
        """In order; all of them, named one by one, are null."""
        return _some(axes, get_args(AxisCode))


class RerunMatrix(ThenJudge):
    """A new matrix on the same trained version: other seeds replace the old ones."""

    action: Literal["rerun"] = "rerun"
    run: str
    seeds: Seeds | None = None
    n_seeds: SeedCount | None = None
    prompt_ids: tuple[str, ...] | None = None
    lora_scale: Annotated[float, Field(ge=0, le=2)] | None = None
    """How strongly the LoRA works; with it, seeds that are not named stay."""
    guidance: Annotated[float, Field(ge=0, le=10)] | None = None
    """How strongly the prompt works; with it, seeds that are not named stay."""


class ExtendMatrix(ThenJudge):
    """Add cells to a run: new prompts, extra seeds, or both."""

    action: Literal["extend"] = "extend"
    run: str
    prompts: Annotated[tuple[Prompt, ...], Field(max_length=MOST_PROMPTS)] | None = None
    seeds: Seeds | None = None
    n_seeds: SeedCount | None = None
    prompt_ids: tuple[str, ...] | None = None


class TrainLora(ThenJudge):
    """Train a LoRA of a person, or train a run again with other settings. Always needs approval.

    Steps 3–6000 and rank 1–128 are what the trainer takes (ostris/flux-dev-lora-trainer, its input schema).
    """

    action: Literal["train"] = "train"
    fixture: str | None = None
    """`inputs/NAME`."""
    photos: Literal["thread"] | None = None
    """The photographs that were posted in the thread, which become a fixture first."""
    run: str | None = None
    """The run that is trained again."""
    identity: str | None = None
    steps: Annotated[int, Field(ge=3, le=6000)] | None = None
    lora_rank: Annotated[int, Field(ge=1, le=128)] | None = None
    trigger_word: Annotated[str, Field(pattern=r"^\w{2,30}$")] | None = None
    seeds: Seeds | None = None
    """Of the matrix after it; null: the lab's, or those of the run that is trained again."""
    without: tuple[Literal["matrix", "judge"], ...] | None = None
    """What is struck of the parts that come after the training."""


class UpscaleCells(Spending):
    """Pass cells through the photorealistic upscaler."""

    action: Literal["upscale"] = "upscale"
    run: str
    cells: Names | None = None
    vendor: Upscaler | None = None


class CompareRuns(Value):
    """Two or more runs side by side."""

    action: Literal["compare"] = "compare"
    runs: Annotated[tuple[str, ...], Field(min_length=2)]


class Bakeoff(Spending):
    """Single-photo identity vendors against one reference photo."""

    action: Literal["bakeoff"] = "bakeoff"
    reference: str
    vendors: tuple[IdentityVendor, ...] | None = None
    run: str | None = None
    """Whose prompts and seeds to use."""

    @field_validator("vendors")
    @classmethod
    def _all_is_null(cls, vendors: tuple[IdentityVendor, ...] | None) -> tuple[IdentityVendor, ...] | None:
        return _some(vendors, get_args(IdentityVendor))


class RedoCells(ThenJudge):
    """Make named cells again, with the same prompt and seed."""

    action: Literal["redo"] = "redo"
    run: str
    cells: Names | None = None
    which: Literal["failed"] | None = None


class ShowRun(Value):
    """Show a run: its grid, its verdict or its card."""

    action: Literal["show"] = "show"
    run: str
    what: Literal["grid", "verdict", "card"] | None = None


class ListThings(Value):
    """List runs, fixtures or jobs."""

    action: Literal["list"] = "list"
    what: Literal["runs", "fixtures", "jobs"]
    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    identity: str | None = None


class Status(Value):
    """What is running, or how one job or run is doing."""

    action: Literal["status"] = "status"
    run: str | None = None
    job: str | None = None


class Spend(Value):
    """What was spent."""

    action: Literal["spend"] = "spend"
    period: Literal["today", "week", "month", "all"] | None = None
    run: str | None = None
    identity: str | None = None


class Cancel(Value):
    """Stop a job: all of it, what has not begun yet, or single cells."""

    action: Literal["cancel"] = "cancel"
    run: str | None = None
    job: str | None = None
    cells: Names | None = None
    """Only these cells; null: the whole job."""
    rest: bool = False
    """True: what the vendor is making already is finished."""


class Decide(Value):
    """Approve or deny a plan that waits."""

    action: Literal["approve", "deny"]
    job: str | None = None
    reason: str | None = None


class Watch(Value):
    """Tell me when this run has a verdict, or no longer."""

    action: Literal["watch", "unwatch"]
    run: str


class LabelCells(Value):
    """A person's own opinion of cells on one axis."""

    action: Literal["label"] = "label"
    run: str
    cells: Names
    axis: AxisCode
    value: Literal["pass", "fail"]


class WithdrawConsent(Value):
    """A person takes the consent back: list, and after an approver's word delete, everything that holds their
    likeness.
    """

    action: Literal["withdraw"] = "withdraw"
    identity: Annotated[str, Field(pattern=r"^[a-z0-9]{1,20}$")]


class Switch(Value):
    """Stop or allow every new paid call at once. Approvers only."""

    action: Literal["pause", "resume"]
    reason: str | None = None


class Help(Value):
    """How to ask."""

    action: Literal["help"] = "help"
    topic: str | None = None


class Ask(Value):
    """A request in which something is missing: the bot asks back and does nothing."""

    action: Literal["ask"] = "ask"
    missing: Names
    """Names of the fields that are missing, or `action`."""
    about: str | None = None
    """The words that were not understood, e.g. a misspelt run."""
    why: str | None = None
    """A sentence for the person, where "it is missing" is not the reason."""
    draft: dict[str, Any] = Field(default_factory=dict)
    """What was understood: the action, and the fields that are clear."""
    choices: tuple[str, ...] = ()
    """What fits, where several do (runs, mostly)."""


class Talk(Value):
    """People talking. The bot stays silent."""

    action: Literal["none"] = "none"


MatrixRequest = RerunMatrix | ExtendMatrix | RedoCells
"""What makes images on an existing trained version."""
JobRequest = Annotated[JudgeRun | MatrixRequest | TrainLora, Field(discriminator="action")]
"""What becomes a plan and a job today."""

Paid = JudgeRun | RerunMatrix | ExtendMatrix | TrainLora | UpscaleCells | Bakeoff | RedoCells
Free = (
    CompareRuns
    | ShowRun
    | ListThings
    | Status
    | Spend
    | Cancel
    | Decide
    | Watch
    | LabelCells
    | WithdrawConsent
    | Switch
    | Help
)
Actionable = Paid | Free
Request = Annotated[Actionable | Ask | Talk, Field(discriminator="action")]

SPENDING = ("judge", "rerun", "extend", "train", "upscale", "bakeoff", "redo")
"""The actions that may cost money."""

_ANY: TypeAdapter[Actionable | Ask | Talk] = TypeAdapter(Request)


def validate(fields: dict[str, Any]) -> Actionable | Ask | Talk:
    """A request from its fields, `action` among them. Raises: pydantic.ValidationError."""
    return _ANY.validate_python(fields)
