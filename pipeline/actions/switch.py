"""`pause` and `resume`: every new paid call at once."""

from collections.abc import Callable
from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import jobs
from pipeline.models import Value


class Switch(Value):
    """Stop or allow every new paid call at once. Approvers only."""

    action: Literal["pause", "resume"]
    reason: str | None = None


def switch(action: str) -> Callable[[Reading], Fields]:
    """A reader for `pause` or `resume`."""
    return lambda reading: {"action": action, "reason": jobs.reason(reading)}


PAUSE = Action(
    word="pause",
    request=Switch,
    phrases="pause [all] spending",
    sentence="pause spending {because}",
    read=switch("pause"),
    example=lambda _place: Switch(action="pause", reason="the audit"),
    decides=True,
    by_claude=False,
)


RESUME = Action(
    word="resume",
    request=Switch,
    phrases="resume [all] spending",
    sentence="resume spending {because}",
    read=switch("resume"),
    example=lambda _place: Switch(action="resume"),
    in_help=False,
    decides=True,
    by_claude=False,
)
