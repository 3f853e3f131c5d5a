"""Filing a judged run: votes into the log, the verdict into judge_output.json, the rest rendered from state."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import grid, lab_files, summary
from pipeline.continuation import Step, next_steps
from pipeline.errors import LabError
from pipeline.folder import inside
from pipeline.judge import settle
from pipeline.lab_files import CellEntry, JudgeOutput, ScoreEntry, UnscoredEntry
from pipeline.lab_files import Summary as OutputSummary
from pipeline.models import Axis, Cause, Cell, JudgedCell, Judgement, Scores, Unscored, Value
from pipeline.plan import Plan
from pipeline.runs import Run
from pipeline.state import RunState, state_of
from pipeline.verdict import Verdict, decide


class Filed(Value):
    """What a job left in the run folder."""

    state: RunState
    steps: tuple[Step, ...]
    """How to continue, priced."""
    scored: int
    """Cells of this plan's judge that have a score now."""
    verdict_written: bool
    """False when nothing was judged, or a canceled job left an older verdict of another judge in place."""


class Material(Value):
    """What a job leaves to be filed, from the ledger."""

    votes: tuple[Judgement, ...]
    """Every vote that the ledger holds for the run."""
    causes: dict[str, Unscored]
    """Why a cell has no score, by label, where the job knows."""
    spent_micros: int
    """The ledger's sum for the run."""
    charges: tuple[int, ...]
    """Past charges, to price the next steps by."""
    canceled: bool = False
    """The job was stopped; what is finished is kept."""


def file_judging(run: Run, plan: Plan, material: Material) -> Filed:
    """Write what a judge job found; doing it again with the same input changes no byte.

    Args:
        run: The run, freshly opened.
        plan: What was to be judged.
        material: What came of it.

    Raises:
        LabError: A file cannot be read or written. Nothing is half written.
    """
    known = {vote.fingerprint: vote for vote in (*run.log, *material.votes)}
    votes = {cell.label: _votes(plan, cell, known) for cell in plan.cells}
    log = _append(run.log, [vote for each in votes.values() for vote in each])
    if log:
        run.write("judgements.jsonl", lab_files.write_log(log))
    cells = tuple(_judged(plan, cell, votes[cell.label], material.causes) for cell in plan.cells)
    scored = sum(cell.scores is not None for cell in cells)
    written = _write_verdict(run, plan, cells, log, material)
    manifest = run.derived_manifest()
    if scored and plan.judge not in manifest.judges:
        manifest = manifest.model_copy(update={"judges": (*manifest.judges, plan.judge)})
    run.write("run.json", manifest.write())
    fresh = Run(run.root, run.name)
    state, steps = render_run(fresh, material.spent_micros, material.charges, plan.judge.model)
    return Filed(state=state, steps=steps, scored=scored, verdict_written=written)


