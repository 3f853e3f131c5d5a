"""Photographs, trainers and what their answers amount to, without a bot."""

import io
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from bot.sandbox.drawing import CB, JD
from bot.sandbox.fixtures import photograph
from bot.settings.settings import Settings
from pipeline.actions.train import TrainLora
from pipeline.fixture.facts import FixtureFacts, PhotoFacts, read_facts
from pipeline.fixture.findings import Level, Rules
from pipeline.fixture.likeness import SAME, alike, signature, versions_of_one
from pipeline.fixture.measures import Measurer
from pipeline.fixture.packing import PhotoToTrain, pack
from pipeline.fixture.preflight import preflight
from pipeline.lab.lab import Lab
from pipeline.makers.outcome import Prediction
from pipeline.makers.trained import Told, told, version_among, version_of, why_not_trained
from pipeline.makers.trainers import FAST, OSTRIS, PastTraining, estimate_training, read_progress
from pipeline.pictures import decode, sha256
from pipeline.plan.inputs import Known
from pipeline.plan.plan import Plan
from pipeline.plan.training import plan_training
from tests.photographs import as_png

TODAY = date(2026, 11, 23)
RULES = Rules(bases=("self", "release"), today=TODAY)
ALLOWED = PhotoFacts(licence="CC0", consent="self", vouched_by="Ana")


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        (ALLOWED, None),
        (ALLOWED.model_copy(update={"licence": None}), "no licence"),
        (ALLOWED.model_copy(update={"consent": None}), "no consent basis"),
        (ALLOWED.model_copy(update={"consent": "she said yes"}), "none of the lab's"),
        (ALLOWED.model_copy(update={"vouched_by": None}), "nobody vouches"),
        (ALLOWED.model_copy(update={"consent_until": date(2026, 11, 22)}), "ended on 2026-11-22"),
        (ALLOWED.model_copy(update={"consent_until": TODAY}), None),
        (ALLOWED.model_copy(update={"withdrawn": date(2026, 1, 1)}), "withdrawn on 2026-01-01"),
    ],
)
def test_what_forbids_a_photograph(facts: PhotoFacts, lacks: str | None) -> None:
    said = facts.lacks(("self", "release"), TODAY)

    assert said == lacks if lacks is None else lacks in (said or "")


def test_facts_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    folder = tmp_path / "inputs/lora-zz-fixture"
    folder.mkdir(parents=True)
    facts = FixtureFacts(
        identity="zz",
        class_noun="man",
        references=("zz_1.jpg",),
        all=ALLOWED,
        photos={"zz_2.jpg": PhotoFacts(consent_until=TODAY)},
    )
    (folder / "fixture.toml").write_bytes(facts.write())

    assert read_facts(Lab(tmp_path), "inputs/lora-zz-fixture") == facts
    assert facts.of("zz_2.jpg").consent_until == TODAY
    assert facts.of("zz_2.jpg").licence == "CC0"


def _changed(image: Image.Image, chance: random.Random) -> Image.Image:
    """What people do to a copy."""
    share = chance.uniform(0.75, 1)
    left, top = chance.uniform(0, 1 - share) * image.width, chance.uniform(0, 1 - share) * image.height
    made = image.crop((round(left), round(top), round(left + share * image.width), round(top + share * image.height)))
    made = ImageOps.mirror(made) if chance.random() < 0.4 else made
    made = ImageEnhance.Brightness(made).enhance(chance.uniform(0.8, 1.2))
    made = ImageEnhance.Color(made).enhance(chance.uniform(0, 2))
    buffer = io.BytesIO()
    made.save(buffer, "JPEG", quality=chance.randint(35, 90))
    return decode(buffer.getvalue(), "it")


def test_25_versions_of_one_photograph_do_not_pass(tmp_path: Path) -> None:
    folder = tmp_path / "inputs/lora-jd-fixture"
    folder.mkdir(parents=True)
    base, chance = photograph(JD, 8), random.Random(3)
    for number in range(25):
        _changed(base, chance).resize((800, 1000)).save(folder / f"jd_{number}.jpg")
    (folder / "fixture.toml").write_bytes(FixtureFacts(class_noun="woman", all=ALLOWED).write())
    checked = preflight(Lab(tmp_path), "inputs/lora-jd-fixture", RULES, Measurer())

    assert checked.level is Level.RED
    assert any("different usable photograph" in one.what for one in checked.findings)


