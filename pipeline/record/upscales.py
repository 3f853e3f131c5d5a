"""Filing upscaled pictures: beside their cells, with what the judge saw before and after; some become the cells."""

from collections.abc import Mapping, Sequence

from pipeline import pictures
from pipeline.errors import BadPicture, RequestError
from pipeline.judging.claude import fingerprint, settle
from pipeline.lab import files
from pipeline.lab.files import Look, MadeCell, Manifest, Upscaled
from pipeline.lab.filing import place
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.models import Axis, Judge, Judgement
from pipeline.plan.plan import MOST_VOTES, Plan, PlannedImage

LOOKED_AT = (Axis.IDENTITY, Axis.PHOTOGRAPHIC)
"""What an upscale may change."""


def file_upscales(run: Run, plan: Plan, cells: Sequence[MadeCell], votes: Sequence[Judgement], job: str) -> int:
    """Write what came of a job's pictures into `run.json`, and its votes into the log; how many were made.

    No verdict changes: the originals stay the cells. Doing it again changes no byte. Raises: LabError.
    """
    if plan.making is None:
        return 0
    made = {one.label: one for one in cells}
    known = {vote.fingerprint: vote for vote in (*run.log, *votes)}
    manifest = run.derived_manifest()
    newest = {one.label: one for one in manifest.upscales}
    used: list[Judgement] = []
    for image in plan.making.images:
        one = made.get(image.label)
        if one is None:
            continue  # called off before it was begun
        found = _upscaled(plan, image, one, known, used, job)
        if found.state == "made" or image.label not in newest:
            newest[image.label] = found
    log = _append(run.log, used)
    if log:
        run.write("judgements.jsonl", files.write_log(log))
    run.write("run.json", manifest.model_copy(update={"upscales": tuple(newest.values())}).write())
    return sum(one.state == "made" for one in cells)


def _append(log: tuple[Judgement, ...], votes: Sequence[Judgement]) -> tuple[Judgement, ...]:
    held = {vote.fingerprint for vote in log}
    return (*log, *{vote.fingerprint: vote for vote in votes if vote.fingerprint not in held}.values())


def _upscaled(
    plan: Plan, image: PlannedImage, made: MadeCell, known: Mapping[str, Judgement], used: list[Judgement], job: str
) -> Upscaled:
    cell = image.label.rpartition(".up-")[0]
    parent = plan.images.get(cell, "") or next(iter(_sources(image)), "")
    return Upscaled(
        label=image.label,
        cell=cell,
        state="made" if made.state == "made" else "failed",
        maker=plan.making.by(image).row if plan.making else "",
        image=made.image,
        sha256=made.sha256,
        parent_sha256=parent,
        input=image.input,
        cause=made.cause,
        detail=made.detail,
        usd_micros=made.usd_micros,
        job=job,
        made_at=made.made_at,
        before=_looks(plan.judge, parent, image.prompt, known, used, plan.pass_threshold),
        after=_looks(plan.judge, made.sha256 or "", image.prompt, known, used, plan.pass_threshold),
    )


def _sources(image: PlannedImage) -> list[str]:
    return [one["$picture"] for one in image.input.values() if isinstance(one, dict) and "$picture" in one]


def _looks(
    judge: Judge | None, sha256: str, prompt: str, known: Mapping[str, Judgement], used: list[Judgement], line: float
) -> dict[str, Look]:
    """What this judge said of a picture; nothing where it said nothing of use."""
    if judge is None or not sha256:
        return {}
    names = [fingerprint(judge, sha256, prompt, vote) for vote in range(1, MOST_VOTES + 1)]
    votes = [known[name] for name in names if name in known]
    if not votes:
        return {}
    used += votes
    scores = settle([vote.scores for vote in votes], line)
    return {
        axis.value: Look(score=scores[axis].score, passed=scores[axis].passed, reason=scores[axis].reason)
        for axis in LOOKED_AT
    }


def use_upscaled(run: Run, labels: Sequence[str] | None) -> tuple[str, ...]:
    """Make upscaled pictures the cells; what was there is kept beside them. The labels of those cells.

    Their old scores are of another picture: the next judging looks at them anew.

    Raises: RequestError where there is none; LabError when the disk refuses.
    """
    manifest = run.derived_manifest()
    newest = {one.cell: one for one in manifest.upscales if one.state == "made"}
    wanted = [newest[label] for label in labels if label in newest] if labels else list(newest.values())
    if labels and (missing := [label for label in labels if label not in newest]):
        raise RequestError(f"{missing[0]!r} has no upscaled picture. Nothing was changed.")
    if not wanted:
        raise RequestError(f"Run {run.name!r} has no upscaled pictures. Nothing was changed.")
    cells = {cell.label: cell.image for cell in run.cells}
    for one in wanted:
        content = pictures.read(inside(run.root, one.image))
        if pictures.sha256(content) != one.sha256:
            raise BadPicture(f"The picture {one.label!r} is another than it was.")
        place(run.root, cells.get(one.cell, f"runs/{run.name}/{one.cell}.png"), content)
    _mark(run, manifest, {one.label for one in wanted})
    return tuple(one.cell for one in wanted)


def _mark(run: Run, manifest: Manifest, labels: set[str]) -> None:
    of_cells = {one.cell: one.sha256 for one in manifest.upscales if one.label in labels}
    upscales = tuple(one.model_copy(update={"used": True}) if one.label in labels else one for one in manifest.upscales)
    cells = tuple(
        one.model_copy(update={"sha256": of_cells[one.label]}) if one.label in of_cells else one
        for one in manifest.cells
    )
    run.write("run.json", manifest.model_copy(update={"upscales": upscales, "cells": cells}).write())
