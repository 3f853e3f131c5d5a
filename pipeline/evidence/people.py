"""What people said of a run's cells beside the judge: overrides with their verdict, and how far they agree."""

from collections.abc import Mapping, Sequence

from pipeline.evidence.agreement import Corrected, Kappa, alpha, corrected, kappa
from pipeline.evidence.verdict import Verdict, decide
from pipeline.lab.labels import Label
from pipeline.models import BARRED, Axis, JudgedCell, Scores, Value


class Override(Value):
    """A person's word against the judge's."""

    cell: str
    axis: Axis
    passes: bool
    author: str


class People(Value):
    """Of one run; the judge's own verdict stays as it is."""

    labels: int
    authors: tuple[str, ...] = ()
    overrides: tuple[Override, ...]
    verdict: Verdict | None
    """With the overrides in; None: nobody said anything else than the judge."""
    agreement: dict[Axis, Kappa]
    """Of the judge with people, over what was labelled blind; only axes of which there is something."""
    between: dict[Axis, float]
    """Krippendorff's alpha between several people, where it is defined."""
    itself: tuple[int, int] | None
    """Repeats that were told the same way, of all repeats; None: there were none."""
    corrected: dict[Axis, Corrected]
    """Of Q1 and Q4: the pass rate, corrected for the judge's errors, or why it is not."""

    @property
    def said(self) -> str:
        """Everything in one line."""
        return " ".join(self.sentences)

    @property
    def sentences(self) -> list[str]:
        """As in `With people's overrides (1, by U0DANA): ITERATE, Q1 identity 4/6.`, and how far they agree."""
        parts = []
        if self.verdict is not None:
            tallies = [self.verdict.tally(axis) for axis in BARRED]
            counts = ", ".join(f"{one.axis.title} {one.passed}/{one.scored}" for one in tallies)
            who = ", ".join(dict.fromkeys(one.author for one in self.overrides))
            parts.append(f"With people's overrides ({len(self.overrides)}, by {who}): {self.verdict.said}, {counts}.")
        parts += [f"Judge and people on {axis.title}: {found.said}." for axis, found in self.agreement.items()]
        parts += [f"Between people on {axis.title}: alpha {value:.2f}." for axis, value in self.between.items()]
        if self.itself:
            parts.append(f"The same cell shown again was told the same way in {self.itself[0]} of {self.itself[1]}.")
        return [*parts, *(f"{axis.title} {found.said}." for axis, found in self.corrected.items())]


def people_of(
    cells: Sequence[JudgedCell], labels: Sequence[Label], pictures: Mapping[str, str], threshold: float
) -> People | None:
    """What labels say of a run's cells as they are; None where there are none of these pictures.

    Args:
        cells: With the judge's scores.
        labels: All that were ever given, oldest first.
        pictures: SHA-256 of each cell's picture: a word about another one says nothing.
        threshold: Of the verdict.
    """
    valid = [one for one in labels if pictures.get(one.cell) == one.sha256]
    if not valid:
        return None
    by_label = {one.cell.label: one for one in cells}
    overrides = _overrides(by_label, valid)
    first = {(one.author, one.cell, one.axis): one for one in reversed(valid) if one.seen == "blind" and not one.repeat}
    # The first word of each person on each: whoever says it again has seen how it came out.
    blind = [one for one in first.values() if one.value != "unsure"]
    pairs = {axis: _pairs(by_label, blind, axis) for axis in Axis}
    return People(
        labels=len(valid),
        authors=tuple(dict.fromkeys(one.author for one in valid)),
        overrides=overrides,
        verdict=decide(overruled(cells, overrides), threshold) if overrides else None,
        agreement={axis: kappa(found) for axis, found in pairs.items() if found},
        between={axis: value for axis in Axis if (value := _between(blind, axis)) is not None},
        itself=_itself(valid),
        corrected={axis: _corrected(cells, pairs[axis], axis) for axis in BARRED if pairs[axis]},
    )


def _overrides(cells: Mapping[str, JudgedCell], labels: Sequence[Label]) -> tuple[Override, ...]:
    """The latest word on each axis of each cell that differs from the judge's; "unsure" takes an earlier one back."""
    latest = {(one.cell, one.axis): one for one in labels if one.seen == "everything"}
    found = []
    for (name, axis), one in latest.items():
        scores = cells[name].scores if name in cells else None
        passes = one.value == "pass"
        if one.value != "unsure" and scores is not None and scores[axis].passed != passes:
            found.append(Override(cell=name, axis=axis, passes=passes, author=one.author))
    return tuple(found)


def overruled(cells: Sequence[JudgedCell], overrides: Sequence[Override]) -> tuple[JudgedCell, ...]:
    """The cells as people have them; scores stay the judge's."""
    said = {(one.cell, one.axis): one.passes for one in overrides}
    return tuple(_changed(cell, said) for cell in cells)


def _changed(cell: JudgedCell, said: Mapping[tuple[str, Axis], bool]) -> JudgedCell:
    if cell.scores is None:
        return cell
    axes = {
        axis.value: cell.scores[axis].model_copy(
            update={"passed": said.get((cell.cell.label, axis), cell.scores[axis].passed)}
        )
        for axis in Axis
    }
    return cell.model_copy(update={"outcome": Scores.model_validate(axes)})


def _pairs(cells: Mapping[str, JudgedCell], blind: Sequence[Label], axis: Axis) -> list[tuple[bool, bool]]:
    """(the judge passes, a person passes) of what was labelled blind."""
    return [
        (scores[axis].passed, one.value == "pass")
        for one in blind
        if one.axis is axis and one.cell in cells and (scores := cells[one.cell].scores) is not None
    ]


def _between(blind: Sequence[Label], axis: Axis) -> float | None:
    units: dict[str, dict[str, bool]] = {}
    for one in blind:
        if one.axis is axis:
            units.setdefault(one.cell, {})[one.author] = one.value == "pass"
    return alpha([list(unit.values()) for unit in units.values()])


def _itself(labels: Sequence[Label]) -> tuple[int, int] | None:
    first = {(one.sitting, one.cell, one.axis): one.value for one in labels if one.sitting and not one.repeat}
    again = [
        (first[key], one.value) for one in labels if one.repeat and (key := (one.sitting, one.cell, one.axis)) in first
    ]
    return (sum(was == now for was, now in again), len(again)) if again else None


def _corrected(cells: Sequence[JudgedCell], pairs: Sequence[tuple[bool, bool]], axis: Axis) -> Corrected:
    scores = [one.scores[axis].passed for one in cells if one.scores is not None]
    return corrected(sum(scores), len(scores), pairs)
