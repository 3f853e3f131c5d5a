"""The bot as a process of its own, which can be killed. Forked from a process that has imported it already: the
imports take seconds, and every trial starts it twice."""

import asyncio
import itertools
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from bot.sandbox.world import World
from bot.shop import SHOP, Shop
from pipeline.fixture.measures import Measurer
from pipeline.site import pages
from pipeline.vendors import anthropic, downloads
from tests.conftest import DRAWN, FAST
from tests.ledger import lab_at

START_S = 60.0
# Read before the forks, for all of them: 30 ms for each of the two.
anthropic._tls()
downloads.tls()
_PHOTOGRAPHS = Measurer()
"""Knows the sample lab's photographs, in the process that all bots are forked from: it takes a second each time."""
_DRAWN = Path(os.environ.get(DRAWN, "no lab"))  # noqa: TID251  # set by the fixture, before the first fork
for _photo in sorted(_DRAWN.glob("inputs/lora-jd-fixture/*.jpg")):
    _PHOTOGRAPHS.measure(_photo)
for _one, _other in itertools.combinations(_PHOTOGRAPHS.known, 2):
    _PHOTOGRAPHS.alike(_one, _other)
# What a bot comes to import and to compile in its first seconds: the kill tests take a sixth less time.
Image.init()
for _page in pages._environment().list_templates():
    pages._environment().get_template(_page)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "tests.process",
        "bot.app",
        "anthropic.resources.messages",
        "rich.progress",
        "rich.table",
        "anyio._backends._asyncio",
        "httpcore",
        "apscheduler.executors.asyncio",
        "apscheduler.triggers.interval",
        "font_source_sans_pro",
        "pipeline.vendors.fashn",
        "pipeline.vendors.magnific",
    ]
)


def _run(words: tuple[str, ...], environment: dict[str, str], output: str) -> None:
    """The `labs` command, as a person would run it, with nothing on its standard input."""
    os.environ.update(environment)  # noqa: TID251  # a child's own
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    written = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.argv = ["labs", *words]
    from bot.__main__ import main

    try:
        main()
    finally:
        sys.stdout.flush()


async def command(
    words: tuple[str, ...], environment: dict[str, str], until: Callable[[str], bool] | None = None
) -> tuple[int, str]:
    """Run `labs` in a process of its own; its exit status and all that it printed.

    `until`: told what it has said so far; once this is true, it is ended with SIGTERM.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "said"
        child = _FORKS.Process(target=_run, args=(words, environment, str(output)))
        child.start()
        while until is not None and child.is_alive():
            await asyncio.to_thread(child.join, 0.1)
            if until(" ".join(output.read_text("utf-8").split()) if output.exists() else ""):
                child.terminate()
                break
        await asyncio.to_thread(child.join)
        return child.exitcode or 0, output.read_text("utf-8")


def _serve(
    environment: dict[str, str], said: Connection, writes: int | None, still_after: str | None, shop: Shop
) -> None:
    """What `labs serve` does, in a child of its own, which dies right after so many commits of the ledger, or stands
    still after a unit of work.
    """
    from bot import logs
    from bot.app import serve
    from bot.settings.environment import read_settings
    from pipeline.errors import LabsError

    os.environ.update(environment)  # noqa: TID251  # a child's own
    if writes is not None:
        _die_after(writes)
    if still_after is not None:
        _stand_still_after(still_after)
    logs.configure("error", console=True)
    measurer = None if os.environ.get("LABS_CHECK_FACES") != "false" else _PHOTOGRAPHS  # noqa: TID251
    try:
        asyncio.run(serve(read_settings(), ready=lambda how: said.send(f"ready: {how}"), shop=shop, measurer=measurer))
    except LabsError as error:
        said.send(f"{error} {error.hint}")
        raise SystemExit(1) from None


def _die_after(writes: int) -> None:
    """kill -9 by its own hand, between one commit and whoever waits for it."""
    from bot.ledger.sqlite import SqliteStore

    together, left = SqliteStore.together, [writes]

    def counted(store: Any, units: Any) -> Any:
        before = store._db.conn.total_changes
        ended = together(store, units)
        left[0] -= store._db.conn.total_changes > before
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return ended

    SqliteStore.together = counted  # type: ignore[method-assign,assignment]  # of this process, which dies of it


def _stand_still_after(unit: str) -> None:
    """SIGSTOP by its own hand, between the first commit of a unit of work (`pace.intend_post`) and whoever waits."""
    from bot.ledger.store import Ledger

    run, stood = Ledger.run, [False]

    async def watched(ledger: Any, work: Any, *args: Any, **kwargs: Any) -> Any:
        done = await run(ledger, work, *args, **kwargs)
        if f"{work.__module__}.{work.__name__}".endswith(f".{unit}") and not stood[0]:
            stood[0] = True
            os.kill(os.getpid(), signal.SIGSTOP)
        return done

    Ledger.run = watched  # type: ignore[method-assign,assignment]  # of this process


def environment(world: World, root: Path, **given: object) -> dict[str, str]:
    """Of a bot in a process of its own, against a world."""
    settings = {f"LABS_{name.upper()}": str(value) for name, value in {**FAST, "approvers": "U0SAM", **given}.items()}
    return world.settings() | lab_at(root) | settings


class BotProcess:
    """A bot against a world; leaving the block ends it with SIGTERM."""

    def __init__(
        self,
        world: World,
        root: Path,
        dies_after_writes: int | None = None,
        stands_still_after: str | None = None,
        shop: Shop = SHOP,
        **given: object,
    ) -> None:
        self._shop = shop
        self._still_after = stands_still_after
        self._writes = dies_after_writes
        self._environment = environment(world, root, **given)
        self.status: int | None = None

    async def __aenter__(self) -> Self:
        ours, theirs = _FORKS.Pipe(duplex=False)
        self._process = _FORKS.Process(
            target=_serve, args=(self._environment, theirs, self._writes, self._still_after, self._shop), daemon=True
        )
        self._process.start()
        theirs.close()
        try:
            async with asyncio.timeout(START_S):
                said = await asyncio.to_thread(ours.recv)
        except EOFError:
            if self._writes is None:
                raise
            said = "ready, and dead again"
        finally:
            ours.close()
        if not said.startswith("ready"):
            await self._wait()
            raise AssertionError(said)
        return self

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    async def kill(self) -> None:
        """kill -9: no handler runs, nothing is flushed."""
        self._process.kill()
        await self._wait()

    @property
    def stands_still(self) -> bool:
        """Whether it is stopped, as the kernel says."""
        return Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(") ")[2].startswith("T")

    async def died(self, timeout_s: float) -> bool:
        """Whether it has ended by itself within some seconds."""
        await asyncio.to_thread(self._process.join, timeout_s)
        return not self._process.is_alive()

    async def terminate(self) -> None:
        self._process.terminate()
        await self._wait()

    async def _wait(self) -> None:
        await asyncio.to_thread(self._process.join, START_S)
        self.status = self._process.exitcode

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.is_alive():
            await self.terminate()
        if self._process.is_alive():
            self._process.kill()
            await self._wait()
            raise AssertionError("the bot did not end after SIGTERM")
        self._process.close()
