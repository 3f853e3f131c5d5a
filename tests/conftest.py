"""The sandbox's servers, a drawn lab and the whole bot, as fixtures. Nothing leaves this machine."""

import asyncio
import fcntl
import json
import logging
import os
import shutil
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
from hypothesis import settings
from slack_sdk.signature import SignatureVerifier

from bot.app import serve
from bot.clock import steady
from bot.ledger import Ledger
from bot.sandbox.lab import draw_lab
from bot.sandbox.slack.elements import NEWER
from bot.sandbox.slack.server import SIGNING_SECRET
from bot.sandbox.world import World, running
from bot.settings.environment import read_settings
from bot.settings.settings import Settings
from bot.shop import SHOP, Shop
from pipeline.fixture.measures import Measurer
from tests.channel import Channel
from tests.first_stories import all_are_meant, first_stories
from tests.judged import write_pages
from tests.ledger import at, lie_at
from tests.postgres import make_database, server, stop

DRAWN = "TESTS_DRAWN_LAB"
"""Where the sample lab lies: its photographs are measured once for all bots of a process."""

settings.register_profile("labs", deadline=None)  # machines are shared; times are measured in tests/bench
settings.load_profile("labs")

MEMORY, LEAST_MEMORY = Path("/dev/shm"), 4 * 2**30  # noqa: S108  # tmpfs, where there is one

FAST = {
    "grace_s": 0.05, "edit_every_s": 0.05, "settle_s": 0.4, "settle_order_s": 0.4, "poll_every_s": 0.03,
    "training_look_s": 0.05, "batch_look_s": 0.05, "look_again_s": 0.03, "probe_s": 0.2, "file_wait_s": 0.05,
    "stop_grace_s": 5, "reader_timeout_s": 1.5, "missing_s": 1.5, "controls": 0, "warm_cache": False,
}  # fmt: skip
"""The bot's own waits, shortened; never its rules. Controls, and the warming of the judge's cache, are what their own
scenarios are about."""


# Dozens of processes start in here: where bytecode is not kept, each compiles all of us anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # noqa: TID251  # of the processes that the tests start
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > LEAST_MEMORY:
    # Labs and ledgers of tests in memory: nothing waits for a disk, and what a passed test left is gone at once.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # noqa: TID251  # read by pytest itself


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would reach the network fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in list(os.environ):  # noqa: TID251  # a lab of whoever runs the tests is not what they are about
        if name.startswith(("LABS_", "SLACK_", "ANTHROPIC_", "REPLICATE_", "FASHN_", "MAGNIFIC_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """Logs go to memory; a test that wants them asks structlog for them."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def drawn_lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample lab, drawn once for all of the suite's processes: it takes seconds."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if hasattr(request.config, "workerinput") else base) / "drawn-lab"
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "runs").is_dir():
            draw_lab(root, (180, 240))
            write_pages(root)  # or each bot would begin with it
            Ledger.open(root / "ledger.db").close()  # as any start after the first finds it
    os.environ[DRAWN] = str(root)  # noqa: TID251  # for the processes that the tests start
    return root


@pytest.fixture
def root(request: pytest.FixtureRequest, drawn_lab: Path, tmp_path: Path) -> Path:
    """A fresh copy of the sample lab; of a test that is marked so, with its ledger on the suite's PostgreSQL server."""
    made = Path(shutil.copytree(drawn_lab, tmp_path / "lab"))
    everywhere = request.config.getoption("--postgres")
    if everywhere or request.node.get_closest_marker("postgres"):
        make_database(lie_at(made, everywhere or request.getfixturevalue("postgres")))
    return made


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The suite's PostgreSQL server, which the first test that asks for it starts."""
    base = tmp_path_factory.getbasetemp()
    found = server(base.parent if hasattr(request.config, "workerinput") else base)
    if found is None and request.config.getoption("--need-postgres"):
        pytest.fail("PostgreSQL's server is not installed: `apt-get install postgresql`")
    if found is None:
        pytest.skip("PostgreSQL's server is not installed: `apt-get install postgresql`")
    return found


@pytest.fixture(scope="session")
def photographs() -> Measurer:
    """The sample lab's photographs, measured once for all of a process's bots: it takes a second each time."""
    return Measurer()