def _append(log: tuple[Judgement, ...], votes: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The log with what is new behind it; nothing in it is ever changed."""
    held = {(vote.fingerprint, vote.label) for vote in log}
    return (*log, *(vote for vote in votes if (vote.fingerprint, vote.label) not in held))


def _write_verdict(
    run: Run,
    plan: Plan,
    cells: tuple[JudgedCell, ...],
    log: tuple[Judgement, ...],
    material: Material,
) -> bool:
    """`judge_output.json`, unless there is nothing to say, or a stopped job would hide another judge's verdict."""
    before = run.output
    other = before is not None and before.judge != plan.judge
    scored = any(cell.scores is not None for cell in cells)
    if not (scored or (material.causes and before is None)) or (material.canceled and other):
        return False
    if before is not None and other:
        _keep(run, before)
    newest = max((vote.judged_at for vote in log if vote.judge == plan.judge), default=None)
    verdict = decide(cells, plan.proceed_threshold)
    output = judge_output(plan, cells, verdict, newest)
    run.write(
        "judge_output.json", (output if other else _with_foreign_keys(output, before)).write()
    )
    return True


def _with_foreign_keys(output: JudgeOutput, before: JudgeOutput | None) -> JudgeOutput:
    """What other tools wrote into our file stays there."""
    if before is None:
        return output
    cells = {cell.label: cell.model_extra or {} for cell in before.cells}
    kept = [cell.model_copy(update=cells.get(cell.label, {})) for cell in output.cells]
    return output.model_copy(update={"cells": kept, **(before.model_extra or {})})


def render_run(
    run: Run, spent_micros: int, charges: tuple[int, ...], model: str
) -> tuple[RunState, tuple[Step, ...]]:
    """Render SUMMARY.md from the run's other files. `judge_output.json` is not touched. Raises: LabError."""
    state = state_of(run)
    steps = next_steps(state, charges, model)
    run.write(
        "SUMMARY.md",
        summary.render(state, steps, spent_micros, run.summary).encode("utf-8", "surrogateescape"),
    )
    return state, steps


def _judged(
    plan: Plan, cell: Cell, votes: Sequence[Judgement], causes: Mapping[str, Unscored]
) -> JudgedCell:
    """A cell's outcome: the settled votes of this plan's judge on the picture that the plan saw."""
    if votes:
        return JudgedCell(
            cell=cell, outcome=settle([vote.scores for vote in votes], plan.pass_threshold)
        )
    unusable = next(
        (
            Unscored(cause=Cause.NO_IMAGE, detail=one.detail)
            for one in plan.unusable
            if one.label == cell.label
        ),
        None,
    )
    return JudgedCell(
        cell=cell, outcome=unusable or causes.get(cell.label) or Unscored(cause=Cause.NOT_JUDGED)
    )


def _votes(plan: Plan, cell: Cell, known: Mapping[str, Judgement]) -> list[Judgement]:
    """The votes on a cell, by fingerprint alone: a copied picture was judged where it was first seen."""
    found = [known[name] for name in plan.fingerprints(cell) if name in known]
    return [vote.model_copy(update={"label": cell.label}) for vote in found]


def _keep(run: Run, before: JudgeOutput) -> None:
    """Another judge's verdict stays beside the new one, byte for byte."""
    content = (run.path / "judge_output.json").read_bytes()
    version = re.sub(r"[^\w.-]", "-", before.judge_version or "earlier")
    stem = f"judge_output.{version}"
    for name in (f"{stem}.json", *(f"{stem}.{number}.json" for number in range(2, 1000))):
        path = run.path / name
        if not path.exists():
            run.write(name, content)
            return
        if path.read_bytes() == content:
            return


def judge_output(
    plan: Plan, cells: Sequence[JudgedCell], verdict: Verdict, judged_at: str | None
) -> JudgeOutput:
    """`judge_output.json` in the lab's shape; what is new comes behind the old keys."""
    unscored = [
        UnscoredEntry.model_validate(
            _place(cell) | {"cause": cell.outcome.cause.value, "detail": cell.outcome.detail}
        )
        for cell in cells
        if isinstance(cell.outcome, Unscored)
    ]
    content = JudgeOutput(
        judge_version=plan.judge.rubric,
        model=plan.judge.model,
        judged_at=judged_at,
        reference=plan.judge.reference,
        cells=[
            CellEntry.model_validate(_place(cell) | _entries(cell.scores))
            for cell in cells
            if cell.scores
        ],
        summary=_output_summary(verdict),
        judge=plan.judge,
        pass_threshold=plan.pass_threshold,
    )
    return content.model_copy(update={"unscored": unscored}) if unscored else content


def _place(cell: JudgedCell) -> dict[str, Any]:
    one = cell.cell
    return {
        "label": one.label,
        "prompt_id": one.prompt_id,
        "prompt": one.prompt,
        "image_path": one.image,
    }


def _entries(scores: Scores) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for axis in Axis:
        one = scores[axis]
        entry = ScoreEntry(passed=one.passed, score=one.score, reason=one.reason)
        entries[axis.value] = (
            entry.model_copy(update={"votes": list(one.votes)}) if one.votes else entry
        )
    return entries


def _output_summary(verdict: Verdict) -> OutputSummary:
    def rate(count: int) -> float | None:
        return round(count / verdict.scored, 3) if verdict.scored else None

    return OutputSummary(
        n_cells=verdict.scored,
        **{f"{tally.axis.value}_pass_rate": rate(tally.passed) for tally in verdict.tallies},
        all_axes_pass_rate=rate(verdict.all_axes_passed),
        proceed_threshold=verdict.threshold,
        verdict=verdict.word.value,
        verdict_reason=verdict.reason,
        evidence={
            "grade": verdict.grade.value,
            "weaker_axis": verdict.weaker.value,
            "scope": verdict.scope,
            "n_unscored": verdict.total - verdict.scored,
            "more_clean_cells_for_strong": verdict.more_cells,
            "wilson_95": {
                tally.axis.value: [round(tally.low, 3), round(tally.high, 3)]
                for tally in verdict.tallies
            },
        },
    )


def draw_grid(
    run: Run, state: RunState, *, simulated: bool = False
) -> tuple[tuple[bytes, str, str], ...]:
    """The run's contact sheets as (bytes, suffix, alternative text). CPU: call it on a thread."""
    images = {
        cell.cell.label: content
        for cell in state.cells
        if (content := _bytes(run, cell.cell.image)) is not None
    }
    reference = _bytes(run, state.reference) if state.reference else None
    drawn = []
    for sheet in grid.sheets(state, simulated=simulated):
        content, suffix = grid.encode(grid.draw(sheet, images, reference))
        drawn.append((content, suffix, grid.alt_text(sheet)))
    return tuple(drawn)


def _bytes(run: Run, relative: str) -> bytes | None:
    try:
        return inside(run.root, relative).read_bytes()
    except (OSError, LabError):
        return None
