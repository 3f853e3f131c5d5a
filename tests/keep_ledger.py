"""Write a lab with a ledger of this very code, to be kept: later code must open it. `python -m tests.keep_ledger DIR`.

In it: a finished judge job, a finished matrix, a matrix that still runs, one with a held order, a training plan
that waits for an approval, and an open question; beside it what stood in the channel.
"""

import asyncio
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from bot.ledger import jobs, money
from bot.ledger.database import Database, rows
from bot.ledger.sqlite import checkpoint
from bot.ledger.store import glance
from bot.sandbox.faults import Fault
from bot.sandbox.lab import SECOND_RUN, draw_lab
from bot.sandbox.world import World, running
from pipeline.language.sentence import render
from tests.channel import CARD_SENTENCE, RUN, Channel
from tests.process import BotProcess

SIZE = (96, 128)
QUALITY = 45
PHOTOS = 6
YEARS_H = 24 * 365 * 50
"""The waiting plan must still wait when it is opened."""
BUSY = Fault("answer", 429, {"detail": "Request was throttled.", "status": 429})


def small_lab(root: Path) -> None:
    """The sample lab with one run, and photographs of few bytes."""
    draw_lab(root, SIZE)
    for file in (root / f"runs/{SECOND_RUN}").iterdir():
        file.unlink()
    (root / f"runs/{SECOND_RUN}").rmdir()
    for photo in root.glob("inputs/*/*.jpg"):
        number = photo.stem.rsplit("_", 1)[1]
        if (photo.name.startswith("cb") and number != "4") or (number.isdigit() and int(number) > PHOTOS):
            photo.unlink()
        else:
            with Image.open(photo) as picture:
                picture.save(photo, quality=QUALITY)


async def fill(world: World, root: Path) -> None:
    """Say and do what the ledger is to hold."""
    channel = Channel(world)
    async with BotProcess(world, root, approval_expires_h=YEARS_H) as bot:
        await channel.result(channel.say(CARD_SENTENCE))
        await channel.result(channel.say(f"in the labs channel: re-run runs/{RUN} with seed 19023, then judge"))
        await channel.plan(
            channel.say("in the labs channel: train a LoRA from inputs/lora-jd-fixture without the matrix")
        )
        await channel.reply(channel.say("in the labs channel: judge the latest ZZ run"), "is no run here")
        hold = world.replicate.faults.hold("predictions.create", "during")
        lost = channel.say(f"in the labs channel: extend runs/{RUN} with seed 5")
        await channel.until(hold.reached.is_set, "an order at the vendor")
        await bot.kill()
    hold.release.set()
    world.replicate.clock.ahead = 2 * 3600.0
    async with BotProcess(world, root, approval_expires_h=YEARS_H) as bot:
        await channel.reply(lost, "your word")
        before = len(world.replicate.ordered)
        world.replicate.faults.chance = lambda call: (
            BUSY if call == "predictions.create" and len(world.replicate.ordered) >= before + 2 else None
        )
        runs_on = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 7-8")
        await channel.reply(runs_on, "2 of 6 images")
        await bot.kill()


def facts(db: Database) -> dict[str, Any]:
    """What the ledger says of the past: later code must say the same of it."""
    models = [row["model"] for row in rows(db, "select distinct model from charges order by model")]
    return {
        "spend": [line.model_dump() for line in money.spent_since(db, 0)],
        "history": {model: money.history(db, model) for model in models},
        "jobs": [
            {
                "id": job.id,
                "state": job.state,
                "hash": job.plan_hash,
                "run": job.plan.run,
                "request": render(job.plan.request),
            }
            for job in jobs.latest(db, 100)
        ],
        "spent_by_job": {job.id: money.spent_by_job(db, job.id) for job in jobs.latest(db, 100)},
    }


def kept_workspace(world: World) -> dict[str, Any]:
    """What stood in the channel, as JSON."""
    space = world.slack.workspace
    files = [{**dataclasses.asdict(one), "content": ""} for one in space.files.values()]
    return {"messages": space.messages, "files": files}


def put_away(target: Path, world: World) -> None:
    """What is kept beside the lab's own files; what any start makes anew is not."""
    known = glance(target / "ledger.db", facts)
    for name, content in (("known.json", known), ("channel.json", kept_workspace(world))):
        said = json.dumps(content, indent=1, ensure_ascii=False)
        (target / name).write_text(said + "\n", "utf-8")
    checkpoint(target / "ledger.db")
    for left in (*target.glob("ledger.db?*"), *target.glob("runs/*/grid.png")):
        left.unlink()


async def main(target: Path) -> None:
    small_lab(target)
    async with running(World()) as world:
        world.slack.workspace.file_delay_s = 0.02
        world.replicate.scale, world.replicate.run_s = 0.1, 0.05
        await fill(world, target)
        put_away(target, world)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
