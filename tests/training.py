"""What the scenarios about trainings share."""

from collections import Counter
from pathlib import Path

from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from tests.channel import Channel, refused
from tests.ledger import charges, table

ASK = "in the labs channel: train a LoRA for a different identity from inputs/lora-jd-fixture"
ALONE = f"{ASK} without the matrix"
"""What comes after a training is killed in a few trials of its own: drawing and judging take most of a trial's time."""


def new_run(root: Path) -> str:
    """The run that is not of the sample lab."""
    found = [name for name in Lab(root).runs() if not name.startswith(("20260529", "20260612"))]
    assert len(found) == 1, found
    return found[0]


async def approve(channel: Channel, asked: str) -> None:
    """By Sam, with the plan's button."""
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")


def one_of_everything(world: World, root: Path, channel: Channel, asked: str, images_made: int = 6) -> None:
    """What must hold whatever was killed: counted at the vendors, in the workspace and on the books."""
    images = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    keys = Counter(
        message["metadata"]["event_payload"]["key"] for message in channel.replies(asked) if message.get("metadata")
    )
    assert len(world.replicate.trainings.ordered) == 1
    assert world.replicate.shelf.files == {}
    assert sum(images.values()) == len(images) == images_made
    assert set(keys.values()) == {1}
    assert {one["state"] for one in charges(root)} <= {"charged", "released", "unknown"}
    trained = [one for one in charges(root) if one["model"].startswith("ostris/")]
    assert [one["state"] for one in trained if one["state"] != "released"] == ["charged"]
    spent = sum(one["usd_micros"] for one in charges(root) if one["state"] != "released")
    assert {one["used_micros"] for one in table(root, "budgets")} == {spent}
    assert len(Lab(root).run(new_run(root)).cells) == images_made
    assert refused(world) == [], refused(world)
