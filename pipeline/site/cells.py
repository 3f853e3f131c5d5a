"""Everything that a page shows of one cell, as one value."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from pipeline.advice.next_steps import Prices
from pipeline.evidence.people import Override
from pipeline.evidence.run_state import RunState
from pipeline.evidence.second_opinion import FaceLine
from pipeline.lab.files import MadeCell, Upscaled
from pipeline.lab.labels import Label
from pipeline.lab.run import Run
from pipeline.models import BARRED, Axis, JudgedCell, Judgement, Value
from pipeline.money import Estimate, dollars
from pipeline.site.answers import Earlier, by_judge, history, is_of
from pipeline.site.onward import GoOn, onward, redo_price
from pipeline.site.shots import Shot, href_of, shot_of
from pipeline.site.thumbnails import Thumb

NEAR = 0.05
"""A score so near to the bar might as well lie on its other side."""


class Mark(Value):
    """One axis of one cell."""

    code: str
    title: str
    passed: bool
    score: float
    reason: str
    votes: tuple[float, ...]
    near: bool
    """Of the bar."""


class Said(Value):
    """A person's word on the cell."""

    author: str
    at: str
    axis: str
    value: str
    reason: str
    blind: bool
    now: bool
    """Of the picture that is there; else of one before it."""


class Wiped(Value):
    """An upscaled picture beside its cell."""

    label: str
    maker: str
    shot: Shot | None
    used: bool
    said: str


class CellView(Value):
    """One cell, wherever a page shows it."""

    label: str
    prompt_id: str
    seed: int | None
    prompt: str
    maker: str
    shot: Shot | None
    marks: tuple[Mark, ...]
    """Q1 to Q4; empty where it has no score."""
    cause: str
    """Why it has none."""
    near: bool
    """One of the verdict's axes lies near its bar."""
    disagree: tuple[str, ...]
    """Who contradicts the judge, in words."""
    face: str
    people: tuple[Said, ...]
    history: tuple[Earlier, ...]
    wiped: tuple[Wiped, ...]
    made: tuple[tuple[str, str], ...]
    """How it came about: name and value."""
    go_on: tuple[GoOn, ...]

    @property
    def fails(self) -> tuple[str, ...]:
        """Codes of the axes that it fails."""
        return tuple(mark.code for mark in self.marks if not mark.passed)

    @property
    def standing(self) -> str:
        """For those who hear the page: `Q1 identity fails, 0.62; …`, or why there is no score."""
        said = [f"{mark.title} {'passes' if mark.passed else 'fails'} {mark.score:.2f}" for mark in self.marks]
        return "; ".join(said) or self.cause


def cell_views(run: Run, state: RunState, thumbs: Mapping[str, Thumb], prices: Prices) -> tuple[CellView, ...]:
    """Every cell of a run, in its own order."""
    votes: defaultdict[str, list[Judgement]] = defaultdict(list)
    for vote in run.log:
        votes[vote.label].append(vote)
    said: defaultdict[str, list[Label]] = defaultdict(list)
    for one in run.opinions:
        said[one.cell].append(one)
    made = {one.label: one for one in run.manifest.cells} if run.manifest else {}
    faces = {one.label: one for one in state.faces}
    upscales: defaultdict[str, list[Upscaled]] = defaultdict(list)
    for up in state.upscales:
        upscales[up.cell].append(up)
    overrides: defaultdict[str, list[Override]] = defaultdict(list)
    for over in state.people.overrides if state.people else ():
        overrides[over.cell].append(over)
    return tuple(
        _view(
            run,
            state,
            cell,
            thumbs,
            _Beside(
                made=made.get(cell.cell.label),
                votes=tuple(votes[cell.cell.label]),
                labels=tuple(said[cell.cell.label]),
                face=faces.get(cell.cell.label),
                upscales=tuple(upscales[cell.cell.label]),
                overrides=tuple(overrides[cell.cell.label]),
                price=redo_price(state, prices),
            ),
        )
        for cell in state.cells
    )


class _Beside(Value):
    """What stands in other places of one cell."""

    made: MadeCell | None
    votes: tuple[Judgement, ...]
    labels: tuple[Label, ...]
    face: FaceLine | None
    upscales: tuple[Upscaled, ...]
    overrides: tuple[Override, ...]
    price: Estimate


