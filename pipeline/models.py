"""The lab's nouns as frozen values, spelled as the run folder spells them."""

import hashlib
import json
import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

MAX_SEED = 2**32 - 1
"""Largest seed that a Flux LoRA takes (unsigned 32 bit)."""

OWN_LORA = "lora"
"""The row of a bake-off that the run's own LoRA is."""


class Value(BaseModel):
    """Equal by content, never changed, and rejects keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class Axis(StrEnum):
    """The four questions that the judge answers about every cell."""

    IDENTITY = "q1_identity"
    POSE = "q2_pose"
    FRAMING = "q3_framing"
    PHOTOGRAPHIC = "q4_photographic"

    @property
    def code(self) -> str:
        """`q1` … `q4`, as people type it."""
        return self.value[:2]

    @property
    def word(self) -> str:
        return self.value[3:]

    @property
    def title(self) -> str:  # type: ignore[override]  # the field's word; str.title is never asked of an axis
        """`Q1 identity`, as messages show it."""
        return f"{self.code.upper()} {self.word}"


BARRED = (Axis.IDENTITY, Axis.PHOTOGRAPHIC)
"""The axes that the lab's PROCEED rule asks for."""

PASS_THRESHOLD = 0.70
"""The score from which an axis passes, where nobody says another one: on the lab's own card 0.62 fails, 0.72 passes."""

Score = Annotated[float, Field(ge=0, le=1)]


class AxisScore(Value):
    """One judge's answer on one axis; with several votes the median decides."""

    passed: bool = Field(alias="pass")  # `pass` is a Python keyword
    score: Score
    reason: str
    votes: tuple[Score, ...] | None = None


class Cause(StrEnum):
    """Why a cell has no score. None of these is ever counted as a fail."""

    NOT_JUDGED = "not judged"
    OTHER_JUDGE = "judged by another judge"
    NO_IMAGE = "no usable image"
    REFUSED = "the judge refused"
    TRUNCATED = "the answer was cut off"
    INVALID = "the answer was not in the form asked for"
    OUT_OF_RANGE = "a score was outside 0–1"
    CONTRADICTION = "the judge's words and numbers contradict"
    REJECTED = "the vendor rejected the request"
    UNAVAILABLE = "the vendor stayed unavailable"
    LOST = "the answer was lost"
    OVER_BUDGET = "the budget ended before it was judged"
    CANCELED = "canceled before it was judged"
    NOT_MADE = "not made yet"
    FAILED = "the vendor could not make it"
    FILTERED = "the vendor's safety filter took it"
    EXPIRED = "the vendor deleted it before it was fetched"
    UNKNOWN = "nobody knows whether it was made"
    UNPAID = "the budget ended before it was made"
    DROPPED = "canceled before it was made"


NO_PICTURE = frozenset(
    {
        Cause.NO_IMAGE,
        Cause.NOT_MADE,
        Cause.FAILED,
        Cause.FILTERED,
        Cause.EXPIRED,
        Cause.UNKNOWN,
        Cause.UNPAID,
        Cause.DROPPED,
    }
)
"""Causes of a cell that there is nothing of to judge."""


class Unscored(Value):
    """A cell, or one vote on it, without a usable answer."""

    cause: Cause
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.cause.value}: {self.detail}" if self.detail else self.cause.value


class Judge(Value):
    """Who judges: a verdict covers exactly one of these."""

    model: str
    rubric: str
    """Rubric version, e.g. `v2-2026-11-23`."""
    rubric_sha256: str
    reference: str
    """Lab-relative path of the reference photo."""
    reference_sha256: str


class Scores(Value):
    """All four axes of one cell."""

    q1_identity: AxisScore
    q2_pose: AxisScore
    q3_framing: AxisScore
    q4_photographic: AxisScore

    def __getitem__(self, axis: Axis) -> AxisScore:
        score: AxisScore = getattr(self, axis.value)
        return score


class Judgement(Value):
    """One vote on one cell, as bought: never changed, kept for ever."""

    fingerprint: str
    label: str
    vote: int
    judge: Judge
    scores: Scores
    judged_at: str
    """Aware UTC, ISO 8601."""
    usd_micros: int
    request_id: str | None = None


class Cell(Value):
    """One image of the matrix: a prompt at a seed."""

    label: str
    prompt_id: str
    seed: int | None
    prompt: str | None
    image: str
    """Lab-relative path, whether or not the file exists."""
    maker: str | None = None
    """The row of a bake-off that it stands in: `pulid`, or with more photographs than one `pulid+4`."""


class JudgedCell(Value):
    """A cell and what the judge made of it: scores, or the cause of their absence."""

    cell: Cell
    outcome: Scores | Unscored

    @property
    def scores(self) -> Scores | None:
        return self.outcome if isinstance(self.outcome, Scores) else None


LABEL = re.compile(r"^(?P<prefix>[A-Za-z0-9]+-[A-Za-z0-9]+)-(?P<prompt_id>.+)-(?:S(?P<seed>\d{1,10})|R\d{1,3})$")
"""`PREFIX-promptid-Sseed`, e.g. `CB-LORA-front-full-S42`; `…-R2` is the second one of a maker that takes no seed."""
SEEDED = re.compile(r"^[A-Za-z0-9]+-[A-Za-z0-9]+-.+-S\d{1,10}$")
"""What a word looks like that can only be a cell's label: a re-run's name ends as a numbered one does."""


def split_label(label: str) -> tuple[str, int | None]:
    """The prompt id and the seed that a cell's label names; the whole label when it names none."""
    found = LABEL.match(label)
    if not found:
        return label, None
    return found["prompt_id"], int(found["seed"]) if found["seed"] else None


def digest(content: Any) -> str:
    """SHA-256 over canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
