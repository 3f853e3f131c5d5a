"""From judgements to a verdict with its evidence. Pure, and recomputable from the run folder alone.

The lab's rule: PROCEED when the pass rates of Q1 *and* Q4 reach the threshold. Counts are compared, never
rounded rates. A cell without a score is neither pass nor fail: it can only make a verdict INCOMPLETE.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import model_validator

from pipeline.evidence import always_valid
from pipeline.evidence.wilson import wilson
from pipeline.models import BARRED, NO_PICTURE, Axis, Cause, JudgedCell, Unscored, Value
from pipeline.wordlist import many

PROCEED_THRESHOLD = 0.8


class Word(StrEnum):
    IN_FLIGHT = "IN-FLIGHT"
    PROCEED = "PROCEED"
    ITERATE = "ITERATE"
    INCOMPLETE = "INCOMPLETE"


class Grade(StrEnum):
    """How far the evidence carries, whatever the word says: settled above the bar or below it, or not."""

    STRONG = "strong"
    WEAK = "weak"
    INCONCLUSIVE = "inconclusive"
    AGAINST = "against"
    NONE = "none"


class Tally(Value):
    """One axis counted: `passed` of `scored`, and `unscored` beside them."""

    axis: Axis
    passed: int
    scored: int
    unscored: int
    low: float
    """Lower end of the Wilson 95 % interval over the scored cells, as a single look at so many; 0…1."""
    high: float
    grade: Grade
    """However often one looks."""
    single_look: Grade = Grade.NONE
    """By the Wilson interval: true of a number of cells that was fixed before the first look, and of no other."""

    @property
    def rate(self) -> float | None:
        return self.passed / self.scored if self.scored else None

    @property
    def total(self) -> int:
        return self.scored + self.unscored

    @property
    def interval(self) -> str:
        return f"{self.low * 100:.0f}–{self.high * 100:.0f} %" if self.scored else "no cell"


class Verdict(Value):
    """The word, why, and what it rests on."""

    word: Word
    reason: str
    threshold: float
    tallies: tuple[Tally, ...]
    """One per axis, Q1 to Q4."""
    all_axes_passed: int
    grade: Grade
    """The weaker of Q1's and Q4's."""
    weaker: Axis
    more_cells: int | None
    """How many further cells that all pass would make the evidence strong; None when no number ≤ 1000 would."""
    scope: str = "1 identity, 1 training"
    at_work: bool = False
    """A job is judging the run right now."""
    flag: str = ""
    """Why the judge is not to be trusted here; then nothing is settled, whatever the counts say."""

    def flagged(self, why: str) -> "Verdict":
        """With this flag, unless it is empty. The word stays: only people may overrule it."""
        if not why:
            return self
        return self.model_copy(update={"flag": why, "grade": Grade.INCONCLUSIVE, "more_cells": None})

    @model_validator(mode="before")
    @classmethod
    def _of_old_ledgers(cls, stored: Any) -> Any:
        """Until November 2026 a stored verdict's grades were those of a single look: it is graded anew."""
        tallies = stored.get("tallies", ()) if isinstance(stored, dict) else ()
        if not any(isinstance(one, dict) and "single_look" not in one for one in tallies):
            return stored
        bar = stored["threshold"]
        fresh = [
            Tally.model_validate(
                {**one, "single_look": one["grade"], "grade": grade(one["passed"], one["scored"], bar)}
            )
            for one in tallies
        ]
        barred = [one for one in fresh if one.axis in BARRED]
        return {**stored, "tallies": fresh, **_standing(barred, bar)}

    @property
    def said(self) -> str:
        """The word for people: `IN-FLIGHT` only while a job is at it. Files keep the card's word."""
        return "not judged yet" if self.word is Word.IN_FLIGHT and not self.at_work else self.word.value

    @property
    def scored(self) -> int:
        return self.tallies[0].scored

    @property
    def total(self) -> int:
        return self.tallies[0].total

    def tally(self, axis: Axis) -> Tally:
        return next(tally for tally in self.tallies if tally.axis is axis)

    @property
    def evidence(self) -> str:
        """The sentence that stands beside the word wherever it is shown: grade, weaker axis, scope."""
        if not self.scored:
            return "There is no evidence yet."
        tally = self.tally(self.weaker)
        said = (
            f"Evidence: {self.grade} ({self.weaker.title} {tally.passed}/{tally.scored}). As a single look"
            f" {tally.interval} at 95 %; however often you look, {self.settled_said}."
        )
        if self.more_cells and self.grade is not Grade.AGAINST:
            said += f" {many(self.more_cells, 'more cell')} that pass would make it strong."
        return f"{said} Scope: {self.scope}.{f' ⚠ {self.flag}' if self.flag else ''}"

    @property
    def settled_said(self) -> str:
        """`it is settled above 80 %`, or that it is not."""
        side = {Grade.STRONG: "above", Grade.AGAINST: "below"}.get(self.grade)
        return f"it is settled {side} {100 * self.threshold:g} %" if side else "it is not settled yet"


