"""A deploy without a gap, played with open jobs: `uv run python -m tests.bench.rolling EARLIER [BEFORE]`.

Both are revisions of this repository, whose code runs as it was. BEFORE, the last one without a ledger on a server, has
jobs under way in a file; it is paused and stopped, its ledger is moved, and two processes of EARLIER go on. Then one
after the other is replaced by today's code while people go on asking, a training waits for an approval, and orders are
out. Without BEFORE it begins with the two on a server.
"""

import asyncio
import getpass
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Self

import structlog

from bot.sandbox.lab import draw_lab
from bot.sandbox.world import World
from tests import postgres
from tests.bench.two_processes import counted
from tests.channel import RUN, Channel, moment, refused
from tests.killing import started
from tests.ledger import lie_at, table
from tests.process import environment
from tests.training import ASK as TRAIN
from tests.training import approve

HERE = Path(__file__).parent.parent.parent
PLENTY = {"budget_month_usd": 100_000, "budget_person_day_usd": 100_000, "operators": getpass.getuser()}
STAYS_S = 5.0
"""How long both versions are at work side by side between two steps of the deploy."""


class Version:
    """The bot of one revision, as `labs serve` runs it."""

    def __init__(self, tree: Path, world: World, root: Path) -> None:
        # The tests' own settings and paths must not reach it.
        around = os.environ.items()  # noqa: TID251  # for a child
        plain = {name: one for name, one in around if not name.startswith(("LABS_", "SLACK_"))}
        self._environment = plain | environment(world, root, **PLENTY) | {"PYTHONPATH": str(tree)}
        self._tree = tree

    async def __aenter__(self) -> Self:
        self._child = await self.run("serve", stdout=asyncio.subprocess.PIPE)
        said = self._child.stdout or asyncio.StreamReader()
        heard = list[bytes]()
        async with asyncio.timeout(60):
            while not heard or b"bot.ready" not in heard[-1]:
                heard.append(await said.readline())
                if not heard[-1]:
                    raise AssertionError(b"".join(heard).decode())
        self._reads = asyncio.create_task(said.read())
        return self

    async def run(self, *words: str, stdout: int | None = None) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=self._tree, env=self._environment, stdout=stdout
        )

    async def __aexit__(self, *_: object) -> None:
        self._child.send_signal(signal.SIGTERM)
        await self._child.wait()
        await self._reads


def tree_of(revision: str, base: Path) -> Path:
    """The code of a revision, in a folder of its own."""
    tree = base / revision
    tree.mkdir()
    packed = subprocess.run(["git", "archive", revision], cwd=HERE, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(tree)], input=packed, check=True)
    return tree


class People:
    """They ask, whoever is at work."""

    def __init__(self, channel: Channel) -> None:
        self.channel, self.asked = channel, list[str]()

    def ask(self) -> None:
        seeds = [1000 + 3 * len(self.asked) + more for more in range(3)]
        self.asked.append(self.channel.say(f"in the labs channel: re-run runs/{RUN} with seeds {seeds}, then judge"))

    async def all_answered(self) -> None:
        for ts in self.asked:
            await self.channel.until(partial(self._over, ts), "a job's end", 180)

    def _over(self, asked: str) -> bool:
        return "Done in" in str(self.channel.replies(asked))


async def from_a_file(before: Path, earlier: Path, world: World, root: Path, people: People, server: str) -> None:
    """Its jobs are paused in the middle, and move with the ledger."""
    async with Version(before, world, root):
        people.ask()
        people.ask()
        await people.channel.until(lambda: len(world.replicate.ordered) >= 6, "orders")
        people.channel.say("pause spending", "U0SAM")
        await moment(STAYS_S)  # what is out comes in
    mover = Version(earlier, world, root)
    where = lie_at(root, server)
    postgres.make_database(where, tables=False)
    moved = await mover.run("migrate-ledger", where.uri)
    if await moved.wait():
        raise SystemExit("the ledger could not be moved")
    people.channel.say("resume spending", "U0SAM")
    open_jobs = [row["id"] for row in table(root, "jobs") if row["state"] == "running"]
    print(f"moved with {len(open_jobs)} jobs under way")


async def play(base: Path, earlier: Path, before: Path | None, server: str) -> None:
    root = base / "lab"
    root.mkdir()
    draw_lab(root, (192, 256))
    async with AsyncExitStack() as stack:
        world = await started(stack)
        world.replicate.run_s = 0.5
        people = People(Channel(world))
        if before is not None:
            await from_a_file(before, earlier, world, root, people, server)
        else:
            postgres.make_database(lie_at(root, server), tables=False)
        async with AsyncExitStack() as old:
            async with Version(earlier, world, root):
                await old.enter_async_context(Version(earlier, world, root))
                people.ask()
                training = people.channel.say(TRAIN)
                await people.channel.plan(training)
                people.ask()
            async with Version(HERE, world, root):
                for _ in range(3):
                    people.ask()
                    await moment(STAYS_S / 3)
                versions = Counter(row["boot"] for row in table(root, "processes"))
                print(f"{len(versions)} processes side by side, one of each version")
                await approve(people.channel, training)
                people.ask()
                await old.aclose()
                async with Version(HERE, world, root):
                    people.ask()
                    await people.all_answered()
                    await people.channel.until(
                        lambda: "labs:open:details" in str(people.channel.replies(training)), "the training's", 180
                    )
        failed = [row["id"] for row in table(root, "jobs") if row["state"] == "failed"]
        print(counted(world, root, people.channel, 9 * len(people.asked)))
        print(f"{len(failed)} jobs failed; refused by Slack: {refused(world) or 'nothing'}")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        server = postgres.server(base)
        if server is None:
            raise SystemExit("PostgreSQL's server is not installed: `apt-get install postgresql`")
        try:
            trees = [tree_of(revision, base) for revision in sys.argv[1:3]]
            asyncio.run(play(base, trees[0], trees[1] if len(trees) > 1 else None, server))
        finally:
            postgres.stop(base)


if __name__ == "__main__":
    main()
