"""What it takes to judge a run: which calls, which are stored already, for how much."""

from pathlib import PurePosixPath

from pipeline import pictures
from pipeline.actions.judge import JudgeRun
from pipeline.errors import BadPicture, MissingPrompts, RequestError
from pipeline.evidence.run_state import sizes_of
from pipeline.judging.claude import fingerprint, list_price
from pipeline.judging.rubrics import rubric_named, text_of
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.models import Cell, Judge, Value
from pipeline.money import Estimate
from pipeline.pictures import Picture
from pipeline.plan.durations import SECONDS_A_BATCH, duration
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.plan import Plan, PlannedCall, UnusableCell
from pipeline.plan.turns import seed_by_seed
from pipeline.prices import estimate_batch, estimate_calls, token_price

AS_A_BATCH = (
    "As a message batch, at half the price: answered mostly within an hour, at the latest after 24; what is not"
    " answered by then is not paid."
)


class Votes(Value):
    """What the judging of some cells comes to."""

    judge: Judge
    calls: tuple[PlannedCall, ...]
    images: dict[str, str]
    stored: int
    unusable: tuple[UnusableCell, ...]
    listed: tuple[int, int]
    """By the price list, in micro-dollars: the call that fills the cache, and each that reads it."""

    def estimate(self, more: int, known: Known, *, batch: bool = False) -> Estimate:
        """With `more` calls on images that are still to be made."""
        priced = estimate_batch if batch else estimate_calls
        return priced(len(self.calls) + more, list(known.judging.charges), self.listed)


def plan_judge(lab: Lab, request: JudgeRun, defaults: Defaults, known: Known) -> Plan:
    """Plan the judging of a run.

    Reads and verifies every picture (CPU: call it on a thread). Spends nothing.

    Raises:
        RequestError: Unknown run, reference or model; prompts unknown; nothing to judge.
        LabError: The folder is not as it should be.
    """
    run = lab.run(request.run)
    _check_cells(run)
    judge = judge_of(lab, run, request.model or defaults.model, request.reference, request.rubric)
    votes = request.repeats or 1
    chosen = _chosen(run, request.cells)
    found = votes_on(run, run.cells, judge, votes, known, chosen)
    estimate = found.estimate(0, known, batch=request.batch)
    return Plan(
        run=run.name,
        request=request,
        judge=judge,
        cells=run.cells,
        calls=found.calls,
        images=found.images,
        stored=found.stored,
        votes=votes,
        unusable=found.unusable,
        judging_estimate=estimate,
        estimate=estimate,
        took_s=_seconds(len(found.calls), request, defaults, known),
        pass_threshold=defaults.pass_threshold,
        proceed_threshold=defaults.proceed_threshold,
        notes=(*_part(run, chosen), *notes_on(run, judge), *((AS_A_BATCH,) if request.batch and found.calls else ())),
        doubts=doubts_about(lab, run, judge),
    )


def _seconds(count: int, request: JudgeRun, defaults: Defaults, known: Known) -> float:
    if request.batch and count:
        return SECONDS_A_BATCH
    return duration(count, known.judging, defaults.concurrency)


def _chosen(run: Run, labels: tuple[str, ...] | None) -> frozenset[str] | None:
    """The cells that are asked for; None for all. Raises: RequestError for one that the run does not have."""
    if labels is None:
        return None
    if strangers := sorted(set(labels) - {cell.label for cell in run.cells}):
        raise RequestError(f"Run {run.name!r} has no cell {strangers[0]!r}. Nothing was spent.")
    return frozenset(labels)


def _part(run: Run, chosen: frozenset[str] | None) -> tuple[str, ...]:
    if chosen is None or len(chosen) == len(run.cells):
        return ()
    return (f"{len(chosen)} of the run's {len(run.cells)} cells are judged now. The verdict covers all of them.",)


def _usable(run: Run, cells: tuple[Cell, ...]) -> tuple[list[tuple[Cell, Picture]], list[UnusableCell]]:
    """Cells with their pictures, and those whose picture cannot be judged."""
    found = pictures.verify_all([inside(run.root, cell.image) for cell in cells])
    pairs = list(zip(cells, found, strict=True))
    return (
        [(cell, picture) for cell, picture in pairs if not isinstance(picture, BadPicture)],
        [UnusableCell(label=cell.label, detail=str(bad)) for cell, bad in pairs if isinstance(bad, BadPicture)],
    )


