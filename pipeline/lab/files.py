"""The run folder's JSON files as models that read and write the lab's own files byte for byte.

Unknown keys are kept where they stood; what a file leaves out stays out; what the bot adds comes behind.
"""

import json
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import LabError
from pipeline.models import Judge, Unscored, Value


class LabFile(BaseModel):
    """A JSON object of the lab: known keys typed, others kept."""

    model_config = ConfigDict(frozen=True, extra="allow", validate_by_name=True, validate_by_alias=True)

    @classmethod
    def read(cls, content: bytes, name: str) -> Self:
        """Raises: LabError, naming the file and the first thing wrong in it."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise LabError(f"{name} cannot be read: {where}: {first['msg']}.") from None

    def write(self) -> bytes:
        """The lab's layout: 2-space indent, ASCII escapes, a newline at the end."""
        content = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return (json.dumps(content, indent=2) + "\n").encode()


class ScoreEntry(LabFile):
    passed: bool = Field(alias="pass")
    score: int | float
    reason: str
    votes: list[float] | None = None


class CellEntry(LabFile):
    label: str
    prompt_id: str | None = None
    prompt: str | None = None
    image_path: str | None = None
    q1_identity: ScoreEntry
    q2_pose: ScoreEntry
    q3_framing: ScoreEntry
    q4_photographic: ScoreEntry


class UnscoredEntry(LabFile):
    label: str
    prompt_id: str | None = None
    prompt: str | None = None
    image_path: str | None = None
    cause: str
    detail: str = ""


class ControlEntry(LabFile):
    """A real photograph that was judged like a cell."""

    photo: str
    """Its file's name."""
    identity: str
    same_person: bool
    """It had to pass Q1; else to fail it."""
    score: int | float
    passed: bool = Field(alias="pass")
    right: bool


class Summary(LabFile):
    n_cells: int | None = None
    q1_identity_pass_rate: int | float | None = None
    q2_pose_pass_rate: int | float | None = None
    q3_framing_pass_rate: int | float | None = None
    q4_photographic_pass_rate: int | float | None = None
    all_axes_pass_rate: int | float | None = None
    proceed_threshold: int | float | None = None
    verdict: str | None = None
    verdict_reason: str | None = None
    evidence: dict[str, Any] | None = None


class JudgeOutput(LabFile):
    """`judge_output.json`: the verdict's cells and their summary."""

    judge_version: str | None = None
    model: str | None = None
    judged_at: str | None = None
    reference: str | None = None
    cells: list[CellEntry]
    summary: Summary | None = None
    unscored: list[UnscoredEntry] | None = None
    judge: Judge | None = None
    pass_threshold: float | None = None
    controls: list[ControlEntry] | None = None
    controls_unanswered: int | None = None
    """Controls that were asked about without a usable answer."""
    controls_so_far: tuple[int, int] | None = None
    """Right and scored, with this judge, rubric and reference, over all runs."""


class InferenceEntry(LabFile):
    label: str
    image_path: str | None = None
    prompt: str | None = None


class TrainingState(LabFile):
    """`training_state.json`: the vendor's training and the images made from it."""

    zip_url: str | None = None
    training_id: str | None = None
    training_result: dict[str, Any] | None = None
    inference: list[InferenceEntry] = Field(default_factory=list)

    @property
    def version(self) -> str | None:
        """`owner/model:64 hex digits`, where the training ended well."""
        version = (self.training_result or {}).get("version")
        return version if isinstance(version, str) else None


class Photo(Value):
    name: str
    sha256: str


class FixtureRecord(Value):
    path: str
    photos: tuple[Photo, ...] = ()


class SentPhoto(Value):
    """A photograph that vendors were to get, as it was made ready for them."""

    source: str
    """Lab-relative path of the photograph."""
    sha256: str
    """Of the file in the run's `references` folder."""


class TrainerRecord(Value):
    model: str | None = None
    version: str | None = None
    parameters: dict[str, Any] | None = None


class PromptRecord(Value):
    id: str
    text: str | None = None


