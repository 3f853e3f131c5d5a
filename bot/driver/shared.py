"""The driver of several equal processes: Procrastinate on PostgreSQL decides which of them takes a row's next step.

A row that is due is a job of Procrastinate's. Its lock keeps two processes from one row, its queueing lock makes many
kicks one, its schedule is the timer. Nothing is kept in it: what gets lost is made up for by the sweep from the rows.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException, ProcrastinateException

from bot import logs
from bot.clock import steady
from bot.driver.driver import Advance, GiveUp, Kind
from bot.driver.kicks import LOST, Kick, Kicks
from bot.driver.local import PASSES_S, RETRY_S, SWEEP_S, LocalDriver
from bot.driver.repeats import Repeats
from bot.fencing import BEATS_S, SESSION, SILENT_S
from bot.settings.address import Address

AT_ONCE = 200
"""Rows that one process is at."""
LOOKS_S = 0.1
"""How often a process looks for rows that are due: a notice comes with new ones, none with a timer that rings."""
CONNECTIONS = 8
KINDS = frozenset(get_args(Kind))
HERE = frozenset[Kind]({"home"})
"""What only the process knows that was told of it."""
_QUEUE, _TASK = "labs", "labs.advance"
_MADE_ONCE = 7_120_520
"""The number of the lock under which the engine's tables are made."""


