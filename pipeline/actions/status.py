"""`status`: what is running."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import jobs, targets
from pipeline.models import Value


class Status(Value):
    """What is running, or how one job or run is doing."""

    action: Literal["status"] = "status"
    run: str | None = None
    job: str | None = None


def status(reading: Reading) -> Fields:
    job = jobs.job(reading)
    at_large = {token.word for token in reading.tokens} & {"running", "anything", "jobs"}
    thread, reading.thread = reading.thread, None if at_large else reading.thread
    run = targets.one_run(reading, needed=False, strict=False) if job is None else None
    reading.thread = thread
    return {"action": "status", "job": job, "run": run}


STATUS = Action(
    word="status",
    request=Status,
    phrases="""
        status, (what's|whats|what is) [currently|still|now] running, what jobs are running, which jobs are running,
        which runs are running, is anything running, anything running, (what's|whats) the status, what is the
        status, (how's|hows) … doing, (how's|hows) … going, (how's|hows) … coming along, how (is|are) … doing, how
        (is|are) … going, how (is|are) … coming along, how far [along] is, how far [along] are, is …
        (done|finished|ready) [yet], is … still running, is … running, progress (of|on), any (progress|news) on,
        what is going on, (what's|whats) going on, (what's|whats) the progress, where (is|are) … at
    """,
    sentence="status {job} {run}",
    read=status,
    example=lambda place: Status(run=place.run),
    ways=("what's running?", "how is {run} doing?"),
    of_run=True,
    question=True,
    answered_at_once=True,
)
