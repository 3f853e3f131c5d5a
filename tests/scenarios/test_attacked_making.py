"""What an attack on the making found: each of these paid twice, lost a record, or hung."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests import answers
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import table
from tests.outcomes import only_rerun

HERE = "in the labs channel:"


def distinct(world: World) -> int:
    return len({(one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered})


def output(root: Path, run: str = RUN) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((root / "runs" / run / "judge_output.json").read_bytes())
    return found


@pytest.mark.parametrize(
    ("one", "other", "images"),
    [
        ("re-run runs/{} with seeds 1-2", "re-run runs/{} with seeds 2-3", 9),
        ("extend runs/{} with seed 5", "extend runs/{} with seeds 5 and 6", 6),
    ],
)
async def test_two_jobs_that_share_a_cell_pay_for_it_once(
    start: Start, world: World, one: str, other: str, images: int
) -> None:
    world.replicate.run_s = 0.4
    channel: Channel = await start()

    first = channel.say(f"{HERE} {one.format(RUN)}")
    second = channel.say(f"{HERE} {other.format(RUN)}")
    await channel.result(first)
    await channel.result(second)

    assert len(world.replicate.ordered) == distinct(world) == images


async def test_the_same_seeds_in_another_order_are_the_same_plan(start: Start, world: World) -> None:
    channel: Channel = await start(grace_s=0.6)

    first = channel.say(f"{HERE} re-run runs/{RUN} with seeds [1, 2]")
    await channel.reply(first, "Starts in")
    second = channel.say(f"{HERE} re-run runs/{RUN} with seeds [2, 1]")
    await channel.reply(second, "exactly this already")
    await channel.result(first)

    assert len(world.replicate.ordered) == 6


async def test_an_extension_that_waited_keeps_what_the_first_one_judged(start: Start, world: World, root: Path) -> None:
    world.replicate.run_s = 0.4
    channel: Channel = await start()

    first = channel.say(f"{HERE} extend runs/{RUN} with seed 5, then judge")
    second = channel.say(f"{HERE} extend runs/{RUN} with seed 6, then judge")
    third = channel.say(f"{HERE} extend runs/{RUN} with seed 7")
    for asked in (first, second, third):
        await channel.result(asked)

    run = Lab(root).run(RUN)
    assert run.manifest is not None
    assert run.training is not None
    assert len(run.manifest.cells) == 9
    assert len(run.training.inference) == 15
    assert output(root)["summary"]["n_cells"] == 12
    assert state_of(run).verdict.word.value == output(root)["summary"]["verdict"]
    assert f"# {'⚠️'} INCOMPLETE" in (run.summary or "") or state_of(run).verdict.word is not Word.INCOMPLETE


async def test_a_judge_that_waited_for_a_redo_scores_no_picture_that_it_never_saw(
    start: Start, world: World, root: Path
) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    world.replicate.run_s = 1.0

    first = channel.say(f"{HERE} redo CB-LORA-front-full-S42 of runs/{RUN}")
    await channel.reply(first, "being made")
    second = channel.say(f"{HERE} judge runs/{RUN}")
    await channel.result(first)
    await channel.result(second)

    judged = {cell.cell.label for cell in Lab(root).run(RUN).judged_cells() if cell.scores}
    assert "CB-LORA-front-full-S42" not in judged
    assert len(judged) == 5


async def test_a_redo_beside_a_rerun_of_the_same_seed_is_told_apart(start: Start, world: World, root: Path) -> None:
    world.replicate.run_s = 0.3
    world.replicate.faults.add("predictions.create", Fault("hang up after"))
    channel: Channel = await start()

    redo = channel.say(f"{HERE} redo CB-LORA-front-full-S42 of runs/{RUN}")
    rerun = channel.say(f"{HERE} re-run runs/{RUN} with seed 42")
    await channel.result(redo)
    await channel.result(rerun)

    assert len(world.replicate.ordered) == 4
    assert {row["state"] for row in table(root, "orders")} == {"made"}
    assert {row["inflight"] for row in table(root, "vendors")} == {0}


async def test_an_extension_leaves_pictures_of_other_kinds_where_they_are(
    channel: Channel, world: World, root: Path
) -> None:
    from PIL import Image

    folder = root / "runs" / RUN
    for path in folder.glob("*.png"):
        Image.open(path).convert("RGB").save(path.with_suffix(".jpg"), quality=90)
        path.unlink()
    state = json.loads((folder / "training_state.json").read_text())
    for entry in state["inference"]:
        entry["image_path"] = entry["image_path"].replace(".png", ".jpg")
    (folder / "training_state.json").write_text(json.dumps(state, indent=2))

    asked = channel.say(f"{HERE} extend runs/{RUN} with seeds 42 and 5")
    anchor = await channel.settled(asked)

    assert "3 exist already" in await channel.planned(anchor)
    assert len(world.replicate.ordered) == 3
    assert len(list(folder.glob("CB-LORA-*.jpg"))) == 6


@pytest.mark.parametrize("how", ["failed", "canceled"])
async def test_a_redo_that_comes_to_nothing_leaves_the_cell_as_it_was(
    start: Start, world: World, root: Path, how: str
) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    before = output(root)["summary"]
    world.replicate.fates.append(Fate("failed", error="CUDA out of memory") if how == "failed" else Fate(run_s=30))

    asked = channel.say(f"{HERE} redo CB-LORA-3q-side-S42 of runs/{RUN}, then judge")
    if how == "canceled":
        channel.press(await channel.reply(asked, "being made"), "labs:cancel")
        await channel.settled(asked, "what is finished is kept")
    else:
        await channel.result(asked)

    assert output(root)["summary"] == before
    assert "unscored" not in output(root)
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED


async def test_a_canceled_extension_leaves_the_verdict_as_it_was(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    world.replicate.run_s = 30

    asked = channel.say(f"{HERE} extend runs/{RUN} with seeds 1-10, then judge")
    channel.press(await channel.reply(asked, "being made"), "labs:cancel")
    await channel.settled(asked, "what is finished is kept")

    assert output(root)["summary"]["verdict"] == "PROCEED"
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED
    assert len(list((root / "runs" / RUN).glob("grid*"))) == 1


async def test_failed_cells_are_redone_in_the_shape_that_was_asked_for(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.fates.extend([Fate("failed", error="CUDA out of memory")] * 3)
    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seed 5"))

    asked = channel.say(f"{HERE} redo the failed cells of runs/{only_rerun(root)}")
    await channel.result(asked)

    shapes = Counter(one.input["aspect_ratio"] for one in world.replicate.ordered)
    assert shapes == {"3:4": 6}


async def test_a_picture_that_is_gone_is_made_again_and_one_put_aside_is_found(
    channel: Channel, world: World, root: Path, tmp_path: Path
) -> None:
    await channel.result(channel.say(f"{HERE} extend runs/{RUN} with seed 5"))
    await channel.result(channel.say(f"{HERE} redo CB-LORA-front-full-S5 of runs/{RUN}"))
    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seeds 5-6"))
    assert len(world.replicate.ordered) == 7

    (root / "runs" / only_rerun(root)).rename(tmp_path / "gone")  # in one stroke: its page may be in the making
    (root / f"runs/{RUN}/CB-LORA-front-full-S5.1.png").unlink()
    result = await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seeds 5-6"))

    assert "6 images made" in text(result)
    assert len(world.replicate.ordered) == 11


async def test_a_picture_put_aside_while_a_plan_waited_is_copied_not_paid(start: Start, world: World) -> None:
    channel: Channel = await start(approval_above_usd=0.2)
    waiting = channel.say(f"{HERE} re-run runs/{RUN} with seeds 5-7")
    anchor = await channel.reply(waiting, "Waits for an approval")
    await channel.result(channel.say(f"{HERE} extend runs/{RUN} with seed 5"))
    await channel.result(channel.say(f"{HERE} redo CB-LORA-front-full-S5 of runs/{RUN}"))

    channel.press(anchor, "labs:approve", "U0SAM")
    await channel.result(waiting)

    assert len(world.replicate.ordered) == 3 + 1 + 6


async def test_new_pictures_that_no_judge_saw_have_no_score(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    world.anthropic.faults.add("messages", *[answers.error(400, "invalid_request_error")] * 20)

    labels = ", ".join(cell.label for cell in Lab(root).run(RUN).cells)
    await channel.result(channel.say(f"{HERE} redo {labels} of runs/{RUN}, then judge"))

    assert not [cell for cell in Lab(root).run(RUN).judged_cells() if cell.scores]
    assert state_of(Lab(root).run(RUN)).verdict.word is not Word.PROCEED
