"""The embedded driver: asyncio tasks for what is due, its loop's own timers for what is due in a while, and APScheduler
for what is due once a day.

Nothing is kept here: timers are made anew from the ledger's rows at each start, and a kick that gets lost is
made up for by the next sweep.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import logs
from bot.clock import steady
from bot.driver.driver import Advance, GiveUp, Kind
from bot.driver.repeats import Repeats

SWEEP_S = 60
DAILY_S = 3600.0
"""What is due less often than this is APScheduler's."""
LONGEST_S = 86400.0
PASSES_S = 2.0
"""Until what somebody else must mend is tried again."""
RETRY_S = (0.5, 5.0, 30.0)
"""After an error that nobody foresaw, a row is tried again this much later; then it is given up, and the sweep is
left."""


class LocalDriver:
    """One process, one event loop."""

    def __init__(self, now: Callable[[], float] = steady) -> None:
        self._now = now
        self._tasks: dict[tuple[Kind, str], asyncio.Task[None]] = {}
        self._due: dict[tuple[Kind, str], asyncio.TimerHandle] = {}
        self._repeats = Repeats()
        self._again: set[tuple[Kind, str]] = set()
        self._timers = AsyncIOScheduler(
            timezone=UTC, job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        )
        self._failed: dict[tuple[Kind, str], tuple[int, float]] = {}
        self._advance: Advance | None = None
        self._give_up: GiveUp | None = None
        self._log = logs.get()

    async def kick(self, kind: Kind, key: str, at: float | None = None) -> None:
        if self._advance is None:
            return
        self._later(kind, key, 0.0 if at is None else at - self._now())

    def _later(self, kind: Kind, key: str, delay: float) -> None:
        """By the loop's clock, which never jumps."""
        row = (kind, key)
        if delay <= 0:
            self._begin(kind, key)
            return
        if (earlier := self._due.pop(row, None)) is not None:
            earlier.cancel()
        self._due[row] = asyncio.get_running_loop().call_later(min(delay, LONGEST_S), self._ring, row)

    def _ring(self, row: tuple[Kind, str]) -> None:
        self._due.pop(row, None)
        self._begin(*row)

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._repeats.add(seconds, work)

    def _begin(self, kind: Kind, key: str) -> None:
        if self._advance is None:
            return
        row = (kind, key)
        _count, not_before = self._failed.get(row, (0, 0.0))
        if not_before > asyncio.get_running_loop().time():
            return  # it failed just now; its own timer tries again
        if row in self._tasks:
            self._again.add(row)  # it may have looked before what we know happened
            return
        self._tasks[row] = asyncio.create_task(self._drive(kind, key), name=f"{kind}:{key}")

    async def _drive(self, kind: Kind, key: str) -> None:
        row = (kind, key)
        wait: float | None = None
        failed = False
        try:
            if self._advance is not None:
                wait = await self._advance(kind, key)
        except Exception as error:  # noqa: BLE001  # the worker's boundary: one row's fault must not stop the others
            failed = True
            if getattr(error, "passes", False):
                # A full disk, a locked file: somebody mends it, and the row is as it was.
                self._log.warning("advance.waits", kind=kind, key=key, error=type(error).__name__)
                wait = PASSES_S
            else:
                self._log.exception("advance.failed", kind=kind, key=key, error=type(error).__name__)
                wait = await self._failing(row)
        else:
            self._failed.pop(row, None)
        finally:
            del self._tasks[row]
        if row in self._again:
            self._again.discard(row)
            # What failed is held off for a while: a kick at once would be lost, and its timer with it.
            wait = wait if failed else 0.0
        if wait is not None and self._advance is not None:
            self._later(kind, key, wait)

    async def _failing(self, row: tuple[Kind, str]) -> float | None:
        """Seconds until a row that failed is tried again; None when it is given up."""
        count, _until = self._failed.get(row, (0, 0.0))
        if count >= len(RETRY_S):
            if self._give_up is not None:
                await self._give_up(*row)
            return None
        # A little before its own timer, so that only kicks from elsewhere are held off.
        until = asyncio.get_running_loop().time() + RETRY_S[count] * 0.9
        self._failed[row] = (count + 1, until)
        return RETRY_S[count]

    async def run(self, advance: Advance, sweep: Callable[[], Awaitable[None]], give_up: GiveUp) -> None:
        self._advance, self._give_up = advance, give_up
        self._timers.start()
        self.every(SWEEP_S, sweep)
        for seconds, work in self._repeats.begin(DAILY_S):
            self._timers.add_job(work, "interval", seconds=seconds)
        await sweep()

    async def stop(self, grace_s: float) -> None:
        self._advance = None
        if self._timers.running:
            self._timers.shutdown(wait=False)
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()
        tasks = [*self._tasks.values(), *await self._repeats.end()]
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def stopping(self) -> bool:
        return self._advance is None