def test_different_photographs_are_no_versions_of_each_other() -> None:
    shots = {
        f"{who}{number}": signature(photograph(person, number))
        for who, person in (("cb", CB), ("jd", JD))
        for number in range(1, 7)
    }
    versions, median = versions_of_one(list(shots), lambda one, other: alike(shots[one], shots[other]))

    assert versions == {}
    assert median < SAME


@pytest.mark.parametrize("seed", range(6))
def test_likeness_is_the_same_from_both_sides(seed: int) -> None:
    one, other = signature(photograph(JD, 2)), signature(_changed(photograph(JD, 2), random.Random(seed)))

    assert alike(one, other) == pytest.approx(alike(other, one))
    assert alike(one, one) == pytest.approx(1.0)


def test_the_archive_is_the_same_for_the_same_photographs(drawn_lab: Path) -> None:
    lab = Lab(drawn_lab)
    photos = tuple(
        PhotoToTrain(
            name=f"jd_{number}.jpg",
            sha256=sha256((drawn_lab / f"inputs/lora-jd-fixture/jd_{number}.jpg").read_bytes()),
            packed_as=f"jd_{number}.jpg",
            caption="JDKR",
        )
        for number in (1, 2)
    )

    assert pack(lab, "inputs/lora-jd-fixture", photos) == pack(lab, "inputs/lora-jd-fixture", photos)


def test_sixteen_bits_a_channel_are_seen_and_not_white() -> None:
    deep = photograph(JD, 3).convert("L").convert("I").point(lambda level: level * 257)
    image = decode(as_png(deep.convert("I;16")), "it")

    low, high = image.convert("L").getextrema()
    assert isinstance(low, int)
    assert low < 100
    assert high > low


LINE = "flux_train_replicate:  83%|████████▎ | 2482/3000 [43:27<09:04,  1.05s/it, lr: 4.0e-04 loss: 2.472e-01]"


@pytest.mark.parametrize(
    ("logs", "found"),
    [
        (LINE, (83, 2482, 3000, 544.0)),
        (f"{LINE}\rflux_train_replicate: 100%|██████████| 3000/3000 [52:30<00:00,  1.05s/it]", (100, 3000, 3000, 0.0)),
        ("flux_train_replicate:   0%|          | 0/1000 [00:00<?, ?it/s]", (0, 0, 1000, None)),
        ("flux: 10%|█| 100/1000 [01:45<1:15:45, 5s/it]", (10, 100, 1000, 4545.0)),
        ("Extracted 12 files from zip to input_images", None),
        ("", None),
        (None, None),
    ],
)
def test_progress_is_read_from_tqdms_line(logs: str | None, found: tuple[int, int, int, float | None] | None) -> None:
    seen = read_progress(logs)

    assert (None if seen is None else (seen.percent, seen.step, seen.steps, seen.seconds_left)) == found


@given(st.text(max_size=300))
def test_no_log_breaks_the_reading(text: str) -> None:
    seen = read_progress(text)

    assert seen is None or 0 <= seen.percent <= 100


def _seen(**more: object) -> Prediction:
    base = {
        "id": "t",
        "status": "succeeded",
        "created_at": "2026-11-23T10:00:00Z",
        "completed_at": "2026-11-23T10:35:00Z",
    }
    return Prediction.model_validate(base | more)


