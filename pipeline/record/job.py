"""Filing a judged run: votes into the log, the verdict into judge_output.json, the rest rendered from state."""

from collections.abc import Mapping, Sequence

from pipeline.advice.next_steps import Prices, Step, next_steps
from pipeline.advice.remedies import remedies
from pipeline.advice.tried import Tried, tried
from pipeline.errors import BadPicture
from pipeline.evidence.compare import Rejudged, rejudged
from pipeline.evidence.controls import entry_of, flag_of, so_far
from pipeline.evidence.run_state import RunState, of_fruitless, state_of
from pipeline.evidence.verdict import PROCEED_THRESHOLD, decide, was_asked
from pipeline.judging.claude import DEFAULT_MODEL, settle
from pipeline.lab.files import FruitlessJudging, JudgeOutput, MadeCell
from pipeline.lab.lab import Lab
from pipeline.lab.log import write_log
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.models import NO_PICTURE, Cause, Cell, Judge, JudgedCell, Judgement, Unscored, Value
from pipeline.pictures import Picture, verify_all
from pipeline.plan.plan import Plan
from pipeline.record import summary
from pipeline.record.earlier import earlier_verdict, keep_verdict
from pipeline.record.judge_output import Controlled, judge_output, output_summary, unscored_entries
from pipeline.record.making import file_making
from pipeline.record.upscales import file_upscales


class Filed(Value):
    """What a job left in the run folder. Stored as it is with the job: no field of it, or of what it holds, may go, and
    a new one needs a default (`tests/data/stored_fields.json`).
    """

    state: RunState
    steps: tuple[Step, ...]
    """How to continue, priced."""
    scored: int
    """Cells of this plan's judge that have a score now."""
    verdict_written: bool
    """False when nothing was judged, or a canceled job left an older verdict of another judge in place."""
    made: int = 0
    """Images that the job made or copied."""
    tried: tuple[Tried, ...] = ()
    """What it tells about the remedy that it was."""
    rejudged: Rejudged | None = None
    """What another judge's verdict was before this one."""


class Material(Value):
    """What a job leaves to be filed, from the ledger."""

    votes: tuple[Judgement, ...]
    """Every vote that the ledger holds for the run."""
    causes: dict[str, Unscored]
    """Why a cell has no score, by label, where the job knows."""
    spent_micros: int
    """The ledger's sum for the run."""
    prices: Prices
    """For the next steps."""
    job: str = ""
    """The job's id."""
    controls: tuple[Judgement, ...] = ()
    """Every control that the plan's judge ever answered about."""
    canceled: bool = False
    """The job was stopped; what is finished is kept."""
    cells: tuple[MadeCell, ...] = ()
    """What came of each image that was to be made."""


def file_job(lab: Lab, plan: Plan, material: Material) -> Filed:
    """Write what a job made and judged; doing it again with the same input changes no byte.

    Args:
        lab: The lab, of which the run is read afresh.
        plan: What was to be done.
        material: What came of it.

    Raises:
        LabError: A file cannot be read or written. Nothing is half written.
    """
    parent = plan.making.parent if plan.making else None
    run = Run(lab.root, plan.run)
    if plan.action == "upscale":
        return _upscaled(run, plan, material)
    before, earlier = _before(lab, plan), run if plan.run in lab.runs() else None
    first = earlier_verdict(earlier, plan) if earlier else None
    file_making(run, lab.run(parent) if parent else None, plan, material.cells)
    run = Run(lab.root, plan.run)
    scored, written = 0, False
    if plan.judge is not None:
        scored, written = _file_votes(run, plan, plan.judge, material)
    if plan.making is not None and not written:
        # No new verdict: the old one must not stand for pictures that it never saw.
        remade = {cell.label for cell in material.cells if cell.state == "made"}
        written = _refresh_output(Run(lab.root, plan.run), remade)
    fresh = Run(run.root, run.name)
    model = plan.judge.model if plan.judge else None
    state, steps = render_run(fresh, material.spent_micros, material.prices, model)
    if state.fruitless is not None and state.fruitless.job == material.job:
        state = of_fruitless(state)
        steps = steps_of(fresh, state, material.prices, model)
    made = sum(cell.state == "made" for cell in material.cells)
    cases = tried(plan, before, state) if before is not None and not material.canceled else ()
    again = rejudged(first, state) if first is not None and written else None
    return Filed(
        state=state, steps=steps, scored=scored, verdict_written=written, made=made, tried=cases, rejudged=again
    )


