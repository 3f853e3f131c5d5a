"""Two runs beside each other as a page: what differs on top, then the very same cells, flips first."""

from collections.abc import Mapping

from pipeline.actions.compare import CompareRuns
from pipeline.evidence.compare import Comparison, compare
from pipeline.evidence.run_state import RunState
from pipeline.lab.run import Run
from pipeline.language.sentence import render
from pipeline.models import Axis, JudgedCell, Value
from pipeline.site.run_page import kind_of
from pipeline.site.shots import Shot, shot_of
from pipeline.site.thumbnails import Thumb, known_thumbs


class Side(Value):
    """One run's cell in a pair."""

    label: str
    shot: Shot | None
    standing: tuple[tuple[str, str, bool, float], ...]
    """Of each axis its code, title, whether it passes, and the score."""
    cause: str


class Pair(Value):
    """Two cells of the same place; of a place that only one run has, one of them is None."""

    prompt_id: str
    sides: tuple[Side | None, ...]
    flips: tuple[str, ...]
    paired: bool


class Head(Value):
    """One of the two runs."""

    run: str
    title: str
    kind: str
    word: str
    reason: str


class ComparePage(Value):
    """Everything that the page shows."""

    heads: tuple[Head, ...]
    differences: tuple[tuple[str, tuple[str, ...]], ...]
    said: tuple[str, ...]
    judged_apart: bool
    pairs: tuple[Pair, ...]
    sentence: str
    simulated: bool
    stamp: str


def compare_page(
    runs: tuple[Run, Run], states: tuple[RunState, RunState], stamp: str, *, simulated: bool
) -> ComparePage:
    """The first run is what the second is held against. Reads the thumbnails that the runs' own pages have."""
    found = compare(runs, states)
    thumbs = [known_thumbs(run) for run in runs]
    pairs = []
    for group in found.groups:
        sides = tuple(
            _side(run, cell, own) if cell else None for run, cell, own in zip(runs, group.cells, thumbs, strict=True)
        )
        flips = tuple(axis.title for axis in group.flips)
        pairs.append(Pair(prompt_id=group.prompt_id, sides=sides, flips=flips, paired=group.paired))
    return ComparePage(
        heads=tuple(
            Head(run=one.run, title=one.title, kind=kind_of(one), word=one.said, reason=one.reason) for one in states
        ),
        differences=tuple((one.what, one.values) for one in found.differences),
        said=_said(found),
        judged_apart=found.judged_apart,
        pairs=tuple(pairs),
        sentence=render(CompareRuns(runs=tuple(run.name for run in runs))),
        simulated=simulated,
        stamp=stamp,
    )


def _said(found: Comparison) -> tuple[str, ...]:
    lines = []
    for one in found.against:
        lines += [flips.said for flips in one.flips]
        lines += [
            f"{axis.title}: no cell is shared; of two alike runs {100 * p:.0f} % differ at least so much by chance"
            for axis, p in one.unpaired
        ]
    return tuple(lines)


def _side(run: Run, cell: JudgedCell, thumbs: Mapping[str, Thumb]) -> Side:
    shot = shot_of(thumbs.get(cell.cell.image), "")
    home = f"../../runs/{run.name}/"
    if shot is not None:
        name = cell.cell.image.removeprefix(f"runs/{run.name}/")
        href = home + name if name != cell.cell.image else f"../../{cell.cell.image}"
        moved = {"href": href, "small": home + shot.small, "middle": home + shot.middle, "large": home + shot.large}
        shot = shot.model_copy(update=moved)
    standing = tuple(
        (axis.code, axis.title, cell.scores[axis].passed, cell.scores[axis].score) for axis in Axis if cell.scores
    )
    return Side(label=cell.cell.label, shot=shot, standing=standing, cause="" if cell.scores else str(cell.outcome))
