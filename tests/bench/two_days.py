"""Two days of a busy lab, compressed: open files and memory of the bot after so many jobs."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bot.sandbox.lab import draw_lab
from tests.channel import Channel
from tests.killing import started
from tests.process import BotProcess
from tests.scenarios.test_two_days import megabytes, open_files, work_through

JOBS, STEP = 120, 12


async def measure() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        await asyncio.to_thread(draw_lab, root, (288, 384))
        async with AsyncExitStack() as stack:
            world = await started(stack)
            world.slack.posts_in_5_s = 10_000
            channel = Channel(world)
            bot = await stack.enter_async_context(BotProcess(world, root, grace_s=0.01))
            print("jobs  open files  MB")
            for first in range(0, JOBS, STEP):
                await work_through(channel, root, first, STEP)
                print(f"{first + STEP:4}  {open_files(bot.pid):10}  {megabytes(bot.pid):.0f}", flush=True)


if __name__ == "__main__":
    asyncio.run(measure())