class MadeCell(Value):
    """One cell that the bot made, or could not make: how, from what, and for how much."""

    label: str
    prompt_id: str
    seed: int | None
    state: Literal["made", "failed"]
    image: str
    """Lab-relative path."""
    sha256: str | None = None
    cause: str | None = None
    detail: str = ""
    version: str | None = None
    input: dict[str, Any] | None = None
    prediction_id: str | None = None
    copied_from: str | None = None
    made_at: str | None = None
    usd_micros: int = 0
    job: str | None = None
    maker: str | None = None
    """The row of a bake-off that it stands in."""
    took_s: float | None = None
    """Of a bake-off: seconds from the order to its end, by the vendor's clock where it has one."""
    face_px: int | None = None
    """Of a bake-off: how high its largest face is, in pixels; 0: there is none, null: nobody looked."""


class Look(Value):
    """What the judge said of a picture on one axis."""

    score: float
    passed: bool
    reason: str = ""


class Upscaled(Value):
    """A picture beside its cell: what it was made of, by whom, how, for how much, and what the judge saw."""

    label: str
    """`CB-LORA-front-full-S42.up-magnific-skin`."""
    cell: str
    state: Literal["made", "failed"]
    maker: str
    image: str
    sha256: str | None = None
    parent_sha256: str
    """Of the cell's picture that it was made from."""
    input: dict[str, Any] | None = None
    cause: str | None = None
    detail: str = ""
    usd_micros: int = 0
    job: str | None = None
    made_at: str | None = None
    before: dict[str, Look] = Field(default_factory=dict)
    """By axis (`q1_identity`); empty: not judged."""
    after: dict[str, Look] = Field(default_factory=dict)
    used: bool = False
    """It has become the cell's picture."""


def change(one: Upscaled) -> str:
    """As in `CB-LORA-front-full-S42 Q1 0.82 to 0.80, Q4 0.62 to 0.81`."""
    moved = [
        f"{name[:2].upper()} {one.before[name].score:.2f} to {one.after[name].score:.2f}"
        for name in one.before
        if name in one.after
    ]
    return f"{one.cell} {', '.join(moved) or one.cause or 'not judged'}"


class FruitlessJudging(Value):
    """The latest judging of a run, where none of its answers could be used and an older verdict stands."""

    job: str
    judge: Judge
    unscored: dict[str, Unscored]
    """Why, by label."""


class Manifest(Value):
    """`run.json`: what was asked, by whom, and every setting; nulls where nothing is known."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    run: str
    derived: bool = False
    """True: made by the bot from the folder of a run that it did not make."""
    title: str | None = None
    asked_by: str | None = None
    asked_at: str | None = None
    plan_hash: str | None = None
    parent: str | None = None
    fixture: FixtureRecord | None = None
    trainer: TrainerRecord | None = None
    trained_version: str | None = None
    prompts: tuple[PromptRecord, ...] = ()
    seeds: tuple[int, ...] = ()
    inference: dict[str, Any] | None = None
    reference: str | None = None
    judges: tuple[Judge, ...] = ()
    cells: tuple[MadeCell, ...] = ()
    """Cells that the bot ordered, the latest of each label."""
    fruitless: FruitlessJudging | None = None
    bakeoff: bool = False
    """Its cells are of several makers, a row each."""
    references: tuple[SentPhoto, ...] = ()
    """Of a bake-off: what its vendors got."""
    upscales: tuple[Upscaled, ...] = ()
    """Pictures beside cells, the latest of each label."""

    def write(self) -> bytes:
        """What only some runs have is left out of the others' files."""
        content = self.model_dump(mode="json", by_alias=True)
        for name in ("fruitless", "bakeoff", "references", "upscales"):
            if not content[name]:
                del content[name]
        for cell in content["cells"] if not self.bakeoff else ():
            del cell["maker"], cell["took_s"], cell["face_px"]
        return (json.dumps(content, indent=2) + "\n").encode()


def read_manifest(content: bytes) -> Manifest:
    """Raises: LabError when it is not a manifest of schema 1."""
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise LabError(f"run.json cannot be read: {where}: {first['msg']}.") from None