def _upscaled(run: Run, plan: Plan, material: Material) -> Filed:
    """Pictures beside the cells; the run's own verdict stays as it is."""
    made = file_upscales(run, plan, material.cells, material.votes, material.job)
    fresh = Run(run.root, run.name)
    model = plan.judge.model if plan.judge else None
    state, steps = render_run(fresh, material.spent_micros, material.prices, model)
    seen = [one for one in state.upscales if one.job == material.job and one.after]
    return Filed(state=state, steps=steps, scored=len(seen), verdict_written=False, made=made)


def _before(lab: Lab, plan: Plan) -> RunState | None:
    """The run that a remedy was to mend, as it stood: the parent's state, or that of the cells that were there."""
    parent = plan.making.parent if plan.making else None
    parent = parent or (plan.training.parent if plan.training else None)
    if parent is not None:
        return state_of(lab.run(parent)) if parent in lab.runs() else None
    if plan.action != "extend" or plan.making is None:
        return None
    ours = {image.label for image in plan.making.images}
    state = state_of(Run(lab.root, plan.run))
    cells = tuple(cell for cell in state.cells if cell.cell.label not in ours)
    return state.model_copy(update={"cells": cells, "verdict": decide(cells, state.verdict.threshold)})


def _file_votes(run: Run, plan: Plan, judge: Judge, material: Material) -> tuple[int, bool]:
    """The votes into the log and the verdict into its file; how many cells are scored, and whether it was written.

    Over the run's cells and pictures as they are now: another job may have added some since the plan.
    """
    now = dict(zip(run.cells, verify_all([inside(run.root, cell.image) for cell in run.cells]), strict=True))
    known = {vote.fingerprint: vote for vote in (*run.log, *material.votes)}
    votes = {cell.label: _votes(plan, cell, picture, known) for cell, picture in now.items()}
    log = _append(run.log, [vote for each in votes.values() for vote in each])
    if log:
        run.write("judgements.jsonl", write_log(log))
    cells = tuple(_judged(plan, cell, picture, votes[cell.label], material.causes) for cell, picture in now.items())
    scored = sum(cell.scores is not None for cell in cells)
    written = _write_verdict(run, plan, judge, cells, log, material)
    manifest = run.derived_manifest()
    if scored and judge not in manifest.judges:
        manifest = manifest.model_copy(update={"judges": (*manifest.judges, judge)})
    if not material.canceled:
        tried = None if written or scored or not material.causes else _fruitless(judge, cells, material)
        manifest = manifest.model_copy(update={"fruitless": tried})
    run.write("run.json", manifest.write())
    return scored, written


def _fruitless(judge: Judge, cells: Sequence[JudgedCell], material: Material) -> FruitlessJudging | None:
    """What an older verdict must not hide: why each of the answers is none."""
    unscored = {
        cell.cell.label: cell.outcome
        for cell in cells
        if isinstance(cell.outcome, Unscored) and cell.cell.label in material.causes and was_asked(cell)
    }
    return FruitlessJudging(job=material.job, judge=judge, unscored=unscored) if unscored else None


def _refresh_output(run: Run, remade: set[str]) -> bool:
    """`judge_output.json` after cells came without being judged: they count as such, and a remade cell's score is over.

    The judgements themselves stay in the log, and the file as it was beside, where a score falls out of it.
    """
    before = run.output
    if before is None:
        return False
    kept = [entry for entry in before.cells if entry.label not in remade]
    if len(kept) < len(before.cells) or before.judge is None:
        keep_verdict(run, before)
    cells = tuple(
        cell.model_copy(update={"outcome": Unscored(cause=Cause.NOT_JUDGED)}) if cell.cell.label in remade else cell
        for cell in run.judged_cells()
    )
    threshold = before.summary.proceed_threshold if before.summary else None
    flag = flag_of(before.controls or (), run.identity)
    verdict = decide(cells, threshold or PROCEED_THRESHOLD).flagged(flag)
    changed = {"cells": kept, "summary": output_summary(verdict, cells), "unscored": unscored_entries(cells)}
    return run.write("judge_output.json", before.model_copy(update=changed).write())


def after_pictures_changed(run: Run, labels: set[str]) -> None:
    """Scores of pictures that are others now are over. Raises: LabError."""
    _refresh_output(run, labels)


