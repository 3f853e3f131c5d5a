"""Re-run, extend, redo: from the words in #labs to the files, the grid and the verdict in the thread."""

import json
from pathlib import Path

from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.files import TrainingState
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, buttons, pictures, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.outcomes import only_rerun

RERUN = f"""in the labs channel: re-run the CB LoRA inference matrix from runs/{RUN}
with seeds [19023, 555, 999] instead of [42, 7301]. Same 3 prompts. Cost ~$0.15.
Use the existing trained version (no re-train)."""
PROMPT = "a close-up photograph of TOKR woman, window light, looking at the camera"
EXTEND = f"""in the labs channel: extend runs/{RUN} with a new prompt "{PROMPT}"
at seeds 42 and 7301. Don't re-train. Cost ~$0.10."""


async def test_the_cards_rerun_makes_a_run_beside_the_old(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(RERUN)
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    name = only_rerun(root)
    assert name.endswith("-cb-lora-v1-r1")
    planned = await channel.planned(anchor)
    assert "3 prompts × 3 seeds = 9 new images" in planned
    assert "seeds 42, 7301 → 19023, 555, 999; prompts unchanged; no training" in planned
    assert "9 images made" in text(result)
    assert "<@U0DANA>" in text(result)
    assert "Judge these 9 ~$0." in " ".join(buttons(result).values())
    assert "3 more seeds" in " ".join(buttons(result).values())
    assert len(pictures(result)) == 1
    assert len(world.replicate.ordered) == 9
    assert {one.input["seed"] for one in world.replicate.ordered} == {19023, 555, 999}
    assert world.anthropic.asked == []
    assert world.slack.refused == []
    run = Lab(root).run(name)
    assert run.manifest is not None
    assert run.manifest.parent == RUN
    assert [cell.state for cell in run.manifest.cells] == ["made"] * 9
    assert len(run.cells) == 9
    state = TrainingState.read((run.path / "training_state.json").read_bytes(), "it")
    assert len(state.inference) == 9
    assert state.version == Lab(root).run(RUN).training.version  # type: ignore[union-attr]  # the sample run has one
    assert "9 cells" in (run.summary or "")
    assert state_of(run).verdict.word is Word.IN_FLIGHT
    booked = charges(root)
    assert {one["state"] for one in booked} == {"charged"}
    assert sum(one["usd_micros"] for one in booked) == sum(
        -(-round(one.billed(0) * 1525, 6) // 1) for one in world.replicate.ordered
    )


async def test_an_extension_adds_its_prompt_to_the_run_and_judges_all_of_it(
    channel: Channel, world: World, root: Path
) -> None:
    await channel.result(channel.say(f"in the labs channel: judge runs/{RUN}"))
    judged_before = len(world.anthropic.asked)

    asked = channel.say(f"{EXTEND.replace('Cost ~$0.10.', '')}, then judge")
    result = await channel.reply(asked, "labs:open:details")

    assert len(world.replicate.ordered) == 2
    assert len(world.anthropic.asked) - judged_before == 2
    assert {one.input["prompt"] for one in world.replicate.ordered} == {PROMPT}
    run = Lab(root).run(RUN)
    assert len(run.cells) == 8
    assert run.prompt_ids[-1] == "close-up-window"
    assert (run.path / "CB-LORA-close-up-window-S42.png").is_file()
    output = json.loads((run.path / "judge_output.json").read_bytes())
    assert output["summary"]["n_cells"] == 8
    assert "2 images made" in text(result)
    assert "8 cells" in await channel.planned(await channel.settled(asked))


async def test_made_but_not_judged_is_counted_as_such(channel: Channel, root: Path) -> None:
    await channel.result(channel.say(f"in the labs channel: judge runs/{RUN}"))

    asked = channel.say(f"in the labs channel: extend runs/{RUN} with 3 more seeds")
    await channel.result(asked)

    run = Lab(root).run(RUN)
    output = json.loads((run.path / "judge_output.json").read_bytes())
    assert output["summary"]["n_cells"] == 6
    assert output["summary"]["verdict"] == "INCOMPLETE"
    assert len(output["unscored"]) == 9
    assert {one["cause"] for one in output["unscored"]} == {"not judged"}
    assert state_of(run).verdict.word is Word.INCOMPLETE
    assert "INCOMPLETE" in (run.summary or "")


async def test_a_redo_keeps_the_old_picture_beside(channel: Channel, world: World, root: Path) -> None:
    label = "CB-LORA-front-full-S42"
    before = (root / f"runs/{RUN}/{label}.png").read_bytes()
    await channel.result(channel.say(f"in the labs channel: judge runs/{RUN}"))

    asked = channel.say(f"in the labs channel: redo {label} of runs/{RUN}")
    await channel.result(asked)

    assert (root / f"runs/{RUN}/{label}.1.png").read_bytes() == before
    assert (root / f"runs/{RUN}/{label}.png").read_bytes() != before
    assert len(world.replicate.ordered) == 1
    run = Lab(root).run(RUN)
    scored = {cell.cell.label for cell in run.judged_cells() if cell.scores}
    assert label not in scored
    assert len(scored) == 5
    assert len(run.log) == 6
    assert list(run.path.glob("judge_output.v*.json"))


async def test_failed_cells_are_redone_and_the_others_left_alone(channel: Channel, world: World, root: Path) -> None:
    (root / f"runs/{RUN}/CB-LORA-3q-side-S7301.png").write_bytes(b"")

    asked = channel.say(f"in the labs channel: redo the failed cells of runs/{RUN}, then judge")
    result = await channel.result(asked)

    assert len(world.replicate.ordered) == 1
    assert len(world.anthropic.asked) == 6
    assert "6 of 6" in text(result) or "Q1 identity" in text(result)
    assert state_of(Lab(root).run(RUN)).verdict.scored == 6


async def test_a_rerun_then_judged_brings_the_verdict_of_the_new_run(
    channel: Channel, world: World, root: Path
) -> None:
    asked = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 1-3, then judge")
    result = await channel.result(asked)

    assert len(world.replicate.ordered) == 9
    assert len(world.anthropic.asked) == 9
    name = only_rerun(root)
    assert name in text(result)
    assert state_of(Lab(root).run(name)).verdict.scored == 9
    assert table(root, "jobs")[0]["state"] == "done"


async def test_the_same_rerun_again_points_at_the_one_that_is_there(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 1-2"))

    again = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 1-2")
    answer = await channel.reply(again, "made before")

    assert only_rerun(root) in text(answer)
    assert len(world.replicate.ordered) == 6


async def test_what_was_made_in_another_run_is_copied_not_paid(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 1-2"))

    asked = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 2-3")
    result = await channel.result(asked)

    assert "6 images made" in text(result)
    assert len(world.replicate.ordered) == 9
    (name,) = [one for one in Lab(root).runs() if one.endswith("-r2")]
    assert len(Lab(root).run(name).cells) == 6


async def test_two_equal_requests_at_once_are_one_job(start: Start, world: World) -> None:
    channel: Channel = await start(grace_s=0.5)

    first = channel.say(RERUN)
    await channel.reply(first, "Starts in")
    second = channel.say(RERUN)
    await channel.reply(second, "exactly this already")
    await channel.result(first)

    assert len(world.replicate.ordered) == 9


async def test_a_dry_run_stops_at_the_plan(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(f"in the labs channel: how much would it cost to re-run runs/{RUN} with 3 seeds?")
    answer = await channel.reply(asked, "Dry run")

    assert "3 prompts × 3 seeds = 9 new images" in text(answer)
    assert "says nothing" not in text(answer)
    assert table(root, "jobs") == []
    assert len(Lab(root).runs()) == 2
    channel.press(answer, "labs:say:0")
    await channel.result(asked)
    assert len(world.replicate.ordered) == 9


async def test_above_the_cap_nothing_is_trimmed_and_the_plan_asks(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(f"in the labs channel: re-run runs/{RUN} with 6 seeds, max $0.10")
    answer = await channel.reply(asked, "which is above your $0.1")

    assert "3 prompts × 6 seeds = 18 new images" in text(answer)
    assert table(root, "jobs") == []
    assert "With a limit of $0.54" in buttons(answer).values()
    assert "Only 1 seed" in buttons(answer).values()
    channel.press(answer, "labs:choose:1")
    await channel.result(asked)
    assert len(world.replicate.ordered) == 3
