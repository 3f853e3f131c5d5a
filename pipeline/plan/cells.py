"""Which cells a re-run, an extension or a redo asks for, before what is there already is taken off."""

import contextlib
from dataclasses import dataclass

from pipeline import pictures
from pipeline.actions.matrix import ExtendMatrix, RedoCells, RerunMatrix
from pipeline.actions.registry import MatrixRequest
from pipeline.errors import BadPicture, LabError, MissingPrompts, RequestError
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers.flux_lora import settings_of
from pipeline.models import Cell, split_label
from pipeline.plan import names
from pipeline.plan.inputs import Known
from pipeline.plan.lint import trigger_of
from pipeline.plan.wording import reworded


@dataclass(frozen=True)
class CellsToMake:
    """The images that a request asks for."""

    run: str
    """The run that they go to."""
    cells: tuple[Cell, ...]
    diff: str
    """What differs from the run as it stands."""


def wanted_by(lab: Lab, run: Run, request: MatrixRequest, known: Known) -> CellsToMake:
    """Raises: RequestError, with what to ask for instead."""
    match request:
        case RerunMatrix():
            return _rerun(lab, run, request, known)
        case ExtendMatrix():
            return _as_they_are(run, _extend(lab, run, request, known))
        case RedoCells():
            return _redo(run, request)


def _prompts(run: Run, ids: tuple[str, ...] | None) -> dict[str, str]:
    """The run's prompts by id. Raises: RequestError, MissingPrompts."""
    texts = {cell.prompt_id: cell.prompt for cell in run.cells}
    if run.manifest:
        texts |= {one.id: one.text for one in run.manifest.prompts}
    chosen = {one: texts.get(one) for one in ids or texts}
    if unknown := [one for one in chosen if one not in texts]:
        raise RequestError(f"Run {run.name!r} has no prompt {unknown[0]!r}. Nothing was spent.")
    if not chosen:
        raise RequestError(f"Run {run.name!r} has no cells yet. Nothing was spent.")
    if missing := [one for one, text in chosen.items() if not text]:
        raise MissingPrompts(run.name, missing)
    return {one: text for one, text in chosen.items() if text}


def _grid(run: str, prefix: str, prompts: dict[str, str], seeds: tuple[int, ...]) -> tuple[Cell, ...]:
    """Prompts × seeds, prompt by prompt: so the picture's rows fill one after the other."""
    return tuple(
        Cell(
            label=(name := names.label(prefix, one, seed)),
            prompt_id=one,
            seed=seed,
            prompt=text,
            image=f"runs/{run}/{name}.png",
        )
        for one, text in prompts.items()
        for seed in seeds
    )


def _rerun(lab: Lab, run: Run, request: RerunMatrix, known: Known) -> CellsToMake:
    prompts = _prompts(run, request.prompt_ids)
    seeds = tuple(dict.fromkeys(request.seeds or ()))
    settings = _changed_settings(run, request)
    words = reworded(run, prompts, request.wording) if request.wording else None
    prompts, settings = (words.prompts, [*settings, words.diff]) if words else (prompts, settings)
    if not seeds and request.n_seeds is None and settings:
        seeds = run.seeds  # the same seeds, so that the change alone is seen
    seeds = seeds or names.fresh_seeds(_used(lab, run, known), request.n_seeds or 1)
    name = names.rerun_name(run.name, (*lab.runs(), *known.taken), known.today)
    some = len(prompts) < len(run.prompt_ids)
    kept = [f"only {', '.join(prompts)}"] if some else ["prompts unchanged"] if words is None else []
    moved = f"seeds {_list(run.seeds)} → {_list(seeds)}" if seeds != run.seeds else "seeds unchanged"
    diff = "; ".join([*settings, moved, *kept, "no training"])
    return CellsToMake(name, _grid(name, names.prefix_of(run), prompts, seeds), diff)


def _used(lab: Lab, run: Run, known: Known) -> set[int]:
    """Seeds that the run's trained version has made images of, in any run; those under way are another plan's."""
    version, used = _version(run), set(run.seeds)
    for name in lab.runs() if version else ():
        other = Run(lab.root, name)
        if name != run.name and name not in known.taken and _version(other) == version:
            with contextlib.suppress(LabError):
                used |= {seed for label in lab.labels(name) if (seed := split_label(label)[1]) is not None}
    return used


