"""Which cells of two runs stand beside each other."""

from pathlib import Path

from pipeline.evidence.compare import compare
from pipeline.evidence.run_state import state_of
from pipeline.models import OWN_LORA
from tests.judged import judged_run

RUN, CONTEST = "20260529-cb-lora-v1", "20260612-cb-bakeoff-v1"
PROMPTS = {"front-full": "a photograph of TOKR", "3q-side": "TOKR from the side"}


def test_a_bake_off_is_compared_row_by_row(tmp_path: Path) -> None:
    """Its own LoRA's row is what a matrix is made by; another vendor's picture has no like there."""
    matrix = judged_run(tmp_path, RUN, PROMPTS, (42, 7301), lambda *_: 0.9)
    contest = judged_run(tmp_path, CONTEST, PROMPTS, (42, 7301), prefix="CB-TRAINED")
    states = [state_of(matrix), state_of(contest)]
    own, other = (
        tuple(
            one.model_copy(
                update={"cell": one.cell.model_copy(update={"maker": maker, "label": one.cell.label + mark})}
            )
            for one in states[1].cells
        )
        for maker, mark in ((OWN_LORA, ""), ("pulid", "-P"))
    )
    states[1] = states[1].model_copy(update={"cells": (*own, *other)})

    found = compare([matrix, contest], states)

    assert found.against[0].pairs == 4
    for group in found.groups:
        makers = {one.cell.maker or OWN_LORA for one in group.cells if one}
        assert len(makers) == 1, "a vendor beside another one"
        assert group.paired is (makers == {OWN_LORA})
