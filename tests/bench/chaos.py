"""The long storm: `uv run python -m tests.bench.chaos [SECONDS]` (600 by default)."""

import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from bot.app import serve
from bot.sandbox.lab import draw_lab
from bot.sandbox.world import World, running
from bot.settings.environment import read_settings
from tests.channel import Channel
from tests.chaos import storm
from tests.conftest import FAST


async def _storm(root: Path, seconds: float) -> None:
    async with running(World()) as world:
        world.slack.workspace.file_delay_s = 0.02
        world.replicate.plain, world.replicate.run_s, world.anthropic.look = True, 0.3, False
        wires = {name.lower().removeprefix("labs_"): value for name, value in world.settings().items()}
        limits = {
            "budget_person_day_usd": 900,
            "budget_month_usd": 2000,
            "budget_job_usd": 50,
            "approval_above_usd": 50,
        }
        settings = read_settings(root=root, **{**FAST, "settle_order_s": 1.0, "edit_every_s": 1.0, **limits, **wires})
        stop, ready = asyncio.Event(), asyncio.Event()
        bot = asyncio.create_task(serve(settings, stop=stop, ready=lambda _how: ready.set()))
        await ready.wait()
        began = time.perf_counter()
        left = await storm(world, Channel(world), root, seconds, 20261123)
        took = time.perf_counter() - began
        stop.set()
        await bot
    print(
        f"{seconds:.0f} s of load with 30 % faults at Replicate and Anthropic, 10 % 429s at Slack:"
        f" {sum(left.jobs.values())} jobs ended {left.jobs}, {left.ordered} predictions, images {left.orders},"
        f" judgements {left.calls}; paid twice {left.paid_twice}, books wrong {left.books_wrong}, unanswered"
        f" {left.silent}; all over after {took:.0f} s"
    )


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # its hang-ups are our doing
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "lab"
        draw_lab(root, (96, 128))
        asyncio.run(_storm(root, seconds))


if __name__ == "__main__":
    main()
