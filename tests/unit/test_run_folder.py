"""The lab's files: read as they are, written as they were, and a person's words kept byte for byte."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.advice.next_steps import Prices, next_steps
from pipeline.errors import LabError, UnknownReference, UnknownRun
from pipeline.evidence.run_state import RunState, state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.files import JudgeOutput, TrainingState
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, write_whole
from pipeline.record.job import render_run
from pipeline.record.summary import PERSONS, render, sections

CARD = Path(__file__).parents[1] / "data/card"
RUN = "20260529-cb-lora-v1"


@pytest.fixture
def card_lab(tmp_path: Path) -> Lab:
    """The card's two files, with six pictures of the right names."""
    folder = tmp_path / "runs" / RUN
    folder.mkdir(parents=True)
    for name in ("judge_output.json", "training_state.json"):
        shutil.copy(CARD / name, folder)
    lab = Lab(tmp_path)
    for cell in lab.run(RUN).cells:
        Image.new("RGB", (8, 8), "white").save(tmp_path / cell.image)
    return lab


@pytest.mark.parametrize(
    ("model", "name"), [(JudgeOutput, "judge_output.json"), (TrainingState, "training_state.json")]
)
def test_the_cards_files_come_back_byte_for_byte(model: type[JudgeOutput] | type[TrainingState], name: str) -> None:
    content = (CARD / name).read_bytes()

    assert model.read(content, name).write() == content


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=10).filter(
            lambda key: key not in JudgeOutput.model_fields and not key.startswith("model_")
        ),
        JSON,
        max_size=4,
    ),
    st.floats(0, 1),
    st.text(max_size=60),
)
def test_unknown_keys_and_any_text_survive(extra: dict[str, object], score: float, reason: str) -> None:
    axis = {"pass": score >= 0.7, "score": score, "reason": reason}
    cell = {"label": "A-B-c-S1", **dict.fromkeys(("q1_identity", "q2_pose", "q3_framing", "q4_photographic"), axis)}
    content = (json.dumps({"cells": [cell], **extra}, indent=2) + "\n").encode()

    assert JudgeOutput.read(content, "it").write() == content


def test_the_cards_run_is_read_with_its_foreign_paths(card_lab: Lab) -> None:
    run = card_lab.run(RUN)
    state = state_of(run)

    assert state.verdict.word is Word.PROCEED
    assert state.verdict.tallies[0].interval == "44–97 %"
    assert state.training_minutes == 35
    assert [cell.image for cell in run.cells] == [f"runs/{RUN}/{cell.label}.png" for cell in run.cells]
    assert (run.seeds, run.prompt_ids) == ((42, 7301), ("front-full", "upper-front", "3q-side"))
    manifest = run.derived_manifest()
    assert (manifest.derived, manifest.reference, manifest.trainer and manifest.trainer.model) == (
        True,
        "inputs/lora-cb-fixture/cb_4.jpg",
        None,
    )


def test_rendering_ends_the_cards_contradiction_and_keeps_its_json(card_lab: Lab) -> None:
    run = card_lab.run(RUN)
    (run.path / "SUMMARY.md").write_text(
        "# ⏳ IN-FLIGHT: CB LoRA identity validation\n\nrun (judge pending)\n\n## What this run is\n\nA probe.  \n\n##"
        " Verdict reasoning\n\nIN-FLIGHT, pending.\n\n## Notes / gotchas\n\n- TOKR, not TOK\n"
    )

    render_run(card_lab.run(RUN), 0, Prices(), "claude-sonnet-4-6")
    text = (run.path / "SUMMARY.md").read_text()

    assert text.startswith("# ✅ PROCEED: CB LoRA identity validation\n")
    assert "pending" not in text
    assert "IN-FLIGHT" not in text
    assert "## What this run is\n\nA probe.  \n\n" in text
    assert (run.path / "judge_output.json").read_bytes() == (CARD / "judge_output.json").read_bytes()
    headings = [line[3:].split(" (")[0] for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "What this run is",
        "Verdict reasoning",
        "How to continue this work",
        "Artifacts",
        "Inputs",
        "Notes / gotchas",
        "Judge verdict",
        "Images",
        "Data",
    ]


PROSE = st.text(st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=120)


@given(st.lists(PROSE, min_size=3, max_size=3))
def test_a_persons_sections_survive_every_rendering(words: list[str]) -> None:
    # A person's own text may hold anything but a heading of ours, which would be another section.
    bodies = [f"\n{'' if '## ' in text or '```' in text or '~~~' in text else text}\n\n" for text in words]
    existing = "".join(f"## {name}\n{body}" for name, body in zip(PERSONS, bodies, strict=True))
    state = _STATE
    once = render(state, (), 0, existing)

    assert render(state, (), 0, once) == once
    kept = sections(once)
    for name, body in zip(PERSONS, bodies, strict=True):
        assert kept[name] == f"## {name}\n{body}"


