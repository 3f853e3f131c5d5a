"""Controls: real photographs in the same stream, bought once, that say whether the judge knows the face."""

import json
from pathlib import Path

from bot.sandbox.drawing import CB, Pose, portrait
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Grade
from pipeline.lab.lab import Lab
from tests.answers import message, said
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.outcomes import only_rerun

ASK = f"judge runs/{RUN}"


def keep_out(root: Path, *names: str) -> None:
    """Photographs that are always kept out of the training, and so frontal that the sandbox's eyes can compare them."""
    for at, name in enumerate(names):
        drawn = portrait(CB, Pose("close", backdrop=(200 - 20 * at, 210, 214)), (800, 1000), seed=30 + at)
        drawn.save(root / "inputs/lora-cb-fixture" / name, quality=92)
    path = root / "inputs/lora-cb-fixture/fixture.toml"
    kept = ", ".join(f'"{name}"' for name in ("cb_4.jpg", *names))
    path.write_text(path.read_text().replace('references = ["cb_4.jpg"]', f"references = [{kept}]"))


def evidence(root: Path, run: str = RUN) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / "runs" / run / "judge_output.json").read_bytes())
    return found


async def test_two_of_the_person_and_two_of_others_go_along_and_add_up(start: Start, world: World, root: Path) -> None:
    keep_out(root, "cb_10.jpg", "cb_11.jpg", "cb_12.jpg")
    channel: Channel = await start(controls=2)
    asked = channel.say(ASK)
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    planned = await channel.planned(anchor)
    assert "Controls (4 judgements more): cb_1" in planned
    assert "of other people, must fail it" in planned
    assert "10 judgements bought" in text(result)
    assert "Controls 4 of 4 right (4 of 4 with this judge and reference so far)." in text(result)
    assert len(world.anthropic.asked) == 10
    run = Lab(root).run(RUN)
    assert run.output is not None
    assert [one.identity for one in run.output.controls or ()] == ["cb", "cb", "jd", "jd"]
    assert run.output.controls_so_far == (4, 4)
    assert len(run.cells) == 6
    assert state_of(run).verdict.scored == 6

    await channel.result(channel.say(f"re-run runs/{RUN} with seeds 1, 2, 3, then judge"))
    other = Lab(root).run(only_rerun(root))
    assert other.output is not None
    # One of the three is new; those of others are all new; the rest is not bought again.
    assert other.output.controls_so_far == (7, 7)
    assert len(world.anthropic.asked) == 10 + 9 + 3
    again = await channel.settled(channel.say(ASK))
    assert "for $0.00" in text(again)
    assert "nothing to buy" in await channel.planned(again)
    assert world.slack.refused == []


async def test_a_wrong_control_takes_the_evidence_down_and_leaves_the_word(
    start: Start, world: World, root: Path
) -> None:
    """A judge that takes everybody for her."""
    world.anthropic.faults.chance = lambda _name: message(said())
    channel: Channel = await start(controls=2)
    result = await channel.result(channel.say(ASK))

    assert "PROCEED" in text(result)
    assert "Controls 0 of 2 right" in text(result)
    assert "it took JD for CB (jd_" in text(result)
    assert "Evidence: inconclusive" in text(result)
    assert "Settle it" not in text(result)
    assert state_of(Lab(root).run(RUN)).verdict.grade is Grade.INCONCLUSIVE
    world.anthropic.faults.chance = None
    again = await channel.result(channel.say(f"{ASK} --repeats 2"))
    assert "it took JD for CB (jd_" in text(again)  # asking again makes nothing good
    assert evidence(root)["summary"]["evidence"]["however_often"]["flag"].startswith("The judge is not to be trusted")  # type: ignore[index]


async def test_a_judge_that_errs_at_known_rates_is_found(start: Start, world: World, root: Path) -> None:
    """Sensitivity 0.9, specificity 0.7: two controls of each kind are all right in 40 % of runs, so in 4 runs of 100
    nothing is found by the third, and here it is by then.
    """
    keep_out(root, "cb_9.jpg", "cb_10.jpg", "cb_11.jpg", "cb_12.jpg")
    world.anthropic.errs = (0.9, 0.7)
    channel: Channel = await start(controls=2)
    asked = [ASK, *(f"re-run runs/{RUN} with seeds {seeds}, then judge" for seeds in ("1, 2", "3, 4"))]
    results = [await channel.result(channel.say(one)) for one in asked]

    assert any("The judge is not to be trusted here" in text(one) for one in results)


async def test_without_controls_means_without(start: Start, world: World) -> None:
    channel: Channel = await start(controls=2)
    result = await channel.result(channel.say(f"{ASK} without controls"))

    assert len(world.anthropic.asked) == 6
    assert "No controls." in text(result)


async def test_a_photograph_without_consent_is_no_control(start: Start, world: World, root: Path) -> None:
    facts = root / "inputs/lora-jd-fixture/fixture.toml"
    facts.write_text(facts.read_text().replace('consent = "self"\n', ""))
    channel: Channel = await start(controls=2)
    asked = channel.say(ASK)
    result = await channel.result(asked)

    planned = await channel.planned(await channel.settled(asked))
    assert "No controls: no photograph of CB" in planned
    assert "no other person's photograph has its licence and consent" in planned
    assert "No controls." in text(result)
    assert len(world.anthropic.asked) == 6


async def test_a_consent_that_ends_before_the_call_keeps_the_photograph_here(
    start: Start, world: World, root: Path
) -> None:
    channel: Channel = await start(controls=2, grace_s=1.5)
    asked = channel.say(ASK)
    await channel.reply(asked, "of other people, must fail it")
    facts = root / "inputs/lora-jd-fixture/fixture.toml"
    facts.write_text(facts.read_text().replace("[all]\n", "[all]\nwithdrawn = 2026-11-01\n"))
    result = await channel.result(asked)

    assert "Controls: none of 2 got a usable answer." in text(result)
    assert len(world.anthropic.asked) == 6


async def test_a_flag_stays_whatever_is_judged_next(start: Start, world: World, root: Path) -> None:
    world.anthropic.faults.chance = lambda _name: message(said())
    channel: Channel = await start(controls=2)
    await channel.result(channel.say(ASK))
    world.anthropic.faults.chance = None

    again = await channel.result(channel.say(f"{ASK} --repeats 2, without controls"))
    assert "Evidence: inconclusive" in text(again)
    await channel.result(channel.say(f"extend runs/{RUN} with seed 9"))
    assert "flag" in evidence(root)["summary"]["evidence"]["however_often"]  # type: ignore[index]
    refused = await channel.reply(channel.say(f"settle runs/{RUN}, max $1.90"), "settle nothing")
    assert "it took JD for CB" in text(refused)
