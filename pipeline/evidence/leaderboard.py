"""A bake-off's rows against each other: who keeps the person, who cannot be told apart, and at what price."""

import math
from collections.abc import Mapping, Sequence

from pipeline.evidence.verdict import Tally, tally_of
from pipeline.lab.files import MadeCell
from pipeline.models import Axis, Cause, JudgedCell, Unscored, Value

APART = 0.05
"""Two rows differ where chance alone would differ so more rarely than this (Fisher's exact test, two-sided)."""
TOLD_APART = "Rows of one group cannot be told apart: on Q1 chance alone parts them so in 1 of 20 cases or more."
REFUSED = frozenset({Cause.FILTERED, Cause.REFUSED})


class Standing(Value):
    """One row of a bake-off, counted."""

    row: str
    group: int | None
    """From 1; rows of one group cannot be told apart by Q1. None: nothing of it is scored."""
    cells: int
    identity: Tally
    photographic: Tally
    pose: Tally
    refused: int
    """Cells that a filter took, or the judge would not look at."""
    technical: int
    """Cells of which there is no usable picture or answer for any other reason."""
    usd_micros: int
    """What its pictures cost; copies cost nothing."""
    copied: bool
    """All of its pictures were made before."""
    paid_passes: int
    """Cells that pass Q1 by a picture that was made, and paid, here."""
    seconds: float | None
    """The median, from the order to its end."""
    face_px: int | None = None
    """The median height of its faces, in pixels; None: nobody looked."""
    seeds: bool = True
    """False: its maker takes none, and its cells are numbered."""

    @property
    def passing_micros(self) -> int | None:
        """What one picture that passes Q1 cost; None where nothing was paid, or none passes."""
        if not self.paid_passes or not self.usd_micros:
            return None
        return self.usd_micros // self.paid_passes

    @property
    def place(self) -> str:
        """Its group, as tables show it."""
        return "–" if self.group is None else str(self.group)


def leaderboard(cells: Sequence[JudgedCell], made: Mapping[str, MadeCell], threshold: float) -> tuple[Standing, ...]:
    """The rows, the best first; empty of a run that is no bake-off.

    Args:
        cells: Of the run; each names its row.
        made: How each came about, by label.
        threshold: The pass rate that the lab asks for.
    """
    rows: dict[str, list[JudgedCell]] = {}
    for cell in cells:
        if cell.cell.maker is not None:
            rows.setdefault(cell.cell.maker, []).append(cell)
    counted = [_standing(row, own, made, threshold) for row, own in rows.items()]
    return _grouped(sorted(counted, key=_order))


def _order(one: Standing) -> tuple[bool, float, float, str]:
    """By what Q1 is at least (the interval's lower end): one pass of one is no better than six of six."""
    low = one.identity.low if one.identity.scored else 0.0
    return (not one.identity.scored, -low, -(one.photographic.rate or 0.0), one.row)


def _standing(row: str, cells: list[JudgedCell], made: Mapping[str, MadeCell], threshold: float) -> Standing:
    causes = [cell.outcome.cause for cell in cells if isinstance(cell.outcome, Unscored)]
    own = [found for cell in cells if (found := made.get(cell.cell.label))]
    took = sorted(one.took_s for one in own if one.took_s is not None)
    return Standing(
        row=row,
        group=None,
        cells=len(cells),
        identity=tally_of(Axis.IDENTITY, cells, threshold),
        photographic=tally_of(Axis.PHOTOGRAPHIC, cells, threshold),
        pose=tally_of(Axis.POSE, cells, threshold),
        refused=sum(cause in REFUSED for cause in causes),
        technical=sum(cause not in REFUSED and cause is not Cause.NOT_JUDGED for cause in causes),
        usd_micros=sum(one.usd_micros for one in own),
        copied=bool(own) and all(one.copied_from for one in own),
        paid_passes=sum(_passes(cell) for cell in cells if (found := made.get(cell.cell.label)) and found.usd_micros),
        seconds=took[len(took) // 2] if took else None,
        face_px=_median([one.face_px for one in own if one.face_px is not None]),
        seeds=any(cell.cell.seed is not None for cell in cells),
    )


def _passes(cell: JudgedCell) -> bool:
    return cell.scores is not None and cell.scores[Axis.IDENTITY].passed


def standings(rows: Sequence[Standing]) -> str:
    """As in `Q1 cannot tell apart: lora 6/6, pulid 5/6. Behind: photomaker 0/6`; each group by itself."""
    groups: dict[int, list[str]] = {}
    for one in rows:
        if one.group is not None:
            groups.setdefault(one.group, []).append(f"{one.row} {one.identity.passed}/{one.identity.scored}")
    unscored = [one.row for one in rows if one.group is None]
    tail = [f"Nothing scored of {', '.join(unscored)}."] if unscored else []
    if not groups:
        return " ".join(tail)
    first, *others = groups.values()
    head = f"Q1 cannot tell apart: {', '.join(first)}." if len(first) > 1 else f"Alone in front on Q1: {first[0]}."
    return " ".join([head, *(f"Behind: {', '.join(group)}." for group in others), *tail])


def _median(values: list[int]) -> int | None:
    return sorted(values)[len(values) // 2] if values else None


def _grouped(ordered: list[Standing]) -> tuple[Standing, ...]:
    """A row that chance may part from each of the group before it joins that; else it opens the next."""
    found: list[Standing] = []
    group, members = 0, list[Standing]()
    for one in ordered:
        if not one.identity.scored:
            found.append(one)
            continue
        if not members or any(differ(other.identity, one.identity) < APART for other in members):
            group, members = group + 1, []
        members.append(one)
        found.append(one.model_copy(update={"group": group}))
    return tuple(found)


def differ(one: Tally, other: Tally) -> float:
    """How often chance alone parts two pass counts so far: Fisher's exact test, two-sided (R. A. Fisher, 1935)."""
    n, m = one.scored, other.scored
    passed = one.passed + other.passed
    if not n or not m:
        return 1.0
    whole = math.comb(n + m, passed)

    def chance(k: int) -> float:
        return math.comb(n, k) * math.comb(m, passed - k) / whole

    seen = chance(one.passed)
    every = range(max(0, passed - m), min(n, passed) + 1)
    return min(1.0, sum(p for k in every if (p := chance(k)) <= seen * (1 + 1e-9)))
