"""What a bake-off makes: the same prompts, reference and shapes for all who take part, each with its own price, judged
blind.
"""

from collections import Counter
from pathlib import PurePosixPath
from typing import NamedTuple

from pipeline.actions.bakeoff import Bakeoff
from pipeline.errors import RequestError, UnknownReference
from pipeline.fixture.facts import FixtureFacts, identity_of, read_facts
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.makers import flux_lora
from pipeline.makers.maker import Framing, pictures_in
from pipeline.models import Cell, Judge
from pipeline.pictures import sha256
from pipeline.plan import names
from pipeline.plan.bakeoff_rows import Contest, Filled, lora_row, row_of
from pipeline.plan.durations import duration, making_duration
from pipeline.plan.entrants import Row, entrants
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.judging import judge_against, votes_on
from pipeline.plan.lint import trigger_of
from pipeline.plan.plan import Making, Plan, PlannedImage
from pipeline.plan.reference import SMALL_FACE, Prepared, Ready, look, prepare
from pipeline.prices import MODELS, add, token_price
from pipeline.wordlist import many

Sent = dict[tuple[str, str], tuple[Prepared, ...]]
"""What goes along, by row and shape of the cell."""


def plan_bakeoff(lab: Lab, request: Bakeoff, defaults: Defaults, known: Known) -> Plan:
    """Plan a bake-off, or further rows of one.

    Opens the photographs and the run's pictures (CPU: call it on a thread). Spends nothing, sends nothing.

    Raises:
        RequestError: No such photograph, no run to take prompts from, no consent, no face or several; nobody is left.
        LabError: The folder is not as it should be.
    """
    contest = _contest(lab, request, known)
    photo, facts = _reference(lab, request, contest, defaults, known)
    contest = _of_whom(lab, contest, photo, facts, known)
    photos = (photo, *_others(lab, photo, facts, defaults, known)) if request.photo_set else (photo,)
    rows, left_out = entrants(request, facts.of(PurePosixPath(photo).name), photos, defaults, known)
    if not rows:
        error = RequestError("Nobody is left to take part. Nothing was spent.")
        error.hint = " ".join(f"{one.name}: {one.why}." for one in left_out)
        raise error
    ready = {one: look(contest.source, one, known.measurer) for one in dict.fromkeys(p for r in rows for p in r.photos)}
    contest = contest._replace(noun=facts.class_noun, about_the_face=_about_the_face(ready))
    sent = _prepared(ready, rows, contest)
    filled = [row_of(contest, row, sent, known) for row in rows]
    lora = lora_row(contest, known)
    every = [*([lora] if lora else []), *filled]
    making = _making(contest, every, _of_rows(sent, filled), known)
    making = making.model_copy(update={"left_out": tuple(left_out)})
    if not making.images:
        raise RequestError(f"All of these cells are in {contest.run!r} already. Nothing was spent.")
    return _plan(lab, request, contest, making, photo, defaults, known)


def _of_rows(sent: Sent, rows: list[Filled]) -> tuple[Prepared, ...]:
    """Those pictures that anything is ordered with."""
    wanted = {found for row in rows for image in row.images for found in pictures_in(image.input)}
    return tuple({one.sha256: one for each in sent.values() for one in each if one.sha256 in wanted}.values())


def _about_the_face(ready: dict[str, Ready]) -> list[str]:
    """What may cost likeness in the photographs that are sent."""
    if any(one.face is None for one in ready.values()):
        return [
            "Nobody looks for faces here (the `face` extra is not installed, or off): the whole photograph is sent."
        ]
    small = [photo for photo, one in ready.items() if one.face and one.face.height < SMALL_FACE]
    if not small:
        return []
    lowest = min(ready[photo].face.height for photo in small)  # type: ignore[union-attr]  # those have one
    more = f" and {len(small) - 1} more" if len(small) > 1 else ""
    name = PurePosixPath(small[0]).name
    return [f"{name}{more}: the face is {lowest} pixels high; below {SMALL_FACE} vendors lose likeness."]


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
    identity = source.identity or "x"
    name = run.name if goes_on else names.bakeoff_name(identity, (*lab.runs(), *known.taken), known.today)
    shapes = flux_lora.aspects_of(source)
    usual = next(iter(shapes.values()), flux_lora.UNKNOWN_ASPECT)
    return Contest(
        run=name, source=source, before=run if goes_on else None, identity=identity, prompts=prompts, seeds=seeds,
        aspects={one: shapes.get(one, usual) for one in prompts}, trigger=trigger_of(source),
    )  # fmt: skip


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


class _Of(NamedTuple):
    """A photograph that may be used, and its fixture's facts."""

    photo: str
    facts: FixtureFacts


def _reference(lab: Lab, request: Bakeoff, contest: Contest, defaults: Defaults, known: Known) -> _Of:
    """The photograph, as its facts allow. Raises: RequestError, UnknownReference."""
    photo = lab.reference(contest.source, request.reference)
    before = contest.before.manifest.reference if contest.before and contest.before.manifest else None
    if before is not None and before != photo:
        error = RequestError(f"{contest.run!r} compares with {before}, not with {photo}. Nothing was spent.")
        error.hint = "A bake-off has one reference: name that one, or begin another."
        raise error
    parts = PurePosixPath(photo).parts
    if parts[0] != "inputs" or len(parts) < 3:
        raise UnknownReference(request.reference, contest.source.name, [])
    facts = read_facts(lab, parts[1]) or FixtureFacts()
    bases = defaults.training.consent_bases if defaults.training else ()
    if lacking := facts.of(parts[-1]).lacks(bases, known.day):
        error = RequestError(f"{photo} may not be sent to any vendor: {lacking}. Nothing was spent.")
        error.hint = f"`labs facts inputs/{parts[1]} …` writes down licence, consent and who vouches for them."
        raise error
    return _Of(photo, facts)


def _others(lab: Lab, photo: str, facts: FixtureFacts, defaults: Defaults, known: Known) -> tuple[str, ...]:
    """The fixture's other photographs that may be used."""
    bases = defaults.training.consent_bases if defaults.training else ()
    fixture = PurePosixPath(photo).parts[1]
    return tuple(
        one
        for one in lab.photos(fixture)
        if one != photo and facts.of(PurePosixPath(one).name).lacks(bases, known.day) is None
    )


def _prepared(ready: dict[str, Ready], rows: list[Row], contest: Contest) -> Sent:
    """What each row is sent, by row and shape of the cell; each photograph is made ready once."""
    made: dict[tuple[str, Framing, str | None], Prepared] = {}

    def one(photo: str, framing: Framing, shape: str | None) -> Prepared:
        found = made.get((photo, framing, shape))
        if found is None:
            content = prepare(ready[photo], framing, shape)
            found = Prepared(sha256=sha256(content), source=photo, framing=framing, aspect=shape)
            made[photo, framing, shape] = found
        return found

    def framed(row: Row, aspect: str) -> tuple[Prepared, ...]:
        framing = row.entrant.framing
        return tuple(one(photo, framing, aspect if framing is Framing.WANTED else None) for photo in row.photos)

    aspects = dict.fromkeys(contest.aspects.values())
    return {(row.name, aspect): framed(row, aspect) for row in rows for aspect in aspects}


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
        Cell(label=one.label, prompt_id=one.prompt_id, seed=one.seed, prompt=one.prompt, image=one.image,
             maker=making.by(one).row)
        for one in making.images
    )  # fmt: skip
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
    notes += contest.about_the_face
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
