"""Every step that a run's state offers costs what the plan of its sentence costs: one price for one thing."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from bot.settings.settings import Settings
from pipeline.actions.registry import JobRequests
from pipeline.advice.next_steps import Prices, next_steps
from pipeline.advice.remedies import remedies
from pipeline.evidence.run_state import state_of
from pipeline.fixture.measures import Measurer
from pipeline.lab.lab import Lab
from pipeline.language.parse import parse
from pipeline.plan.inputs import Known
from pipeline.plan.planner import plan_request

CARD = Path(__file__).parents[1] / "data/card"
FAILING = "20260530-cb-lora-v9"


@pytest.fixture(scope="module")
def root(drawn_lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample lab, and a run that missed both bars by another judge's word."""
    made = Path(shutil.copytree(drawn_lab, tmp_path_factory.mktemp("steps") / "lab"))
    folder = made / "runs" / FAILING
    shutil.copytree(CARD, folder)
    output = json.loads((folder / "judge_output.json").read_text("utf-8"))
    for at, cell in enumerate(output["cells"]):
        Image.new("RGB", (720, 1280), (at * 30, 90, 90)).save(folder / f"{cell['label']}.png")
        cell |= {axis: cell[axis] | {"pass": False, "score": 0.2} for axis in ("q1_identity", "q4_photographic")}
    (folder / "judge_output.json").write_text(json.dumps(output), "utf-8")
    return made


@pytest.mark.parametrize("name", ["20260529-cb-lora-v1", "20260612-cb-lora-v2", FAILING])
def test_a_step_costs_what_its_plan_costs(root: Path, photographs: Measurer, name: str) -> None:
    lab, defaults, prices = Lab(root), Settings(root=root, controls=0).defaults, Prices()
    run = lab.run(name)
    state = state_of(run)
    known = Known(
        stored=lambda _names: set(),
        today="20261127",
        measurer=photographs,
        account="sandbox-lab",
        accounts=frozenset({"replicate"}),
    )
    steps = next_steps(state, prices, defaults.model, remedies(run, state, prices, defaults.model))

    priced = 0
    for step in steps:
        request = parse(f"in the labs channel: {step.sentence}", lab.catalogue()) if step.sentence else None
        if isinstance(request, JobRequests):
            assert step.estimate == plan_request(lab, request, defaults, known).estimate, step.short
            priced += 1
    assert priced >= (6 if name == FAILING else 2)


def test_with_controls_a_step_never_promises_too_little(root: Path, photographs: Measurer) -> None:
    lab, defaults, prices = Lab(root), Settings(root=root).defaults, Prices(controls=4)
    state = state_of(lab.run("20260529-cb-lora-v1"))
    known = Known(stored=lambda _names: set(), today="20261127", measurer=photographs)
    for step in next_steps(state, prices, defaults.model):
        request = parse(f"in the labs channel: {step.sentence}", lab.catalogue())
        if isinstance(request, JobRequests):
            plan = plan_request(lab, request, defaults, known)
            assert plan.controls, step.short
            assert plan.estimate.high_micros <= step.estimate.high_micros, step.short
            assert plan.request.cap_usd is None or plan.estimate.high_micros <= plan.request.cap_usd * 1e6
