"""The seam between the rows and whoever calls `advance`: in one process today, on many machines later."""

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

Kind = Literal["inbox", "job", "call", "post"]
Advance = Callable[[Kind, str], Awaitable[float | None]]
"""Takes a row one step; idempotent. Returns the seconds until it wants to be called again, or None."""


class Driver(Protocol):
    async def kick(self, kind: Kind, key: str, at: float | None = None) -> None:
        """Call `advance` for a row at least once, now or at a moment (Unix seconds). Never twice side by side."""
        ...

    async def run(self, advance: Advance, sweep: Callable[[], Awaitable[None]]) -> None:
        """Begin; `sweep` kicks every row that waits for something, once now and then each minute."""
        ...

    async def stop(self, grace_s: float) -> None:
        """Take nothing new, give what is under way some seconds to be recorded, drop the rest."""
        ...
