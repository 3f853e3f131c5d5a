"""`pause` and `resume`: every new paid call at once."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value


class Switch(Value):
    """Stop or allow every new paid call at once. Approvers only."""

    action: Literal["pause", "resume"]
    reason: str | None = None


PAUSE = Action(
    word="pause",
    group="decide",
    request=Switch,
    phrases="pause [all] [paid] (spending|calls), pause everything, freeze [all] spending, stop [all] spending",
    nouns="all spending now the paid calls everything money",
    sentence="pause spending {because}",
    example=lambda _place: Switch(action="pause", reason="the audit"),
    decides=True,
    plainly=True,
    by_claude=False,
)


RESUME = Action(
    word="resume",
    group="decide",
    request=Switch,
    phrases="resume [all] spending, unpause spending, unfreeze spending, continue spending",
    nouns="all spending now the",
    sentence="resume spending {because}",
    example=lambda _place: Switch(action="resume"),
    in_help=False,
    decides=True,
    plainly=True,
    by_claude=False,
)
