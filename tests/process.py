"""The bot as a process of its own, which can be killed. Forked from a process that has imported it already: the
imports take seconds, and every trial starts it twice."""

import asyncio
import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.sandbox.world import World
from tests.conftest import FAST

START_S = 30.0
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.process", "bot.app"])


def _serve(environment: dict[str, str], said: Connection) -> None:
    """What `labs serve` does, in a child of its own."""
    from bot import logs
    from bot.app import serve
    from bot.config import read_settings
    from pipeline.errors import LabsError

    os.environ.update(environment)  # noqa: TID251  # a child's own
    logs.configure("error", console=True)
    try:
        asyncio.run(serve(read_settings(), ready=lambda how: said.send(f"ready: {how}")))
    except LabsError as error:
        said.send(f"{error} {error.hint}")
        raise SystemExit(1) from None


class BotProcess:
    """A bot against a world; leaving the block ends it with SIGTERM."""

    def __init__(self, world: World, root: Path, **given: object) -> None:
        settings = {
            f"LABS_{name.upper()}": str(value)
            for name, value in {**FAST, "approvers": "U0SAM", **given}.items()
        }
        self._environment = settings | world.settings() | {"LABS_ROOT": str(root)}
        self.status: int | None = None

    async def __aenter__(self) -> Self:
        ours, theirs = _FORKS.Pipe(duplex=False)
        self._process = _FORKS.Process(target=_serve, args=(self._environment, theirs), daemon=True)
        self._process.start()
        theirs.close()
        try:
            async with asyncio.timeout(START_S):
                said = await asyncio.to_thread(ours.recv)
        finally:
            ours.close()
        if not said.startswith("ready"):
            await self._wait()
            raise AssertionError(said)
        return self

    async def kill(self) -> None:
        """kill -9: no handler runs, nothing is flushed."""
        self._process.kill()
        await self._wait()

    async def terminate(self) -> None:
        self._process.terminate()
        await self._wait()

    async def _wait(self) -> None:
        await asyncio.to_thread(self._process.join, START_S)
        self.status = self._process.exitcode

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.is_alive():
            await self.terminate()
        if self._process.is_alive():
            self._process.kill()
            await self._wait()
            raise AssertionError("the bot did not end after SIGTERM")
        self._process.close()
