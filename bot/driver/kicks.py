"""Rows that are due, told to Procrastinate in one stroke for as many as have come together.

One row that ends names every other that may go now, so the same hundred are asked for again and again while they wait.
"""

import asyncio
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
import psycopg_pool
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.tasks import Task

from bot import logs

LOST = (ConnectorException, psycopg.OperationalError, psycopg_pool.PoolTimeout)
"""The server cannot be reached just now."""
AGAIN_S = 0.5
"""After which it is told again what it did not hear."""
_WAITING = """select queueing_lock, scheduled_at from procrastinate_jobs
              where status = 'todo' and queueing_lock = any(%(rows)s)"""
_SOONER = """update procrastinate_jobs set scheduled_at = wanted.at
             from unnest(%(rows)s::text[], %(at)s::timestamptz[]) as wanted (name, at)
             where queueing_lock = wanted.name and status = 'todo' and scheduled_at > coalesce(wanted.at, now())"""


class Kick(NamedTuple):
    """One row, and when it is due; None: now."""

    kind: str
    key: str
    at: datetime | None

    @property
    def row(self) -> str:
        return f"{self.kind}:{self.key}"

    def sooner(self, other: "Kick | None") -> "Kick":
        if other is None or self.at is None:
            return self
        return other if other.at is None or other.at < self.at else self


class Kicks:
    """Of one process."""

    def __init__(self, app: App, task: "Task[Any, Any, Any]") -> None:
        self._app, self._task = app, task
        self._wanted: dict[str, Kick] = {}
        self._some = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None

    def add(self, kick: Kick) -> None:
        self._wanted[kick.row] = kick.sooner(self._wanted.get(kick.row))
        self._some.set()

    def begin(self) -> None:
        self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while True:
            await self._some.wait()
            if not await self._told():
                await asyncio.sleep(AGAIN_S)

    async def _told(self) -> bool:
        """Tell everything that has come together; what is not heard is kept for the next try."""
        self._some.clear()
        told, self._wanted = self._wanted, {}
        try:
            await self._put(list(told.values()))
        except LOST as error:
            logs.get().warning("engine.not_heard", rows=len(told), error=type(error).__name__)
            for kick in told.values():
                self.add(kick)
            return False
        return True

    async def _put(self, kicks: list[Kick]) -> None:
        rows = [kick.row for kick in kicks]
        found = await self._app.connector.execute_query_all_async(_WAITING, rows=rows)
        waiting = {one["queueing_lock"]: one["scheduled_at"] for one in found}
        try:
            await self._defer([kick for kick in kicks if kick.row not in waiting])
        except AlreadyEnqueued:  # by another process, just now
            for kick in kicks:
                await self._put_one(kick)
            return
        timed = [kick for kick in kicks if waiting.get(kick.row) is not None]
        if timed:
            await self._move_forward(timed)

    async def _defer(self, kicks: list[Kick]) -> None:
        """Raises: AlreadyEnqueued, and then none of them is."""
        jobs = [
            self._task.configure(lock=kick.row, queueing_lock=kick.row, schedule_at=kick.at).make_new_job(
                kind=kick.kind, key=kick.key
            )
            for kick in kicks
        ]
        if jobs:
            await self._app.job_manager.batch_defer_jobs_async(jobs=jobs)

    async def _put_one(self, kick: Kick) -> None:
        try:
            await self._defer([kick])
        except AlreadyEnqueued:
            await self._move_forward([kick])

    async def _move_forward(self, kicks: list[Kick]) -> None:
        """They wait already, perhaps for longer."""
        await self._app.connector.execute_query_async(
            _SOONER, rows=[kick.row for kick in kicks], at=[kick.at for kick in kicks]
        )

    async def end(self) -> None:
        """What was asked for last is told, too; where nobody hears it, the others' sweep makes up for it."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait({self._telling})
        if self._wanted:
            await self._told()
