"""Sixty cells at half a second a call, twenty at once, against the ideal schedule, with the judge's cache filled by a
call of its own and without.
"""

import asyncio
import math
import multiprocessing
import tempfile
import time
from contextlib import AsyncExitStack
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from PIL import Image

from bot.actions.propose import propose
from bot.advance import advancer, give_up, recover
from bot.app import opened
from bot.ledger import jobs
from bot.ledger.jobs import Origin
from bot.sandbox.lab import draw_run
from bot.sandbox.world import World, running
from bot.settings.environment import read_settings
from pipeline.actions.judge import JudgeRun

LATENCY_S = 0.5
AT_ONCE = 20
RUN = "20260529-cb-lora-v1"


def _vendor(said: Connection, latency_s: float, prefill_s: float | None) -> None:
    """The sandbox in a process of its own: it must not share our event loop."""

    async def serve() -> None:
        world = World()
        world.anthropic.latency_s, world.anthropic.prefill_s, world.anthropic.look = latency_s, prefill_s, False
        async with running(world):
            said.send(world.settings())
            await asyncio.Event().wait()

    asyncio.run(serve())


def _lab(root: Path, side: int) -> None:
    prompts = {f"prompt{number}": f"a portrait of TOKR woman, number {number}" for number in range(6)}
    draw_run(root, RUN, "CB-LORA", tuple(range(10)), {}, prompts=prompts, size=(side, side))
    fixture = root / "inputs/lora-cb-fixture"
    fixture.mkdir(parents=True)
    Image.effect_noise((side, side), 40).convert("RGB").save(fixture / "cb_4.jpg")


async def judge_sixty(side: int, latency_s: float = LATENCY_S, prefill_s: float | None = None) -> float:
    """With pictures of `side` × `side`: 1024 is what the lab has, 128 leaves the engine alone. Given the seconds that a
    warming call takes, the cache is filled by one; else the first judgement fills it alone. The median's seconds.
    """
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    vendor = multiprocessing.get_context("spawn").Process(
        target=_vendor, args=(theirs, latency_s, prefill_s), daemon=True
    )
    vendor.start()
    wires = {name.lower().removeprefix("labs_"): value for name, value in ours.recv().items()}
    walls, total = list[float](), 0.0
    for _ in range(3):
        async with AsyncExitStack() as stack:
            root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            await asyncio.to_thread(_lab, root, side)
            settings = read_settings(
                root=root, grace_s=0, judge_concurrency=AT_ONCE, warm_cache=prefill_s is not None, **wires
            )
            bench = await stack.enter_async_context(opened(settings, slack=False))
            await recover(bench)

            async def nothing() -> None:
                return

            await bench.driver.run(advancer(bench), nothing, partial(give_up, bench))
            began = time.perf_counter()
            job_id = await propose(bench, JudgeRun(run=RUN), Origin(person="shell:bench"), None)
            planned = time.perf_counter()
            while (job := await bench.ledger.run(jobs.get, job_id or "")) is not None and job.state in {
                "grace",
                "running",
            }:
                await asyncio.sleep(0.005)
            walls.append(time.perf_counter() - planned)
            while (job := await bench.ledger.run(jobs.get, job_id or "")) is not None and job.active:
                await asyncio.sleep(0.01)
            total = time.perf_counter() - began
            await bench.driver.stop(5)
    vendor.kill()
    first = latency_s + math.ceil(59 / AT_ONCE) * latency_s
    ideal = first if prefill_s is None else prefill_s + math.ceil(60 / AT_ONCE) * latency_s
    best = sorted(walls)[1]
    how = "the first one alone" if prefill_s is None else f"after a warming call of {prefill_s} s"
    print(
        f"60 cells of {side}² at {latency_s} s, {AT_ONCE} at once, {how}: {best:.2f} s"
        f" (of three: {', '.join(f'{wall:.2f}' for wall in walls)}), ideal {ideal:.2f} s, ratio"
        f" {best / ideal:.2f} (aim ≤ 1.10); with planning, files and grid {total:.2f} s"
    )
    return best