def single_look(passed: int, scored: int, threshold: float) -> Grade:
    """What the Wilson interval says of a number of cells that was fixed before."""
    low, high = wilson(passed, scored)
    return _graded(passed, scored, threshold, up=low >= threshold, down=high < threshold)


def grade(passed: int, scored: int, threshold: float) -> Grade:
    """What holds however often one looks."""
    up, down = (settled(passed, scored, threshold) for settled in (always_valid.strong, always_valid.against))
    return _graded(passed, scored, threshold, up=up, down=down)


def _graded(passed: int, scored: int, threshold: float, *, up: bool, down: bool) -> Grade:
    if not scored:
        return Grade.NONE
    if up:
        return Grade.STRONG
    if down:
        return Grade.AGAINST
    return Grade.WEAK if _reaches(passed, scored, threshold) else Grade.INCONCLUSIVE


def more_for_single_look(passed: int, scored: int, threshold: float) -> int | None:
    """The fewest further passes after which the Wilson interval's lower end reaches the threshold."""
    return next((more for more in range(1000) if wilson(passed + more, scored + more)[0] >= threshold), None)


def _more_cells(barred: Sequence[Tally], threshold: float) -> int | None:
    """The fewest further cells that pass both bars after which both are settled."""
    each = [always_valid.passes_to_strong(one.passed, one.scored, threshold) for one in barred]
    return None if None in each else max(more for more in each if more is not None)


def _reaches(passed: int, total: int, threshold: float) -> bool:
    return passed >= Fraction(str(threshold)) * total


def decide(cells: Sequence[JudgedCell], threshold: float = PROCEED_THRESHOLD, *, in_flight: bool = False) -> Verdict:
    """The verdict over all cells of a run, as judged by one judge.

    Args:
        cells: Every cell of the matrix, those without a score included.
        threshold: The pass rate that Q1 and Q4 must reach.
        in_flight: A job is judging the run right now.
    """
    tallies = tuple(tally_of(axis, cells, threshold) for axis in Axis)
    barred = [tally for tally in tallies if tally.axis in BARRED]
    asked = any(cell.scores is not None or was_asked(cell) for cell in cells) or _nothing_made(cells)
    word = _word(barred, threshold, in_flight=in_flight or not asked)
    return Verdict(
        word=word,
        reason=_reason(word, barred, threshold, cells, in_flight=in_flight),
        at_work=in_flight,
        threshold=threshold,
        tallies=tallies,
        all_axes_passed=sum(
            cell.scores is not None and all(cell.scores[axis].passed for axis in Axis) for cell in cells
        ),
        **_standing(barred, threshold),
    )


def _standing(barred: Sequence[Tally], threshold: float) -> dict[str, Any]:
    """What the weaker of the barred axes allows to say."""
    weaker = min(barred, key=lambda tally: (RANK[tally.grade], tally.low))
    more = _more_cells(barred, threshold) if weaker.scored else None
    return {"grade": weaker.grade, "weaker": weaker.axis, "more_cells": more}


