"""Plans of matrices: exactly what is new, what it costs, and which approval they are bound to."""

import itertools
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.actions.matrix import ExtendMatrix, RedoCells, RerunMatrix
from pipeline.actions.registry import MatrixRequest
from pipeline.actions.settle import SettleEvidence
from pipeline.errors import MissingPrompts, RequestError
from pipeline.lab.filing import MadeImage
from pipeline.lab.lab import Lab
from pipeline.plan.inputs import Defaults, History, Known
from pipeline.plan.making import plan_matrix
from pipeline.plan.plan import Plan
from pipeline.plan.settling import plan_settle
from pipeline.plan.turns import seed_by_seed
from tests.channel import RUN

DEFAULTS = Defaults(
    model="claude-sonnet-4-6", pass_threshold=0.7, proceed_threshold=0.8, concurrency=20, image_concurrency=10
)


def nothing(_fingerprints: list[str]) -> set[str]:
    return set()


KNOWN = Known(stored=nothing, today="20261123")


def planned(root: Path, request: MatrixRequest, known: Known = KNOWN) -> Plan:
    return plan_matrix(Lab(root), request, DEFAULTS, known)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory, drawn_lab: Path) -> Path:
    """The lab's card as it is: no run.json, a judge_output.json that is not ours, pictures of 9:16."""
    from PIL import Image

    root = tmp_path_factory.mktemp("card")
    shutil.copytree(drawn_lab / "inputs", root / "inputs")
    data = Path(__file__).parents[1] / "data/card"
    folder = root / "runs" / RUN
    shutil.copytree(data, folder)
    for at, cell in enumerate(json.loads((folder / "judge_output.json").read_bytes())["cells"]):
        Image.new("RGB", (72, 128), (at * 30, 90, 90)).save(folder / f"{cell['label']}.png")
    return root


@given(st.floats(0.01, 12), st.integers(1_000, 90_000), st.integers(1_000, 60_000))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_settling_never_plans_beyond_its_limit(card: Path, cap: float, image: int, call: int) -> None:
    """Where not one seed fits, the plan is of one, and is refused by its price; else another seed would not fit."""
    known = KNOWN.model_copy(
        update={"images": History(charges=(image,) * 9, took_s=(9.0,) * 9), "judging": History(charges=(call,) * 9)}
    )
    request = SettleEvidence(run=RUN, cap_usd=cap)
    plan = plan_settle(Lab(card), request, DEFAULTS, known)

    assert plan.making is not None
    seeds = len(plan.making.seeds)
    each = 3 * (image + call)
    assert plan.estimate.high_micros <= cap * 1e6 or seeds == 1
    assert plan.estimate.high_micros + each > cap * 1e6 or seeds == 60
    rows = [one.seed for one in plan.making.images]
    assert rows == sorted(rows, key=plan.making.seeds.index)


def test_the_card_can_be_rerun_with_its_own_version_and_shape(card: Path) -> None:
    plan = planned(card, RerunMatrix(run=RUN, seeds=(19023, 555, 999)))

    assert plan.making is not None
    assert plan.run == "20261123-cb-lora-v1-r1"
    assert plan.making.matrix == "3 prompts × 3 seeds = 9 new images"
    assert plan.making.diff == "seeds 42, 7301 → 19023, 555, 999; prompts unchanged; no training"
    assert plan.making.version.startswith("thor-reef/ikatomi-cb-fixture-lora-v1:175548beef")
    assert {image.input["aspect_ratio"] for image in plan.making.images} == {"9:16"}
    assert {image.input["output_format"] for image in plan.making.images} == {"png"}
    assert "defaults" in plan.notes[0]
    assert any("do not say what TOKR is" in note for note in plan.notes)
    assert plan.judge is None


def test_judging_an_extension_of_the_card_prices_its_old_cells_anew(card: Path) -> None:
    plan = planned(card, ExtendMatrix(run=RUN, n_seeds=1, then_judge=True))

    assert len(plan.calls) == 6
    assert plan.judged == 9
    assert plan.making is not None
    assert plan.estimate.usd_micros == (plan.making.estimate.usd_micros + plan.judging_estimate.usd_micros)
    assert any("judged anew" in note for note in plan.notes)


def test_cells_that_exist_are_kept_and_said(card: Path) -> None:
    plan = planned(card, ExtendMatrix(run=RUN, seeds=(42, 5)))

    assert plan.making is not None
    assert len(plan.making.kept) == 3
    assert [image.seed for image in plan.making.images] == [5, 5, 5]
    with pytest.raises(RequestError, match="already"):
        planned(card, ExtendMatrix(run=RUN, seeds=(42, 7301)))