@pytest.fixture
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with running(World()) as started:
        started.slack.workspace.lacks = NEWER if request.config.getoption("--without-new-blocks") else frozenset()
        started.slack.workspace.file_delay_s = 0.02
        started.replicate.scale, started.replicate.run_s = 0.1, 0.05
        started.replicate.trainings.run_s = 0.3
        started.magnific.run_s = 0.05
        started.anthropic.batches.run_s = 0.1
        started.fashn.scale, started.fashn.run_s = 0.2, 0.05
        started.darkroom.scale, started.darkroom.run_s = 0.2, 0.05
        started.slack.sockets.redeliver_s = (1.0, 1.0, 1.0)
        yield started


Configure = Callable[..., Settings]


@pytest.fixture
def configure(root: Path, world: World) -> Configure:
    """Settings that point at the sandbox; keywords change them."""

    def made(**given: Any) -> Settings:
        wires = {name.lower().removeprefix("labs_"): value for name, value in world.settings().items()}
        return read_settings(**{"root": root, "db": at(root), "approvers": ("U0SAM",), **FAST, **wires, **given})

    return made


Start = Callable[..., Any]


@pytest.fixture
async def start(world: World, configure: Configure, photographs: Measurer) -> AsyncIterator[Start]:
    """Start a bot in this process; it is stopped at the end."""
    async with AsyncExitStack() as stack:

        async def started(
            listening: Callable[[str], None] = lambda _how: None,
            shop: Shop = SHOP,
            now: Callable[[], float] = steady,
            **given: Any,
        ) -> Channel:
            stop, ready = asyncio.Event(), asyncio.Event()
            knows = None if given.get("check_faces") else photographs

            def connected(how: str) -> None:
                listening(how)
                ready.set()

            settings = configure(**given)
            bot = asyncio.create_task(serve(settings, stop=stop, ready=connected, shop=shop, measurer=knows, now=now))

            async def end() -> None:
                stop.set()
                await bot  # again at the end: a task that is over gives its result again

            stack.push_async_callback(end)
            waiter = asyncio.create_task(ready.wait())
            await asyncio.wait({bot, waiter}, return_when=asyncio.FIRST_COMPLETED)
            if bot.done():
                waiter.cancel()
                bot.result()
            return Channel(world, end)

        yield started


@pytest.fixture
def public() -> str:
    """An address of this machine that a bot in HTTP mode can listen on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def speak_http(world: World, address: str) -> None:
    """From now on Slack speaks to the bot by signed HTTP instead of Socket Mode."""

    async def deliver(payload: dict[str, Any]) -> bool:
        try:
            return await signed_post(f"{address}/slack/events", payload, SIGNING_SECRET) == 200
        except aiohttp.ClientError:
            return False  # the bot is stopping: Slack would deliver it once more

    world.slack.sockets.http = deliver


async def signed_post(address: str, payload: dict[str, Any], secret: str) -> int:
    """Post an event as Slack signs it; the status of the answer."""
    body, at = json.dumps(payload), str(int(time.time()))
    proof = SignatureVerifier(secret).generate_signature(timestamp=at, body=body) or ""
    headers = {"content-type": "application/json", "x-slack-request-timestamp": at, "x-slack-signature": proof}
    async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
        return answer.status


@pytest.fixture
async def channel(start: Start) -> Channel:
    found: Channel = await start()
    return found


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden pictures anew.")
    parser.addoption("--without-new-blocks", action="store_true", help="In a workspace without the blocks of 2026.")
    parser.addoption("--postgres", help="postgresql://… of a server: ledgers lie there, each in a database of its own.")
    parser.addoption("--need-postgres", action="store_true", help="Fail, rather than skip, without its server.")
    parser.addoption("--whole", action="store_true", help="All tests, as with paths, -k or -m.")
    parser.addoption("--long", action="store_true", help="Meet every status with every call of a training.")


def pytest_configure(config: pytest.Config) -> None:
    config.option.whole = all_are_meant(config)  # pytest's own processes are given the same words


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.option.whole:
        terminalreporter.write_line("Of each file of stories the first one was told. All tests: uv run pytest tests")


@pytest.hookimpl(tryfirst=True)  # before pytest tidies its folders away
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if not hasattr(config, "workerinput") and (factory := getattr(config, "_tmp_path_factory", None)) is not None:
        stop(factory.getbasetemp())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that it is not what everybody waits for in the end."""
    if not config.option.whole:
        items[:], left = first_stories(items)
        config.hook.pytest_deselected(items=left)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if config.getoption("--postgres"):
        elsewhere = pytest.mark.skip(reason="about a ledger that is a file: here they lie on a server")
        for item in items:
            if item.get_closest_marker("in_file"):
                item.add_marker(elsewhere)
