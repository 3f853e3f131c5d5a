"""`label`: people's own words about cells; by name, or blind, one after the other in a modal."""

import asyncio
import random
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from bot.ledger import outbox
from bot.ledger.inbox import InboxRow
from bot.ledger.outbox import Upload
from handlers.blocks import labelling
from handlers.blocks.labelling import Shown
from handlers.ports import Heard, Opening
from pipeline import grid
from pipeline.actions.label import LabelBlind, LabelCells
from pipeline.errors import LabsError, NotUnderstood, RequestError, UnknownReference
from pipeline.evidence.run_state import RunState, state_of
from pipeline.fixture.consent import hidden_name
from pipeline.grid.labelled import draw_labelled
from pipeline.grid.of_run import bytes_of
from pipeline.lab.labels import Label
from pipeline.lab.paths import make_folder
from pipeline.lab.run import Run
from pipeline.models import Axis, Cell
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
                cell=name, sha256=picture_hash(run, by_label[name]), axis=axis, value=request.value,
                author=turn.row.person, at=at, seen="everything", reason=(turn.row.text or "")[:1000],
            )
            for name in request.cells
        ]  # fmt: skip
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
        wanted = request.limit or USUAL
        cells = sitting_of(run, wanted, random.Random(turn.row.id))  # noqa: S311  # a shuffle, no secret
        shown = [_drawn(bench, run, cell, f"{turn.row.id}-{at}", at) for at, cell in enumerate(cells, 1)]
        count = len({cell.label for cell in cells})
        subject = f"{turn.row.id} 1"
        return Reply(labelling.begin(run.name, subject, count, len(cells) - count), shown)

    return await asyncio.to_thread(begin)


def _drawn(bench: Bench, run: Run, cell: Cell, name: str, at: int) -> tuple[str, str, str]:
    """In the lab's hidden folder, under the cell's own label, by which its answers are filed."""
    reference = _reference(bench, run)
    sides = bytes_of(run, reference) if reference else None
    content, suffix = grid.encode(draw_labelled(bytes_of(run, cell.image) or b"", sides, bench.measurer))
    folder = bench.lab.root / ".labs"
    make_folder(folder)
    # Its name says which cell it is, of which picture; a withdrawal finds it by the run.
    path = f"{hidden_name([run.name, f'{name}-{picture_hash(run, cell)}'], cell.label)}.{suffix}"
    (folder / path).write_bytes(content)
    return f".labs/{path}", f"picture-{at}.{suffix}", f"Picture {at}, with the reference beside it"


def _reference(bench: Bench, run: Run) -> str | None:
    try:
        return bench.lab.reference(run, None)
    except UnknownReference:
        return run.output.reference if run.output else None


async def form(bench: Bench, opening: Opening) -> dict[str, Any]:
    """The modal of a sitting's next picture. Raises: NotUnderstood."""
    number, uploads = await _uploads(bench, opening.subject)
    shown = await asyncio.to_thread(_shown, bench, uploads, number)
    if shown is None:
        raise NotUnderstood("This labelling is over.", "Ask for another one: `label 10 cells of …`.")
    return labelling.form(opening, shown)


async def after(bench: Bench, heard: Heard) -> dict[str, Any] | None:
    """The modal behind one that was sent off; None: it was the last, or another one's."""
    payload = heard.payload or {}
    if payload.get("action_id") != labelling.FORM:
        return None
    sitting_id, number = _place(str(payload.get("value", "")))
    opening = Opening(
        form="label", subject=f"{sitting_id} {number + 1}", person=heard.person, channel=heard.channel,
        thread_ts=heard.thread_ts, trigger_id="",
    )  # fmt: skip
    _number, uploads = await _uploads(bench, opening.subject)
    shown = await asyncio.to_thread(_shown, bench, uploads, number + 1)
    return labelling.form(opening, shown) if shown else None


async def keep(bench: Bench, row: InboxRow) -> Reply | None:
    """Write down what was said of one picture; a message once it was the last. Raises: LabsError."""
    payload = row.payload or {}
    sitting_id, number = _place(str(payload.get("value", "")))
    _number, uploads = await _uploads(bench, f"{sitting_id} {number}")
    at = datetime.fromtimestamp(row.received_at, UTC).isoformat()
    fields = payload.get("fields") or {}

    def write() -> Reply | None:
        drawn = [_of(one.path) for one in uploads]
        if not 1 <= number <= len(drawn):
            raise NotUnderstood("This labelling is over.", "Ask for another one: `label 10 cells of …`.")
        one = drawn[number - 1]
        run = bench.lab.run(one.run)
        again = any(before.cell == one.cell for before in drawn[: number - 1])
        # Of the picture that was shown: one that was made since is another.
        said = [
            Label(
                cell=one.cell, sha256=one.sha256, axis=axis, value=fields[f"{axis.value}-{number}"],
                author=row.person, at=at, seen="blind", sitting=f"{sitting_id}:{row.person}", repeat=again,
            )
            for axis in Axis
            if fields.get(f"{axis.value}-{number}") in labelling.SAYS
        ]  # fmt: skip
        append(run, said)
        if number < len(drawn):
            return None
        return Reply(_over(Run(run.root, run.name), row.person, f"{sitting_id}:{row.person}"))

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


class Drawn(NamedTuple):
    """What the name of a picture that was drawn for labelling tells."""

    run: str
    cell: str
    sha256: str
    """Of the cell's picture, as it was drawn."""


def _of(path: str) -> Drawn:
    _several, run, place, cell = path.rpartition("/")[2].split("+", 3)
    return Drawn(run, cell.rpartition(".")[0], place.rpartition("-")[2])


def _place(subject: str) -> tuple[str, int]:
    """A sitting and the picture's number, from 1. Raises: NotUnderstood."""
    sitting_id, _, number = subject.partition(" ")
    if not (sitting_id.isdigit() and number.isdigit()):
        raise NotUnderstood("That button is not mine to answer.", "Write what you want in the thread.")
    return sitting_id, int(number)


async def _uploads(bench: Bench, subject: str) -> tuple[int, list[Upload]]:
    """The picture's number, and the pictures that were uploaded with the sitting's message."""
    sitting_id, number = _place(subject)
    return number, await bench.ledger.run(outbox.uploads, f"answer:{sitting_id}")


def _shown(bench: Bench, uploads: list[Upload], number: int) -> Shown | None:
    """What the modal shows; None behind the last, and where the run is gone."""
    if not 1 <= number <= len(uploads):
        return None
    one = uploads[number - 1]
    drawn = _of(one.path)
    try:
        prompts = {cell.label: cell.prompt or "" for cell in bench.lab.run(drawn.run).cells}
    except LabsError:
        return None
    picture = one.file_id if one.state == "ready" else None
    return Shown(number=number, total=len(uploads), picture=picture, prompt=prompts.get(drawn.cell, ""))
