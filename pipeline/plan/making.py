"""What a re-run, an extension or a redo makes: the exact cells, what is there already, the difference, the price."""

import re
from pathlib import Path

from pipeline import pictures
from pipeline.actions.matrix import RedoCells, RerunMatrix
from pipeline.actions.registry import MatrixRequest
from pipeline.errors import BadPicture, MissingPrompts, RequestError, UnknownReference
from pipeline.judging.rubrics import own_rubrics
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers import flux_lora
from pipeline.makers.maker import CellToMake, Input, Maker, fingerprint
from pipeline.models import Cell
from pipeline.plan.cells import CellsToMake, usable, wanted_by
from pipeline.plan.copies import found_before
from pipeline.plan.durations import duration, making_duration
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.judging import Votes, judge_of, notes_on, votes_on
from pipeline.plan.lint import lint, trigger_of
from pipeline.plan.plan import Making, Plan, PlannedImage
from pipeline.plan.redo_bakeoff import making_again
from pipeline.prices import MODELS, NOTHING, add

_VERSION = re.compile(r"[\w.-]+/[\w.-]+:[0-9a-f]{64}")


def plan_matrix(lab: Lab, request: MatrixRequest, defaults: Defaults, known: Known) -> Plan:
    """Plan what makes images, and their judging when it is asked for.

    Reads and verifies the run's pictures (CPU: call it on a thread). Spends nothing.

    Raises:
        RequestError: No such run, cell or reference; no trained version; everything is there already.
        LabError: The folder is not as it should be.
    """
    run = lab.run(request.run)
    several = _is_bakeoff(run, request)
    wanted = wanted_by(lab, run, request, known)
    making = making_again(lab, run, wanted, defaults, known) if several else _making(lab, run, request, wanted, known)
    kept_cells = () if isinstance(request, RerunMatrix) else run.cells
    cells = _all_cells(kept_cells, wanted.cells)
    standing = tuple(cell for cell in kept_cells if cell.label not in {one.label for one in making.images})
    voted = _votes(lab, run, standing, wanted.cells, defaults, known) if request.then_judge else None
    judging = voted.estimate(len(making.images), known) if voted else NOTHING
    seconds = making_duration(len(making.ordered), known.images, defaults.image_concurrency)
    # Judging overlaps making: what remains after the last image is its own judgement.
    seconds += duration(1, known.judging, 1) if voted and making.ordered else 0
    seconds = max(seconds, duration(len(voted.calls), known.judging, defaults.concurrency) if voted else 0)
    return Plan(
        action=request.action,
        run=wanted.run,
        request=request,
        judge=voted.judge if voted else None,
        cells=cells,
        calls=voted.calls if voted else (),
        images=voted.images if voted else {},
        stored=voted.stored if voted else 0,
        unusable=voted.unusable if voted else (),
        making=making,
        judging_estimate=judging,
        estimate=add(making.estimate, judging),
        took_s=seconds,
        pass_threshold=defaults.pass_threshold,
        proceed_threshold=defaults.proceed_threshold,
        notes=_notes(run, request, making, voted),
    )


def _is_bakeoff(run: Run, request: MatrixRequest) -> bool:
    """Whether its cells are of several makers. Raises: RequestError where that forbids what is asked."""
    if run.manifest is None or not run.manifest.bakeoff:
        return False
    if isinstance(request, RedoCells):
        return True
    error = RequestError(f"{run.name!r} is a bake-off, of no one training. Nothing was spent.")
    error.hint = f"“bakeoff … with the prompts and seeds of runs/{run.name}” adds rows to it."
    raise error


def _version(run: Run) -> str:
    recorded = run.manifest.trained_version if run.manifest else None
    version = recorded or (run.training.version if run.training else None)
    if version is None or not _VERSION.fullmatch(version):
        raise RequestError(
            f"Run {run.name!r} names no trained version, so nothing can be made from it. Nothing was spent."
        )
    return version


def _making(lab: Lab, run: Run, request: MatrixRequest, wanted: CellsToMake, known: Known) -> Making:
    version = _version(run)
    settings, recorded = flux_lora.settings_of(run)
    asked_for = (
        {"lora_scale": request.lora_scale, "guidance_scale": request.guidance}
        if isinstance(request, RerunMatrix)
        else {}
    )
    asked_for = {name: value for name, value in asked_for.items() if value is not None}
    settings = {**settings, **asked_for}
    again = isinstance(request, RedoCells)
    usable_now = {cell.label for cell in wanted.cells if usable(run, cell.image)}
    kept = () if again else tuple(one.label for one in wanted.cells if one.label in usable_now)
    images = []
    for cell, asked in _asked(lab, run, version, wanted, settings, known.maker, again=again):
        replaced = _hash_of(inside(run.root, cell.image)) if cell.label in usable_now else ""
        if cell.label not in kept:
            images.append(_image(cell, asked, fingerprint(version, asked, replaced)))
    images = _with_copies(lab, images, known)
    _check_new(run, request, wanted, images)
    ordered = sum(one.copy_of is None for one in images)
    return Making(
        maker=known.maker.name,
        vendor=known.maker.vendor.name,
        version=version,
        images=tuple(images),
        parent=run.name if isinstance(request, RerunMatrix) else None,
        matrix=_shape(images),
        diff=wanted.diff,
        kept=kept,
        settings=settings,
        settings_known=recorded,
        asked=tuple(asked_for),
        estimate=known.maker.price.estimate(ordered, known.images.charges),
        lint=lint([one.prompt for one in images], trigger_of(run)),
    )


