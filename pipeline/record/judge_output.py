"""`judge_output.json` in the lab's shape, made from cells and verdict; what is new comes behind the old keys."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pipeline.evidence.always_valid import ALPHA
from pipeline.evidence.clusters import blamed, by_seed, clustered
from pipeline.evidence.verdict import RANK, Verdict, more_for_single_look
from pipeline.lab.files import CellEntry, ControlEntry, JudgeOutput, ScoreEntry, UnscoredEntry
from pipeline.lab.files import Summary as OutputSummary
from pipeline.models import BARRED, Axis, Judge, JudgedCell, Scores, Unscored
from pipeline.plan.plan import Plan


def unscored_entries(cells: Sequence[JudgedCell]) -> list[UnscoredEntry]:
    return [
        UnscoredEntry.model_validate(_place(cell) | {"cause": cell.outcome.cause.value, "detail": cell.outcome.detail})
        for cell in cells
        if isinstance(cell.outcome, Unscored)
    ]


class Controlled(NamedTuple):
    """What a judging's controls came to."""

    entries: tuple[ControlEntry, ...] = ()
    unanswered: int = 0
    so_far: tuple[int, int] = (0, 0)


def judge_output(
    plan: Plan, judge: Judge, cells: Sequence[JudgedCell], verdict: Verdict, judged_at: str | None, controls: Controlled
) -> JudgeOutput:
    """`judge_output.json` in the lab's shape; what is new comes behind the old keys."""
    unscored = unscored_entries(cells)
    content = JudgeOutput(
        judge_version=judge.rubric,
        model=judge.model,
        judged_at=judged_at,
        reference=judge.reference,
        cells=[CellEntry.model_validate(_place(cell) | _entries(cell.scores)) for cell in cells if cell.scores],
        summary=output_summary(verdict, cells),
        judge=judge,
        pass_threshold=plan.pass_threshold,
    )
    more: dict[str, Any] = {"unscored": unscored} if unscored else {}
    if controls.entries:
        more |= {"controls": list(controls.entries), "controls_so_far": controls.so_far}
    if controls.unanswered:
        more |= {"controls_unanswered": controls.unanswered}
    return content.model_copy(update=more) if more else content


def _place(cell: JudgedCell) -> dict[str, Any]:
    one = cell.cell
    return {"label": one.label, "prompt_id": one.prompt_id, "prompt": one.prompt, "image_path": one.image}


def _entries(scores: Scores) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for axis in Axis:
        one = scores[axis]
        entry = ScoreEntry(passed=one.passed, score=one.score, reason=one.reason)
        entries[axis.value] = entry.model_copy(update={"votes": list(one.votes)}) if one.votes else entry
    return entries


def output_summary(verdict: Verdict, cells: Sequence[JudgedCell]) -> OutputSummary:
    def rate(count: int) -> float | None:
        return round(count / verdict.scored, 3) if verdict.scored else None

    return OutputSummary(
        n_cells=verdict.scored,
        **{f"{tally.axis.value}_pass_rate": rate(tally.passed) for tally in verdict.tallies},
        all_axes_pass_rate=rate(verdict.all_axes_passed),
        proceed_threshold=verdict.threshold,
        verdict=verdict.word.value,
        verdict_reason=verdict.reason,
        evidence=_evidence(verdict, cells),
    )


def _evidence(verdict: Verdict, cells: Sequence[JudgedCell]) -> dict[str, Any]:
    """Keys that were there first keep their meaning, a single look; what holds however often one looks has its own."""
    weaker = min((verdict.tally(axis) for axis in BARRED), key=lambda one: (RANK[one.single_look], one.low))
    bar = verdict.threshold
    content: dict[str, Any] = {
        "grade": weaker.single_look.value,
        "weaker_axis": weaker.axis.value,
        "scope": verdict.scope,
        "n_unscored": verdict.total - verdict.scored,
        "more_clean_cells_for_strong": (
            more_for_single_look(weaker.passed, weaker.scored, bar) if weaker.scored else None
        ),
        "wilson_95": {tally.axis.value: [round(tally.low, 3), round(tally.high, 3)] for tally in verdict.tallies},
        "however_often": {
            "grade": verdict.grade.value,
            "weaker_axis": verdict.weaker.value,
            "alpha_a_side": ALPHA,
            "more_clean_cells_for_strong": verdict.more_cells,
            **({"flag": verdict.flag} if verdict.flag else {}),
        },
    }
    by_axis = {axis: clustered(list(by_seed(cells, axis).values())) for axis in Axis}
    if intervals := {axis.value: [round(end, 3) for end in found] for axis, found in by_axis.items() if found}:
        content["clustered_by_seed_95"] = intervals
    if found := blamed(cells):
        content["beyond_chance"] = [one.model_dump(mode="json") for one in found]
    return content
