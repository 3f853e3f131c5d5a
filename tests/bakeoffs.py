"""Words of bake-offs, and what came of one."""

from pathlib import Path
from typing import Any

from bot.sandbox.world import World
from pipeline.evidence.run_state import RunState, state_of
from pipeline.lab.lab import Lab
from pipeline.makers.registry import MAKERS
from tests.channel import RUN

OPEN = {"consent_vendors": {"self": ["fashn"]}}
"""The sample lab's basis, which now allows FASHN, too."""
TAIL = f"against cb_4.jpg with the prompts and seeds of runs/{RUN}"
EVERYBODY = [one.name for one in MAKERS.entrants]


def bakeoff(root: Path) -> RunState:
    lab = Lab(root)
    return state_of(lab.run(next(name for name in lab.runs() if "bakeoff" in name)))


def without_licence(root: Path) -> None:
    facts = root / "inputs/lora-cb-fixture/fixture.toml"
    facts.write_text(facts.read_text().replace('licence = "CC0-1.0"\n', ""))


def sent(world: World) -> list[dict[str, Any]]:
    """Every input that was ordered, whoever got it."""
    return [one.input for one in world.replicate.ordered] + [one.inputs for one in world.fashn.ordered]
