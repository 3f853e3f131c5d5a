"""Two days of a busy lab, compressed: what the bot holds open and keeps in mind does not grow with what it has done."""

import os
from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.channel import RUN, Channel
from tests.ledger import table
from tests.process import BotProcess

WARM, MORE, AT_ONCE = 12, 24, 6
FILES, MEGABYTES = 6, 40
"""How much more may be open, or in memory, after three times as many jobs: pictures that are kept at hand fill up until
about the hundredth job (`tests/bench/two_days.py`), and then nothing grows.
"""


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def work_through(channel: Channel, root: Path, first: int, count: int) -> None:
    """So many jobs, a few at a time, each with a question, an answer and a look beside it."""
    for begin in range(first, first + count, AT_ONCE):
        for number in range(begin, begin + AT_ONCE):
            one_cell = f"re-run runs/{RUN} with seed {1000 + number} --prompt-ids front-full, then judge"
            channel.say(f"in the labs channel: {one_cell}")
        channel.say(f"show the grid of runs/{RUN}", person="U0SAM")
        done = begin + AT_ONCE
        await channel.until(
            lambda: sum(row["state"] == "done" for row in table(root, "jobs")) >= done,  # noqa: B023  # used at once
            f"{done} jobs done",
        )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts in /proc")
async def test_nothing_grows(world: World, root: Path) -> None:
    channel = Channel(world)
    world.slack.posts_in_5_s = 10_000
    async with BotProcess(world, root, grace_s=0.01) as bot:
        await work_through(channel, root, 0, WARM)
        files, memory = open_files(bot.pid), megabytes(bot.pid)
        await work_through(channel, root, WARM, MORE)

        # What is under way just then has files open: what has grown does not close again.
        await channel.until(lambda: open_files(bot.pid) <= files + FILES, "no more files than before")
        assert megabytes(bot.pid) <= memory + MEGABYTES
