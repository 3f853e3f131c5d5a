"""The page that a lab member reads, and the question that the bot asks back."""

from pathlib import Path

import pytest

from pipeline.lab.catalogue import Catalogue
from pipeline.language.manual import examples, page
from pipeline.language.parse import parse
from pipeline.language.question import answered, question
from pipeline.language.sentence import render
from pipeline.request import Ask

RUNS = ("20260529-cb-lora-v1", "20260612-cb-lora-v2", "20260615-mm-lora-v1")
LAB = Catalogue(runs=RUNS, fixtures=("lora-cb-fixture", "lora-mm-fixture"), photos=("cb_4.jpg",))


def test_the_page_says_what_the_code_reads() -> None:
    written = (Path(__file__).parents[2] / "docs/requests.md").read_text("utf-8")

    assert written == page(), "write it anew: uv run labs parse --manual > docs/requests.md"


@pytest.mark.parametrize(
    ("text", "words", "choices"),
    [
        ("judge cb lora", "2 runs fit. Which run?", ["runs/20260529-cb-lora-v1", "runs/20260612-cb-lora-v2"]),
        (
            "judge runs/20260529-cb-lora-v9",
            "is no run here",
            ["runs/20260529-cb-lora-v1", "runs/20260612-cb-lora-v2", "runs/20260615-mm-lora-v1"],
        ),
        ("train KT", "is no fixture here", ["inputs/lora-cb-fixture", "inputs/lora-mm-fixture"]),
        ("judge mm lora $3", "the most it may cost", ["$3"]),
        ("list", "List what?", ["runs", "fixtures", "jobs"]),
        ("re-run mm lora", "Which seeds?", ["3 seeds"]),
    ],
)
def test_a_question_names_what_fits(text: str, words: str, choices: list[str]) -> None:
    said = f"<@U0LABSBOT> {text}"
    ask = parse(said, LAB)

    assert isinstance(ask, Ask)
    posed = question(ask, said, LAB)
    assert words in posed.words
    assert [choice.label for choice in posed.choices] == choices
    for choice in posed.choices:
        assert not isinstance(parse(f"in the labs channel: {choice.sentence}", LAB), Ask)


@pytest.mark.parametrize(
    ("text", "reply", "sentence"),
    [
        ("judge it", "CB LoRA v1", "judge CB LoRA v1"),
        ("re-run mm lora", "3 more", "re-run runs/20260615-mm-lora-v1 with 3 more seeds"),
        ("re-run mm lora", "8", None),
        ("judge it", "no idea, ask Sam", None),
        ("extend mm lora with a new prompt", "hm, let me think", None),
        (
            "extend mm lora with a new prompt",
            "“TOKR, R&D lab”",
            "extend runs/20260615-mm-lora-v1 with a new prompt “TOKR, R&D lab”",
        ),
        ("train KT, 900 steps", "the mm fixture", "train a LoRA from the mm fixture --steps 900"),
        ("train KT, 900 steps", "inputs/lora-mm-fixture", "train a LoRA from inputs/lora-mm-fixture --steps 900"),
    ],
)
def test_a_reply_completes_the_request_or_is_talk(text: str, reply: str, sentence: str | None) -> None:
    ask = parse(f"<@U0LABSBOT> {text}", LAB)

    assert isinstance(ask, Ask)
    assert answered(ask, reply, LAB) == sentence


def test_an_example_never_judges_a_run_against_somebody_elses_photograph() -> None:
    runs = ("20260529-zz-lora-v1", RUNS[0])
    catalogue = Catalogue(runs=runs, fixtures=("lora-cb-fixture",), photos=("cb_1.jpg", "cb_2.jpg"))

    shown = [render(request) for request in examples(runs[0], catalogue).values() if request.action == "judge"]

    assert shown == [f"judge runs/{runs[0]}"]
    assert "cb_1.jpg" in render(examples(RUNS[0], catalogue)["judge"])
