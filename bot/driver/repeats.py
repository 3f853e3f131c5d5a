"""What a driver does again and again, each in rounds of its own: one that fails is not the last, none runs twice at
once.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bot import logs

Work = Callable[[], Awaitable[None]]


class Repeats:
    def __init__(self) -> None:
        self._given: list[tuple[float, Work]] = []
        self._rounds: dict[int, asyncio.Future[None]] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._going = False
        self._log = logs.get()

    def add(self, seconds: float, work: Work) -> None:
        """To be said before `begin`."""
        self._given.append((seconds, work))

    def begin(self, longest_s: float = float("inf")) -> list[tuple[float, Work]]:
        """Begin. Returns what is due less often than `longest_s`, with its seconds: others call its rounds."""
        self._going, others = True, list[tuple[float, Work]]()
        for number, (seconds, work) in enumerate(self._given):
            if seconds < longest_s:
                self._loops.append(asyncio.create_task(self._repeat(number, seconds, work)))
            else:
                others.append((seconds, self._rounds_of(number, work)))
        return others

    async def end(self) -> list[asyncio.Future[None]]:
        """Begin no more; the rounds that are under way."""
        self._going = False
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        return [one for one in self._rounds.values() if not one.done()]

    async def _repeat(self, number: int, seconds: float, work: Work) -> None:
        while self._going:
            await asyncio.sleep(seconds)
            self._begin(number, work)

    def _rounds_of(self, number: int, work: Work) -> Work:
        async def one_round() -> None:
            self._begin(number, work)

        return one_round

    def _begin(self, number: int, work: Work) -> None:
        """As a task of ours: APScheduler would cancel, and log, what is under way at a stop."""
        task = self._rounds.get(number)
        if self._going and (task is None or task.done()):
            self._rounds[number] = asyncio.ensure_future(self._round(work))

    async def _round(self, work: Work) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # the worker's boundary: the next round comes
            if getattr(error, "passes", False):
                self._log.warning("round.waits", error=type(error).__name__)
            else:
                self._log.exception("round.failed", error=type(error).__name__)
