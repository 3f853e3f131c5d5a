"""Questions about the lab's history: what is best, what is worst, what is beyond a bound, and how sure one can be.

Counts are pooled only within one judge (model, rubric and reference); rows of different judges stand in one list with
the judge named, and are never told apart from each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.evidence.clusters import blamed
from pipeline.evidence.leaderboard import APART, differ
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import RANK, Tally, tally_of
from pipeline.models import BARRED, Axis, JudgedCell, Value

JudgeName = tuple[str, str, str]
"""Model, rubric and reference, as files name them."""


class Row(Value):
    """One answer."""

    name: str
    judge: JudgeName
    runs: tuple[str, ...]
    """Where it comes from."""
    tally: Tally | None = None
    """None: it is one cell."""
    score: float | None = None
    """Of one cell: the judge's own."""
    passed: bool | None = None
    group: int | None = None
    """From 1, within its judge: rows of one group cannot be told apart. None: of single cells, which have none."""
    usd_micros: int = 0
    paid_passes: int = 0
    """Of a vendor: what its pictures cost, and how many of those that were paid pass."""

    @property
    def value(self) -> float:
        """What a bound is held against: a rate, or a cell's score."""
        if self.tally is not None:
            return self.tally.rate or 0.0
        return self.score or 0.0


class Found(Value):
    """What the history says."""

    rows: tuple[Row, ...]
    """In order; all of them, whatever the limit."""
    judges: tuple[JudgeName, ...]
    """By which the rows were judged, the most frequent first."""
    left_out: tuple[str, ...] = ()
    """Runs that say nothing about it, with why."""
    flagged: tuple[str, ...] = ()
    """Runs of which a control says that their judge is not to be trusted."""
    remark: str = ""
    """What chance has to say about the seeds and prompts of one run."""


def runs_of(states: Sequence[RunState], axis: Axis | None) -> Found:
    """A row a run, by an axis, or by the weaker of the verdict's bars."""
    rows, left_out = [], []
    for state in states:
        if why := _no_run(state):
            left_out.append(f"{state.run}: {why}")
            continue
        tallies = [state.verdict.tally(one) for one in ((axis,) if axis else BARRED)]
        weaker = min(tallies, key=lambda one: (RANK[one.grade], one.low))
        rows.append(Row(name=state.run, judge=_judge(state), runs=(state.run,), tally=weaker))
    return _found(rows, left_out)


def _no_run(state: RunState) -> str | None:
    if not state.verdict.scored:
        return "not judged"
    return "a bake-off, of several makers" if state.leaderboard else None


def parts_of(states: Sequence[RunState], axis: Axis | None, by: str) -> Found:
    """A row a seed (`by="seeds"`) or prompt, over the runs of one judge.

    Args:
        states: The runs that are looked at.
        axis: By this one; None: a cell passes that passes both of the verdict's bars.
        by: `seeds` or `prompts`.
    """
    cells: defaultdict[tuple[JudgeName, str], list[tuple[str, JudgedCell]]] = defaultdict(list)
    left_out = []
    for state in states:
        if why := _no_run(state):
            left_out.append(f"{state.run}: {why}")
            continue
        for cell in state.cells:
            name = cell.cell.prompt_id if by == "prompts" else None if cell.cell.seed is None else str(cell.cell.seed)
            if name is not None and cell.scores is not None:
                cells[_judge(state), name].append((state.run, cell))
    rows = [
        Row(
            name=name,
            judge=judge,
            runs=tuple(dict.fromkeys(run for run, _cell in own)),
            tally=_tally([cell for _run, cell in own], axis),
        )
        for (judge, name), own in cells.items()
    ]
    return _found(rows, left_out).model_copy(update={"remark": _remark(states)})


def _remark(states: Sequence[RunState]) -> str:
    if len(states) != 1 or not states[0].verdict.scored:
        return ""
    found = blamed(states[0].cells)
    return " ".join(f"{one.said}." for one in found) or "No seed and no prompt fails beyond chance."