def test_a_new_prompt_takes_the_runs_seeds_and_a_name_of_its_own(card: Path) -> None:
    plan = planned(card, ExtendMatrix(run=RUN, prompts=("TOKR woman, front full, candle light",)))

    assert plan.making is not None
    assert [image.label for image in plan.making.images] == [
        "CB-LORA-front-full-candle-S42",
        "CB-LORA-front-full-candle-S7301",
    ]
    assert "adds prompt front-full-candle to 6 cells" in plan.making.diff


def test_nothing_failed_is_nothing_to_redo(card: Path) -> None:
    with pytest.raises(RequestError, match="usable image") as caught:
        planned(card, RedoCells(run=RUN, which="failed"))

    assert "3 more seeds" in caught.value.hint


def test_a_run_without_a_version_makes_nothing(card: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(card, tmp_path / "lab"))
    (root / "runs" / RUN / "training_state.json").unlink()

    with pytest.raises(RequestError, match="no trained version"):
        planned(root, RerunMatrix(run=RUN, seeds=(1,)))


def test_prompts_that_stand_nowhere_are_asked_for(card: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(card, tmp_path / "lab"))
    (root / "runs" / RUN / "judge_output.json").unlink()

    with pytest.raises(MissingPrompts):
        planned(root, RerunMatrix(run=RUN, seeds=(1,)))


def test_history_prices_the_next_images(card: Path) -> None:
    charges = tuple(range(10_000, 20_000, 1_000))
    known = Known(stored=nothing, images=History(charges=charges, took_s=(4.0,) * 10))

    plan = planned(card, RerunMatrix(run=RUN, seeds=(1, 2)), known)

    assert plan.estimate.basis == "from 10 images"
    assert plan.estimate.low_micros < plan.estimate.usd_micros < plan.estimate.high_micros
    assert plan.took_s == 4.0


SEEDS = st.lists(st.integers(0, 99), min_size=1, max_size=5, unique=True)


@given(SEEDS, st.randoms())
def test_the_order_of_seeds_makes_no_other_plan(card: Path, seeds: list[int], chance: object) -> None:
    other = list(seeds)
    chance.shuffle(other)  # type: ignore[attr-defined]  # a random.Random
    one = planned(card, RerunMatrix(run=RUN, seeds=tuple(seeds)))
    two = planned(card, RerunMatrix(run=RUN, seeds=tuple(other)))

    assert one.hash == two.hash


@given(SEEDS, SEEDS, st.sampled_from([None, 1.0]), st.booleans())
def test_different_plans_have_different_hashes_and_prices_add_up(
    card: Path, seeds: list[int], others: list[int], cap: float | None, then: bool
) -> None:
    one = planned(card, RerunMatrix(run=RUN, seeds=tuple(seeds), then_judge=then, cap_usd=cap))
    two = planned(card, RerunMatrix(run=RUN, seeds=tuple(others), then_judge=then, cap_usd=cap))

    assert (one.hash == two.hash) is (set(seeds) == set(others))
    assert one.making is not None
    assert len(one.making.images) == 3 * len(seeds)
    assert one.estimate.high_micros == one.making.estimate.high_micros + one.judging_estimate.high_micros
    assert len({image.label for image in one.making.images}) == len(one.making.images)


def test_what_was_made_before_is_copied_only_while_it_is_there(card: Path) -> None:
    first = planned(card, RerunMatrix(run=RUN, seeds=(1, 2)))
    assert first.making is not None
    picture = card / "runs" / RUN / "CB-LORA-front-full-S42.png"
    import hashlib

    there = MadeImage(image=f"runs/{RUN}/{picture.name}", sha256=hashlib.sha256(picture.read_bytes()).hexdigest())
    gone = MadeImage(image=f"runs/{RUN}/nowhere.png", sha256="0" * 64)
    names = [image.fingerprint for image in first.making.images]

    def made(_fingerprints: list[str]) -> dict[str, tuple[MadeImage, ...]]:
        return {names[0]: (gone, there), names[1]: (gone,)}

    plan = planned(card, RerunMatrix(run=RUN, seeds=(1, 2)), Known(stored=nothing, made=made))

    assert plan.making is not None
    assert [image.copy_of is not None for image in plan.making.images].count(True) == 1
    assert len(plan.making.ordered) == 5


@given(st.lists(st.tuples(st.text("abc", min_size=1, max_size=2), st.sampled_from([None, 1, 42, 7301])), unique=True))
def test_turns_go_seed_by_seed_and_lose_nothing(cells: list[tuple[str, int | None]]) -> None:
    turns = seed_by_seed(cells, lambda one: one[1])

    assert sorted(turns, key=cells.index) == cells
    seeds = [seed for _prompt, seed in turns]
    assert [seed for seed, _each in itertools.groupby(seeds)] == list(dict.fromkeys(seed for _prompt, seed in cells))
    for seed in set(seeds):
        assert [one for one in turns if one[1] == seed] == [one for one in cells if one[1] == seed]
