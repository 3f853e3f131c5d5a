"""One trial: a matrix with its judge, the bot killed somewhere in it, and what must hold in the end."""

import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.world import World, running
from pipeline.evidence.run_state import state_of
from pipeline.lab.lab import Lab
from pipeline.models import Cause, Unscored
from tests.channel import RUN, Channel, moment, refused
from tests.ledger import charges, table
from tests.outcomes import only_rerun
from tests.process import BotProcess

ASK = f"in the labs channel: re-run runs/{RUN} with seeds [19023, 555, 999], then judge"
LIFE_S = 2.2
"""About how long the job lives undisturbed."""


@dataclass(frozen=True)
class Kill:
    """When the bot dies: after so many seconds, or right after so many writes of its ledger."""

    after_s: float | None = None
    after_writes: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What a trial left behind, counted at the vendors and in the workspace."""

    ordered_twice: int
    cells_lost: int
    posts_twice: int
    judged_again: int
    """Judge calls beyond one a cell: each answer lost in a kill may be asked for once more."""
    lost_twice: int
    """Cells unscored because their judge's answer was lost, and that of the repetition too."""
    verdict: tuple[Any, ...]
    books_wrong: int
    refused: tuple[str, ...]


async def started(stack: AsyncExitStack) -> World:
    """A world of its own, quick and small."""
    world = await stack.enter_async_context(running(World()))
    world.slack.workspace.file_delay_s = 0.02
    world.slack.sockets.redeliver_s = (0.5, 0.5, 0.5)
    world.replicate.scale, world.replicate.run_s = 0.2, 0.25
    world.anthropic.latency_s = 0.05
    return world


async def trial(root: Path, kills: list[Kill]) -> Outcome:
    """Ask, kill as often as said, start once more, and wait for the end."""
    async with AsyncExitStack() as stack:
        world = await started(stack)
        channel, asked = Channel(world), ""
        for kill in kills:
            async with BotProcess(world, root, dies_after_writes=kill.after_writes) as bot:
                asked = asked or channel.say(ASK)
                if kill.after_s is not None:
                    await moment(kill.after_s)
                    await bot.kill()
                else:
                    await bot.died(10.0)
        async with BotProcess(world, root):
            asked = asked or channel.say(ASK)
            await channel.result(asked)
            await channel.settled(asked)
            return outcome(world, root, channel, asked)


def outcome(world: World, root: Path, channel: Channel, asked: str) -> Outcome:
    orders = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    keys = Counter(
        message["metadata"]["event_payload"]["key"] for message in channel.replies(asked) if message.get("metadata")
    )
    state = state_of(Lab(root).run(only_rerun(root)))
    booked = charges(root)
    unknown = sum(one["state"] == "unknown" for one in booked)
    spent = sum(one["usd_micros"] for one in booked if one["state"] in {"charged", "unknown"})
    budgets = {one["used_micros"] for one in table(root, "budgets")}
    wrong = sum(one["state"] == "reserved" for one in booked) + (budgets != {spent})
    return Outcome(
        ordered_twice=sum(orders.values()) - len(orders),
        cells_lost=9 - len(state.cells) + sum(not (root / cell.cell.image).is_file() for cell in state.cells),
        posts_twice=sum(keys.values()) - len(keys),
        judged_again=len(world.anthropic.asked) - 9 if unknown else abs(len(world.anthropic.asked) - 9) * 100,
        lost_twice=sum(isinstance(cell.outcome, Unscored) and cell.outcome.cause is Cause.LOST for cell in state.cells),
        verdict=(state.verdict.word, tuple((one.passed, one.scored) for one in state.verdict.tallies)),
        books_wrong=wrong,
        refused=tuple(refused(world)),
    )


def some_kills(chance: random.Random) -> list[Kill]:
    """One moment somewhere in the job's life, and in a third of the trials one more after it."""
    kills = [Kill(after_s=chance.uniform(0.02, LIFE_S))]
    if chance.random() < 1 / 3:
        kills.append(Kill(after_s=chance.uniform(0.02, LIFE_S / 2)))
    return kills