def _state() -> RunState:
    import tempfile

    root = Path(tempfile.mkdtemp())
    (root / "runs" / RUN).mkdir(parents=True)
    shutil.copy(CARD / "judge_output.json", root / "runs" / RUN)
    found = state_of(Lab(root).run(RUN))
    shutil.rmtree(root)
    return found


_STATE = _state()


@pytest.mark.parametrize(
    "existing",
    [
        "## Notes / gotchas\n\n```\nnever closed\n\n## Images\n",
        "## Notes / gotchas\r\n\r\nmine\r\n\r\n## Verdict reasoning\r\n\r\nold\r\n",
        "## Mine\n\nown words\n",
    ],
)
def test_odd_files_do_not_grow(existing: str) -> None:
    once = render(_STATE, (), 0, existing)

    assert render(_STATE, (), 0, once) == once
    assert once.count("## Judge verdict") == 1
    assert once.count("## Verdict reasoning") == 1


def test_every_step_of_the_card_is_priced(card_lab: Lab) -> None:
    steps = next_steps(state_of(card_lab.run(RUN)), Prices(), "claude-sonnet-4-6")

    assert [step.sentence.split()[0] for step in steps] == ["settle", "judge", "show"]
    assert "30 cells that pass would do, up to 60 are made" in steps[0].purpose
    assert all(step.estimate.high_micros for step in steps[:2])


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "runs/../../x", "runs\\..\\x", "a\0b"])
def test_paths_stay_inside(tmp_path: Path, path: str) -> None:
    with pytest.raises(LabError):
        inside(tmp_path, path)


def test_links_out_of_the_lab_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab/out").symlink_to(tmp_path)

    with pytest.raises(LabError):
        inside(tmp_path / "lab", "out/x")


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    assert write_whole(path, b"one")
    assert not write_whole(path, b"one")
    with pytest.raises(TypeError):
        write_whole(path, "text")  # type: ignore[arg-type]

    assert path.read_bytes() == b"one"
    assert [child.name for child in tmp_path.iterdir()] == ["f"]


def test_a_reference_is_found_or_asked_for(card_lab: Lab) -> None:
    fixture = card_lab.root / "inputs/lora-cb-fixture"
    fixture.mkdir(parents=True)
    for name in ("cb_4.jpg", "cb_5.jpg"):
        Image.new("RGB", (8, 8)).save(fixture / name)
    run = card_lab.run(RUN)

    assert card_lab.reference(run, None) == "inputs/lora-cb-fixture/cb_4.jpg"
    assert card_lab.reference(run, "CB_5.jpg") == "inputs/lora-cb-fixture/cb_5.jpg"
    with pytest.raises(UnknownReference, match="'cb_40.jpg'"):
        card_lab.reference(run, "cb_40.jpg")
    with pytest.raises(UnknownRun) as error:
        card_lab.run("20260529-cb-lora-v2")
    assert error.value.nearest == [RUN]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"cells": [{"label": 3}]}', b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(card_lab: Lab, content: bytes) -> None:
    (card_lab.root / "runs" / RUN / "judge_output.json").write_bytes(content)

    with pytest.raises(LabError, match="judge_output.json"):
        state_of(card_lab.run(RUN))


@pytest.mark.parametrize("gone", [0, 1, 3, 5])
def test_a_cell_that_lost_its_score_stays_in_its_place(card_lab: Lab, gone: int) -> None:
    """As after a redo without a judge."""
    run = card_lab.run(RUN)
    before = [cell.label for cell in run.cells]
    output = run.output
    assert output is not None
    lost = output.cells[gone]
    unscored = [{"label": lost.label, "cause": "not judged", "detail": ""}]
    kept = [entry for entry in output.cells if entry is not lost]
    run.write("judge_output.json", output.model_copy(update={"cells": kept}).write())
    path = run.path / "judge_output.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"unscored": unscored}), "utf-8")

    assert [cell.label for cell in card_lab.run(RUN).cells] == before
    assert card_lab.run(RUN).seeds == run.seeds


def test_labels_are_those_of_the_cells(card_lab: Lab) -> None:
    """Read without what else stands in the files."""
    run = card_lab.run(RUN)

    assert set(run.labels) == {cell.label for cell in run.cells}


@pytest.mark.parametrize("content", ["[]", '{"cells": 5}', '{"cells": [5]}', '{"cells": [{}]}', "{", '{"cells": {}}'])
def test_a_file_of_another_shape_has_no_labels(card_lab: Lab, content: str) -> None:
    (card_lab.root / "runs" / RUN / "judge_output.json").write_text(content, "utf-8")

    assert card_lab.catalogue().runs == (RUN,)
