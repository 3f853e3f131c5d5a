"""`label`: people's own words about cells; by name, or blind, one after the other in a modal."""

import asyncio
import random
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from bot.ledger import outbox, uploads
from bot.ledger.inbox import InboxRow
from handlers.blocks import labelling
from handlers.blocks.labelling import Shown
from handlers.message import Message
from handlers.ports import Heard, Opening
from pipeline.actions.label import LabelBlind, LabelCells
from pipeline.errors import BadPicture, LabsError, NotUnderstood, RequestError, UnknownReference
from pipeline.evidence.run_state import RunState, state_of
from pipeline.fixture.consent import hidden_name
from pipeline.grid.labelled import draw_labelled
from pipeline.grid.of_run import bytes_of
from pipeline.lab.labels import Label
from pipeline.lab.paths import make_folder
from pipeline.lab.run import Run
from pipeline.models import Axis, Cell
from pipeline.pictures import as_png
from pipeline.record.labels import append, picture_hash, sitting_of

USUAL = 10


async def answer(bench: Bench, turn: Turn, request: LabelCells) -> Reply:
    """A person's word on named cells, whose judge's answer can be known. Raises: LabsError."""
    await speaks_of(bench, turn, request.run)
    axis = next(one for one in Axis if one.code == request.axis)
    at = datetime.fromtimestamp(turn.row.received_at, UTC).isoformat()

    def keep() -> Reply:
        run = bench.lab.run(request.run)
        by_label = {cell.label: cell for cell in run.cells}
        if strangers := [name for name in request.cells if name not in by_label]:
            raise RequestError(f"Run {run.name!r} has no cell {strangers[0]!r}. Nothing was kept.")
        kept = [
            Label(
                cell=name,
                sha256=picture_hash(run, by_label[name]),
                axis=axis,
                value=request.value,
                author=turn.row.person,
                at=at,
                seen="everything",
                reason=(turn.row.text or "")[:1000],
            )
            for name in request.cells
        ]
        append(run, kept)
        return Reply(labelling.overruled(run.name, kept, state_of(Run(run.root, run.name)).people))

    return await asyncio.to_thread(keep)


async def sitting(bench: Bench, turn: Turn, request: LabelBlind) -> Reply:
    """A message with a button that goes through cells, blind. Raises: LabsError."""
    await speaks_of(bench, turn, request.run)
    if not turn.origin.channel:
        raise NotUnderstood("Pictures are labelled in Slack.", "Say it in the channel.")

    def begin() -> Reply:
        run = bench.lab.run(request.run)
        shuffle = random.Random(turn.row.id)  # noqa: S311  # no secret
        chosen = sitting_of(run, request.limit or USUAL, shuffle, author=turn.row.person)
        made = {cell.label: _drawn(bench, run, cell) for cell in dict.fromkeys(chosen)}
        cells = [cell for cell in chosen if made[cell.label] is not None]  # what cannot be shown is not asked about
        if not cells:
            raise RequestError(f"No picture of run {run.name!r} can be shown.")
        shown = [_kept(bench, run, made[cell.label] or b"", f"{turn.row.id}-{at}") for at, cell in enumerate(cells, 1)]
        about = [{"run": run.name, "cell": cell.label, "sha256": picture_hash(run, cell)} for cell in cells]
        return Reply(labelling.begin(run.name, f"{turn.row.id} 1", about), shown)

    return await asyncio.to_thread(begin)


def _drawn(bench: Bench, run: Run, cell: Cell) -> bytes | None:
    """The picture with the reference beside it, as PNG; None where it cannot be read."""
    reference = _reference(bench, run)
    sides = bytes_of(run, reference) if reference else None
    try:
        return as_png(draw_labelled(bytes_of(run, cell.image) or b"", sides, bench.measurer))
    except BadPicture:
        return None


def _kept(bench: Bench, run: Run, content: bytes, place: str) -> tuple[str, str, str]:
    """In the lab's hidden folder, where a withdrawal finds it by its run."""
    folder = bench.lab.root / ".labs"
    make_folder(folder)
    name = f"{hidden_name([run.name], f'label-{place}')}.png"
    (folder / name).write_bytes(content)
    number = place.rpartition("-")[2]
    return f".labs/{name}", f"picture-{number}.png", f"Picture {number}, with the reference beside it"


def _reference(bench: Bench, run: Run) -> str | None:
    try:
        return bench.lab.reference(run, None)
    except UnknownReference:
        return run.output.reference if run.output else None


class Sitting(NamedTuple):
    """A sitting's pictures, as its message has them."""

    about: tuple[dict[str, str], ...]
    """Of each picture its run, cell and SHA-256."""
    files: tuple[str | None, ...]
    """Slack's ids; None where Slack did not take one."""


async def _sitting(bench: Bench, sitting_id: str) -> Sitting:
    """Raises: NotUnderstood where there is none."""
    key = f"answer:{sitting_id}"
    post = await bench.ledger.run(outbox.get, key)
    about = Message.model_validate_json(post.body).about if post is not None and post.body else ()
    if not about:
        raise NotUnderstood("This labelling is over.", "Ask for another one: `label 10 cells of …`.")
    pictures = await bench.ledger.run(uploads.of_message, key)
    return Sitting(about, tuple(one.file_id if one.state == "ready" else None for one in pictures))


