"""The photographs of a bake-off: which are sent, that they may be, and how they are made ready."""

from pathlib import PurePosixPath
from typing import NamedTuple

from pipeline.actions.bakeoff import Bakeoff
from pipeline.errors import BadPicture, RequestError, UnknownReference
from pipeline.fixture.facts import FixtureFacts, read_facts
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.makers.maker import Framing, pictures_in
from pipeline.pictures import sha256
from pipeline.plan.bakeoff_rows import Contest, Filled
from pipeline.plan.entrants import Row
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.reference import SMALL_FACE, Prepared, Ready, look, prepare

Sent = dict[tuple[str, str], tuple[Prepared, ...]]
"""What goes along, by row and shape of the cell."""


class Reference(NamedTuple):
    """A photograph that may be used, and its fixture's facts."""

    photo: str
    facts: FixtureFacts


def reference_of(lab: Lab, request: Bakeoff, contest: Contest, defaults: Defaults, known: Known) -> Reference:
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
    return Reference(photo, facts)


def looked_at(
    lab: Lab, photo: str, facts: FixtureFacts, request: Bakeoff, defaults: Defaults, known: Known
) -> tuple[dict[str, Ready], list[str]]:
    """The photographs that may be sent, the reference first; and which of the fixture's others are none, and why.

    Raises: RequestError, BadPicture: the reference itself shows no face, or several, or cannot be opened.
    """
    run = Run(lab.root, "")
    ready, passed_over = {photo: look(run, photo, known.measurer)}, []
    rules = defaults.consent(known.day)
    for one in lab.photos(PurePosixPath(photo).parts[1]) if request.photo_set else ():
        name = PurePosixPath(one).name
        if one == photo:
            continue
        if lacking := facts.of(name).lacks(rules.bases, rules.today):
            passed_over.append(f"{name} is not sent: {lacking}.")
            continue
        try:
            ready[one] = look(run, one, known.measurer)
        except (RequestError, BadPicture) as error:
            passed_over.append(f"{name} is not sent: {str(error).removesuffix(' Nothing was spent.')}")
    return ready, passed_over


def about_the_face(ready: dict[str, Ready]) -> list[str]:
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


def prepared(ready: dict[str, Ready], rows: list[Row], contest: Contest) -> Sent:
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


def of_rows(sent: Sent, rows: list[Filled]) -> tuple[Prepared, ...]:
    """Those pictures that anything is ordered with."""
    wanted = {found for row in rows for image in row.images for found in pictures_in(image.input)}
    return tuple({one.sha256: one for each in sent.values() for one in each if one.sha256 in wanted}.values())
