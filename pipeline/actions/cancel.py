"""`cancel`: a job, what has not begun, or single cells."""

from typing import Literal

from pipeline.actions.action import Action
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


CANCEL = Action(
    word="cancel",
    group="decide",
    request=Cancel,
    participles="cancelled, canceled, stopped, aborted, killed",
    phrases="cancel, stop, abort, kill, halt, terminate, call off, pull the plug on",
    nouns="""
        job jobs judging training matrix run bakeoff it this that upscaling extension redo the whole thing
        everything plan immediately judgement lora process making retrain retraining rerun redo
    """,
    needs=("job run cells",),
    not_before={"stop": "at being by if saying when sign watching telling notifying pinging", "kill": "two it"},
    sentence="cancel {rest} {cells} {job} {run}",
    example=lambda place: Cancel(run=place.run),
    ways=("cancel", "cancel the rest of {run}", "cancel CB-LORA-front-full-S19023 of {run}"),
    of_run=True,
    decides=True,
)
