"""The long kill test: `uv run python -m tests.bench.kills [TRIALS]` (200 by default, about 20 minutes).

Half of the trials kill at a moment spread evenly over the job's life, some a second time; the other half kill right
after one single write of the ledger, each write in its turn.
"""

import asyncio
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog

from bot.sandbox.lab import draw_lab
from tests.killing import Kill, Outcome, some_kills, trial

SIDE_BY_SIDE = 2
FIRST_WRITE, LAST_WRITE = 3, 75
"""Writes of the ledger from the first message heard to the job's end, about."""


def _plan(trials: int, chance: random.Random) -> list[list[Kill]]:
    by_time = [some_kills(chance) for _ in range(trials // 2)]
    span = LAST_WRITE - FIRST_WRITE
    by_write = [[Kill(after_writes=FIRST_WRITE + at % span)] for at in range(trials - len(by_time))]
    return by_time + by_write


async def _all(drawn: Path, planned: list[list[Kill]], folder: Path) -> list[Outcome]:
    turn = asyncio.Semaphore(SIDE_BY_SIDE)
    done = 0

    async def one(number: int, kills: list[Kill]) -> Outcome:
        nonlocal done
        async with turn:
            root = await asyncio.to_thread(shutil.copytree, drawn, folder / str(number))
            found = await trial(Path(root), kills)
            await asyncio.to_thread(shutil.rmtree, root)
            done += 1
            if (found.ordered_twice, found.cells_lost, found.posts_twice, found.books_wrong) != (0,) * 4:
                print(f"trial {number} {kills}: {found}", flush=True)
            if done % 20 == 0:
                print(f"{done} of {len(planned)}", flush=True)
            return found

    return list(await asyncio.gather(*(one(at, kills) for at, kills in enumerate(planned))))


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drawn = folder / "drawn"
        drawn.mkdir()
        draw_lab(drawn, (192, 256))
        (undisturbed,) = asyncio.run(_all(drawn, [[]], folder))
        found = asyncio.run(_all(drawn, _plan(trials, random.Random(20261123)), folder))
    verdicts = Counter(one.verdict == undisturbed.verdict for one in found)
    print(
        f"{trials} trials of a 9-cell matrix with judge, each killed at least once:"
        f" {sum(one.ordered_twice for one in found)} predictions ordered twice, {sum(one.cells_lost for one in found)}"
        f" cells lost, {sum(one.posts_twice for one in found)} posts twice, {sum(one.books_wrong for one in found)}"
        f" books wrong; {sum(one.judged_again for one in found)} judge calls repeated after a lost answer; verdict as"
        f" undisturbed in {verdicts[True]} of {trials}, in the others an answer was lost twice"
        f" ({sum(one.lost_twice > 0 for one in found if one.verdict != undisturbed.verdict)} of {verdicts[False]})"
        f" ({time.perf_counter() - began:.0f} s)"
    )


if __name__ == "__main__":
    main()