def _tally(cells: Sequence[JudgedCell], axis: Axis | None) -> Tally:
    """Of one axis; of both bars that of which fewer pass."""
    return min((tally_of(one, cells, 1.0) for one in ((axis,) if axis else BARRED)), key=lambda one: one.low)


def cells_of(states: Sequence[RunState], axis: Axis | None) -> Found:
    """A row a cell, by its score; of both bars the lower one."""
    rows, left_out = [], []
    for state in states:
        if not state.verdict.scored:
            left_out.append(f"{state.run}: not judged")
        for cell in state.cells:
            if cell.scores is None:
                continue
            score = min((cell.scores[one] for one in ((axis,) if axis else BARRED)), key=lambda one: one.score)
            seen = {"score": score.score, "passed": score.passed}
            place = {"name": cell.cell.label, "judge": _judge(state), "runs": (state.run,)}
            rows.append(Row.model_validate(place | seen))
    return _found(rows, left_out)


def vendors_of(states: Sequence[RunState], axis: Axis | None, bakeoffs: int | None) -> Found:
    """A row a vendor, over bake-offs by one judge; the latest so many of them, or all."""
    chosen = [state for state in states if state.leaderboard and state.verdict.scored]
    kept = chosen[-bakeoffs:] if bakeoffs else chosen
    rows: defaultdict[tuple[JudgeName, str], list[tuple[RunState, list[JudgedCell]]]] = defaultdict(list)
    money: defaultdict[tuple[JudgeName, str], list[tuple[int, int]]] = defaultdict(list)
    for state in kept:
        for row in state.leaderboard:
            own = [cell for cell in state.cells if cell.cell.maker == row.row and cell.scores is not None]
            if own:
                rows[_judge(state), row.row].append((state, own))
                money[_judge(state), row.row].append((row.usd_micros, row.paid_passes))
    return _found(
        [
            Row(
                name=name,
                judge=judge,
                runs=tuple(state.run for state, _cells in own),
                tally=tally_of(axis or Axis.IDENTITY, [cell for _state, cells in own for cell in cells], 1.0),
                usd_micros=sum(micros for micros, _passes in money[judge, name]),
                paid_passes=sum(passes for _micros, passes in money[judge, name]),
            )
            for (judge, name), own in rows.items()
        ],
        [f"{state.run}: an older bake-off" for state in chosen if state not in kept],
    )


def _judge(state: RunState) -> JudgeName:
    return state.model or "unknown", state.judge_version or "unknown", state.reference or "unknown"


def _found(rows: Iterable[Row], left_out: Iterable[str]) -> Found:
    every = list(rows)
    judges = sorted({one.judge for one in every}, key=lambda judge: -sum(one.judge == judge for one in every))
    return Found(rows=tuple(every), judges=tuple(judges), left_out=tuple(left_out))


def ranked(found: Found, order: str | None, below: float | None, above: float | None) -> Found:
    """Within the bounds, in order, with what cannot be told apart in one group.

    `best` goes by what a rate is at the least and `worst` by what it is at the most (the interval's ends), so that one
    pass of one is no better than twenty of twenty.
    """
    kept = [one for one in found.rows if (below is None or one.value < below) and (above is None or one.value > above)]
    worst = order == "worst"
    ordered = sorted(kept, key=lambda one: _place(one, worst=worst))
    return found.model_copy(update={"rows": tuple(_grouped(ordered))})


def _place(row: Row, *, worst: bool) -> tuple[float, float, str]:
    if row.tally is None:
        return (row.value if worst else -row.value), 0.0, row.name
    if worst:
        return row.tally.high, row.value, row.name
    return -row.tally.low, -row.value, row.name


def _grouped(ordered: Sequence[Row]) -> list[Row]:
    """Within each judge a row that chance may part from each of the group before it joins that; else it opens one."""
    groups: dict[JudgeName, tuple[int, list[Tally]]] = {}
    found = []
    for one in ordered:
        if one.tally is None:
            found.append(one)
            continue
        number, members = groups.get(one.judge, (0, []))
        if not members or any(differ(other, one.tally) < APART for other in members):
            number, members = number + 1, []
        groups[one.judge] = (number, [*members, one.tally])
        found.append(one.model_copy(update={"group": number}))
    return found
