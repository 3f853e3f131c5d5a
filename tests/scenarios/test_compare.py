"""`compare`: what differs first, the very same cells, and a picture for each prompt."""

from pathlib import Path

from bot.sandbox.world import World
from pipeline.fixture.consent import made_of
from tests.channel import RUN, Channel, buttons, pictures, text
from tests.outcomes import only_rerun


async def test_a_rerun_with_another_scale_is_held_against_its_parent(
    channel: Channel, world: World, root: Path
) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    await channel.result(channel.say(f"re-run runs/{RUN} --lora-scale 1.2, then judge"))
    name = only_rerun(root)
    compared = await channel.reply(channel.say(f"compare runs/{RUN} and runs/{name}"), "What differs")

    said = text(compared)
    assert "on record of B, not of every run: model dev" in said
    assert "lora scale 1.2" in said
    assert "seeds" not in said.partition("Each by itself")[0].partition("What differs")[2]
    assert "6 cells of the same prompt and seed" in said
    assert "too few to say" in said
    assert "on the books" in said
    assert len(pictures(compared)) == 3
    assert buttons(compared) == {"labs:say:0": "Grid of A", "labs:say:1": "Grid of B"}
    assert world.slack.refused == []
    hidden = [one.name for one in (root / ".labs").glob("several*")]
    assert len(hidden) == 3
    assert all(made_of(one, [name], [RUN]) and not made_of(one, [f"{name}-r1"], []) for one in hidden)


async def test_runs_without_a_seed_in_common_are_compared_by_their_counts(
    channel: Channel, world: World, root: Path
) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    await channel.result(channel.say(f"re-run runs/{RUN} with seeds 1, 2, 3, then judge"))
    compared = await channel.reply(channel.say(f"compare runs/{RUN} and runs/{only_rerun(root)}"), "What differs")

    assert "• seeds: 42, 7301 | 1, 2, 3" in text(compared)
    assert "no judged cell of the same prompt and seed, so counts are all there is: Q1" in text(compared)
    assert "no seed" not in text(compared).partition("Each by itself")[0]
    assert world.slack.refused == []


async def test_the_drift_of_a_run_is_shown_as_a_heatmap(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    shown = await channel.reply(channel.say(f"show the drift heatmap of runs/{RUN}"), "PROCEED")

    (picture,) = pictures(shown)
    assert picture["alt_text"].startswith(f"Heatmap of run {RUN}, passed of judged, Q1 then Q4: prompt front-full 1/2")
    assert "seed 7301 2/3." in picture["alt_text"]
    assert not list((root / "runs" / RUN).glob("*heatmap*"))
    assert world.slack.refused == []


async def test_one_run_alone_is_no_comparison(channel: Channel) -> None:
    said = text(await channel.reply(channel.say(f"compare runs/{RUN} and runs/{RUN}"), "compare"))

    assert "two to 6 can" in said or "which" in said.lower()
