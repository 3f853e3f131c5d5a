"""Filing upscaled pictures: beside their cells, with what the judge saw before and after; some become the cells."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pipeline import pictures
from pipeline.errors import BadPicture, RequestError
from pipeline.judging.claude import fingerprint, settle
from pipeline.lab.files import Look, MadeCell, Upscaled
from pipeline.lab.filing import place
from pipeline.lab.log import write_log
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
        if found.state == "made":
            newest.pop(image.label, None)  # the latest stands last
        if found.state == "made" or image.label not in newest:
            newest[image.label] = found
    log = _append(run.log, used)
    if log:
        run.write("judgements.jsonl", write_log(log))
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


DRIFT = 0.05
"""Of Q1: more than this lost, and the face is no longer the same (own starting value)."""


def drifted(one: Upscaled) -> bool:
    """Whether the judge sees less of the person than before."""
    before, after = one.before.get(Axis.IDENTITY.value), one.after.get(Axis.IDENTITY.value)
    return bool(before and after and (before.score - after.score > DRIFT or (before.passed and not after.passed)))


class Chosen(NamedTuple):
    """Upscaled pictures that are to become cells, and those that are not."""

    used: tuple[Upscaled, ...]
    left_out: tuple[tuple[str, str], ...]
    """Cells, each with its cause."""


def choose(run: Run, labels: Sequence[str] | None, fits: Callable[[Upscaled], bool]) -> Chosen:
    """The latest upscaled picture of each cell, where it was made of the picture that the cell has.

    Args:
        run: Whose cells.
        labels: The cells; None: all that have one.
        fits: Whether an upscaled picture is of those that are meant.

    Raises: RequestError where there is none; BadPicture: one is another than it was.
    """
    made = [one for one in run.derived_manifest().upscales if one.state == "made" and fits(one)]
    newest = {one.cell: one for one in made}
    if labels and (missing := [label for label in labels if label not in newest]):
        raise RequestError(f"{missing[0]!r} has no such upscaled picture. Nothing was changed.")
    wanted = [newest[label] for label in labels] if labels else list(newest.values())
    if not wanted:
        raise RequestError(f"Run {run.name!r} has no such upscaled pictures. Nothing was changed.")
    causes = {one.label: _why_not(run, one, named=labels is not None) for one in wanted}
    used = tuple(one for one in wanted if causes[one.label] is None)
    left_out = tuple((one.cell, why) for one in wanted if (why := causes[one.label]))
    if not used:
        cell, why = left_out[0]
        more = f" ({len(left_out) - 1} more like it)" if len(left_out) > 1 else ""
        raise RequestError(f"{cell!r}: {why}{more}. Nothing was changed.")
    for one in used:
        if pictures.sha256(pictures.read(inside(run.root, one.image))) != one.sha256:
            raise BadPicture(f"The picture {one.label!r} is another than it was. Nothing was changed.")
    return Chosen(used, left_out)


def _why_not(run: Run, one: Upscaled, *, named: bool) -> str | None:
    """Why an upscaled picture does not become its cell; None: it does."""
    now = _sha256(run, _place_of(run, one.cell))
    alike = {other.sha256 for other in run.derived_manifest().upscales if other.parent_sha256 == one.parent_sha256}
    if now == one.sha256 and one.used:
        return "it shows that picture already"
    if now is not None and now not in {one.parent_sha256, *alike}:
        return "it was made anew since it was upscaled"
    if drifted(one) and not named:
        return "the face drifted; named, it is used all the same"
    return None


def _place_of(run: Run, label: str) -> str:
    return next((cell.image for cell in run.cells if cell.label == label), f"runs/{run.name}/{label}.png")


def _sha256(run: Run, image: str) -> str | None:
    try:
        return pictures.sha256(pictures.read(inside(run.root, image)))
    except BadPicture:
        return None


def adopt(run: Run, used: Sequence[Upscaled]) -> None:
    """Make upscaled pictures the cells; what was there is kept beside them. Doing it again changes nothing.

    Their scores are of the other pictures, and must be gone before. Raises: LabError when the disk refuses.
    """
    for one in used:
        place(run.root, _place_of(run, one.cell), pictures.read(inside(run.root, one.image)))
    manifest = run.derived_manifest()
    new = {one.cell: one for one in used}
    labels = {one.label for one in used}
    upscales = tuple(
        one.model_copy(update={"used": one.label in labels}) if one.cell in new else one for one in manifest.upscales
    )
    cells = tuple(_shows(cell, new[cell.label]) if cell.label in new else cell for cell in manifest.cells)
    run.write("run.json", manifest.model_copy(update={"upscales": upscales, "cells": cells}).write())


def _shows(cell: MadeCell, one: Upscaled) -> MadeCell:
    """A cell that shows an upscaled picture: what a passing one cost is the price of both."""
    more = 0 if one.used else one.usd_micros
    return cell.model_copy(update={"sha256": one.sha256, "usd_micros": cell.usd_micros + more})