def votes_on(
    run: Run,
    cells: tuple[Cell, ...],
    judge: Judge,
    votes: int,
    known: Known,
    chosen: frozenset[str] | None = None,
    to_come: tuple[Cell, ...] = (),
) -> Votes:
    """What is to be bought so that each of these cells has so many votes of this judge.

    Args:
        run: Whose cells they are.
        cells: All that the verdict will cover.
        judge: Who judges.
        votes: A cell.
        known: What was bought before.
        chosen: Labels of those that are judged now; None for all.
        to_come: Cells without a picture yet, which are priced as the run's own.
    """
    usable, unusable = _usable(run, cells)
    now = [(cell, picture) for cell, picture in usable if chosen is None or cell.label in chosen]
    turns = seed_by_seed(now, lambda one: one[0].seed)
    wanted = [_call(judge, cell, picture, vote) for cell, picture in turns for vote in range(1, votes + 1)]
    bought = known.stored([call.fingerprint for call in wanted])
    bought |= {vote.fingerprint for vote in run.log}
    calls = _once([call for call in wanted if call.fingerprint not in bought])
    reference = pictures.verify(inside(run.root, judge.reference))
    prompts, shown = prompts_of((*cells, *to_come)), [picture.size for _cell, picture in now] or sizes_of(run)
    words = len(text_of(Lab(run.root), judge.rubric_sha256))
    return Votes(
        judge=judge,
        calls=calls,
        images={cell.label: picture.sha256 for cell, picture in usable},
        stored=len(wanted) - len(calls),
        unusable=tuple(unusable),
        listed=list_price(judge.model, prompts, reference.size, shown, words),
    )


def prompts_of(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.prompt for cell in cells if cell.prompt]


def _once(calls: list[PlannedCall]) -> tuple[PlannedCall, ...]:
    """Two cells with the same picture and prompt need one judgement."""
    return tuple({call.fingerprint: call for call in reversed(calls)}.values())[::-1]


def judge_of(lab: Lab, run: Run, model: str, asked: str | None, rubric: str | None = None) -> Judge:
    """The judge of a run. Raises: UnknownReference, UnknownModel, RequestError for a rubric, BadPicture."""
    token_price(model)
    return judge_against(lab, model, lab.reference(run, asked), rubric)


def judge_against(lab: Lab, model: str, path: str, rubric: str | None = None) -> Judge:
    """The judge that compares with this photo, a lab-relative path. Raises: BadPicture, RequestError."""
    words = rubric_named(lab, rubric)
    return Judge(
        model=model,
        rubric=words.version,
        rubric_sha256=words.sha256,
        reference=path,
        reference_sha256=pictures.verify(inside(lab.root, path)).sha256,
    )


def _check_cells(run: Run) -> None:
    if not run.cells:
        raise RequestError(f"Run {run.name!r} has no cells yet. Nothing was spent.")
    unknown = dict.fromkeys(cell.prompt_id for cell in run.cells if not cell.prompt)
    if unknown:
        raise MissingPrompts(run.name, list(unknown))


def _call(judge: Judge, cell: Cell, picture: Picture, vote: int) -> PlannedCall:
    prompt = cell.prompt or ""
    return PlannedCall(
        label=cell.label,
        vote=vote,
        image=cell.image,
        image_sha256=picture.sha256,
        prompt=prompt,
        fingerprint=fingerprint(judge, picture.sha256, prompt, vote),
    )


def doubts_about(lab: Lab, run: Run, judge: Judge) -> tuple[str, ...]:
    """A photograph of somebody else tells nothing about a run's person."""
    photo = PurePosixPath(judge.reference)
    recorded = run.manifest.reference if run.manifest else None
    same_person = run.identity in photo.parent.name.split("-")
    if judge.reference in {*lab.own_photos(run), recorded} or same_person:
        return ()
    whose = run.identity.upper() if run.identity else "somebody else"
    return (f"{photo.name} lies in {photo.parent}, and the run is of {whose}.",)


def notes_on(run: Run, judge: Judge) -> tuple[str, ...]:
    notes = []
    before = run.output
    if before and before.judge is None and before.cells:
        notes.append(
            f"The {len(before.cells)} stored judgements are by another judge"
            f" ({before.judge_version or 'unknown version'}), so every cell is judged anew; the old file is kept beside"
            " the new one."
        )
    elif before and before.judge and before.judge != judge:
        notes.append(
            "The run's last verdict is by another judge (model, rubric or reference differ); both stay on record."
        )
    fixture = run.manifest.fixture if run.manifest else None
    if fixture and any(photo.sha256 == judge.reference_sha256 for photo in fixture.photos):
        notes.append("The reference is also in the training set: a memorised picture scores well.")
    return tuple(notes)
