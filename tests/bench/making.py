"""A matrix of 9, 60 and 600 cells, made and judged, against the ideal schedule: `uv run python -m tests.bench.making`.

The vendors stand in a process of their own: 1 s an image, 0.5 s a judgement, twenty of each at once, pictures of 64².
Then 5,000 orders in flight in one process: what each costs in memory, and how long the event loop is held up.
"""

import asyncio
import logging
import math
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog
from PIL import Image

from bot.actions.propose import propose
from bot.advance import advancer, give_up, recover
from bot.app import opened
from bot.bench import Bench
from bot.ledger import jobs, orders
from bot.ledger.database import Database, rows
from bot.ledger.jobs import Origin
from bot.sandbox.lab import draw_run
from bot.sandbox.world import World, running
from bot.settings.environment import read_settings
from pipeline.actions.matrix import RerunMatrix

IMAGE_S, JUDGE_S, AT_ONCE = 1.0, 0.5, 20
RUN = "20260529-cb-lora-v1"


def _vendor(said: Connection, image_s: float) -> None:
    """The sandbox in a process of its own: it must not share our event loop."""

    async def serve() -> None:
        world = World()
        world.anthropic.latency_s, world.anthropic.look = JUDGE_S, False
        world.replicate.run_s, world.replicate.plain = image_s, True
        world.replicate.throttle.a_minute = 10**9
        async with running(world):
            said.send(world.settings())
            await asyncio.Event().wait()

    asyncio.run(serve())


def _lab(root: Path, prompts: int) -> None:
    texts = {f"prompt{number}": f"a portrait of TOKR woman, number {number}" for number in range(prompts)}
    draw_run(root, RUN, "CB-LORA", (1,), {}, prompts=texts, size=(64, 64))
    fixture = root / "inputs/lora-cb-fixture"
    fixture.mkdir(parents=True)
    Image.effect_noise((64, 64), 40).convert("RGB").save(fixture / "cb_4.jpg")


@asynccontextmanager
async def _bench(prompts: int, image_s: float, **given: Any) -> AsyncIterator[Bench]:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    vendor = multiprocessing.get_context("spawn").Process(target=_vendor, args=(theirs, image_s), daemon=True)
    vendor.start()
    wires = {name.lower().removeprefix("labs_"): value for name, value in ours.recv().items()}
    limits = {"budget_job_usd": 900, "budget_person_day_usd": 900, "budget_month_usd": 900, "approval_above_usd": 900}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        await asyncio.to_thread(_lab, root, prompts)
        settings = read_settings(
            root=root,
            grace_s=0,
            judge_concurrency=AT_ONCE,
            **{"image_concurrency": AT_ONCE, **limits, **wires, **given},
        )
        async with opened(settings, slack=False) as bench:
            await recover(bench)

            async def nothing() -> None:
                return

            await bench.driver.run(advancer(bench), nothing, partial(give_up, bench))
            yield bench
            await bench.driver.stop(5)
    vendor.kill()


async def schedule(prompts: int, seeds: int) -> None:
    cells = prompts * seeds
    async with _bench(prompts, IMAGE_S) as bench:
        await _warm_up(bench)
        request = RerunMatrix(run=RUN, seeds=tuple(range(100, 100 + seeds)), then_judge=True)
        asked = time.perf_counter()
        job_id = await propose(bench, request, Origin(person="shell:bench"), None) or ""
        began = time.perf_counter()
        while (job := await bench.ledger.run(jobs.get, job_id)) is not None and job.state in {"grace", "running"}:
            await asyncio.sleep(0.01)
        wall = time.perf_counter() - began
        while (job := await bench.ledger.run(jobs.get, job_id)) is not None and job.active:
            await asyncio.sleep(0.01)
        total = time.perf_counter() - asked
        writes = await bench.ledger.run(_writes, job_id)
    # The first judgement fills the cache alone; each wave of images is judged while the next is made.
    ideal = math.ceil(cells / AT_ONCE) * IMAGE_S + JUDGE_S + (JUDGE_S if cells <= AT_ONCE else 0)
    print(
        f"{cells} cells: {wall:.2f} s over {ideal:.2f} s ideal = {wall / ideal:.2f} (aim ≤ 1.10); with planning, files"
        f" and grid {total:.2f} s; {writes} rows written, {writes / wall:.0f} a second",
        flush=True,
    )


async def _warm_up(bench: Bench) -> None:
    """One cell: what a process does once (imports, connections) is not what is measured."""
    request = RerunMatrix(run=RUN, seeds=(7,), prompt_ids=("prompt0",), then_judge=True)
    job_id = await propose(bench, request, Origin(person="shell:bench"), None) or ""
    while (job := await bench.ledger.run(jobs.get, job_id)) is not None and job.active:
        await asyncio.sleep(0.01)


def _writes(db: Database, job_id: str) -> int:
    """Durable steps of a job: three of each order (intent, id, end), two of each judge's call."""
    (ordered,) = rows(db, "select count(*) as n from orders where job_id = :job", job=job_id)
    (asked,) = rows(db, "select count(*) as n from calls where job_id = :job", job=job_id)
    return int(3 * ordered["n"] + 2 * asked["n"])


async def in_flight(cells: int) -> None:
    prompts, seeds = 20, 50
    jobs_needed = cells // (prompts * seeds)
    async with _bench(prompts, 3600.0, image_concurrency=600) as bench:
        await bench.ledger.run(_raise_limit, cells)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        for number in range(jobs_needed):
            first = 1000 + number * seeds
            request = RerunMatrix(run=RUN, seeds=tuple(range(first, first + seeds)))
            await propose(bench, request, Origin(person="shell:bench"), None)
        while len(await bench.ledger.run(orders.in_flight, "replicate")) < cells:
            await asyncio.sleep(0.2)
        placed = time.perf_counter() - began
        lags = await _lags(10.0)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lags.sort()
    print(
        f"{cells} orders in flight in one process: placed in {placed:.0f} s ({cells / placed:.0f} a second),"
        f" {(after - before) / cells:.1f} kB each (aim ≤ 20), loop lag p99 {lags[int(len(lags) * 0.99)] * 1000:.0f} ms,"
        f" median {statistics.median(lags) * 1000:.1f} ms (aim ≤ 50)",
        flush=True,
    )


def _raise_limit(db: Database, most: int) -> None:
    """More at once than a setting allows: what is asked here is what one process bears."""
    list(
        rows(
            db,
            "update vendors set max_inflight = :most, allowed = :most where name = 'replicate' returning name",
            most=most,
        )
    )


async def _lags(seconds: float) -> list[float]:
    """How late a timer of 10 ms comes, again and again."""
    found, until = [], time.perf_counter() + seconds
    while (now := time.perf_counter()) < until:
        await asyncio.sleep(0.01)
        found.append(time.perf_counter() - now - 0.01)
    return found


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sizes = {"9": (3, 3), "60": (6, 10), "600": (10, 60)}
    chosen = sys.argv[1:] or [*sizes, "5000"]
    for name in chosen:
        asyncio.run(schedule(*sizes[name]) if name in sizes else in_flight(int(name)))


if __name__ == "__main__":
    main()
