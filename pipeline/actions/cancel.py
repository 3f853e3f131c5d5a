"""`cancel`: a job, what has not begun, or single cells."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, jobs, targets
from pipeline.models import Value
from pipeline.request import Names


class Cancel(Value):
    """Stop a job: all of it, what has not begun yet, or single cells."""

    action: Literal["cancel"] = "cancel"
    run: str | None = None
    job: str | None = None
    cells: Names | None = None
    """Only these cells; null: the whole job."""
    rest: bool = False
    """True: what the vendor is making already is finished."""


def cancel(reading: Reading) -> Fields:
    """All of a job, what has not begun ("the rest"), or single cells, which no file may name yet."""
    job = jobs.job(reading)
    named = tuple(dict.fromkeys([*cells.unmade(reading), *cells.labels(reading)]))
    rest = _rest(reading)
    run = targets.one_run(reading, needed=False) if job is None else None
    if job is None and run is None and not named and not reading.missing:
        reading.lack("job")
    return {"action": "cancel", "job": job, "run": run, "cells": named or None, "rest": rest}


def _rest(reading: Reading) -> bool:
    """As in "cancel the rest", "stop after these"."""
    words = [token.word for token in reading.tokens]
    for at, word in enumerate(words):
        after = words[at : at + 2] in (["after", "these"], ["after", "those"], ["after", "this"])
        if (word in {"rest", "remaining", "remainder"} or after) and not reading.roles[at]:
            reading.take(at, at + (2 if after else 1), "rest", "what has not begun")
            return True
    return False


CANCEL = Action(
    word="cancel",
    request=Cancel,
    phrases="cancel, stop, abort, kill, halt",
    not_before={"stop": "at being by if saying when"},
    sentence="cancel {rest} {cells} {job} {run}",
    read=cancel,
    example=lambda place: Cancel(run=place.run),
    ways=("cancel", "cancel the rest of {run}", "cancel CB-LORA-front-full-S19023 of {run}"),
    of_run=True,
)