RANK = {Grade.NONE: 0, Grade.AGAINST: 1, Grade.INCONCLUSIVE: 2, Grade.WEAK: 3, Grade.STRONG: 4}
"""The weaker the lower."""


def tally_of(axis: Axis, cells: Sequence[JudgedCell], threshold: float) -> Tally:
    """One axis over some cells."""
    scores = [cell.scores[axis] for cell in cells if cell.scores is not None]
    passed, scored = sum(score.passed for score in scores), len(scores)
    low, high = wilson(passed, scored)
    return Tally(
        axis=axis,
        passed=passed,
        scored=scored,
        unscored=len(cells) - scored,
        low=low,
        high=high,
        grade=grade(passed, scored, threshold),
        single_look=single_look(passed, scored, threshold),
    )


def was_asked(cell: JudgedCell) -> bool:
    """Whether this judge was asked about the cell: refused is not the same as not judged, nor as never made."""
    waits = {Cause.NOT_JUDGED, Cause.OTHER_JUDGE, *NO_PICTURE} - {Cause.NO_IMAGE}
    return isinstance(cell.outcome, Unscored) and cell.outcome.cause not in waits


def _nothing_made(cells: Sequence[JudgedCell]) -> bool:
    """A matrix of which nothing could be made waits for no judge."""
    over = NO_PICTURE - {Cause.NOT_MADE}
    return bool(cells) and all(isinstance(cell.outcome, Unscored) and cell.outcome.cause in over for cell in cells)


def _word(barred: list[Tally], threshold: float, *, in_flight: bool) -> Word:
    if in_flight:
        return Word.IN_FLIGHT
    if all(_reaches(tally.passed, tally.total, threshold) for tally in barred):
        return Word.PROCEED  # even if every unscored cell failed
    if any(not _reaches(tally.passed + tally.unscored, tally.total, threshold) for tally in barred):
        return Word.ITERATE  # even if every unscored cell passed
    return Word.INCOMPLETE


def causes_of(cells: Sequence[JudgedCell]) -> str:
    """`the judge refused (4), the answer was lost (2)`: why cells have no score, the most frequent first."""
    counted = Counter(cell.outcome.cause.value for cell in cells if isinstance(cell.outcome, Unscored))
    return ", ".join(f"{cause} ({count})" for cause, count in counted.most_common())


def _reason(word: Word, barred: list[Tally], threshold: float, cells: Sequence[JudgedCell], *, in_flight: bool) -> str:
    if word is Word.IN_FLIGHT:
        return "The judge is at it." if in_flight else "No cell has been judged yet."
    if word is Word.INCOMPLETE and not barred[0].scored:
        return f"No cell has a usable answer: {causes_of(cells)}."
    if word is Word.INCOMPLETE:
        missing = barred[0].unscored
        return (
            f"{missing} of {barred[0].total} cells {'is' if missing == 1 else 'are'} unscored, and the verdict depends"
            " on them: " + ", ".join(_claim(tally, threshold) for tally in barred) + " so far."
        )
    missed = [tally for tally in barred if not _reaches(tally.passed + tally.unscored, tally.total, threshold)]
    shown = barred if word is Word.PROCEED else missed
    return " AND ".join(_claim(tally, threshold) for tally in shown) + "."


def _claim(tally: Tally, threshold: float) -> str:
    """`Q1 (identity) 83% ≥ 80%`, in the lab's own words; a decimal where rounding would belie the sign."""
    if not tally.scored:
        return f"{tally.axis.code.upper()} ({tally.axis.word}) unknown"
    rate, reached = tally.passed / tally.scored, _reaches(tally.passed, tally.scored, threshold)
    digits = 0 if reached or round(rate * 100) < round(threshold * 100) else 1
    return (
        f"{tally.axis.code.upper()} ({tally.axis.word}) {rate * 100:.{digits}f}% {'≥' if reached else '<'}"
        f" {threshold * 100:.0f}%"
    )
