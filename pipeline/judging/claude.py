"""The four-axis judge: what is asked, and what an answer amounts to. Pure; the vendor is in `vendors/`."""

import json
import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from statistics import median
from typing import Any

from pydantic import ValidationError

from pipeline.judging.sent import SentPicture, fit, patches
from pipeline.models import PASS_THRESHOLD, Axis, AxisScore, Cause, Judge, Scores, Unscored, Value, digest
from pipeline.prices import Usage, token_price

DEFAULT_MODEL = "claude-sonnet-4-6"
"""The lab's judge, where nobody names another."""
MAX_TOKENS = 2000
"""Four reasons are about 500 tokens; an answer that needs four times that has gone astray."""
TYPICAL_OUTPUT_TOKENS = 520
BORDERLINE = (0.55, 0.85)


class Conclusion(StrEnum):
    MEETS = "meets"
    BORDERLINE = "borderline"
    MISSES = "misses"
    NOT_ASSESSED = "not_assessed"
    """The judge says that it could not, or would not, look at this axis: that is no fail."""


class Rubric(Value):
    version: str
    text: str

    @property
    def sha256(self) -> str:
        return digest(self.text)


@cache
def rubric() -> Rubric:
    """The rubric in force. Changed words want a new version in its first line."""
    head, _, text = (
        resources.files("pipeline.judging").joinpath("rubrics/identity.md").read_text("utf-8").partition("\n\n")
    )
    return Rubric(version=head.removeprefix("version:").strip(), text=text)


@cache
def face_rubric() -> Rubric:
    """The rubric for who also sees the cell's face at full size: the same words, and what the third picture is."""
    usual = rubric()
    more = resources.files("pipeline.judging").joinpath("rubrics/face.md").read_text("utf-8")
    return Rubric(version=f"{usual.version}-face", text=f"{usual.text}\n{more}")


class JudgeCall(Value):
    """One question to the judge: everything that the vendor's request is made of."""

    model: str
    rubric: str
    reference: SentPicture
    image: SentPicture
    face: SentPicture | None = None
    """The cell's face, not shrunk."""
    prompt: str


class Answer(Value):
    """The vendor's answer, untouched: what it says is decided by `read_answer`."""

    text: str
    stop_reason: str
    usage: Usage
    request_id: str | None


def fingerprint(judge: Judge, image_sha256: str, prompt: str, vote: int) -> str:
    """What makes a judgement the same judgement: never bought twice.

    The prompt is part of it because pose and framing are judged against it.
    """
    return digest(
        {
            "image": image_sha256,
            "model": judge.model,
            "prompt": prompt,
            "reference": judge.reference_sha256,
            "rubric": judge.rubric_sha256,
            "vote": vote,
        }
    )


def answer_schema() -> dict[str, Any]:
    """JSON schema of an answer: reason first, then conclusion, then score.

    The API takes no `minimum`/`maximum`; `read_answer` checks the range.
    """
    axis = {
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "conclusion": {
                "type": "string",
                "enum": [word.value for word in Conclusion],
                "description": "not_assessed where you did not assess this axis, for whatever reason; score 0 then",
            },
            "score": {"type": "number", "description": "0 to 1, two decimals"},
        },
        "required": ["reason", "conclusion", "score"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {name.value: axis for name in Axis},
        "required": [name.value for name in Axis],
        "additionalProperties": False,
    }


class AxisAnswer(Value):
    reason: str
    conclusion: Conclusion
    score: float


class CellAnswer(Value):
    q1_identity: AxisAnswer
    q2_pose: AxisAnswer
    q3_framing: AxisAnswer
    q4_photographic: AxisAnswer


def read_answer(answer: Answer, pass_threshold: float = PASS_THRESHOLD) -> Scores | Unscored:
    """Turn an answer into scores, or into the cause why it counts for nothing."""
    if answer.stop_reason == "refusal":
        return Unscored(cause=Cause.REFUSED, detail=answer.text.strip()[:200])
    if answer.stop_reason in {"max_tokens", "model_context_window_exceeded"}:
        return Unscored(cause=Cause.TRUNCATED)
    try:
        said = CellAnswer.model_validate(json.loads(answer.text))
    except (ValueError, ValidationError):
        return Unscored(cause=Cause.INVALID)
    scores = {}
    for axis in Axis:
        one: AxisAnswer = getattr(said, axis.value)
        if _declines(one):
            return Unscored(cause=Cause.REFUSED, detail=f"{axis.title}: {' '.join(one.reason.split())[:200]}")
        if not 0 <= one.score <= 1:
            return Unscored(cause=Cause.OUT_OF_RANGE, detail=f"{axis.title} {one.score:g}")
        passed = one.score >= pass_threshold
        if _contradicts(one, passed=passed):
            return Unscored(cause=Cause.CONTRADICTION, detail=f"{axis.title}: “{one.conclusion}” at {one.score:.2f}")
        scores[axis.value] = AxisScore(passed=passed, score=one.score, reason=one.reason.strip())
    return Scores.model_validate(scores)


