"""Another judge over the same pictures: what changed, and votes where a score lies near its bar."""

import json
from pathlib import Path

from bot.sandbox.world import World
from tests.answers import message, said
from tests.channel import RUN, Channel, buttons, text
from tests.ledger import charges

OTHER = "claude-haiku-4-5"


async def test_a_judge_after_another_says_what_changed(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    world.anthropic.faults.chance = lambda _name: message(said())
    result = await channel.result(channel.say(f"re-judge runs/{RUN} with haiku-4-5"))

    assert "Against the judge before, changed: Q1 identity, 6 pairs: 0 worse, 1 better, too few to say" in text(result)
    details = await channel.details(result)
    assert "The same pictures, judged before* by claude-sonnet-4-6" in details
    assert "Q1 identity, 6 pairs: 0 worse, 1 better, too few to say; better: `CB-LORA-front-full-S7301`" in details
    assert len(charges(root)) == 6 + 6
    kept = sorted(path.name for path in (root / "runs" / RUN).glob("judge_output.*.json"))
    assert len(kept) == 1
    now = json.loads((root / "runs" / RUN / "judge_output.json").read_bytes())
    assert (now["model"], now["summary"]["q1_identity_pass_rate"]) == (OTHER, 1.0)
    log = (root / "runs" / RUN / "judgements.jsonl").read_text().splitlines()
    assert len(log) == 12

    world.anthropic.faults.chance = None
    back = await channel.result(channel.say(f"judge runs/{RUN} using claude-sonnet-4-6"))
    assert f"The same pictures, judged before* by {OTHER}" in await channel.details(back)
    assert "1 worse, 0 better" in text(back)
    assert len(charges(root)) == 12  # what this judge said is stored
    assert world.slack.refused == []


async def test_scores_near_a_bar_get_another_vote_by_a_button(channel: Channel, world: World, root: Path) -> None:
    near = [message(said(0.72)), *[message(said(0.95))] * 5]
    world.anthropic.faults.chance = lambda _name: near.pop() if near else message(said(0.9))
    result = await channel.result(channel.say(f"judge runs/{RUN}"))

    labelled = {label: action for action, label in buttons(result).items()}
    button = next(one for one in labelled if one.startswith("Vote again on 1 near the bar"))
    channel.press(result, labelled[button])
    await channel.until(lambda: len(charges(root)) == 7, "one more call")


async def test_a_lab_has_rubrics_of_its_own(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    missing = await channel.reply(channel.say(f"re-judge runs/{RUN} with rubric v9"), "There is no rubric")
    assert "There are: v2-" in text(missing)

    (root / "rubrics").mkdir()
    words = "Judge the cell on four axes, and look at the ears first. " * 8
    (root / "rubrics/ears.md").write_text(f"version: v3-2026-12-01\n\n{words}\n")
    result = await channel.result(channel.say(f"re-judge runs/{RUN} with rubric v3"))
    details = await channel.details(result)
    assert "rubric v3-2026-12-01, against" in details
    assert "The same pictures, judged before* by claude-sonnet-4-6, rubric v2-" in details
    assert len(charges(root)) == 12
    assert f"judge runs/{RUN} with cb_4.jpg as the identity reference using claude-sonnet-4-6 with rubric v3" in details

    await channel.result(channel.say(f"extend runs/{RUN} with seed 5, then judge"))
    now = json.loads((root / "runs" / RUN / "judge_output.json").read_bytes())
    assert (now["judge"]["rubric"], now["summary"]["n_cells"]) == ("v3-2026-12-01", 9)

    (root / "rubrics/ears.md").write_text("Something else\n")
    broken = await channel.reply(channel.say(f"judge runs/{RUN} with rubric v3"), "is no rubric")
    assert "rubrics/ears.md" in text(broken)