def _asked(
    lab: Lab, run: Run, version: str, wanted: CellsToMake, settings: Input, maker: Maker, *, again: bool
) -> list[tuple[Cell, Input]]:
    """Each cell with the input of its prediction; one that is made again is asked for as it was."""
    parent = run.manifest.parent if run.manifest else None
    shapes = flux_lora.aspects_of(run, lab.run(parent) if parent in lab.runs() else None)
    usual = next(iter(shapes.values()), flux_lora.UNKNOWN_ASPECT)
    before = flux_lora.ordered_before(run, version) if again else {}
    return [
        (
            cell,
            before.get(cell.label)
            or maker.asked(CellToMake(cell.prompt or "", cell.seed or 0, shapes.get(cell.prompt_id, usual), settings)),
        )
        for cell in wanted.cells
    ]


def _with_copies(lab: Lab, images: list[PlannedImage], known: Known) -> list[PlannedImage]:
    """What was made before, and is still there, is copied."""
    before = found_before(lab.root, images, known)
    return [one.model_copy(update={"copy_of": found}) for one, found in zip(images, before, strict=True)]


def _image(cell: Cell, asked: Input, name: str) -> PlannedImage:
    return PlannedImage(
        label=cell.label,
        prompt_id=cell.prompt_id,
        prompt=cell.prompt or "",
        seed=cell.seed or 0,
        image=str(Path(cell.image).with_suffix(".png")),
        input=asked,
        fingerprint=name,
    )


def _hash_of(path: Path) -> str:
    """Of a picture's file; empty where there is none."""
    try:
        return pictures.sha256(pictures.read(path))
    except BadPicture:
        return ""


def _check_new(run: Run, request: MatrixRequest, wanted: CellsToMake, images: list[PlannedImage]) -> None:
    """What is there already is pointed at instead of made. Raises: RequestError."""
    if not images:
        error = RequestError(f"All {len(wanted.cells)} cells are in {run.name!r} already. Nothing was spent.")
        error.hint = f"`judge runs/{run.name}` judges them; `redo <label> of runs/{run.name}` makes one again."
        raise error
    homes = {one.copy_of.image.split("/")[1] for one in images if one.copy_of}
    whole = all(one.copy_of for one in images) and len(homes) == 1
    if isinstance(request, RerunMatrix) and whole:
        home = homes.pop()
        error = RequestError(f"Exactly these images were made before: they are in {home!r}. Nothing was spent.")
        error.hint = (
            f"`show the grid of runs/{home}` shows them, `judge runs/{home}` judges them; other seeds make other"
            " pictures."
        )
        raise error


def _votes(
    lab: Lab, run: Run, standing: tuple[Cell, ...], to_come: tuple[Cell, ...], defaults: Defaults, known: Known
) -> Votes:
    """The judge's part. The run's own judge goes on where there is one, so that one verdict covers all cells."""
    before = run.output
    model = before.model if before and before.judge and before.model in MODELS else defaults.model
    try:
        judge = judge_of(lab, run, model or defaults.model, None, _own_rubric(lab, run))
    except UnknownReference as error:
        error.hint = f"Ask without “then judge”, and say afterwards which photo the judge compares with. {error.hint}"
        raise
    lacking = list(dict.fromkeys(cell.prompt_id for cell in standing if not cell.prompt))
    if lacking:
        raise MissingPrompts(run.name, lacking)
    return votes_on(run, standing, judge, 1, known, to_come=to_come)


def _own_rubric(lab: Lab, run: Run) -> str | None:
    """The rubric of the run's own judge, where the lab still has it and it is not the one in force."""
    judged = run.output.judge if run.output else None
    return judged.rubric if judged and judged.rubric in {one.version for one in own_rubrics(lab)} else None


def _all_cells(before: tuple[Cell, ...], wanted: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple({cell.label: cell for cell in (*before, *wanted)}.values())


def _shape(images: list[PlannedImage]) -> str:
    """`3 prompts × 3 seeds = 9 new images`."""
    prompts, seeds = len({one.prompt_id for one in images}), len({one.seed for one in images})
    total = f"{len(images)} new image{'s' if len(images) != 1 else ''}"
    if prompts * seeds != len(images):
        return total
    return f"{prompts} prompt{'s' if prompts != 1 else ''} × {seeds} seed{'s' if seeds != 1 else ''} = {total}"


def _notes(run: Run, request: MatrixRequest, making: Making, voted: Votes | None) -> tuple[str, ...]:
    notes = []
    if not making.settings_known:
        assumed = [
            f"{word} {making.settings[name]}" for name, word in flux_lora.WORDS.items() if name not in making.asked
        ]
        notes.append(
            f"{run.name} does not say how its images were made: {' and '.join([', '.join(assumed[:-1]), assumed[-1]])}"
            " are the model's defaults, the shape is that of its pictures."
        )
    if making.kept:
        notes.append(
            f"{len(making.kept)} of the cells exist already and are not made again:"
            f" {', '.join(making.kept[:6])}{' …' if len(making.kept) > 6 else ''}."
        )
    if copies := [one.label for one in making.images if one.copy_of]:
        notes.append(
            f"{len(copies)} of the images were made before, with the same version, prompt, seed and settings: they are"
            " copied, not paid again."
        )
    if isinstance(request, RedoCells) and request.cells:
        notes.append(
            "The same seed gives nearly the same picture; a cell that failed the judge wants another seed. The old"
            " picture is kept beside the new one."
        )
    notes += making.lint
    if voted:
        notes += notes_on(run, voted.judge) if not isinstance(request, RerunMatrix) else ()
    return tuple(notes)
