"""Runs side by side: what differs in how they were made, and what that did to the very same cells."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pipeline.evidence.leaderboard import APART, differ
from pipeline.evidence.run_state import RunState
from pipeline.lab.run import Run
from pipeline.models import BARRED, OWN_LORA, Axis, JudgedCell, Value

FEWEST_FLIPS = 6
"""Cells that must differ before their direction can say anything: of five, chance alone has all go one way in 6 %."""
UNKNOWN = "not on record"
K = TypeVar("K")


class Difference(Value):
    """One thing that the runs do not share."""

    what: str
    values: tuple[str, ...]
    """Of each run, in their order."""


class Group(Value):
    """Cells that are looked at together: of the same prompt and seed, or, where none is shared, of the same place."""

    prompt_id: str
    cells: tuple[JudgedCell | None, ...]
    """Of each run, in their order."""
    paired: bool

    @property
    def flips(self) -> tuple[Axis, ...]:
        """Axes on which the first run's cell and another's do not agree."""
        scored = [one for one in self.cells if one is not None and one.scores is not None]
        if not self.paired or len(scored) < 2:
            return ()
        return tuple(axis for axis in Axis if len({one.scores[axis].passed for one in scored if one.scores}) > 1)


class AxisFlips(Value):
    """What the same cells did on one axis in another run."""

    axis: Axis
    paired: int
    worse: tuple[str, ...]
    """Labels, as the first run has them, that pass there and fail here."""
    better: tuple[str, ...]

    @property
    def chance(self) -> float:
        """How often chance alone would be as one-sided: McNemar's test, exact (Q. McNemar, Psychometrika 12, 1947)."""
        flips, fewer = len(self.worse) + len(self.better), min(len(self.worse), len(self.better))
        as_uneven = sum(math.comb(flips, k) for k in range(fewer + 1))
        return min(1.0, 2 * as_uneven * 0.5**flips)

    @property
    def said(self) -> str:
        """`Q1 identity, 6 pairs: 1 worse, 0 better, too few to say`."""
        counts = f"{self.axis.title}, {self.paired} pair{'' if self.paired == 1 else 's'}: "
        counts += f"{len(self.worse)} worse, {len(self.better)} better"
        if len(self.worse) + len(self.better) < FEWEST_FLIPS:
            return f"{counts}, too few to say"
        return f"{counts}, {'beyond chance' if self.chance < APART else 'no more than chance'} (p {self.chance:.3f})"


class Against(Value):
    """A further run against the first."""

    run: str
    pairs: int
    flips: tuple[AxisFlips, ...]
    """Of all four axes; empty where no cell is shared."""
    unpaired: tuple[tuple[Axis, float], ...]
    """Where none is shared: how often chance alone parts the two pass counts so far (Fisher's exact test)."""


class Comparison(Value):
    """Two runs or more."""

    states: tuple[RunState, ...]
    differences: tuple[Difference, ...]
    judged_apart: bool
    """They were judged by different judges (model, rubric or reference): then scores tell of the judges, too."""
    groups: tuple[Group, ...]
    """Prompt by prompt, flips first."""
    against: tuple[Against, ...]
    """Of each run but the first."""


def compare(runs: Sequence[Run], states: Sequence[RunState]) -> Comparison:
    """Args:
    runs: Two or more, the first of which the others are held against.
    states: Theirs, in the same order.
    """
    judges = {(one.model, one.judge_version, one.reference) for one in states if one.verdict.scored}
    return Comparison(
        states=tuple(states),
        differences=_differences(runs, states),
        judged_apart=len(judges) > 1,
        groups=_groups(states),
        against=tuple(_against(states[0], other) for other in states[1:]),
    )


def _differences(runs: Sequence[Run], states: Sequence[RunState]) -> tuple[Difference, ...]:
    each = [_facts(run, state) for run, state in zip(runs, states, strict=True)]
    names = dict.fromkeys(name for facts in each for name in facts)
    told = [Difference(what=name, values=tuple(facts.get(name, UNKNOWN) for facts in each)) for name in names]
    return tuple(one for one in told if len(set(one.values)) > 1)


def _facts(run: Run, state: RunState) -> dict[str, str]:
    """How a run was made and judged, as far as its files say."""
    manifest = run.manifest
    facts: dict[str, Any] = {"person": (state.identity or UNKNOWN).upper()}
    version = state.trained_version
    facts["trained version"] = f"{version.partition(':')[0]}:{version.rpartition(':')[2][:12]}" if version else None
    trainer = manifest.trainer if manifest else None
    parameters = {**((trainer.parameters or {}) if trainer else {})}
    facts |= {f"training {name.replace('_', ' ')}": value for name, value in parameters.items()}
    inference = (manifest.inference or {}) if manifest else {}
    facts |= {name.replace("_", " ").removeprefix("num "): value for name, value in inference.items()}
    facts["seeds"] = ", ".join(map(str, run.seeds)) or None
    facts |= {f"prompt {cell.prompt_id}": cell.prompt for cell in run.cells}
    if state.verdict.scored:
        facts |= {"judge": state.model, "rubric": state.judge_version, "reference": state.reference}
    return {name: str(value) for name, value in facts.items() if value is not None}