def _append(log: tuple[Judgement, ...], votes: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The log with what is new behind it; nothing in it is ever changed."""
    held = {(vote.fingerprint, vote.label) for vote in log}
    return (*log, *(vote for vote in votes if (vote.fingerprint, vote.label) not in held))


def _write_verdict(
    run: Run, plan: Plan, judge: Judge, cells: tuple[JudgedCell, ...], log: tuple[Judgement, ...], material: Material
) -> bool:
    """`judge_output.json`, unless there is nothing to say, or a stopped job would hide another judge's verdict."""
    before = run.output
    other = before is not None and before.judge != judge
    scored = any(cell.scores is not None for cell in cells)
    if not (scored or (material.causes and before is None)) or (material.canceled and other):
        return False
    if before is not None and other:
        keep_verdict(run, before)
    newest = max((vote.judged_at for vote in log if vote.judge == judge), default=None)
    verdict = decide(cells, plan.proceed_threshold)
    controls = _controls(plan, material, None if other else before)
    verdict = verdict.flagged(flag_of(controls.entries, run.identity))
    output = judge_output(plan, judge, cells, verdict, newest, controls)
    run.write("judge_output.json", (output if other else _with_foreign_keys(output, before)).write())
    return True


def _controls(plan: Plan, material: Material, before: JudgeOutput | None) -> Controlled:
    """The plan's controls, as far as they are judged, with those that this run had before by the same judge: a wrong
    one is not made good by asking again. And all that this judge ever had.
    """
    wanted = [one.fingerprint for one in plan.controls]
    known = {vote.fingerprint: vote for vote in (*material.controls, *material.votes)}
    entries = {(one.identity, one.photo): one for one in (before.controls if before else None) or ()}
    entries |= {(one.identity, one.photo): one for name in wanted if name in known for one in [entry_of(known[name])]}
    unanswered = sum(name not in known for name in wanted)
    return Controlled(tuple(entries.values()), unanswered, so_far(material.controls))


def _with_foreign_keys(output: JudgeOutput, before: JudgeOutput | None) -> JudgeOutput:
    """What other tools wrote into our file stays there."""
    if before is None:
        return output
    cells = {cell.label: cell.model_extra or {} for cell in before.cells}
    kept = [cell.model_copy(update=cells.get(cell.label, {})) for cell in output.cells]
    return output.model_copy(update={"cells": kept, **(before.model_extra or {})})


def render_run(run: Run, spent_micros: int, prices: Prices, model: str | None) -> tuple[RunState, tuple[Step, ...]]:
    """Render SUMMARY.md from the run's other files. `judge_output.json` is not touched. Raises: LabError."""
    state = state_of(run)
    steps = steps_of(run, state, prices, model)
    run.write("SUMMARY.md", summary.render(state, steps, spent_micros, run.summary).encode("utf-8", "surrogateescape"))
    return state, steps


def steps_of(run: Run, state: RunState, prices: Prices, model: str | None) -> tuple[Step, ...]:
    """How to go on from a state of a run."""
    judge = model or DEFAULT_MODEL
    return next_steps(state, prices, judge, remedies(run, state, prices, judge))


def _judged(
    plan: Plan, cell: Cell, picture: Picture | BadPicture, votes: Sequence[Judgement], causes: Mapping[str, Unscored]
) -> JudgedCell:
    """A cell's outcome: the settled votes of this plan's judge on the picture that is there, else why there are
    none.
    """
    if votes:
        return JudgedCell(cell=cell, outcome=settle([vote.scores for vote in votes], plan.pass_threshold))
    outcome = causes.get(cell.label)
    if isinstance(picture, BadPicture) and (outcome is None or outcome.cause not in NO_PICTURE):
        outcome = Unscored(cause=Cause.NO_IMAGE, detail=str(picture))
    elif outcome is not None and outcome.cause in NO_PICTURE - {Cause.NO_IMAGE} and isinstance(picture, Picture):
        outcome = None  # it could not be made again, and the picture that it had is not judged
    return JudgedCell(cell=cell, outcome=outcome or Unscored(cause=Cause.NOT_JUDGED))


def _votes(plan: Plan, cell: Cell, picture: Picture | BadPicture, known: Mapping[str, Judgement]) -> list[Judgement]:
    """The votes on a cell, by fingerprint alone: a copied picture was judged where it was first seen."""
    if isinstance(picture, BadPicture):
        return []
    found = [known[name] for name in plan.fingerprints(cell, picture.sha256) if name in known]
    return [vote.model_copy(update={"label": cell.label}) for vote in found]