def _version(run: Run) -> str | None:
    with contextlib.suppress(LabError):
        if run.manifest and run.manifest.trained_version:
            return run.manifest.trained_version
        return run.training.version if run.training else None
    return None


def _changed_settings(run: Run, request: RerunMatrix) -> list[str]:
    """`LoRA scale 1 → 1.2`, for each setting that the request changes."""
    before = settings_of(run)[0]
    asked = (("LoRA scale", "lora_scale", request.lora_scale), ("guidance", "guidance_scale", request.guidance))
    return [f"{word} {before.get(name, 'unknown')} → {value:g}" for word, name, value in asked if value is not None]


def _extend(lab: Lab, run: Run, request: ExtendMatrix, known: Known) -> CellsToMake:
    trigger = trigger_of(run)
    if request.prompts:
        texts = {text: one for one, text in _known_prompts(run).items()}
        taken = {*run.prompt_ids, *texts.values()}
        prompts: dict[str, str] = {}
        for text in dict.fromkeys(request.prompts):
            one = texts.get(text) or names.prompt_id(text, trigger, {*taken, *prompts})
            prompts[one] = text
    else:
        prompts = _prompts(run, request.prompt_ids)
    if request.seeds:
        seeds = tuple(dict.fromkeys(request.seeds))
    elif request.n_seeds:
        seeds = names.fresh_seeds(_used(lab, run, known), request.n_seeds)
    else:
        seeds = run.seeds
    if not seeds:
        raise RequestError(f"Run {run.name!r} has no seeds yet: name some. Nothing was spent.")
    added = [f"prompt {one}" for one in prompts if one not in run.prompt_ids]
    fresh = [seed for seed in seeds if seed not in run.seeds]
    added += [f"seed{'s' if len(fresh) > 1 else ''} {_list(tuple(fresh))}"] if fresh else []
    diff = f"adds {' and '.join(added) or 'cells'} to {len(run.cells)} cells; no training"
    return CellsToMake(run.name, _grid(run.name, names.prefix_of(run), prompts, seeds), diff)


def _as_they_are(run: Run, wanted: CellsToMake) -> CellsToMake:
    """Cells that the run has keep their own label and file, however these were named."""
    by_label = {cell.label: cell for cell in run.cells}
    by_place = {(cell.prompt_id, cell.seed): cell for cell in run.cells}
    cells = [by_label.get(one.label) or by_place.get((one.prompt_id, one.seed)) or one for one in wanted.cells]
    unique = {cell.label: cell for cell in cells}
    return CellsToMake(wanted.run, tuple(unique.values()), wanted.diff)


def _known_prompts(run: Run) -> dict[str, str]:
    recorded = {one.id: one.text for one in run.manifest.prompts if one.text} if run.manifest else {}
    return {cell.prompt_id: cell.prompt for cell in run.cells if cell.prompt} | recorded


def _redo(run: Run, request: RedoCells) -> CellsToMake:
    by_label = {cell.label: cell for cell in run.cells}
    if request.cells:
        if unknown := [name for name in request.cells if name not in by_label]:
            raise RequestError(f"Run {run.name!r} has no cell {unknown[0]!r}. Nothing was spent.")
        chosen = [by_label[name] for name in dict.fromkeys(request.cells)]
    else:
        chosen = [cell for cell in run.cells if not usable(run, cell.image)]
    if not chosen:
        error = RequestError(
            f"Every cell of {run.name!r} has a usable image, so none has to be made again. Nothing was spent."
        )
        error.hint = (
            f"A cell that failed the judge wants other seeds: `extend runs/{run.name} with 3 more seeds, then judge`."
            " By its label a cell is made again all the same."
        )
        raise error
    if missing := list(dict.fromkeys(cell.prompt_id for cell in chosen if not cell.prompt)):
        raise MissingPrompts(run.name, missing)
    if seedless := [cell.label for cell in chosen if cell.seed is None and cell.maker is None]:
        raise RequestError(f"The seed of {seedless[0]!r} is not known, so it cannot be made again. Nothing was spent.")
    return CellsToMake(run.name, tuple(chosen), "same prompts, same seeds; no training")


def usable(run: Run, image: str) -> bool:
    try:
        pictures.verify(inside(run.root, image))
    except BadPicture:
        return False
    return True


def _list(seeds: tuple[int, ...]) -> str:
    return ", ".join(map(str, seeds[:12])) + (f" and {len(seeds) - 12} more" if len(seeds) > 12 else "")
