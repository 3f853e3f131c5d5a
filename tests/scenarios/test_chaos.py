"""A third of all calls to the vendors goes wrong: all jobs end, and nothing is paid twice."""

from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.chaos import storm
from tests.conftest import Start


@pytest.mark.slow
async def test_a_short_storm(start: Start, world: World, root: Path) -> None:
    world.replicate.plain, world.anthropic.look = True, False
    # Fewer edits: beyond forty the last one waits until a minute is over.
    channel = await start(
        edit_every_s=0.5, settle_order_s=1.0, budget_person_day_usd=90, budget_job_usd=20, approval_above_usd=20
    )

    left = await storm(world, channel, root, seconds=4, seed=11, extends=False, pause_s=(0.5, 2.5))

    assert left.paid_twice == 0, left
    assert left.books_wrong == 0, left
    assert left.silent == 0, left
    assert set(left.jobs) == {"done"}, left
    assert set(left.orders) <= {"made", "failed"}, left
    assert set(left.calls) <= {"judged", "unscored"}, left
    assert left.orders["made"] > 3
