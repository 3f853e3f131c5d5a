"""The seam between the rows and whoever calls `advance`:
in one process (`local.py`), or in several that share a ledger (`shared.py`).
"""

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

Kind = Literal[
    "inbox",
    "job",
    "warming",
    "call",
    "batch",
    "order",
    "poll",
    "post",
    "preview",
    "withdrawal",
    "pages",
    "home",
    "mark",
]
Advance = Callable[[Kind, str], Awaitable[float | None]]
"""Takes a row one step; idempotent. Returns the seconds until it wants to be called again, or None."""


GiveUp = Callable[[Kind, str], Awaitable[None]]


class Driver(Protocol):
    async def kick(self, kind: Kind, key: str, at: float | None = None) -> None:
        """Call `advance` for a row at least once, now or at a moment (Unix seconds). Never twice side by side."""
        ...

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do this again and again, once it runs; to be said before `run`."""
        ...

    async def run(self, advance: Advance, sweep: Callable[[], Awaitable[None]], give_up: GiveUp) -> None:
        """Begin.

        Args:
            advance: Takes one row one step.
            sweep: Kicks every row that waits for something; called at once, and then each minute.
            give_up: Called for a row that keeps failing for no reason that anybody foresaw.
        """
        ...

    @property
    def stopping(self) -> bool:
        """No new paid call is begun any more."""
        ...

    async def stop(self, grace_s: float) -> None:
        """Take nothing new, give what is under way some seconds to be recorded, drop the rest."""
        ...