def _groups(states: Sequence[RunState]) -> tuple[Group, ...]:
    keyed = [_by_place(one) for one in states]
    found: list[Group] = []
    prompts = dict.fromkeys(cell.cell.prompt_id for state in states for cell in state.cells)
    for prompt_id in prompts:
        shared = [place for place in keyed[0] if place[0] == prompt_id and any(place in one for one in keyed[1:])]
        paired = [Group(prompt_id=prompt_id, cells=tuple(one.get(at) for one in keyed), paired=True) for at in shared]
        found += sorted(paired, key=lambda group: -len(group.flips))
        if not shared:
            found += _side_by_side(prompt_id, states)
    return tuple(found)


def _side_by_side(prompt_id: str, states: Sequence[RunState]) -> list[Group]:
    """Cells of a prompt of which none is shared, in their own order; of a bake-off, row by row."""
    own = [[cell for cell in state.cells if cell.cell.prompt_id == prompt_id] for state in states]
    found = []
    for row in dict.fromkeys(_row(cell) for cells in own for cell in cells):
        each = [[cell for cell in cells if _row(cell) == row] for cells in own]
        found += [
            Group(prompt_id=prompt_id, cells=tuple(one[at] if at < len(one) else None for one in each), paired=False)
            for at in range(max(map(len, each)))
        ]
    return found


Place = tuple[str, int, str]


def _row(cell: JudgedCell) -> str:
    """Of a bake-off; the run's own LoRA is the row that every cell of a matrix is of."""
    return "" if cell.cell.maker in {None, OWN_LORA} else cell.cell.maker or ""


def _by_place(state: RunState) -> dict[Place, JudgedCell]:
    """Cells by prompt, seed and, of a bake-off, row; one without a seed has no like."""
    return {(one.cell.prompt_id, one.cell.seed, _row(one)): one for one in state.cells if one.cell.seed is not None}


def _against(first: RunState, other: RunState) -> Against:
    ours, theirs = _scored(_by_place(first)), _scored(_by_place(other))
    shared = [place for place in ours if place in theirs]
    flips = tuple(_flips(axis, ours, theirs, shared) for axis in Axis) if shared else ()
    both = first.verdict.scored and other.verdict.scored
    unpaired = (
        tuple((axis, differ(first.verdict.tally(axis), other.verdict.tally(axis))) for axis in BARRED)
        if both and not shared
        else ()
    )
    return Against(run=other.run, pairs=len(shared), flips=flips, unpaired=unpaired)


def _scored(cells: Mapping[K, JudgedCell]) -> dict[K, JudgedCell]:
    return {place: cell for place, cell in cells.items() if cell.scores is not None}


def _flips(axis: Axis, ours: Mapping[K, JudgedCell], theirs: Mapping[K, JudgedCell], shared: Sequence[K]) -> AxisFlips:
    seen = [(ours[place].cell.label, _passed(ours[place], axis), _passed(theirs[place], axis)) for place in shared]
    return AxisFlips(
        axis=axis,
        paired=len(shared),
        worse=tuple(label for label, was, now in seen if was and not now),
        better=tuple(label for label, was, now in seen if now and not was),
    )


def _passed(cell: JudgedCell, axis: Axis) -> bool:
    return cell.scores is not None and cell.scores[axis].passed


class Rejudged(Value):
    """The same pictures before another judge."""

    model: str | None
    rubric: str | None
    reference: str | None
    """Of the judge before."""
    flips: tuple[AxisFlips, ...]
    """Of all four axes; worse: what it passed and this one fails."""


def rejudged(before: RunState, now: RunState) -> Rejudged | None:
    """What changed with the judge; None where no cell was scored by both."""
    ours, theirs = _scored(_by_label(before)), _scored(_by_label(now))
    shared = [label for label in ours if label in theirs]
    if not shared:
        return None
    flips = tuple(_flips(axis, ours, theirs, shared) for axis in Axis)
    return Rejudged(model=before.model, rubric=before.judge_version, reference=before.reference, flips=flips)


def _by_label(state: RunState) -> dict[str, JudgedCell]:
    return {one.cell.label: one for one in state.cells}