def _view(run: Run, state: RunState, cell: JudgedCell, thumbs: Mapping[str, Thumb], beside: _Beside) -> CellView:
    own, marks = cell.cell, _marks(state, cell)
    shot = shot_of(thumbs.get(own.image), href_of(run.name, own.image))
    sha256 = shot.sha256 if shot else ""
    current = tuple(vote for vote in beside.votes if is_of(vote, sha256, own.prompt or ""))
    return CellView(
        label=own.label,
        prompt_id=own.prompt_id,
        seed=own.seed,
        prompt=own.prompt or "",
        maker=own.maker or "",
        shot=shot,
        marks=marks,
        cause="" if cell.scores else str(cell.outcome),
        near=any(mark.near and mark.code in {axis.code for axis in BARRED} for mark in marks),
        disagree=_disagree(state, cell, beside, current, sha256),
        face=_face(beside.face),
        people=tuple(_said(one, sha256) for one in beside.labels),
        history=history(run, state, beside.votes, current),
        wiped=tuple(_wiped(run, up, thumbs) for up in beside.upscales),
        made=_made(cell, beside, shot),
        go_on=onward(state, cell, beside.price, made=shot is not None),
    )


def _marks(state: RunState, cell: JudgedCell) -> tuple[Mark, ...]:
    if cell.scores is None:
        return ()
    found = []
    for axis in Axis:
        one = cell.scores[axis]
        found.append(
            Mark(
                code=axis.code,
                title=axis.title,
                passed=one.passed,
                score=one.score,
                reason=one.reason,
                votes=one.votes or (),
                near=round(abs(one.score - state.pass_threshold), 4) <= NEAR,
            )
        )
    return tuple(found)


def _disagree(
    state: RunState, cell: JudgedCell, beside: _Beside, current: Sequence[Judgement], sha256: str
) -> tuple[str, ...]:
    """Who contradicts the judge by whom the verdict is, and on what."""
    if cell.scores is None:
        return ()
    found = []
    for axis in Axis:
        votes = cell.scores[axis].votes or ()
        sides = Counter(score >= state.pass_threshold for score in votes)
        if len(sides) > 1:
            found.append(f"{axis.title}: of {len(votes)} votes {sides[True]} pass")
    if beside.face is not None and beside.face.differs:
        found.append(f"the face measure ({beside.face.likeness or 0:.2f}, {beside.face.side})")
    people = [(one.author, one.axis, one.passes) for one in beside.overrides]
    people += [
        (one.author, one.axis, one.value == "pass")
        for one in beside.labels
        if one.seen == "blind" and one.sha256 == sha256 and one.value != "unsure" and not one.repeat
    ]
    contrary = [one for one in dict.fromkeys(people) if one[2] != cell.scores[one[1]].passed]
    found += [f"{who}: {axis.title} {'passes' if passes else 'fails'}" for who, axis, passes in contrary]
    for judge, scores in by_judge(state, current):
        other = [axis.code.upper() for axis in Axis if scores[axis].passed != cell.scores[axis].passed]
        if other and judge != (state.model, state.judge_version, state.reference):
            found.append(f"{judge[0]} ({judge[1]}) on {', '.join(other)}")
    return tuple(found)


def _said(one: Label, sha256: str) -> Said:
    said = {"author": one.author, "at": one.at, "axis": one.axis.title, "value": one.value, "reason": one.reason}
    return Said.model_validate(said | {"blind": one.seen == "blind", "now": one.sha256 == sha256})


def _face(line: FaceLine | None) -> str:
    if line is None:
        return ""
    if line.likeness is None:
        return f"Face: not measured ({line.why})."
    copy = f" Perhaps a copy of {line.copy_of}." if line.copy_of else ""
    return f"Face: {line.likeness:.2f}, {line.side} the person's own band; {line.height} px high.{copy}"


def _wiped(run: Run, up: Upscaled, thumbs: Mapping[str, Thumb]) -> Wiped:
    moved = [
        f"{name[:2].upper()} {up.before[name].score:.2f} → {up.after[name].score:.2f}"
        for name in up.before
        if name in up.after
    ]
    said = ", ".join(moved) or up.detail or up.cause or "not judged"
    shot = shot_of(thumbs.get(up.image), href_of(run.name, up.image)) if up.state == "made" else None
    return Wiped(label=up.label, maker=up.maker, shot=shot, used=up.used, said=said)


def _made(cell: JudgedCell, beside: _Beside, shot: Shot | None) -> tuple[tuple[str, str], ...]:
    """Facts of a picture, each with its name."""
    made, votes = beside.made, beside.votes
    told: list[tuple[str, str | None]] = [("Prompt", cell.cell.prompt)]
    told += [("Seed", None if cell.cell.seed is None else str(cell.cell.seed))]
    told += [("SHA-256", shot.sha256 if shot else None)]
    told += [("Size", f"{shot.width} × {shot.height} px" if shot else None)]
    if made is not None:
        told += [("Made", made.made_at), ("Job", made.job), ("Prediction", made.prediction_id)]
        told += [("Copied from", made.copied_from), ("Picture", dollars(made.usd_micros) if made.usd_micros else None)]
    told += [("Judge", f"{dollars(sum(vote.usd_micros for vote in votes))}, {len(votes)} answers" if votes else None)]
    return tuple((name, value) for name, value in told if value)
