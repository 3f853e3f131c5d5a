"""Cells put through an upscaler: each result a picture beside its cell, judged before and after by the same judge."""

from pipeline import pictures
from pipeline.actions.upscale import UpscaleCells
from pipeline.errors import BadPicture, RequestError, UnknownReference
from pipeline.judging.claude import face_rubric
from pipeline.lab.files import Upscaled
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers.maker import CellToMake, Maker, Upscaler, fingerprint
from pipeline.makers.prices import Basis
from pipeline.makers.upscale_prices import estimate_upscale, most_micros, usual_scale
from pipeline.models import Axis, Cell, Judge, JudgedCell
from pipeline.money import dollars
from pipeline.pictures import Picture
from pipeline.plan.consent import must_be_lent
from pipeline.plan.copies import found_before
from pipeline.plan.durations import duration, making_duration
from pipeline.plan.entries import Entry, MadeBy
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.judging import Votes, judge_of, votes_on
from pipeline.plan.plan import Making, Plan, PlannedImage
from pipeline.prices import MODELS, NOTHING, add
from pipeline.wordlist import many

LEAST_SIDE = 160
"""Pixels; Magnific takes no smaller picture."""


def plan_upscale(lab: Lab, request: UpscaleCells, defaults: Defaults, known: Known) -> Plan:
    """Plan an upscale.

    Opens the cells' pictures (CPU: call it on a thread). Spends nothing, sends nothing.

    Raises:
        RequestError: No such run or cell, nothing to upscale, no key, no consent; everything was put through before.
        LabError: The folder is not as it should be.
    """
    run = lab.run(request.run)
    maker, upscaler = _upscaler(request, known)
    rules = defaults.consent(known.day)
    must_be_lent(lab, run, maker.vendor.name, ("",), rules)
    cells = _chosen(run, request)
    scale = request.scale or usual_scale(maker)
    if request.scale and not upscaler.scales:
        raise RequestError(f"{upscaler.title} keeps a picture's size. Nothing was spent.")
    images, kept = _images(run, cells, maker, upscaler, scale, known)
    if not images:
        raise RequestError(f"All of these cells were put through {upscaler.title} before. Nothing was spent.")
    making = _making(maker, upscaler, images, kept, known, scale)
    return _plan(lab, run, request, cells, making, maker, defaults, known)


def _plan(
    lab: Lab,
    run: Run,
    request: UpscaleCells,
    cells: list[JudgedCell],
    making: Making,
    maker: Maker,
    defaults: Defaults,
    known: Known,
) -> Plan:
    """The pictures, and the judge who looks at each before and after."""
    images = making.images
    befores = tuple(cell.cell for cell in cells if upscaled_label(cell.cell.label, maker) in {i.label for i in images})
    judge = _judge(lab, run, defaults)
    voted = votes_on(run, befores, judge, 1, known) if judge else None
    judging = voted.estimate(len(images), known) if voted else NOTHING
    afters = tuple(
        Cell(label=one.label, prompt_id=one.prompt_id, seed=one.seed, prompt=one.prompt, image=one.image)
        for one in images
    )
    return Plan(
        action=request.action,
        run=run.name,
        request=request,
        judge=judge,
        cells=(*befores, *afters),
        calls=voted.calls if voted else (),
        images=voted.images if voted else {},
        stored=voted.stored if voted else 0,
        making=making,
        judging_estimate=judging,
        estimate=add(making.estimate, judging),
        took_s=_seconds(making, voted, defaults, known),
        pass_threshold=defaults.pass_threshold,
        proceed_threshold=defaults.proceed_threshold,
        notes=(*_steps(run, maker, befores), *_notes(maker, making, judge)),
    )


def upscaled_label(label: str, maker: Maker) -> str:
    """`CB-LORA-front-full-S42.up-magnific-skin`: no cell's, so that no matrix ever counts it."""
    return f"{label}.up-{maker.name}"


def _upscaler(request: UpscaleCells, known: Known) -> tuple[Maker, Upscaler]:
    """Who it is: as asked for; else Magnific's skin enhancer. Raises: RequestError."""
    vendor = request.vendor or "magnific"
    found = [(one, one.upscaler) for one in known.makers.upscalers if one.upscaler and one.upscaler.vendor == vendor]
    if request.mode is not None:
        found = [(one, up) for one, up in found if up.mode == request.mode]
    if not found:
        raise RequestError(f"{vendor} has no mode “{request.mode}”. Nothing was spent.")
    maker, upscaler = found[0]
    if maker.vendor.name not in known.accounts:
        error = RequestError(f"There is no key for {vendor} ({maker.vendor.name.upper()}_API_KEY). Nothing was spent.")
        error.hint = "`with crystal` or `with clarity` go through Replicate."
        raise error
    return maker, upscaler


def _chosen(run: Run, request: UpscaleCells) -> list[JudgedCell]:
    """The cells that are asked for and have a picture. Raises: RequestError."""
    cells = [cell for cell in run.judged_cells() if _opens(run, cell.cell.image)]
    if request.cells:
        known = {cell.cell.label for cell in cells}
        if strangers := [name for name in request.cells if name not in known]:
            raise RequestError(f"Run {run.name!r} has no picture of {strangers[0]!r}. Nothing was spent.")
        cells = [cell for cell in cells if cell.cell.label in request.cells]
    if request.which is not None:
        axes = [axis for axis in Axis if request.axes is None or axis.code in request.axes]
        failed = request.which == "failed"
        cells = [cell for cell in cells if cell.scores and any(not cell.scores[axis].passed for axis in axes) == failed]
    if cells:
        return cells
    on = f" on {', '.join(request.axes)}" if request.axes else ""
    said = f"that {request.which}{on}" if request.which else "with a picture"
    raise RequestError(f"Run {run.name!r} has no cell {said}. Nothing was spent.")