_WILL_NOT = (
    r"(?:can(?:no|')?t|can not|unable to|not able to|won't|will not|decline to|refuse to"
    r"|not (?:comfortable|permitted|allowed|going) to)"
)
_DID_NOT = r"(?:did not|didn't|do not|don't|have not|haven't)"
_LOOKS = r"(?:compar\w+|identif\w+|assess\w*|judg\w+|evaluat\w+|verif\w+)"
_WHOM = r"(?:faces|people|persons?|individuals?|identit(?:y|ies)|this axis|this question|it\b|this\b)"
_DECLINES = re.compile(
    rf"\b(?:{_WILL_NOT}\s+(?:\w+\s+){{0,2}}?(?:{_LOOKS}|recogni[sz]\w+|match\w*)|{_DID_NOT}\s+(?:\w+\s+)?{_LOOKS})"
    rf"\s+(?:\w+\s+){{0,2}}?{_WHOM}",
    re.IGNORECASE,
)
"""As in "I can't compare faces of real people, so I did not assess this": said of the asking, not of the picture."""
_DECLINED_BELOW = 0.2


def _declines(answer: AxisAnswer) -> bool:
    """A refusal in the form that was asked for (also where it is put as a miss)."""
    if answer.conclusion is Conclusion.NOT_ASSESSED:
        return True
    as_a_miss = answer.conclusion is Conclusion.MISSES and answer.score < _DECLINED_BELOW
    return as_a_miss and _DECLINES.search(answer.reason.replace("’", "'")) is not None


def _contradicts(answer: AxisAnswer, *, passed: bool) -> bool:
    match answer.conclusion:
        case Conclusion.MEETS:
            return not passed
        case Conclusion.MISSES:
            return passed
        case Conclusion.BORDERLINE:
            return not BORDERLINE[0] <= answer.score <= BORDERLINE[1]
        case Conclusion.NOT_ASSESSED:
            return False  # it says nothing that a number could contradict


def settle(votes: list[Scores], pass_threshold: float = PASS_THRESHOLD) -> Scores:
    """One outcome from one to many votes: per axis the median score, and the reason of the vote nearest to it."""
    settled = {}
    for axis in Axis:
        scores = [vote[axis] for vote in votes]
        middle = round(median(score.score for score in scores), 4)
        nearest = min(scores, key=lambda score, m=middle: abs(score.score - m))  # type: ignore[misc]  # mypy cannot type the default
        settled[axis.value] = AxisScore(
            passed=middle >= pass_threshold,
            score=middle,
            reason=nearest.reason,
            votes=tuple(score.score for score in scores) if len(scores) > 1 else None,
        )
    return Scores.model_validate(settled)


SCHEMA_TOKENS = 350
CHARACTERS_A_TOKEN = 4.2


ASSUMED_PIXELS = (1024, 1024)
"""Of pictures that are not there yet."""
ASSUMED_PROMPT = 600
"""Characters of a prompt that is not known."""
Size = tuple[int, int]


def list_price(
    model: str,
    prompts: Sequence[str],
    reference: Size | None = None,
    cells: Sequence[Size] = (),
    words: int | None = None,
) -> tuple[int, int]:
    """By the price list, in micro-dollars: the call that fills the cache, and each that reads it.

    Args:
        model: The judge's.
        prompts: Of the cells; the longest counts.
        reference: Its width and height.
        cells: Widths and heights of the pictures; the largest counts.
        words: Characters of the rubric; None: of the one in force.

    Raises: UnknownModel.
    """
    price = token_price(model)

    def tokens(size: Size) -> int:
        return patches(*fit(*size, price))

    longest = max(map(len, prompts), default=ASSUMED_PROMPT)
    prefix = prefix_tokens(model, reference or ASSUMED_PIXELS, words or len(rubric().text))
    own = round(longest / CHARACTERS_A_TOKEN) + 40 + max(map(tokens, cells or [ASSUMED_PIXELS]))
    per_call = own * price.input + TYPICAL_OUTPUT_TOKENS * price.output
    return int(prefix * price.cache_write + per_call) + 1, int(prefix * price.cache_read + per_call) + 1


def prefix_tokens(model: str, reference: Size, words: int) -> int:
    """Tokens, about, that all questions of a job have in common. `words`: characters of the rubric."""
    return round(words / CHARACTERS_A_TOKEN) + SCHEMA_TOKENS + patches(*fit(*reference, token_price(model)))
