"""The grammar of this slice: sentences to requests, back again, and silence for talk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lab import Catalogue
from pipeline.parse import parse
from pipeline.requests import Ask, ExtendMatrix, JudgeRun, RerunMatrix, ShowRun, Switch, Talk, say

RUN = "20260529-cb-lora-v1"
CATALOGUE = Catalogue(runs=(RUN, "20260612-cb-lora-v2", "20260615-mm-lora-v1"))
SEEDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=60, unique=True).map(tuple)
JUDGES = st.builds(
    JudgeRun, run=st.sampled_from(CATALOGUE.runs), reference=st.sampled_from([None, "cb_4.jpg", "mm_03.png"]),
    model=st.sampled_from([None, "claude-sonnet-4-6", "claude-opus-4-5"]), axes=st.sampled_from([None, ("q1",), ("q1", "q4"), ("q2", "q3", "q4")]),
    repeats=st.none() | st.integers(1, 9), dry_run=st.booleans(), cap_usd=st.none() | st.integers(1, 400).map(lambda cents: cents / 4),
)  # fmt: skip
RERUNS = st.builds(
    RerunMatrix,
    run=st.sampled_from(CATALOGUE.runs),
    seeds=SEEDS,
    then_judge=st.booleans(),
    dry_run=st.booleans(),
)
EXTENDS = st.builds(
    ExtendMatrix,
    run=st.sampled_from(CATALOGUE.runs),
    n_seeds=st.integers(1, 60),
    then_judge=st.booleans(),
)
SHOWS = st.builds(
    ShowRun,
    run=st.sampled_from(CATALOGUE.runs),
    what=st.sampled_from([None, "grid", "verdict", "card"]),
)


@given(JUDGES | RERUNS | EXTENDS | SHOWS)
def test_what_is_said_reads_back(request: JudgeRun | RerunMatrix | ExtendMatrix | ShowRun) -> None:
    assert parse(f"in the labs channel: {say(request)}", CATALOGUE) == request
    assert parse(say(request), CATALOGUE) == request


@given(st.text(max_size=400))
def test_no_text_raises_or_spends(text: str) -> None:
    assert not isinstance(parse(text, CATALOGUE, RUN), RerunMatrix)


@pytest.mark.parametrize(
    ("text", "cap", "stated", "dry_run"),
    [
        ("max $.50", 0.5, None, False), ("max: $1", 1, None, False), ("max 50 cents", 0.5, None, False),
        ("don't spend more than $0.10", 0.1, None, False), ("limit: $0.1", 0.1, None, False), ("$2 at most", 2, None, False),
        ("Cost ~$0.25.", None, 0.25, False), ("Cost ~$0.25, max $2", 2, 0.25, False),
        ("just the price please", None, None, True), ("but don't start it yet", None, None, True), ("--dry-run", None, None, True),
    ],
)  # fmt: skip
def test_money_in_words(
    text: str, cap: float | None, stated: float | None, *, dry_run: bool
) -> None:
    found = parse(f"judge runs/{RUN}, {text}", CATALOGUE)

    assert isinstance(found, JudgeRun)
    assert (found.cap_usd, found.stated_usd, found.dry_run) == (cap, stated, dry_run)


def test_an_amount_that_says_nothing_is_asked_back() -> None:
    assert parse(f"judge runs/{RUN} $3", CATALOGUE) == Ask(missing=("cap_usd",))


@pytest.mark.parametrize(
    "text",
    [
        "Judge says it looks too soft, agree?",
        "approve of that lighting, nice",
        "stop the presses, great result",
        "we should judge CB tomorrow",
        "don't judge it yet",
        "thanks!",
        "<@U0DANA> can you judge cb v1?",
    ],
)
def test_talk_is_silence_even_in_a_thread(text: str) -> None:
    assert parse(text, CATALOGUE, RUN) == Talk()


def test_pause_with_a_reason() -> None:
    assert parse("<@U0LABSBOT> pause spending because of the audit", CATALOGUE) == Switch(
        action="pause", reason="of the audit"
    )


def test_a_run_is_named_by_words_dates_or_latest() -> None:
    for text, run in (
        ("judge cb lora v1", RUN),
        ("judge 2026-05-29", RUN),
        ("judge the latest CB run", "20260612-cb-lora-v2"),
        ("judge it", RUN),
    ):
        found = parse(text, CATALOGUE, RUN)
        assert isinstance(found, JudgeRun)
        assert found.run == run
    assert parse("judge cb lora", CATALOGUE) == Ask(missing=("run",), about="cb lora")
