"""What the listeners ask of the bot, and what they hand it."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from handlers.blocks.kit import Block
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


class Opening(Value):
    """A click that asks for a modal."""

    form: str
    """`change`, `deny`."""
    subject: str
    """What the button is about: a job's id and its plan's hash."""
    person: str
    channel: str
    thread_ts: str | None
    trigger_id: str
    """Good for one modal within three seconds."""


class Filling(Value):
    """A modal of ours that somebody is filling in."""

    view_id: str
    view_hash: str
    """Of the state that was filled in; Slack refuses an update of an older one."""
    opening: Opening
    fields: dict[str, Any]


class Lab(Protocol):
    """The bot, as the listeners see it."""

    async def form(self, opening: Opening) -> dict[str, Any] | None:
        """The modal, as Slack's view, or one that says why there is none; None for a stranger. Reads only."""
        ...

    async def filled(self, filling: Filling) -> dict[str, Any] | None:
        """The modal *Something else…* again, with what its fields come to so far; None for a stranger."""
        ...

    async def next_form(self, heard: Heard) -> dict[str, Any] | None:
        """The modal that comes after one that was sent off; None: it closes. Reads only."""
        ...

    async def faults(self, heard: Heard) -> dict[str, str]:
        """What is wrong in a modal that is sent off, by field: it is not kept, and stays open. Reads only."""
        ...

    async def cards(self, addresses: Sequence[str]) -> dict[str, tuple[Block, ...]]:
        """What stands under links to runs' pages, by address; nothing of other addresses. Reads only."""
        ...

    async def at_home(self, person: str) -> None:
        """Somebody opened their own page in Slack: it is shown, soon."""
        ...

    async def at_messages(self, channel: str) -> None:
        """Somebody opened their conversation with the bot: what they could write is suggested there."""
        ...

    async def hear(self, heard: Heard) -> None:
        """Keep it for good, then return; the work comes later. Raises when it cannot be kept."""
        ...
