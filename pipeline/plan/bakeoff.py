"""What a bake-off makes: the same prompts, reference and shapes for all who take part, each with its own price, judged
blind.
"""

from collections import Counter
from pathlib import PurePosixPath

from pipeline.actions.bakeoff import Bakeoff
from pipeline.errors import RequestError
from pipeline.fixture.facts import FixtureFacts, identity_of
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.makers import flux_lora
from pipeline.models import Cell, Judge
from pipeline.plan import names
from pipeline.plan.bakeoff_photos import about_the_face, looked_at, of_rows, prepared, reference_of
from pipeline.plan.bakeoff_rows import Contest, Filled, lora_row, row_of
from pipeline.plan.durations import duration, making_duration
from pipeline.plan.entrants import entrants
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.judging import judge_against, votes_on
from pipeline.plan.lint import trigger_of
from pipeline.plan.plan import Making, Plan, PlannedImage
from pipeline.plan.reference import Prepared
from pipeline.prices import MODELS, add, token_price
from pipeline.wordlist import many


def plan_bakeoff(lab: Lab, request: Bakeoff, defaults: Defaults, known: Known) -> Plan:
    """Plan a bake-off, or further rows of one.

    Opens the photographs and the run's pictures (CPU: call it on a thread). Spends nothing, sends nothing.

    Raises:
        RequestError: No such photograph, no run to take prompts from, no consent, no face or several; nobody is left.
        LabError: The folder is not as it should be.
    """
    contest = _contest(lab, request, known)
    photo, facts = reference_of(lab, request, contest, defaults, known)
    contest = _of_whom(lab, contest, photo, facts, known)
    ready, passed_over = looked_at(lab, photo, facts, request, defaults, known)
    rows, left_out = entrants(request, facts.of(PurePosixPath(photo).name), tuple(ready), defaults, known)
    if not rows:
        error = RequestError("Nobody is left to take part. Nothing was spent.")
        error.hint = " ".join(f"{one.name}: {one.why}." for one in left_out)
        raise error
    about = [*passed_over, *about_the_face({one: ready[one] for row in rows for one in row.photos})]
    contest = contest._replace(noun=facts.class_noun, about_photos=about)
    sent = prepared(ready, rows, contest)
    filled = [row_of(contest, row, sent, known) for row in rows]
    lora = lora_row(contest, known)
    every = [*([lora] if lora else []), *filled]
    making = _making(contest, every, of_rows(sent, filled), known)
    making = making.model_copy(update={"left_out": tuple(left_out)})
    if not making.images:
        raise RequestError(f"All of these cells are in {contest.run!r} already. Nothing was spent.")
    return _plan(lab, request, contest, making, photo, defaults, known)


def _contest(lab: Lab, request: Bakeoff, known: Known) -> Contest:
    """The run whose prompts and seeds are taken; named, or the newest of the photograph's person."""
    run = lab.run(request.run) if request.run else _newest(lab, request.reference)
    goes_on = run.manifest if run.manifest and run.manifest.bakeoff else None
    source = lab.run(goes_on.parent) if goes_on and goes_on.parent in lab.runs() else run
    prompts = {cell.prompt_id: cell.prompt or "" for cell in source.cells}
    if goes_on:
        prompts = {one.id: prompts.get(one.id) or one.text or "" for one in goes_on.prompts}
    seeds = (goes_on.seeds if goes_on else None) or source.seeds
    if not prompts or not seeds or not all(prompts.values()):
        error = RequestError(f"Run {source.name!r} has no prompts and seeds to take. Nothing was spent.")
        error.hint = "Name a run whose matrix is made, as in “with the prompts and seeds of runs/…”."
        raise error
    identity = run.identity or "x"
    name = run.name if goes_on else names.bakeoff_name(identity, (*lab.runs(), *known.taken), known.today)
    shapes = flux_lora.aspects_of(source)
    usual = next(iter(shapes.values()), flux_lora.UNKNOWN_ASPECT)
    return Contest(
        run=name,
        source=source,
        before=run if goes_on else None,
        identity=identity,
        prompts=prompts,
        seeds=seeds,
        aspects={one: shapes.get(one, usual) for one in prompts},
        trigger=trigger_of(source),
        strangers=identity != source.identity,
    )


def _of_whom(lab: Lab, contest: Contest, photo: str, facts: FixtureFacts, known: Known) -> Contest:
    """The photograph says who it is, whosever prompts are taken."""
    who = facts.identity or identity_of(PurePosixPath(photo).parts[1]) or contest.identity
    if who == contest.identity or contest.before is not None:
        return contest
    name = names.bakeoff_name(who, (*lab.runs(), *known.taken), known.today)
    return contest._replace(identity=who, run=name, strangers=True)