async def form(bench: Bench, opening: Opening) -> dict[str, Any]:
    """The modal of the first picture that this person has not labelled. Raises: NotUnderstood."""
    sitting_id, _number = _place(opening.subject)
    found = await _sitting(bench, sitting_id)
    return await asyncio.to_thread(_next_form, bench, opening, found, sitting_id, 1, again=True)


async def after(bench: Bench, heard: Heard) -> dict[str, Any] | None:
    """The modal behind one that was sent off; None: it was the last, or another one's."""
    payload = heard.payload or {}
    if payload.get("action_id") != labelling.FORM:
        return None
    try:
        sitting_id, number = _place(str(payload.get("value", "")))
        found = await _sitting(bench, sitting_id)
        opening = Opening(
            form="label",
            subject="",
            person=heard.person,
            channel=heard.channel,
            thread_ts=heard.thread_ts,
            trigger_id="",
        )
        return await asyncio.to_thread(_next_form, bench, opening, found, sitting_id, number + 1, again=False)
    except LabsError:
        return None  # what was said is kept; the thread says what came of it


def _next_form(
    bench: Bench, opening: Opening, found: Sitting, sitting_id: str, first: int, *, again: bool
) -> dict[str, Any]:
    """Raises: NotUnderstood behind the last picture."""
    run = bench.lab.run(found.about[0]["run"])
    said = _answered(run, f"{sitting_id}:{opening.person}") if again else set()
    for number in range(first, len(found.about) + 1):
        if (found.about[number - 1]["cell"], _is_repeat(found, number)) not in said:
            break
    else:
        raise NotUnderstood("You have labelled all of these.", "Ask for others: `label 10 cells of …`.")
    prompts = {cell.label: cell.prompt or "" for cell in run.cells}
    one = found.about[number - 1]
    picture = found.files[number - 1] if number <= len(found.files) else None
    shown = Shown(number=number, total=len(found.about), picture=picture, prompt=prompts.get(one["cell"], ""))
    return labelling.form(opening.model_copy(update={"subject": f"{sitting_id} {number}"}), shown)


def _answered(run: Run, sitting: str) -> set[tuple[str, bool]]:
    return {(one.cell, one.repeat) for one in run.opinions if one.sitting == sitting}


def _is_repeat(found: Sitting, number: int) -> bool:
    return any(one["cell"] == found.about[number - 1]["cell"] for one in found.about[: number - 1])


async def keep(bench: Bench, row: InboxRow) -> Reply | None:
    """Write down what was said of one picture; a message once all are. Raises: LabsError."""
    payload = row.payload or {}
    sitting_id, number = _place(str(payload.get("value", "")))
    found = await _sitting(bench, sitting_id)
    at = datetime.fromtimestamp(row.received_at, UTC).isoformat()
    fields, sitting = payload.get("fields") or {}, f"{sitting_id}:{row.person}"

    def write() -> Reply | None:
        if not 1 <= number <= len(found.about):
            raise NotUnderstood("This labelling is over.", "Ask for another one: `label 10 cells of …`.")
        one = found.about[number - 1]
        run = bench.lab.run(one["run"])
        # Of the picture that was shown: one that was made since is another.
        said = [
            Label(
                cell=one["cell"],
                sha256=one["sha256"],
                axis=axis,
                value=fields[f"{axis.value}-{number}"],
                author=row.person,
                at=at,
                seen="blind",
                sitting=sitting,
                repeat=_is_repeat(found, number),
            )
            for axis in Axis
            if fields.get(f"{axis.value}-{number}") in labelling.SAYS
        ]
        new = append(run, said)
        now = Run(run.root, run.name)
        if not new or len(_answered(now, sitting)) < len(found.about):
            return None
        return Reply(_over(now, row.person, sitting))

    return await asyncio.to_thread(write)


def _over(run: Run, person: str, sitting_id: str) -> Any:
    """What a sitting came to."""
    state = state_of(run)
    own = [one for one in run.opinions if one.sitting == sitting_id and not one.repeat]
    return labelling.over(run.name, person, len({one.cell for one in own}), state.people, _differ(state, own))


def _differ(state: RunState, own: list[Label]) -> list[str]:
    """`CB-LORA-front-full-S42: Q1 you fail, the judge 0.82`."""
    scores = {one.cell.label: one.scores for one in state.cells if one.scores is not None}
    return [
        f"{one.cell}: {one.axis.code.upper()} you say {one.value}, the judge {score.score:.2f}"
        for one in own
        if one.value != "unsure"
        and one.cell in scores
        and (score := scores[one.cell][one.axis]).passed != (one.value == "pass")
    ]


def _place(subject: str) -> tuple[str, int]:
    """A sitting and the picture's number, from 1. Raises: NotUnderstood."""
    sitting_id, _, number = subject.partition(" ")
    if not (sitting_id.isdigit() and number.isdigit()):
        raise NotUnderstood("That button is not mine to answer.", "Write what you want in the thread.")
    return sitting_id, int(number)
