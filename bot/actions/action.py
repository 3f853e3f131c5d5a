"""What a request is answered with, and what an answer is given."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from bot.bench import Bench
from bot.ledger import inbox
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from handlers.message import Message

Files = list[tuple[str, str, str]]
"""Pictures of a message, as (lab-relative path, name in Slack, alternative text)."""


class Turn(NamedTuple):
    """Who said it, and where."""

    row: InboxRow
    origin: Origin
    bound: str | None = None
    """The hash of the plan that the person saw and wants: no other is begun, and this one at once."""

    @property
    def thread(self) -> tuple[str, str] | None:
        """Channel and thread; None in a shell."""
        if self.origin.channel and self.origin.thread_ts:
            return self.origin.channel, self.origin.thread_ts
        return None


class Reply(NamedTuple):
    """Words for the thread; the request is settled together with them."""

    message: Message
    files: Files = []  # noqa: RUF012  # never changed
    alone: bool = False
    """Only who asked sees it."""


Answer = Callable[[Bench, Turn, Any], Awaitable[Reply | None]]
"""Does what a request asks. None: a job began, and settled the request with it. Raises: LabsError."""


async def speaks_of(bench: Bench, turn: Turn, run: str | None) -> None:
    """From now on the thread is about this run, where no job makes it so."""
    if run:
        await bench.ledger.run(inbox.speaks_of, turn.row.id, run)