class SharedDriver:
    """One of several processes."""

    def __init__(self, where: Address, now: Callable[[], float] = steady) -> None:
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what matters of it is said here
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
        self._where, self._now = where, now
        self._connector = PsycopgConnector(
            conninfo=where.uri, min_size=1, max_size=CONNECTIONS, timeout=10.0, kwargs={"options": SESSION}
        )
        self._app = App(connector=self._connector)
        self._kicks = Kicks(self._app, self._app.task(name=_TASK, queue=_QUEUE, pass_context=True)(self._step))
        self._at: dict[int, asyncio.Task[Any] | None] = {}
        """Jobs that this process is at. None is cut short but by `stop`: it may be a paid call."""
        self._worker_ids: set[int] = set()
        self._suspects: set[int] = set()
        """Jobs that the engine thinks this process is at, and it is not, as of the last look."""
        self._repeats = Repeats()
        self._here = LocalDriver(now)
        self._failed: dict[str, tuple[int, float]] = {}
        """How often a row failed here, and the moment before which it is not tried again, by the loop's clock."""
        self._workers: asyncio.Task[None] | None = None
        self._open = False
        self._advance: Advance | None = None
        self._give_up: GiveUp | None = None
        self._log = logs.get()

    async def kick(self, kind: Kind, key: str, at: float | None = None) -> None:
        if not self._open:
            return
        if kind in HERE:
            await self._here.kick(kind, key, at)
            return
        wait = 0.0 if at is None else at - self._now()
        when = datetime.now(UTC) + timedelta(seconds=wait) if wait > 0 else None
        self._kicks.add(Kick(kind, key, when))

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._repeats.add(seconds, work)

    async def run(self, advance: Advance, sweep: Callable[[], Awaitable[None]], give_up: GiveUp) -> None:
        await self._app.open_async()
        await self._make_tables()
        self._open, self._advance, self._give_up = True, advance, give_up
        asyncio.get_running_loop().set_exception_handler(_known)

        async def rescue() -> None:
            if await self._rescued():
                await sweep()

        self._repeats.add(SWEEP_S, sweep)
        self._repeats.add(BEATS_S, rescue)
        await self._here.run(advance, _nothing, give_up)
        self._kicks.begin()
        self._workers = asyncio.create_task(self._work())
        self._repeats.begin()
        await sweep()

    async def _make_tables(self) -> None:
        """Once, whoever comes first."""
        async with await psycopg.AsyncConnection.connect(self._where.uri, options=SESSION) as connection:
            await connection.execute("select pg_advisory_xact_lock(%s)", (_MADE_ONCE,))
            cursor = await connection.execute("select to_regclass('procrastinate_jobs')")
            found = await cursor.fetchone()
            if found is None or found[0] is None:
                await connection.execute(cast("Any", self._app.schema_manager.get_schema()))

    async def _work(self) -> None:
        """Take rows that are due, for as long as the process lives; after a server that was away, anew."""
        while self._advance is not None:
            try:
                await self._app.run_worker_async(
                    queues=[_QUEUE],
                    concurrency=AT_ONCE,
                    fetch_job_polling_interval=LOOKS_S,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=BEATS_S,
                    stalled_worker_timeout=SILENT_S,
                )
            except (*LOST, ProcrastinateException) as error:
                self._log.warning("engine.away", error=type(error).__name__)
            await asyncio.sleep(PASSES_S / 4)

    async def _rescued(self) -> int:
        """Rows that nobody is at any more: each is given free, and due at once."""
        found = 0
        with contextlib.suppress(*LOST):
            silent = await self._app.job_manager.get_stalled_jobs(queue=_QUEUE, seconds_since_heartbeat=SILENT_S)
            lost = [(job.id, job.task_kwargs) for job in silent] + await self._never_ended()
            for number, row in lost:
                await self._connector.execute_query_async("delete from procrastinate_jobs where id = %(id)s", id=number)
                self._kicks.add(Kick(str(row["kind"]), str(row["key"]), None))
                found += 1
        if found:
            self._log.warning("engine.rescued", rows=found)
        return found

    async def _never_ended(self) -> list[tuple[int | None, dict[str, Any]]]:
        """Jobs that the engine thinks are this process's, and that it is not at: the server went away as they were
        handed out, or as their end was to be written down. Seen at two looks: none is at its very beginning or end.
        """
        given = await self._connector.execute_query_all_async(
            "select id, args from procrastinate_jobs where status = 'doing' and worker_id = any(%(mine)s)",
            mine=list(self._worker_ids),
        )
        found = {row["id"]: row["args"] for row in given if row["id"] not in self._at}
        before, self._suspects = self._suspects, set(found)
        return [(number, row) for number, row in found.items() if number in before]

    async def _step(self, context: JobContext, kind: Kind, key: str) -> None:
        """One step of one row; its error never reaches the engine, which would keep it."""
        number = context.job.id or 0
        self._at[number] = asyncio.current_task()
        self._worker_ids |= {context.job.worker_id} if context.job.worker_id else set()
        try:
            await self._one_step(kind, key)
        finally:
            self._at.pop(number, None)

    async def _one_step(self, kind: Kind, key: str) -> None:
        row, wait = f"{kind}:{key}", None
        if self._advance is None:
            await self.kick(kind, key)  # this process ends: another one takes it
            return
        if kind not in KINDS:
            await self.kick(kind, key, self._now() + PASSES_S)  # of a later version: left to a process that knows it
            return
        _count, not_before = self._failed.get(row, (0, 0.0))
        if (held_off := not_before - asyncio.get_running_loop().time()) > 0:
            await self.kick(kind, key, self._now() + held_off)
            return
        try:
            wait = await self._advance(kind, key)
        except Exception as error:  # noqa: BLE001  # the worker's boundary: one row's fault must not stop the others
            wait = await self._after(row, kind, key, error)
        else:
            self._failed.pop(row, None)
        if wait is not None:
            await self.kick(kind, key, self._now() + wait)

    async def _after(self, row: str, kind: Kind, key: str, error: Exception) -> float | None:
        """Seconds until a row that failed is tried again; None when it is given up."""
        if getattr(error, "passes", False):
            self._log.warning("advance.waits", kind=kind, key=key, error=type(error).__name__)
            return PASSES_S
        self._log.error("advance.failed", kind=kind, key=key, exc_info=error)
        count, _until = self._failed.pop(row, (0, 0.0))
        if count < len(RETRY_S):
            self._failed[row] = (count + 1, asyncio.get_running_loop().time() + RETRY_S[count])
            return RETRY_S[count]
        if self._give_up is not None:
            await self._give_up(kind, key)
        return None

    async def stop(self, grace_s: float) -> None:
        self._advance = None
        await self._here.stop(grace_s)
        rounds = await self._repeats.end()
        if rounds:
            await asyncio.wait(rounds, timeout=grace_s)
        if self._workers is not None:
            self._workers.cancel()
            _done, late = await asyncio.wait({self._workers}, timeout=grace_s)
            for task in self._at.values() if late else ():
                if task is not None:
                    task.cancel()
            await asyncio.wait({self._workers}, timeout=PASSES_S)
        self._open = False
        await self._kicks.end()
        with contextlib.suppress(*LOST):
            await self._app.close_async()

    @property
    def stopping(self) -> bool:
        return self._advance is None


def _known(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A step whose end the engine could not write down (the server was away, or others took the row from a process that
    stood still) is known, and made up for: no error of anybody's.
    """
    if isinstance(context.get("exception"), ConnectorException):
        logs.get().info("engine.not_told")
    else:
        loop.default_exception_handler(context)


async def _nothing() -> None:
    return
