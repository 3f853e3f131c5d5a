"""What a switch of spending is answered by."""

from handlers.blocks import answers
from handlers.message import Message
from pipeline.actions.switch import Switch


def switched(request: Switch, *, changed: bool) -> Message:
    word = "paused" if request.action == "pause" else "on again"
    return answers.plain(
        f"Spending is {word}: "
        + (
            "no new paid call is made until “resume spending”."
            if request.action == "pause"
            else "work goes on where it stood."
        )
        + ("" if changed else " (It was so already.)")
    )
