"""Two processes on one ledger, one of them killed or frozen again and again, and its server restarted under load:
`uv run python -m tests.bench.two_processes [KILLS] [FREEZES] [RESTARTS]` (100, 20 and 10 by default, about 25 minutes).

In each trial somebody asks for a 9-cell matrix with its judge; at a moment somewhere in it something happens to one
process, or to the server; a killed one is started anew a little later. In the first trial a LoRA is trained, too.
"""

import asyncio
import logging
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import structlog

from bot.sandbox.lab import draw_lab
from bot.sandbox.world import World
from tests import postgres
from tests.channel import RUN, Channel, moment
from tests.killing import started
from tests.ledger import charges, lie_at, table
from tests.process import BotProcess
from tests.training import ASK as TRAIN
from tests.training import approve

PLENTY: dict[str, Any] = {"budget_month_usd": 100_000, "budget_person_day_usd": 100_000, "edit_every_s": 2}
"""Edits at the pace of use: Slack takes fifty a minute, and a job must not wait for that of the one before."""
FROZEN_S = 9.0
LIFE_S = 4.0
"""About how long a trial's job lives undisturbed, with two processes on two cores."""
LONG_S = 15.0
"""What takes longer is told with its trial."""


class Pair:
    """Two bots; whichever is killed is started anew."""

    def __init__(self, stack: AsyncExitStack, world: World, root: Path) -> None:
        self._stack, self._world, self._root = stack, world, root
        self.bots: list[BotProcess] = []

    async def start(self) -> None:
        while len(self.bots) < 2:
            bot = BotProcess(self._world, self._root, **PLENTY)
            self.bots.append(await self._stack.enter_async_context(bot))

    async def kill(self, at: int) -> None:
        os.kill(self.bots[at].pid, signal.SIGKILL)
        del self.bots[at]
        await moment(1.0)
        await self.start()

    async def freeze(self, at: int) -> None:
        os.kill(self.bots[at].pid, signal.SIGSTOP)
        await moment(FROZEN_S)
        os.kill(self.bots[at].pid, signal.SIGCONT)


async def trial(channel: Channel, pair: Pair, base: Path, number: int, what: str, chance: random.Random) -> float:
    """Seconds from what happened to the job's result."""
    seeds = [1000 + 3 * number + at for at in range(3)]
    asked = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds {seeds}, then judge")
    after_s = chance.uniform(0.1, LIFE_S)
    await moment(after_s)
    began = time.monotonic()
    if what == "kill":
        await pair.kill(chance.randrange(2))
    elif what == "freeze":
        await pair.freeze(chance.randrange(2))
    elif what == "restart":
        await asyncio.to_thread(postgres.restart, base)
    await channel.until(lambda: "labs:open:details" in str(channel.replies(asked)), "a result", 180)
    took = time.monotonic() - began
    await channel.until(lambda: "Done in" in str(channel.replies(asked)), "the job's end", 90)
    if took > LONG_S:
        print(
            f"trial {number}: {what} {after_s:.1f} s after it was asked for, and {took:.1f} s to its result", flush=True
        )
    return took


async def run(root: Path, base: Path, planned: list[str]) -> None:
    chance, took = random.Random(20261128), dict[str, list[float]]()
    async with AsyncExitStack() as stack:
        world = await started(stack)
        channel, pair = Channel(world), Pair(stack, world, root)
        await pair.start()
        training = channel.say(TRAIN)
        await approve(channel, training)
        for number, what in enumerate(planned):
            took.setdefault(what, []).append(await trial(channel, pair, base, number, what, chance))
            if number % 10 == 9:
                print(f"{number + 1} of {len(planned)}", flush=True)
        await channel.until(lambda: "labs:open:details" in str(channel.replies(training)), "the training's result", 180)
        _tell(world, root, channel, took)


def counted(world: World, root: Path, channel: Channel, wanted: int) -> str:
    """What must hold, counted at the vendors, in the workspace and on the books. `wanted`: images that were asked for
    beside the six of the training.
    """
    orders = Counter((one.version, one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    posted = [one for one in channel.workspace.messages.values() if one.get("bot_id") and one.get("metadata")]
    keys = Counter(one["metadata"]["event_payload"]["key"] for one in posted)
    made = sum(1 for row in table(root, "orders") if row["state"] == "made" and row["kind"] == "image")
    booked = charges(root)
    spent = sum(one["usd_micros"] for one in booked if one["state"] in {"charged", "unknown"})
    wrong = sum(one["state"] == "reserved" for one in booked)
    wrong += {one["used_micros"] for one in table(root, "budgets")} != {spent}
    repeated = sum(one["state"] == "unknown" for one in booked)
    trained = len(world.replicate.trainings.ordered) - 1
    return (
        f"{sum(orders.values()) - len(orders)} images and {trained} trainings ordered twice,"
        f" {wanted - (made - 6)} of {wanted} images lost, {sum(keys.values()) - len(keys)} posts twice,"
        f" {wrong} books wrong; {repeated} answers lost and on the books"
    )


def _tell(world: World, root: Path, channel: Channel, took: dict[str, list[float]]) -> None:
    wanted = 9 * sum(map(len, took.values()))
    happened = ", ".join(f"{len(each)} × {what}" for what, each in took.items())
    print(f"{happened}: {counted(world, root, channel, wanted)}")
    for what, each in took.items():
        ordered = sorted(each)
        print(
            f"from {what} to the job's result: median {statistics.median(each):.1f} s, longest {ordered[-1]:.1f} s"
            f" (undisturbed about {LIFE_S:g} s)"
        )


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    kills, freezes, restarts = (int(one) for one in (sys.argv[1:] + ["100", "20", "10"][len(sys.argv) - 1 :]))
    planned = ["kill"] * kills + ["freeze"] * freezes + ["restart"] * restarts
    random.Random(1).shuffle(planned)
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        server = postgres.server(base)
        if server is None:
            raise SystemExit("PostgreSQL's server is not installed: `apt-get install postgresql`")
        try:
            root = base / "lab"
            root.mkdir()
            draw_lab(root, (192, 256))
            postgres.make_database(lie_at(root, server))
            asyncio.run(run(root, base, planned))
        finally:
            postgres.stop(base)
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
