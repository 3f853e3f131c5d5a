"""`find`: fixed questions over the lab's files, with intervals, ties together, and no rank across judges unsaid."""

import json
from pathlib import Path

from bot.sandbox.world import World
from tests.channel import RUN, Channel, buttons, text
from tests.outcomes import only_rerun

OTHER = "claude-haiku-4-5"


async def test_the_lab_is_asked_what_it_knows(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    await channel.result(channel.say(f"re-run runs/{RUN} with seeds 1, 2, 3, then judge"))
    name = only_rerun(root)
    spent = len(world.anthropic.asked)

    best = await channel.reply(channel.say("in the labs channel: best identity runs"), "Best runs on Q1 identity")
    assert RUN in text(best)
    assert name in text(best)
    assert "single look" in text(best)
    assert "Show " in " ".join(buttons(best).values())
    seeds = await channel.reply(channel.say(f"which seeds fail most in runs/{RUN}?"), "Worst seeds")
    assert f"of runs/{RUN}" in text(seeds)
    assert "7301" in text(seeds)
    assert "42" in text(seeds)
    assert "No seed and no prompt fails beyond chance" in text(seeds)
    cells = await channel.reply(channel.say(f"worst 2 cells of runs/{RUN} on Q1"), "Worst cells")
    assert "2 of 6 rows" in text(cells)
    assert "front-full-S7301" in text(cells)
    assert " fail" in text(cells)
    none = await channel.reply(channel.say("in the labs channel: runs with Q1 under 5 %"), "Runs on Q1 identity below")
    assert "fits" in text(none)
    assert len(world.anthropic.asked) == spent
    assert world.slack.refused == []


async def test_judges_are_never_ranked_against_each_other_unsaid(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    await channel.result(channel.say(f"re-run runs/{RUN} with seeds 1, 2, 3, then judge"))
    path = root / "runs" / only_rerun(root) / "judge_output.json"
    judged = json.loads(path.read_bytes())
    path.write_text(json.dumps({**judged, "model": OTHER, "judge": {**judged["judge"], "model": OTHER}}))

    best = await channel.reply(channel.say("in the labs channel: best identity runs"), "Best runs on Q1 identity")
    assert "Several judges, so a rank across letters says nothing" in text(best)
    assert OTHER in text(best)
    assert world.slack.refused == []
