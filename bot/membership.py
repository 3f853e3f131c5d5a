"""Which processes share this ledger: each beats, and whoever has been silent for a while is struck off by the others.

What a dead process was asking for is then nobody's: the sweep that follows decides about each by the rules.
"""

import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from importlib.metadata import version

from bot import logs
from bot.bench import Bench
from bot.clock import steady
from bot.fencing import SILENT_S
from bot.ledger import LedgerUnavailable, processes
from bot.ledger.processes import Process


class Membership:
    """Of one process."""

    def __init__(self, bench: Bench, died: Callable[[], Awaitable[None]]) -> None:
        """`died` is called after others were struck off."""
        self._bench, self._died = bench, died
        self._seen: dict[str, tuple[int, float]] = {}
        """Of each other one, its count and when it last grew, by this process's clock."""
        self._me = Process(
            boot=bench.boot,
            host=socket.gethostname(),
            pid=os.getpid(),
            version=version("labs-bot"),
            started_at=bench.wall(),
        )

    async def join(self) -> None:
        await self._bench.ledger.run(processes.beat, self._me)

    async def beat(self) -> None:
        """One beat, and one look at the others."""
        if not await self._bench.ledger.run(processes.beat, self._me):
            logs.get().warning("process.was_struck_off")  # it stood still; what it was asking for is decided by others
        now, struck = steady(), 0
        for other in await self._bench.ledger.run(processes.listed):
            count, since = self._seen.get(other.boot, (-1, now))
            self._seen[other.boot] = (other.beats, since if count == other.beats else now)
            silent = other.boot != self._me.boot and count == other.beats and now - since > SILENT_S
            if silent and await self._bench.ledger.run(processes.bury, other.boot, other.beats):
                logs.get().warning("process.died", boot=other.boot, host=other.host, pid=other.pid)
                struck += 1
        if struck:
            await self._died()

    async def leave(self) -> None:
        """Where the ledger cannot be reached, the others notice by themselves."""
        with contextlib.suppress(LedgerUnavailable):
            await self._bench.ledger.run(processes.leave, self._me.boot)
