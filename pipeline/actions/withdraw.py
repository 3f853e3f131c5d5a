"""`withdraw`: consent that is taken back."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.models import Value


class WithdrawConsent(Value):
    """A person takes the consent back: list, and after an approver's word delete, everything that holds their
    likeness.
    """

    action: Literal["withdraw"] = "withdraw"
    identity: Annotated[str, Field(pattern=r"^[a-z0-9]{1,20}$")]


def withdraw(reading: Reading) -> Fields:
    """Whose consent: a person of the lab by their code, and nobody else."""
    codes = reading.catalogue.everybody
    named: list[str] = []
    for at, token in enumerate(reading.tokens):
        code = token.word.removesuffix("'s")
        if code in codes and (not reading.roles[at] or reading.roles[at] == "verb"):
            reading.take(at, at + 1, "identity", f"identity {code}")
            named.append(code)
    if len(set(named)) != 1:
        reading.lack("identity", why="Whose consent? Name one person of the lab by their code.")
    return {"action": "withdraw", "identity": named[0] if named else None}


WITHDRAW = Action(
    word="withdraw",
    request=WithdrawConsent,
    phrases="""
        (withdraw|revoke|retract) [the|all|my|her|his|their] consent, (withdraw|revoke|retract) … consent
    """,
    sentence="withdraw consent for {whose}",
    read=withdraw,
    example=lambda place: WithdrawConsent(identity=place.identity or "cb"),
    by_claude=False,
)
