"""What the listeners ask of the bot, and what they hand it."""

from typing import Any, Literal, Protocol

from pipeline.models import Value

Kind = Literal["message", "edit", "click", "shell"]


class Heard(Value):
    """One thing that somebody said, edited, clicked, or typed in a shell."""

    channel: str
    ts: str
    """The message's own; for a click that of the click."""
    kind: Kind
    person: str
    text: str | None = None
    thread_ts: str | None = None
    event_id: str | None = None
    payload: dict[str, Any] | None = None
    """Of a click: `action_id`, `value` and the `message_ts` it sat on."""


class Lab(Protocol):
    """The bot, as the listeners see it."""

    async def hear(self, heard: Heard) -> None:
        """Keep it for good, then return; the work comes later. Raises when it cannot be kept."""
        ...
