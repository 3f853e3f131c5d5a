"""The result at a glance: short however many cells there are, and everything else one press away."""

import sys
from pathlib import Path
from typing import Any

import pytest

from handlers.blocks.failures import MOST, failed, form, in_a_line, ticked
from handlers.blocks.result import result, title
from handlers.blocks.result_details import form as details
from handlers.ports import Opening
from handlers.views import ResultView
from pipeline.advice.next_steps import Prices
from pipeline.evidence.run_state import RunState, state_of
from pipeline.lab.run import Run
from pipeline.models import Axis
from pipeline.record.job import Filed, steps_of
from tests.judged import Score, judged_run
from tests.messages import kept

sys.path.insert(0, str(Path(__file__).parents[1] / "contract/slack"))
import check_blocks

RUN = "20260529-cb-lora-v1"
PROMPTS = {f"prompt-{at}": f"a photograph of TOKR, {at}" for at in range(20)}
OPENING = Opening(form="x", subject="7f3a21", person="U0DANA", channel="C0LABS", thread_ts=None, trigger_id="1")


def some_fail(prompt: str, seed: int, axis: Axis) -> float:
    if seed == 2 and axis is Axis.IDENTITY:
        return 0.1
    return 0.3 if (int(prompt[7:]) * 7 + seed) % 9 == 0 and axis is Axis.PHOTOGRAPHIC else 0.9


def unlike_a_photograph(_prompt: str, _seed: int, axis: Axis) -> float:
    return 0.2 if axis is Axis.PHOTOGRAPHIC else 0.9


def state(root: Path, prompts: int, seeds: int, score: Score = some_fail) -> RunState:
    texts = dict(list(PROMPTS.items())[:prompts])
    judged_run(root, RUN, texts, tuple(range(1, seeds + 1)), score, reason="long " * 80)
    return state_of(Run(root, RUN))


def view(root: Path, found: RunState, **given: Any) -> ResultView:
    job = kept()["judge"]
    filed = Filed.model_validate(job.outcome)
    told: dict[str, Any] = {
        "job_id": "7f3a21", "asked_by": "U0DANA", "plan": job.plan, "spent_micros": 70_000, "unknown_micros": 0,
        "bought": 6, "took_s": 9.0, "scored": filed.scored, "total": len(found.cells), "pages": True,
        "files": (("F0000000001", "Contact sheet."),),
    }  # fmt: skip
    steps = steps_of(Run(root, RUN), found, Prices(), None)
    return ResultView(state=found, steps=steps, **(told | given))


def characters(blocks: Any) -> int:
    """What a reader has before their eyes."""
    if isinstance(blocks, list | tuple):
        return sum(map(characters, blocks))
    if not isinstance(blocks, dict) or blocks.get("type") == "static_select":
        return 0
    return sum(len(one) if key == "text" and isinstance(one, str) else characters(one) for key, one in blocks.items())


@pytest.mark.parametrize(("prompts", "seeds"), [(3, 2), (6, 10), (20, 30)])
def test_it_is_short_however_many_cells_there_are(tmp_path: Path, prompts: int, seeds: int) -> None:
    message = result(view(tmp_path, state(tmp_path, prompts, seeds)))

    assert characters(list(message.blocks)) <= 900
    assert check_blocks.check_message({"text": message.text, "blocks": list(message.blocks)}) == []


def test_its_head_says_what_was_decided_and_by_which_count(tmp_path: Path) -> None:
    assert title(state(tmp_path / "a", 3, 2)) == "🔁 Not yet: CB is recognised in 3 of 6"
    assert title(state(tmp_path / "b", 6, 10)) == "✅ Proceed: CB is recognised in 54 of 60"
    assert title(state(tmp_path / "c", 1, 1, unlike_a_photograph)) == "🔁 Not yet: the look is photographic in 0 of 1"


def test_many_failures_are_told_by_axis_and_by_seed(tmp_path: Path) -> None:
    found = state(tmp_path, 6, 10)

    assert in_a_line(found) == "6 fail Q1 identity (6 of them seed 2), 7 fail Q4 photographic."
    few = result(view(tmp_path / "few", state(tmp_path / "few", 1, 2)))
    assert "✕ `CB-LORA-prompt-0-S2` Q1 identity 0.10: Q1 identity: long" in str(few.blocks)


def test_everything_else_stands_in_the_details(tmp_path: Path) -> None:
    found = state(tmp_path, 6, 10)
    shown = details(OPENING, view(tmp_path, found))
    said = str(shown["blocks"])

    assert check_blocks.check_view(shown) == []
    assert found.evidence.split(" As a")[0] in said
    for step in view(tmp_path, found).steps:
        assert step.sentence in said
    assert "claude-sonnet-4-6" in said


def test_the_list_of_failures_knows_what_was_ticked(tmp_path: Path) -> None:
    found = state(tmp_path, 20, 30)
    shown = form(OPENING, found, ("F0000000001", "Contact sheet."))
    boxes = [block for block in shown["blocks"] if block["type"] == "input"]

    assert check_blocks.check_view(shown) == []
    assert len(failed(found)) > MOST
    assert sum(len(one["element"]["options"]) for one in boxes) == MOST
    first = boxes[0]["element"]["options"][0]["value"]
    third = boxes[2]["element"]["options"][1]["value"]
    told = ticked(found, {"wrong-0": [first], "wrong-20": [third], "wrong-10": [], "other": ["0 q1"]})
    assert [one for one, _axis in told] == [failed(found)[0][0].cell.label, failed(found)[21][0].cell.label]
    assert ticked(found, {"wrong-0": ["999999 q1", "x q1", "0 q9"]}) == []
