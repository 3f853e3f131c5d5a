"""Filing what was made: `run.json` with how each image came about, and `training_state.json` in the lab's shape."""

from pipeline.errors import BadPicture
from pipeline.evidence.run_state import title_of
from pipeline.lab.files import (
    FixtureRecord,
    InferenceEntry,
    MadeCell,
    Manifest,
    PromptRecord,
    TrainerRecord,
    TrainingState,
)
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.pictures import measure
from pipeline.plan.plan import Making, Plan


def begin_run(run: Run, parent: Run | None, plan: Plan, asked_by: str, asked_at: str) -> None:
    """Make a re-run's folder with its manifest, before its first image; doing it twice changes nothing.

    Raises: LabError when the disk refuses.
    """
    if plan.making is None or parent is None or run.manifest is not None:
        return
    run.make_folder()
    before = parent.derived_manifest()
    if plan.making.entries:
        run.write("run.json", _bakeoff(run, parent, plan, plan.making, asked_by, asked_at).write())
        return
    manifest = Manifest(
        run=run.name,
        title=f"{title_of(parent)}, re-run",
        asked_by=asked_by,
        asked_at=asked_at,
        plan_hash=plan.hash,
        parent=parent.name,
        fixture=before.fixture,
        trainer=before.trainer or (TrainerRecord() if parent.training else None),
        trained_version=plan.making.version,
        prompts=_prompts(before, plan.making),
        seeds=plan.making.seeds,
        inference=plan.making.settings,
        reference=before.reference or (plan.judge.reference if plan.judge else None),
    )
    run.write("run.json", manifest.write())


def _bakeoff(run: Run, parent: Run, plan: Plan, making: Making, asked_by: str, asked_at: str) -> Manifest:
    """Of several makers: it is of no training, and its prompts are those that the judge reads."""
    number, photo = run.name.rpartition("-v")[2], plan.judge.reference if plan.judge else ""
    return Manifest(
        run=run.name,
        title=f"{(run.identity or '').upper()} bake-off v{number}".strip(),
        asked_by=asked_by,
        asked_at=asked_at,
        plan_hash=plan.hash,
        parent=parent.name,
        fixture=FixtureRecord(path=photo.rpartition("/")[0]) if photo else None,
        prompts=_prompts(Manifest(run=run.name), making),
        seeds=making.seeds or parent.seeds,
        reference=photo or None,
        bakeoff=True,
    )


def _prompts(before: Manifest, making: Making) -> tuple[PromptRecord, ...]:
    texts = {image.prompt_id: image.prompt for image in making.images}
    known = {one.id: one for one in before.prompts}
    return tuple(known.get(one, PromptRecord(id=one)).model_copy(update={"text": text}) for one, text in texts.items())


def file_making(run: Run, parent: Run | None, plan: Plan, cells: tuple[MadeCell, ...]) -> None:
    """Write what a job made, and what it could not; doing it again with the same input changes no byte.

    Args:
        run: The run that the images are in, freshly opened.
        parent: Of a re-run.
        plan: What was to be made.
        cells: What came of each image of the plan that was ordered or copied.

    Raises: LabError.
    """
    if plan.making is None:
        return
    manifest = run.derived_manifest()
    newest = {cell.label: cell for cell in manifest.cells}
    newest |= {cell.label: cell for cell in cells if cell.state == "made" or not _usable(run, cell)}
    texts = {one.id: one.text for one in manifest.prompts}
    ours = {cell.label for cell in cells}
    images = [image for image in plan.making.images if image.label in ours]
    texts |= {image.prompt_id: image.prompt for image in images}
    kept = {one.id: one for one in manifest.prompts}
    manifest = manifest.model_copy(
        update={
            "cells": tuple(newest.values()),
            "prompts": tuple(
                kept.get(one, PromptRecord(id=one)).model_copy(update={"text": text}) for one, text in texts.items()
            ),
            "seeds": tuple(
                dict.fromkeys((*manifest.seeds, *(image.seed for image in images if image.seed is not None)))
            ),
            "trained_version": None if manifest.bakeoff else manifest.trained_version or plan.making.version,
        }
    )
    run.write("run.json", manifest.write())
    if manifest.bakeoff:
        return  # the file is of one training and what came of it
    run.write("training_state.json", _training(run, parent, plan, cells).write())


def _usable(run: Run, cell: MadeCell) -> bool:
    """A cell that could not be made again still has the picture that it had."""
    own = next((one.image for one in run.cells if one.label == cell.label), cell.image)
    try:
        measure(inside(run.root, own))
    except BadPicture:
        return False
    return True


def _training(run: Run, parent: Run | None, plan: Plan, cells: tuple[MadeCell, ...]) -> TrainingState:
    """The training that the images come from, and every image that was made: the card's own file."""
    own = run.training
    before = own or (parent.training if parent else None)
    entries = {entry.label: entry for entry in (own.inference if own else ())}
    for cell in cells:
        if cell.state == "made":
            entries[cell.label] = InferenceEntry(label=cell.label, image_path=cell.image)
    training = before or TrainingState(
        zip_url=None,
        training_id=None,
        training_result={"status": "succeeded", "version": plan.making.version} if plan.making else None,
    )
    return training.model_copy(update={"inference": list(entries.values())})
