"""A bot under load while a third of all that it asks of its vendors goes wrong."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from tests.channel import RUN, Channel, moment
from tests.ledger import charges, table

RATE = 0.3
EXTENDS = 0.15
"""Share of requests that extend one run: such jobs follow each other."""
BUSY = {"detail": "Request was throttled. Expected available in 1 second.", "status": 429}
REPLICATE = (
    Fault("hang up before"),
    Fault("hang up after"),
    Fault("garbage"),
    Fault("slow", seconds=0.3),
    Fault("answer", status=500, body={"detail": "oops"}),
    Fault("answer after", status=502, body={"detail": "Bad Gateway"}),
    Fault("answer", status=429, body=BUSY | {"retry_after": 0.2}),
    Fault("answer", status=429, body=BUSY, headers={"retry-after": "0.2"}),
    Fault("answer", status=503, body={"detail": "away"}),
)
_OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
ANTHROPIC = (
    Fault("hang up before"),
    Fault("hang up after"),
    Fault("garbage"),
    Fault("slow", seconds=0.3),
    Fault("answer", status=500, body=_OVERLOADED),
    Fault("answer", status=529, body=_OVERLOADED),
    Fault("answer", status=429, body=_OVERLOADED, headers={"retry-after": "0"}),
)
SLACK = (Fault("answer", status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "1"}),)
FATES = (
    Fate("failed", error="CUDA out of memory"),
    Fate("aborted"),
    Fate(shape="black"),
    Fate(shape="inline"),
    Fate(boot_s=0.5),
    Fate("failed", error="Prediction interrupted; please retry (code: PA)", billed_s=0),
    Fate(measured=False),
)


def break_things(world: World, chance: random.Random) -> None:
    """From now on, by chance."""

    def of(faults: tuple[Fault, ...], rate: float, names: str) -> object:
        return lambda name: chance.choice(faults) if name.startswith(names) and chance.random() < rate else None

    world.replicate.faults.chance = of(REPLICATE, RATE, "")  # type: ignore[assignment]  # as above
    world.anthropic.faults.chance = of(ANTHROPIC, RATE, "messages")  # type: ignore[assignment]
    world.slack.faults.chance = of(SLACK, 0.1, "chat.")  # type: ignore[assignment]


@dataclass(frozen=True)
class Aftermath:
    """What a spell of chaos left behind."""

    jobs: dict[str, int]
    orders: dict[str, int]
    ordered: int
    paid_twice: int
    calls: dict[str, int]
    books_wrong: int
    silent: int
    """Requests whose thread never heard how they ended."""


async def storm(
    world: World,
    channel: Channel,
    root: Path,
    seconds: float,
    seed: int,
    *,
    extends: bool = True,
    pause_s: tuple[float, float] = (5.0, 9.0),
) -> Aftermath:
    """Requests for some seconds, while things break; then wait for the end of all jobs.

    Args:
        extends: Extend one run, too: such jobs wait for each other, so that it takes longer.
        pause_s: Between two requests. Under these faults about one image a second gets through; more only queues.
    """
    chance = random.Random(seed)
    break_things(world, chance)
    asked, number = [], 1
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        count = chance.choice((1, 2, 3))
        seeds = ", ".join(str(number + at) for at in range(count))
        number += count
        words = "extend" if extends and chance.random() < EXTENDS else "re-run"
        then = chance.choice(("", ", then judge"))
        asked.append(
            channel.say(
                f"in the labs channel: {words} runs/{RUN} with seeds [{seeds}]{then}",
                chance.choice(("U0DANA", "U0SAM")),
            )
        )
        world.replicate.fates.extend(chance.choice((Fate(), Fate(), *FATES)) for _ in range(2))
        await moment(chance.uniform(*pause_s))
    over = {"done", "failed", "canceled", "denied", "expired"}
    await channel.until(
        lambda: (
            (rows := table(root, "jobs"))
            and all(row["state"] in over for row in rows)
            and not [row for row in table(root, "inbox") if row["state"] == "new"]
        ),
        "the end of all jobs",
        seconds=120 + seconds,
    )
    await channel.until(lambda: not _unsent(root), "all messages sent", seconds=120)
    return _aftermath(world, channel, root, asked)


def _unsent(root: Path) -> bool:
    return any(
        row["state"] in {"pending", "sending"} or row["version"] > row["sent_version"]
        for row in table(root, "outbox")
        if row["state"] != "dead"
    )


def _aftermath(world: World, channel: Channel, root: Path, asked: list[str]) -> Aftermath:
    took = [one for one in world.replicate.ordered if one.fate.status == "succeeded" or one.fate.billed_s != 0]
    paid = Counter((one.input["prompt"], one.input["seed"]) for one in took if one.fate.status != "aborted")
    booked = charges(root)
    spent = sum(one["usd_micros"] for one in booked if one["state"] in {"charged", "unknown"})
    months = {row["used_micros"] for row in table(root, "budgets") if row["scope"].startswith("month:")}
    slots = sum(row["inflight"] for row in table(root, "vendors"))
    reserved = sum(one["state"] == "reserved" for one in booked)
    return Aftermath(
        jobs=dict(Counter(row["state"] for row in table(root, "jobs"))),
        orders=dict(Counter(row["state"] for row in table(root, "orders"))),
        ordered=len(world.replicate.ordered),
        paid_twice=sum(paid.values()) - len(paid),
        calls=dict(Counter(row["state"] for row in table(root, "calls"))),
        books_wrong=reserved + slots + (months != {spent}),
        silent=sum(not channel.replies(ts) for ts in asked),
    )
