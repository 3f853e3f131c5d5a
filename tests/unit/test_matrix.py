"""Seeds, ids, names, lint: the words and numbers of a matrix."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lab.lab import Lab
from pipeline.makers.flux_lora import ASPECTS
from pipeline.makers.flux_lora import MAKER as FLUX_LORA
from pipeline.makers.maker import CellToMake, fingerprint
from pipeline.models import LABEL, MAX_SEED
from pipeline.plan.lint import lint, trigger_of
from pipeline.plan.names import fresh_seeds, prompt_id, rerun_name
from tests.channel import RUN

SEEDS = st.sets(st.integers(0, MAX_SEED), max_size=80)


@given(SEEDS, st.integers(1, 60))
def test_fresh_seeds_are_new_different_and_always_the_same(used: set[int], count: int) -> None:
    found = fresh_seeds(used, count)

    assert len(set(found)) == count
    assert not set(found) & used
    assert found == fresh_seeds(used, count)
    assert all(0 <= seed <= MAX_SEED for seed in found)


@given(st.text(max_size=200), st.sets(st.sampled_from(["prompt", "prompt-2", "candle-light"])))
def test_a_new_prompts_id_makes_a_label_and_is_never_taken(text: str, taken: set[str]) -> None:
    found = prompt_id(text, "TOKR", taken)

    assert found not in taken
    match = LABEL.match(f"CB-LORA-{found}-S42")
    assert match is not None
    assert match["prompt_id"] == found


@pytest.mark.parametrize(
    ("parent", "taken", "name"),
    [
        (RUN, (RUN,), "20261123-cb-lora-v1-r1"),
        (RUN, (RUN, "20261101-cb-lora-v1-r1"), "20261123-cb-lora-v1-r2"),
        ("20261101-cb-lora-v1-r1", (RUN, "20261101-cb-lora-v1-r1"), "20261123-cb-lora-v1-r2"),
        (RUN, ("20261101-cb-lora-v2-r4", "20261101-cb-lora-v1-r10"), "20261123-cb-lora-v1-r11"),
        ("odd", ("odd",), "20261123-odd-r1"),
    ],
)
def test_a_rerun_is_numbered_beside_its_parent(parent: str, taken: tuple[str, ...], name: str) -> None:
    assert rerun_name(parent, taken, "20261123") == name


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a photograph of TOKR woman by the window", ()),
        ("a photograph of TOKR by the window", ("does not say what TOKR is",)),
        ("a photograph of a woman by the window", ("lacks the trigger word TOKR",)),
        ("TOKR man", ("shorter than",)),
        ("TOKR woman " + "walking in the city, " * 100, ("longer than",)),
    ],
)
def test_what_is_odd_about_a_prompt_is_said(prompt: str, words: tuple[str, ...]) -> None:
    found = lint([prompt], "TOKR")

    assert len(found) == len(words)
    for said, expected in zip(found, words, strict=True):
        assert expected in said


def test_the_trigger_word_is_found_in_the_prompts(drawn_lab: Path) -> None:
    assert trigger_of(Lab(drawn_lab).run(RUN)) == "TOKR"


def test_an_images_name_covers_all_that_makes_it() -> None:
    settings = {"guidance_scale": 3, "num_outputs": 1}
    one = FLUX_LORA.asked(CellToMake("TOKR woman", 42, "3:4", settings))
    names = {
        fingerprint("a/b:" + "1" * 64, one),
        fingerprint("a/b:" + "2" * 64, one),
        fingerprint("a/b:" + "1" * 64, one | {"seed": 43}),
        fingerprint("a/b:" + "1" * 64, one | {"guidance_scale": 2}),
        fingerprint("a/b:" + "1" * 64, one, "an older picture"),
    }

    assert len(names) == 5
    assert one["aspect_ratio"] == "3:4"
    assert FLUX_LORA.asked(CellToMake("x", 1, "3:4", settings | {"aspect_ratio": "1:1"}))["aspect_ratio"] == "1:1"
    assert set(ASPECTS) >= {"1:1", "9:16"}