def _opens(run: Run, image: str) -> bool:
    try:
        pictures.verify(inside(run.root, image))
    except BadPicture:
        return False
    return True


def _must_fit(label: str, picture: Picture, upscaler: Upscaler, scale: int) -> None:
    if min(picture.size) < LEAST_SIDE:
        raise RequestError(f"{label} is smaller than {LEAST_SIDE} pixels. Nothing was spent.")
    if picture.width * picture.height * scale**2 > upscaler.most_pixels:
        error = RequestError(f"{label} would be too large for {upscaler.title} ×{scale}. Nothing was spent.")
        error.hint = "A smaller `--scale` fits."
        raise error


def _images(
    run: Run, cells: list[JudgedCell], maker: Maker, upscaler: Upscaler, scale: int, known: Known
) -> tuple[tuple[PlannedImage, ...], tuple[str, ...]]:
    """What is ordered, and labels of those that were put through before, from the same picture in the same way."""
    before = {(one.label, one.parent_sha256): one for one in _made(run)}
    images, kept = [], []
    for judged in cells:
        cell = judged.cell
        picture = pictures.verify(inside(run.root, cell.image))
        _must_fit(cell.label, picture, upscaler, scale)
        label = upscaled_label(cell.label, maker)
        settings = {"scale": scale}
        asked = maker.asked(CellToMake(cell.prompt or "", cell.seed or 0, "1:1", settings, (picture.sha256,)))
        there = before.get((label, picture.sha256))
        if there is not None and there.input == asked and _opens(run, there.image):
            kept.append(cell.label)
            continue
        high = most_micros(maker, picture.size, scale, known.of_maker(maker.name).charges)
        by = MadeBy(
            maker=maker.name, vendor=maker.vendor.name, version=maker.model or "", row=maker.name, high_micros=high
        )
        images.append(
            PlannedImage(
                label=label,
                prompt_id=cell.prompt_id,
                prompt=cell.prompt or "",
                seed=cell.seed,
                image=f"runs/{run.name}/{label}.png",
                input=asked,
                fingerprint=fingerprint(by.version, asked),
                by=by,
                source=cell.image,
            )
        )
    copies = found_before(run.root, images, known)
    return tuple(one.model_copy(update={"copy_of": found}) for one, found in zip(images, copies, strict=True)), tuple(
        kept
    )


def _made(run: Run) -> tuple[Upscaled, ...]:
    return run.manifest.upscales if run.manifest else ()


def _making(
    maker: Maker, upscaler: Upscaler, images: tuple[PlannedImage, ...], kept: tuple[str, ...], known: Known, scale: int
) -> Making:
    ordered = [one for one in images if one.copy_of is None]
    most = [one.by.high_micros for one in ordered if one.by]
    estimate = estimate_upscale(maker, most, known.of_maker(maker.name).charges)
    size = f", {scale} times as wide" if upscaler.scales else ", the size kept"
    entry = Entry(
        row=maker.name,
        title=f"{upscaler.title}{size}",
        images=len(images),
        to_order=len(ordered),
        estimate=estimate,
        counts=maker.price.basis.value,
        licence=maker.licence,
        cannot=(f"keeps the face: {upscaler.keeps_the_face}",),
    )
    return Making(
        maker=maker.name,
        vendor=maker.vendor.name,
        version=maker.model or "",
        images=images,
        matrix=many(len(images), "picture"),
        diff=f"{upscaler.title}{size}; the originals stay the cells",
        kept=kept,
        settings={"scale": scale},
        estimate=estimate,
        entries=(entry,),
    )


def _judge(lab: Lab, run: Run, defaults: Defaults) -> Judge | None:
    """The run's own judge, who sees the face at full size beside each picture; None where it names no reference."""
    before = run.output
    model = before.model if before and before.judge and before.model in MODELS else defaults.model
    words = face_rubric()
    try:
        found = judge_of(lab, run, model or defaults.model, None)
    except UnknownReference:
        return None
    return found.model_copy(update={"rubric": words.version, "rubric_sha256": words.sha256})


def _seconds(making: Making, voted: Votes | None, defaults: Defaults, known: Known) -> float:
    made = making_duration(len(making.ordered), known.of_maker(making.maker), defaults.image_concurrency)
    calls = (len(voted.calls) if voted else 0) + len(making.images)
    return made + duration(calls, known.judging, defaults.concurrency)


def _steps(run: Run, maker: Maker, cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """What these cells cost at each size, where that grows in steps."""
    upscaler = maker.upscaler
    if upscaler is None or not (upscaler.steps or upscaler.of_output):
        return ()
    sizes = [pictures.verify(inside(run.root, cell.image)).size for cell in cells]
    each = {scale: sum(upscaler.price(size, scale) or 0 for size in sizes) for scale in (2, 4, 8)}
    return (f"By size: {', '.join(f'×{scale} {dollars(micros)}' for scale, micros in each.items())}.",)


def _notes(maker: Maker, making: Making, judge: Judge | None) -> tuple[str, ...]:
    notes = []
    if judge is None:
        notes.append("The run names no reference photo, so nobody judges before and after.")
    if making.kept:
        notes.append(f"{many(len(making.kept), 'cell')} went through it before and are not sent again.")
    if maker.upscaler and maker.upscaler.mode == "creative":
        notes.append("Creative draws new detail: the face can become another one. The judge looks at Q1 again.")
    if maker.price.basis is Basis.STEP:
        notes.append("No answer of its vendor names a price: what stands here is booked, by a reseller's list.")
    return tuple(notes)