def _newest(lab: Lab, photo: str) -> Run:
    """The newest run with cells of the person whose photograph it is. Raises: RequestError."""
    for name in reversed(lab.runs()):
        run = Run(lab.root, name)
        own = {PurePosixPath(one).name.lower() for one in lab.own_photos(run)}
        if photo.lower() in own and run.seeds and not (run.manifest and run.manifest.bakeoff):
            return run
    error = RequestError(f"No run of this lab is of the person on {photo!r}. Nothing was spent.")
    error.hint = "Say whose prompts and seeds to take: “with the prompts and seeds of runs/…”."
    raise error


def _making(contest: Contest, rows: list[Filled], sent: tuple[Prepared, ...], known: Known) -> Making:
    images = tuple(image for row in rows for image in row.images)
    matrix = known.makers.matrix
    cells = f"{many(len(contest.prompts), 'prompt')} × {many(len(contest.seeds), 'seed')}"
    return Making(
        maker=matrix.name,
        vendor=matrix.vendor.name,
        version=contest.version or "",
        images=_interleaved(rows),
        parent=None if contest.before else contest.source.name,
        matrix=f"{many(len(rows), 'row')} × {cells}, {many(len(images), 'new image')}",
        diff=f"prompts and seeds of {contest.source.name}",
        kept=tuple(label for row in rows for label in row.kept),
        settings={},
        estimate=add(*(row.entry.estimate for row in rows)),
        entries=tuple(row.entry for row in rows),
        references=sent,
    )


def _interleaved(rows: list[Filled]) -> tuple[PlannedImage, ...]:
    """Everybody's first cell, then everybody's second: a cold start holds nobody up."""
    most = max((len(row.images) for row in rows), default=0)
    return tuple(row.images[at] for at in range(most) for row in rows if at < len(row.images))


def _plan(
    lab: Lab, request: Bakeoff, contest: Contest, making: Making, photo: str, defaults: Defaults, known: Known
) -> Plan:
    judge = _judge(lab, contest, photo, defaults)
    kept = contest.before.cells if contest.before else ()
    new = {image.label for image in making.images}
    standing = tuple(cell for cell in kept if cell.label not in new)
    cells = tuple(
        Cell(
            label=one.label,
            prompt_id=one.prompt_id,
            seed=one.seed,
            prompt=one.prompt,
            image=one.image,
            maker=making.by(one).row,
        )
        for one in making.images
    )
    voted = votes_on(contest.before or contest.source, standing, judge, 1, known, to_come=cells)
    judging = voted.estimate(len(making.images), known)
    return Plan(
        action=request.action,
        run=contest.run,
        request=request.model_copy(update={"run": (contest.before or contest.source).name}),
        judge=judge,
        cells=(*standing, *cells),
        calls=voted.calls,
        images=voted.images,
        stored=voted.stored,
        unusable=voted.unusable,
        making=making,
        judging_estimate=judging,
        estimate=add(making.estimate, judging),
        took_s=_seconds(making, voted.calls, defaults, known),
        pass_threshold=defaults.pass_threshold,
        proceed_threshold=defaults.proceed_threshold,
        notes=_notes(contest, making),
    )


def _seconds(making: Making, calls: tuple[object, ...], defaults: Defaults, known: Known) -> float:
    """All vendors at once: as long as the slowest takes, then its last judgement."""
    of_each = Counter(making.by(image).maker for image in making.ordered)
    share = max(1, defaults.image_concurrency // max(1, len(of_each)))
    longest = [making_duration(count, known.of_maker(name), share) for name, count in of_each.items()]
    judged = duration(len(calls) + len(making.images), known.judging, defaults.concurrency)
    return max([*longest, judged, 0.0]) + duration(1, known.judging, 1)


def _judge(lab: Lab, contest: Contest, photo: str, defaults: Defaults) -> Judge:
    """That of the bake-off so far, so that one table covers all rows."""
    before = contest.before.output if contest.before else None
    model = before.model if before and before.judge and before.model in MODELS else defaults.model
    token_price(model or defaults.model)
    return judge_against(lab, model or defaults.model, photo)


def _notes(contest: Contest, making: Making) -> tuple[str, ...]:
    notes = []
    if contest.noun is None:
        notes.append(
            "Nothing says what the person is, so every prompt says “person”, which costs likeness: `labs facts"
            " inputs/… --class-noun woman` writes it down."
        )
    notes += contest.about_photos
    if making.kept:
        notes.append(f"{len(making.kept)} of the cells exist already and are not made again.")
    copies = sum(image.copy_of is not None for image in making.images)
    if copies:
        notes.append(f"{copies} of the images were made before: they are copied, not paid again.")
    if any(entry.research_only for entry in making.entries):
        marked = ", ".join(entry.title for entry in making.entries if entry.research_only)
        notes.append(f"For research, not for the product: {marked} (InsightFace weights).")
    if not any(entry.row == "lora" for entry in making.entries) and contest.before is None:
        why = "is of somebody else" if contest.strangers else "names no trained version"
        notes.append(f"{contest.source.name} {why}, so no LoRA takes part.")
    return tuple(notes)
