"""Train a LoRA: from the words in #labs over pre-flight, plan and approval to the run, its grid and its verdict."""

import json
from pathlib import Path

from bot.sandbox.world import World
from pipeline.lab import Lab
from pipeline.lab_files import TrainingState
from pipeline.state import state_of
from pipeline.verdict import Word
from tests.channel import Channel, pictures, text
from tests.ledger import charges

ASK = "in the labs channel: train a LoRA for a different identity from inputs/lora-jd-fixture"


def new_run(root: Path) -> str:
    """The run that is not of the sample lab."""
    found = [name for name in Lab(root).runs() if not name.startswith(("20260529", "20260612"))]
    assert len(found) == 1, found
    return found[0]


async def test_a_new_identity_is_trained_made_and_judged_after_an_approval(
    channel: Channel, world: World, root: Path
) -> None:
    asked = channel.say(ASK)
    plan = await channel.until(
        lambda: next((m for m in channel.replies(asked) if pictures(m)), None),
        "the plan with the contact sheet",
    )
    said = text(plan)

    assert "New identity JD from 12 photographs" in said
    assert "13 green" in said
    assert "*1000 steps, rank 16*" in said
    assert "JDKR" in said
    assert "3 prompts × 2 seeds = 6 new images" in said
    assert "training $1.83" in said
    assert "A training always needs an approval." in said
    assert world.replicate.shelf.files == {}
    assert world.replicate.trainings.ordered == []

    channel.press(plan, "labs:approve", person="U0SAM")
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    run = Lab(root).run(new_run(root))
    assert run.name.endswith("-jd-lora-v1")
    assert len(world.replicate.trainings.ordered) == 1
    trained = world.replicate.trainings.ordered[0]
    assert trained.destination == "sandbox-lab/jd-lora-v1"
    assert trained.input["trigger_word"] == "JDKR"
    assert world.replicate.shelf.models[trained.destination]["visibility"] == "private"
    assert world.replicate.shelf.files == {}
    assert {one.version for one in world.replicate.ordered} == {trained.trained}
    assert len(world.replicate.ordered) == len(world.anthropic.asked) == 6
    assert state_of(run).verdict.word in {Word.PROCEED, Word.ITERATE}
    assert "<@U0DANA>" in text(result)
    assert "Trained" in text(anchor)
    assert len(pictures(result)) == 1
    state = TrainingState.read((run.path / "training_state.json").read_bytes(), "it")
    assert state.version == f"{trained.destination}:{trained.trained}"
    assert len(state.inference) == 6
    manifest = json.loads((run.path / "run.json").read_bytes())
    assert manifest["trainer"]["parameters"]["steps"] == 1000
    assert len(manifest["fixture"]["photos"]) == 12
    assert manifest["reference"] == "inputs/lora-jd-fixture/jd_ref.jpg"
    booked = {one["model"]: one for one in charges(root)}
    assert booked["ostris/flux-dev-lora-trainer"]["usd_micros"] == 1_921_500  # 1,260 s of an H100
    assert world.slack.refused == []
