"""Fair turns: some at once, and of those who wait the more urgent first, and then whoever has had the fewest.

One person's hundred messages must not stand between another and an answer.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

STOP_LOOK_S = 0.5


class _Waiting(NamedTuple):
    rank: int
    person: str
    number: int
    called: "asyncio.Future[None]"


class Turns:
    """`most` have their turn at once. Not for several event loops."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: list[_Waiting] = []
        self._had: Counter[str] = Counter()
        self._number = 0
        self._closed_until = 0.0

    @asynccontextmanager
    async def turn(self, rank: int, person: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it.

        Args:
            rank: 0 goes first.
            person: Who it is for: of those of a rank, whoever has had the fewest since nobody waited.
        """
        await self._take(rank, person)
        try:
            yield
        finally:
            self._give_on()

    @asynccontextmanager
    async def aside(self, rank: int, person: str) -> AsyncIterator[None]:
        """Within a turn: let others go on while something slow is waited for, then wait for a turn again."""
        self._give_on()
        try:
            yield
        finally:
            await self._take(rank, person)

    def close(self, seconds: float) -> None:
        """Nobody's turn makes sense for so long."""
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    async def opened(self, stopping: Callable[[], bool]) -> None:
        """Within a turn: wait until it makes sense again. Who comes next is decided after that, once."""
        while True:
            closed = self._closed_until - time.monotonic()
            if closed <= 0 or stopping():
                return
            await asyncio.sleep(min(closed, STOP_LOOK_S))

    async def _take(self, rank: int, person: str) -> None:
        if self._free:
            self._free -= 1
            self._had[person] += 1
            return
        self._number += 1
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mine = _Waiting(rank, person, self._number, called)
        self._waiting.append(mine)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._give_on()  # it was given to us just now
            elif mine in self._waiting:
                self._waiting.remove(mine)
            raise

    def _give_on(self) -> None:
        # At a stop all are cancelled at once, and have not all heard of it yet.
        self._waiting = [one for one in self._waiting if not one.called.cancelled()]
        if not self._waiting:
            self._free += 1
            self._had.clear()
            return
        following = min(self._waiting, key=lambda one: (one.rank, self._had[one.person], one.number))
        self._waiting.remove(following)
        self._had[following.person] += 1
        following.called.set_result(None)
