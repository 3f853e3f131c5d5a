"""`approve` and `deny`: a plan that waits."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value


class Decide(Value):
    """Approve or deny a plan that waits."""

    action: Literal["approve", "deny"]
    job: str | None = None
    reason: str | None = None


_AS_IT_STANDS = (
    "A plan is approved as it stands. Say `approve` alone (a reason goes behind “because”), or change the plan first."
)

APPROVE = Action(
    word="approve",
    group="decide",
    request=Decide,
    phrases="""
        i approve (it|this|that), approve, i approve [of] (job|plan), approve (it|this|that), give the
        (ok|go-ahead|go) (to|for)
    """,
    nouns="""
        one it this that the job plan request training run lgtm look looks good fine perfect from my side go
        ahead start id number same as is fully
    """,
    needs=("job",),
    not_before={"approve": "of"},
    sentence="approve {job_id} {reason}",
    example=lambda _place: Decide(action="approve", job="7f3a21"),
    decides=True,
    plainly=True,
    left_over=_AS_IT_STANDS,
    by_claude=False,
)


DENY = Action(
    word="deny",
    group="decide",
    request=Decide,
    participles="denied, rejected",
    phrases="deny, reject, decline, refuse, i deny (job|plan), i reject (job|plan), turn down, veto",
    nouns="one it this that the job plan request training run id number same",
    needs=("job",),
    sentence="deny {job_id} {reason}",
    example=lambda _place: Decide(action="deny", job="7f3a21", reason="the fixture is wrong"),
    decides=True,
    plainly=True,
    by_claude=False,
)
