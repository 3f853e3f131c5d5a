"""`approve` and `deny`: a plan that waits."""

from collections.abc import Callable
from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import jobs
from pipeline.models import Value


class Decide(Value):
    """Approve or deny a plan that waits."""

    action: Literal["approve", "deny"]
    job: str | None = None
    reason: str | None = None


def decide(action: str) -> Callable[[Reading], Fields]:
    """A reader for `approve` or `deny`."""

    def reader(reading: Reading) -> Fields:
        job = jobs.job(reading)
        reason = jobs.reason(reading)
        if job is not None and jobs.job(reading) is not None:
            reading.lack("job")  # a second id: one decision at a time
        if job is None and reading.thread is None:
            reading.lack("job")
        return {"action": action, "job": job, "reason": reason}

    return reader


APPROVE = Action(
    word="approve",
    request=Decide,
    phrases="approve, i approve (job|plan)",
    not_before={"approve": "of"},
    sentence="approve {job_id} {reason}",
    read=decide("approve"),
    example=lambda _place: Decide(action="approve", job="7f3a21"),
    decides=True,
    by_claude=False,
)


DENY = Action(
    word="deny",
    request=Decide,
    phrases="deny, reject, decline, i deny (job|plan)",
    sentence="deny {job_id} {reason}",
    read=decide("deny"),
    example=lambda _place: Decide(action="deny", job="7f3a21", reason="the fixture is wrong"),
    decides=True,
    by_claude=False,
)
