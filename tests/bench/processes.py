"""What one, two and four processes on one ledger make of the same work: `uv run python -m tests.bench.processes`.

Three jobs of 180 cells each, made and judged, asked for at once; the vendors and Slack are a process of their own. A
second table asks twenty small questions and six small jobs at once, and counts what Slack had to refuse (429).

Beside the cells a second stands what they cost: processor time a cell of the bots, of PostgreSQL and of the sandbox.
Where these come to more than the machine has, a second process cannot double anything.
"""

import asyncio
import logging
import os
import tempfile
import time
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from bot.sandbox.lab import draw_lab
from bot.sandbox.world import World, running
from tests import postgres
from tests.channel import RUN, Channel
from tests.ledger import lie_at
from tests.process import BotProcess

PROCESSES = (1, 2, 4)
JOBS, SEEDS, PROMPTS = 3, 60, 3
CELLS = JOBS * SEEDS * PROMPTS
QUESTIONS, SMALL = 20, 6
TICK = os.sysconf("SC_CLK_TCK")
PLENTY: dict[str, Any] = {
    "budget_month_usd": 100_000,
    "budget_person_day_usd": 100_000,
    "budget_job_usd": 1_000,
    "approval_above_usd": 500,
    "image_concurrency": 60,
    "judge_concurrency": 60,
}


class Cost(NamedTuple):
    """Processor seconds so far."""

    bots: float
    server: float
    sandbox: float

    def since(self, before: "Cost") -> "Cost":
        return Cost(*(now - then for now, then in zip(self, before, strict=True)))


def _used(pid: int, *, with_ended: bool = False) -> float:
    """Of a process; with those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(int(one) for one in fields[11 : 15 if with_ended else 13]) / TICK


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def cost(bots: list[BotProcess], base: Path) -> Cost:
    folder = Path((base / "postgres").read_text("utf-8").split()[1])
    server = int((folder / "data/postmaster.pid").read_text("utf-8").split()[0])
    return Cost(
        bots=sum(_used(bot.pid) for bot in bots),
        server=_used(server, with_ended=True) + sum(_used(child) for child in _children(server)),
        sandbox=_used(os.getpid()),
    )


async def throughput(root: Path, base: Path, many: int) -> tuple[float, Cost]:
    """Cells a second from the first order to the last judgement, and what they cost."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(running(World()))
        world.replicate.scale, world.replicate.run_s, world.anthropic.latency_s = 0.2, 1.0, 0.3
        bots = [await stack.enter_async_context(BotProcess(world, root, **PLENTY)) for _ in range(many)]
        channel = Channel(world)
        before = cost(bots, base)
        for at in range(JOBS):
            seeds = list(range(1000 * at + 1, 1000 * at + 1 + SEEDS))
            channel.say(f"in the labs channel: re-run runs/{RUN} with seeds {seeds}, then judge")
        await channel.until(lambda: world.replicate.ordered, "an order")
        began = time.monotonic()
        await channel.until(lambda: len(world.anthropic.asked) >= CELLS, "all judged", 600)
        took = time.monotonic() - began
        return CELLS / took, cost(bots, base).since(before)


def _ended(channel: Channel, asked: str) -> bool:
    return "Done in" in str(channel.replies(asked))


async def patience(root: Path, many: int) -> tuple[int, int, float]:
    """How often Slack had to refuse, of how many messages and edits, and seconds until everybody has an answer."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(running(World()))
        for _ in range(many):
            await stack.enter_async_context(BotProcess(world, root, edit_every_s=3, **PLENTY))
        channel, began = Channel(world), time.monotonic()
        shown = [channel.say(f"show runs/{RUN}") for _ in range(QUESTIONS)]
        jobs = [
            channel.say(f"in the labs channel: re-run runs/{RUN} with seeds [{10 * at + 1}, {10 * at + 2}], then judge")
            for at in range(SMALL)
        ]
        answered = [channel.until(partial(channel.replies, ts), "an answer", 300) for ts in shown]
        ended = [channel.until(partial(_ended, channel, ts), "its end", 300) for ts in jobs]
        await asyncio.gather(*answered, *ended)
        sent = sum(one["method"] in {"chat.postMessage", "chat.update"} for one in world.slack.calls)
        return world.slack.limited, sent, time.monotonic() - began


def fresh(base: Path, server: str, name: str) -> Path:
    root = base / name
    root.mkdir()
    draw_lab(root, (192, 256))
    postgres.make_database(lie_at(root, server))
    return root


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        server = postgres.server(base, safe=True)
        if server is None:
            raise SystemExit("PostgreSQL's server is not installed: `apt-get install postgresql`")
        try:
            _tell(base, server)
        finally:
            postgres.stop(base)


def _tell(base: Path, server: str) -> None:
    print(f"{CELLS} cells, {os.cpu_count()} processors")
    print("| processes | cells/s | ratio to one | CPU ms a cell: bots | PostgreSQL | sandbox | processors busy |")
    print("|---|---|---|---|---|---|---|")
    alone = 0.0
    for many in PROCESSES:
        rate, used = asyncio.run(throughput(fresh(base, server, f"of{many}"), base, many))
        alone = alone or rate
        each = " | ".join(f"{one / CELLS * 1000:.1f}" for one in used)
        print(f"| {many} | {rate:.1f} | {rate / alone:.2f} | {each} | {sum(used) * rate / CELLS:.2f} |", flush=True)
    print("\n| processes | refused by Slack (429) | messages and edits | seconds until all are answered |")
    print("|---|---|---|---|")
    for many in PROCESSES:
        refused, sent, took = asyncio.run(patience(fresh(base, server, f"slack{many}"), many))
        print(f"| {many} | {refused} | {sent} | {took:.0f} |", flush=True)


if __name__ == "__main__":
    main()