def test_a_version_counts_only_for_its_own_destination() -> None:
    named = _seen(output={"version": f"lab/jd:{'a' * 64}", "weights": "https://replicate.delivery/w.tar"})

    assert version_of(named, "lab/jd") == f"lab/jd:{'a' * 64}"
    assert version_of(named, "lab/cb") is None
    assert version_of(_seen(output=None), "lab/jd") is None
    assert version_of(_seen(output={"version": "lab/jd:short"}), "lab/jd") is None


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ([("a" * 64, "2026-11-23T10:34:50Z")], "a"),
        ([("a" * 64, "2026-11-23T10:34:50Z"), ("b" * 64, "2026-11-22T10:00:00Z")], "a"),
        ([("a" * 64, "2026-11-23T10:34:50Z"), ("b" * 64, "2026-11-23T10:20:00Z")], None),
        ([("a" * 64, "2026-11-24T10:00:00Z")], None),
        ([], None),
    ],
)
def test_a_forgotten_version_is_found_by_its_time_or_not_guessed(
    made: list[tuple[str, str]], found: str | None
) -> None:
    seen = version_among(_seen(data_removed=True), "lab/jd", tuple(made))

    assert seen == (f"lab/jd:{found * 64}" if found else None)


def test_what_was_told_once_stays_when_the_vendor_forgets() -> None:
    first = told(_seen(status="processing", logs=LINE, started_at="2026-11-23T10:00:20Z"))
    last = told(_seen(logs="", output=None, data_removed=True), first)

    assert last.progress is not None
    assert last.progress.step == 2482
    assert last.started_at == "2026-11-23T10:00:20Z"
    assert isinstance(Told.model_validate_json(last.model_dump_json()), Told)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("failed", "input_images must be a zip file", "packed anew"),
        ("failed", "CUDA out of memory.", "lower rank"),
        ("failed", None, "without a reason"),
        ("aborted", None, "before it ran"),
        ("canceled", None, "canceled at the vendor"),
    ],
)
def test_a_failure_says_what_to_do(status: str, error: str | None, words: str) -> None:
    assert words in why_not_trained(_seen(status=status, error=error)).detail


@given(steps=st.integers(3, 6000))
def test_the_list_price_grows_with_the_steps_and_keeps_its_order(steps: int) -> None:
    for trainer in (OSTRIS, FAST):
        found, took_s = estimate_training(trainer, steps, ())
        more, _took = estimate_training(trainer, steps + 1, ())
        assert 0 < found.low_micros <= found.usd_micros <= found.high_micros
        assert more.usd_micros >= found.usd_micros
        assert took_s > 0


def test_our_own_trainings_price_the_next_one() -> None:
    past = [PastTraining(steps=1000, usd_micros=micros, took_s=1500.0) for micros in (1_800_000, 2_000_000, 2_400_000)]
    found, took_s = estimate_training(OSTRIS, 1500, past)

    assert found.usd_micros == 3_000_000
    assert found.basis == "from 3 trainings"
    assert took_s == 2250.0


@pytest.fixture(scope="module")
def plan(drawn_lab: Path) -> Plan:
    known = Known(stored=lambda _names: set(), today="20261123", account="sandbox-lab")
    return plan_training(
        Lab(drawn_lab), TrainLora(fixture="inputs/lora-jd-fixture"), Settings(root=drawn_lab).defaults, known
    )


@given(version=st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_trained_plan_is_the_same_plan_with_its_version(plan: Plan, version: str) -> None:
    trained = plan.trained(f"sandbox-lab/jd-lora-v1:{version}")

    assert trained.hash == plan.hash
    assert trained.making is not None
    assert plan.making is not None
    assert trained.making.version.endswith(version)
    assert [one.input for one in trained.making.images] == [one.input for one in plan.making.images]
    assert len({one.fingerprint for one in trained.making.images}) == len(plan.making.images)


@given(steps=st.none() | st.integers(3, 6000), rank=st.none() | st.integers(1, 128))
def test_a_plans_price_is_the_sum_of_its_parts_and_its_hash_covers_them(
    plan: Plan, steps: int | None, rank: int | None
) -> None:
    training = plan.training
    assert training is not None
    assert plan.making is not None
    assert (
        plan.estimate.usd_micros
        == training.estimate.usd_micros + plan.making.estimate.usd_micros + plan.judging_estimate.usd_micros
    )
    parameters = {**training.parameters, "steps": steps or 1000, "lora_rank": rank or 16}
    other = plan.model_copy(update={"training": training.model_copy(update={"parameters": parameters})})
    assert (other.hash == plan.hash) == (parameters == training.parameters)
