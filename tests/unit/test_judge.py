"""What is asked of the judge, and what an answer amounts to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.judging.claude import Answer, answer_schema, read_answer, rubric, settle
from pipeline.judging.sent import fit, patches
from pipeline.models import Axis, Cause, Scores, Unscored
from pipeline.prices import MODELS, Usage, charge, estimate_calls
from tests.answers import said


def answer(content: object, stop: str = "end_turn") -> Answer:
    return Answer(
        text=content if isinstance(content, str) else json.dumps(content),
        stop_reason=stop,
        usage=Usage(),
        request_id=None,
    )


@pytest.mark.parametrize(
    ("score", "conclusion", "passed"),
    [
        (0.7, "meets", True),
        (0.69, "misses", False),
        (0.72, "borderline", True),
        (0.62, "borderline", False),
        (1, "meets", True),
        (0, "misses", False),
    ],
)
def test_pass_is_derived_from_the_score(score: float, conclusion: str, *, passed: bool) -> None:
    found = read_answer(answer(said(score, conclusion)))

    assert isinstance(found, Scores)
    assert {found[axis].passed for axis in Axis} == {passed}


@pytest.mark.parametrize(
    ("score", "conclusion"), [(0.69, "meets"), (0.7, "misses"), (0.95, "borderline"), (0.3, "borderline")]
)
def test_words_that_contradict_the_number_are_unscored(score: float, conclusion: str) -> None:
    found = read_answer(answer(said(score, conclusion)))

    assert isinstance(found, Unscored)
    assert found.cause is Cause.CONTRADICTION


@given(st.text(max_size=300), st.sampled_from(["end_turn", "max_tokens", "refusal", "stop_sequence", ""]))
def test_no_answer_raises(text: str, stop: str) -> None:
    assert isinstance(read_answer(answer(text, stop)), Scores | Unscored)


def test_the_schema_asks_for_the_reason_before_the_score() -> None:
    for axis in answer_schema()["properties"].values():
        assert list(axis["properties"]) == ["reason", "conclusion", "score"]
        assert axis["additionalProperties"] is False


def test_the_rubric_has_a_version_and_asks_for_no_name() -> None:
    words = rubric()

    assert words.version == "v2-2026-11-23"
    assert "Never say, guess or hint who the person is" in words.text
    for feature in ("eyes", "brows", "nose", "jaw", "ears", "marks"):
        assert feature in words.text


def test_the_median_of_votes_decides_and_keeps_a_reason_near_it() -> None:
    votes = [read_answer(answer(said(score, "borderline"))) for score in (0.6, 0.84, 0.72)]

    settled = settle([vote for vote in votes if isinstance(vote, Scores)])

    assert (settled.q1_identity.score, settled.q1_identity.passed) == (0.72, True)
    assert settled.q1_identity.votes == (0.6, 0.84, 0.72)


@pytest.mark.parametrize(("size", "sent"), [((1024, 1024), (1024, 1024)), ((100, 100), (100, 100))])
def test_a_picture_that_fits_is_sent_as_it_is(size: tuple[int, int], sent: tuple[int, int]) -> None:
    assert fit(*size, MODELS["claude-sonnet-4-6"]) == sent


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_what_is_sent_is_within_what_the_model_uses_and_never_larger(width: int, height: int) -> None:
    price = MODELS["claude-sonnet-4-6"]
    w, h = fit(width, height, price)

    assert w <= width
    assert h <= height
    assert max(w, h) <= price.edge_limit
    assert patches(w, h) <= price.patch_limit


def test_a_charge_is_exact_and_rounded_up() -> None:
    usage = Usage(input_tokens=1, output_tokens=260, cache_creation_input_tokens=2000, cache_read_input_tokens=3)

    # 3 + 3,900 + 7,500 + 0.9
    assert charge("claude-sonnet-4-6", usage) == 11404


@given(st.lists(st.integers(1, 10**6), min_size=6, max_size=50), st.integers(1, 60))
def test_an_estimate_is_a_range_around_its_middle(history: list[int], count: int) -> None:
    found = estimate_calls(count, history, (20_000, 9_000))

    assert found.low_micros <= found.usd_micros <= found.high_micros
    assert found.basis == f"from {len(history)} judged cells"
    assert "list price" in estimate_calls(count, history[:5], (20_000, 9_000)).basis
