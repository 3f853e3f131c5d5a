"""What people do on pages: label pictures blind, and say a sentence in the channel."""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pipeline.errors import NotUnderstood, RequestError
from pipeline.evidence.run_state import RunState, state_of
from pipeline.lab.lab import Lab
from pipeline.lab.labels import Label
from pipeline.lab.run import Run
from pipeline.models import Axis
from pipeline.record.labels import append, sitting_of
from pipeline.site.labelling import Shown, label_html, shown_of
from pipeline.surfaces import mrkdwn

USUAL = 10
MOST_SITTINGS = 200
"""Remembered at once; of older ones what was said is kept, and nothing more is taken."""
LONGEST = 2000
"""Characters of a sentence from a page."""
VALUES = frozenset({"pass", "fail", "unsure"})
Say = Callable[[str, str, str], Awaitable[None]]
"""Says a sentence in a person's name; once for each mark."""


class Sitting(NamedTuple):
    """Pictures that somebody goes through, in their order."""

    run: str
    person: str
    shown: tuple[Shown, ...]


class Desk:
    """One server's. A restart ends sittings, and loses no label."""

    def __init__(self, lab: Lab, wall: Callable[[], float], say: Say | None) -> None:
        self._lab, self._wall, self._say = lab, wall, say
        self._sittings: dict[str, Sitting] = {}

    @property
    def says(self) -> bool:
        """Whether sentences reach the channel from here."""
        return self._say is not None

    async def say(self, person: str, sentence: str, once: str) -> None:
        """Raises: NotUnderstood."""
        words = " ".join(sentence.split())
        if self._say is None or not words or len(mrkdwn(words)) > LONGEST or not once:
            raise NotUnderstood("That cannot be said from here.", "Copy it, and say it in the channel.")
        await self._say(person, words, once)

    async def sitting(self, run_name: str, person: str, most: int | None, token: str) -> bytes:
        """The page that goes through a run's pictures. Raises: LabsError."""
        sitting_id = secrets.token_urlsafe(9)

        def begin() -> tuple[tuple[Shown, ...], bytes]:
            run = self._lab.run(run_name)
            chosen = sitting_of(run, most or USUAL, random.Random(sitting_id), person)  # noqa: S311  # no secret
            shown, reference = shown_of(run, chosen)
            if not shown:
                raise RequestError(f"No picture of run {run.name!r} can be shown.")
            return shown, label_html(run, shown, reference, sitting_id, token)

        shown, page = await asyncio.to_thread(begin)
        self._sittings[sitting_id] = Sitting(run_name, person, shown)
        while len(self._sittings) > MOST_SITTINGS:
            del self._sittings[next(iter(self._sittings))]
        return page

    async def keep(self, run_name: str, person: str, said: dict[str, Any]) -> dict[str, Any]:
        """Keep what somebody said of one picture; with `over`, what the judge had said of all. Raises: LabsError."""
        sitting_id = str(said.get("sitting", ""))
        found = self._sittings.get(sitting_id)
        if found is None or (found.run, found.person) != (run_name, person):
            raise NotUnderstood("This labelling is over; what you said is kept.", "Open it again for another one.")
        at = datetime.fromtimestamp(self._wall(), UTC).isoformat()

        def write() -> dict[str, Any]:
            run = self._lab.run(run_name)
            labels = _labels(found, sitting_id, said, at)
            if labels:
                append(run, labels)
            return (
                _reveal(Run(run.root, run.name), f"{sitting_id}:{person}")
                if said.get("over")
                else {"kept": len(labels)}
            )

        return await asyncio.to_thread(write)


def _labels(found: Sitting, sitting_id: str, said: dict[str, Any], at: str) -> list[Label]:
    number, values = said.get("number"), said.get("values")
    if number is None:
        return []
    if not isinstance(number, int) or not 0 <= number < len(found.shown) or not isinstance(values, dict):
        raise NotUnderstood("That picture is not one of these.", "Open the labelling again.")
    one = found.shown[number]
    repeat = any(before.cell == one.cell for before in found.shown[:number])
    return [
        Label(
            cell=one.cell,
            sha256=one.shot.sha256,
            axis=axis,
            value=values[axis.code],
            author=found.person,
            at=at,
            seen="blind",
            sitting=f"{sitting_id}:{found.person}",
            repeat=repeat,
        )
        for axis in Axis
        if isinstance(values.get(axis.code), str) and values[axis.code] in VALUES
    ]


def _reveal(run: Run, sitting: str) -> dict[str, Any]:
    """What the judge said of what was labelled, and how far both agree."""
    state = state_of(run)
    own = [one for one in run.opinions if one.sitting == sitting and not one.repeat]
    return {
        "rows": [row for one in own if (row := _row(state, one)) is not None],
        "people": state.people.sentences if state.people else [],
    }


def _row(state: RunState, said: Label) -> dict[str, Any] | None:
    cell = next((one for one in state.cells if one.cell.label == said.cell), None)
    if cell is None:
        return None
    score = cell.scores[said.axis] if cell.scores else None
    judge = None if score is None else {"passed": score.passed, "score": score.score, "reason": score.reason}
    return {"cell": said.cell, "axis": said.axis.title, "you": said.value, "judge": judge}
