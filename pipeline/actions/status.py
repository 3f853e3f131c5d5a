"""`status`: what is running."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value


class Status(Value):
    """What is running, or how one job or run is doing."""

    action: Literal["status"] = "status"
    run: str | None = None
    job: str | None = None


STATUS = Action(
    word="status",
    request=Status,
    phrases="""
        what is running, what runs, whats up with, status, status update [on|for|of], check (on|in on|up on),
        (what's|whats|what is) [currently|still|now] running, what jobs are running, which jobs are running,
        which runs are running, is anything running, anything running, (what's|whats) the status, what is the
        status, (how's|hows) … doing, (how's|hows) … going, (how's|hows) … coming along, how (is|are) … doing,
        how (is|are) … going, how (is|are) … coming along, how far [along] is, how far [along] are, is …
        (done|finished|ready) [yet], is … still running, is … running, progress (of|on), any (progress|news) on,
        what is going on, (what's|whats) going on, (what's|whats) the progress, where (is|are) … at, is the
        judge (still|busy|through|done) … , is … busy, is … through, has … (finished|started|begun), have …
        (finished|started|begun), did … finish, are (we|they) done with, when (will|is) …
        (done|ready|finished|be), how long (will|does|until|till), how much longer, what jobs (are|do), which
        jobs (are|do), how many jobs, are any jobs running, state of, how is, how are, how's, hows, how far
    """,
    nouns="""
        take takes long longer need job jobs run running status progress doing going now currently still done
        finished ready yet it this the is are how far along judge judging training busy with matrix plan any
        news anything moment at queue waiting lora right coming everything upscale through completed there state
        standing what over up begun started already me on us
    """,
    sentence="status {job} {run}",
    example=lambda place: Status(run=place.run),
    ways=("what's running?", "how is {run} doing?"),
    of_run=True,
    question=True,
    answered_at_once=True,
)
