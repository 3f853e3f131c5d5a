"""`withdraw`: consent that is taken back."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.models import Value


class WithdrawConsent(Value):
    """A person takes the consent back: list, and after an approver's word delete, everything that holds their
    likeness.
    """

    action: Literal["withdraw"] = "withdraw"
    identity: Annotated[str, Field(pattern=r"^[a-z0-9]{1,20}$")]


WITHDRAW = Action(
    word="withdraw",
    group="decide",
    request=WithdrawConsent,
    phrases="""
        (withdraw|revoke|retract) [the|all|my|her|his|their] consent, (withdraw|revoke|retract) … consent
    """,
    nouns="consent the for of all my her his their to from and likeness person",
    sentence="withdraw consent for {whose}",
    example=lambda place: WithdrawConsent(identity=place.identity or "cb"),
    by_claude=False,
)
