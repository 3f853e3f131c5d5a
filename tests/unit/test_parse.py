"""The grammar: sentences to requests, back again, and silence for talk."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.markup import plain
from pipeline.actions.bakeoff import Bakeoff
from pipeline.actions.cancel import Cancel
from pipeline.actions.compare import CompareRuns
from pipeline.actions.decide import Decide
from pipeline.actions.find import FindInHistory
from pipeline.actions.help import Help
from pipeline.actions.judge import JudgeRun
from pipeline.actions.label import LabelCells
from pipeline.actions.listing import ListThings
from pipeline.actions.matrix import ExtendMatrix, RedoCells, RerunMatrix
from pipeline.actions.registry import SPENDING, Actionable
from pipeline.actions.settle import SettleEvidence
from pipeline.actions.show import ShowRun
from pipeline.actions.spend import Spend
from pipeline.actions.status import Status
from pipeline.actions.switch import Switch
from pipeline.actions.train import TrainLora
from pipeline.actions.upscale import UpscaleCells
from pipeline.actions.use import UseUpscaled
from pipeline.actions.watch import Watch
from pipeline.actions.withdraw import WithdrawConsent
from pipeline.lab.catalogue import Catalogue
from pipeline.language.manual import examples, ways
from pipeline.language.parse import explain, is_talk, parse
from pipeline.language.sentence import render
from pipeline.request import Ask, Talk

JOBS = st.from_regex(r"[0-9a-f]{6}", fullmatch=True).filter(lambda one: not one.isalpha() and not one.isdigit())
"""As the ledger makes them."""
RUN = "20260529-cb-lora-v1"
RUNS = (RUN, "20260612-cb-lora-v2", "20260615-mm-lora-v1", "20260703-jd-lora-v2-rank32")
PROMPT_IDS = ("front-full", "3q-side")
LABELS = {
    run: tuple(f"{prefix}-LORA-{prompt}-S{seed}" for prompt in PROMPT_IDS for seed in (42, 7301))
    for run, prefix in zip(RUNS, ("CB", "CB2", "MM", "JD2"), strict=True)
}
FIXTURES = ("lora-cb-fixture", "lora-jd-fixture")
PHOTOS = ("cb_4.jpg", "mm_03.png")
CATALOGUE = Catalogue(runs=RUNS, fixtures=FIXTURES, labels=LABELS, photos=PHOTOS)

SOME_RUN = st.sampled_from(RUNS)
SEEDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=60, unique=True).map(tuple)
CAPS = st.none() | st.integers(1, 400_000).map(lambda cents: cents / 100)
PAID = {"dry_run": st.booleans(), "cap_usd": CAPS, "stated_usd": CAPS}
MAKING = {**PAID, "then_judge": st.booleans()}
IDS = st.none() | st.lists(st.sampled_from(PROMPT_IDS), min_size=1, unique=True).map(tuple)
CELLS = st.sampled_from(RUNS).flatmap(
    lambda run: st.tuples(
        st.just(run), st.lists(st.sampled_from(LABELS[run]), min_size=1, max_size=3, unique=True).map(tuple)
    )
)
TEXTS = st.text(
    st.characters(exclude_characters='"”“„«»\ue000\ue001', exclude_categories=["Cs"]), min_size=1, max_size=120
).filter(lambda text: any(sign not in ".…" and not sign.isspace() for sign in text) and not _placeholder(text))
WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9)
REQUESTS: st.SearchStrategy[Actionable] = st.one_of(
    st.builds(
        JudgeRun,
        run=SOME_RUN,
        reference=st.none() | st.sampled_from(PHOTOS),
        model=st.sampled_from([None, "claude-sonnet-4-6", "claude-opus-4-5"]),
        axes=st.none()
        | st.lists(st.sampled_from(["q1", "q2", "q3", "q4"]), min_size=1, max_size=3, unique=True).map(tuple),
        repeats=st.none() | st.integers(1, 9),
        **PAID,
    ),
    st.builds(RerunMatrix, run=SOME_RUN, seeds=SEEDS, prompt_ids=IDS, **MAKING),
    st.builds(
        RerunMatrix,
        run=SOME_RUN,
        seeds=st.none() | SEEDS,
        lora_scale=st.sampled_from([0.8, 1.2, 0.0, 2.0]),
        guidance=st.sampled_from([None, 2.5, 4.0]),
        **MAKING,
    ),
    st.builds(RerunMatrix, run=SOME_RUN, n_seeds=st.integers(1, 60), prompt_ids=IDS, **MAKING),
    st.builds(ExtendMatrix, run=SOME_RUN, n_seeds=st.integers(1, 60), prompt_ids=IDS, **MAKING),
    st.builds(
        ExtendMatrix,
        run=SOME_RUN,
        prompts=st.lists(TEXTS, min_size=1, max_size=4).map(tuple),
        seeds=st.none() | SEEDS,
        **MAKING,
    ),
    st.builds(
        TrainLora,
        fixture=st.sampled_from([f"inputs/{name}" for name in FIXTURES]),
        identity=st.sampled_from([None, "jd", "cb"]),
        steps=st.none() | st.integers(3, 6000),
        lora_rank=st.none() | st.integers(1, 128),
        trigger_word=st.sampled_from([None, "JDKR", "TOKR2", "tok"]),
        **MAKING,
    ),
    st.builds(
        TrainLora,
        photos=st.just("thread"),
        identity=st.sampled_from(["jd", "cb"]),
        steps=st.none() | st.integers(3, 6000),
        **MAKING,
    ),
    st.builds(
        TrainLora,
        run=SOME_RUN,
        steps=st.none() | st.integers(3, 6000),
        lora_rank=st.none() | st.integers(1, 128),
        seeds=st.none() | SEEDS,
        without=st.sampled_from([None, ("judge",), ("matrix",)]),
        **MAKING,
    ),
    CELLS.flatmap(
        lambda own: st.builds(
            UpscaleCells,
            run=st.just(own[0]),
            cells=st.sampled_from([None, own[1]]),
            vendor=st.sampled_from([None, "magnific", "clarity"]),
            **PAID,
        )
    ),
    st.builds(
        UpscaleCells,
        run=SOME_RUN,
        which=st.sampled_from(["failed", "passed"]),
        axes=st.sampled_from([None, ("q1",), ("q1", "q4")]),
        **PAID,
    ),
    CELLS.flatmap(
        lambda own: st.builds(
            UseUpscaled,
            run=st.just(own[0]),
            cells=st.sampled_from([None, own[1]]),
            vendor=st.sampled_from([None, "magnific", "crystal"]),
            mode=st.sampled_from([None, "skin", "precision"]),
            scale=st.sampled_from([None, 2, 4, 8]),
        )
    ),
    CELLS.flatmap(
        lambda own: st.builds(JudgeRun, run=st.just(own[0]), cells=st.just(own[1]), axes=st.just(("q1",)), **PAID)
    ),
    st.builds(SettleEvidence, run=SOME_RUN, cap_usd=st.integers(1, 900).map(float), prompt_ids=IDS),
    st.builds(
        FindInHistory,
        subject=st.sampled_from(["runs", "cells", "seeds", "prompts", "vendors"]),
        axis=st.sampled_from([None, "q1", "q4"]),
        order=st.sampled_from([None, "best", "worst"]),
        below=st.sampled_from([None, 0.5, 0.7]),
        run=st.none() | SOME_RUN,
        identity=st.sampled_from([None, "cb"]),
        limit=st.none() | st.integers(2, 100),
    ),
    CELLS.flatmap(lambda own: st.builds(ShowRun, run=st.just(own[0]), what=st.just("reasons"), cells=st.just(own[1]))),
    st.builds(
        TrainLora,
        fixture=st.just("inputs/lora-cb-fixture"),
        identity=st.none(),
        without_photos=st.just(("cb_4.jpg",)),
        steps=st.none() | st.integers(3, 6000),
        **MAKING,
    ),
    st.builds(CompareRuns, runs=st.lists(SOME_RUN, min_size=2, max_size=4, unique=True).map(tuple)),
    st.builds(
        Bakeoff,
        reference=st.sampled_from(PHOTOS),
        vendors=st.none()
        | st.lists(st.sampled_from(["fashn", "pulid", "flux-pulid", "ip-adapter-faceid"]), min_size=1, unique=True).map(
            tuple
        ),
        run=st.none() | SOME_RUN,
        **PAID,
    ),
    CELLS.flatmap(lambda own: st.builds(RedoCells, run=st.just(own[0]), cells=st.just(own[1]), **MAKING)),
    st.builds(RedoCells, run=SOME_RUN, which=st.just("failed"), **MAKING),
    st.builds(ShowRun, run=SOME_RUN, what=st.sampled_from([None, "grid", "verdict", "card", "reasons"])),
    st.builds(
        ListThings,
        what=st.sampled_from(["runs", "fixtures", "jobs"]),
        limit=st.none() | st.integers(1, 100),
        identity=st.sampled_from([None, "cb", "jd"]),
    ),
    st.builds(Status, run=SOME_RUN) | st.builds(Status, job=st.just("7f3a21")) | st.just(Status()),
    st.builds(Spend, period=st.sampled_from([None, "today", "week", "month", "all"]), run=SOME_RUN),
    st.builds(
        Spend, period=st.sampled_from([None, "today", "week", "month", "all"]), identity=st.sampled_from([None, "cb"])
    ),
    st.builds(Cancel, run=SOME_RUN, rest=st.booleans()) | st.builds(Cancel, job=st.just("b41c99"), rest=st.booleans()),
    CELLS.flatmap(lambda own: st.builds(Cancel, run=st.just(own[0]), cells=st.just(own[1]))),
    st.builds(Decide, action=st.sampled_from(["approve", "deny"]), job=JOBS, reason=st.none() | WORDS),
    st.builds(Watch, action=st.sampled_from(["watch", "unwatch"]), run=SOME_RUN),
    CELLS.flatmap(
        lambda own: st.builds(
            LabelCells,
            run=st.just(own[0]),
            cells=st.just(own[1]),
            axis=st.sampled_from(["q1", "q4"]),
            value=st.sampled_from(["pass", "fail"]),
        )
    ),
    st.builds(WithdrawConsent, identity=st.sampled_from(["cb", "jd", "mm"])),
    st.builds(Switch, action=st.sampled_from(["pause", "resume"]), reason=st.none() | WORDS),
    st.builds(Help, topic=st.sampled_from([None, "judge", "train"])),
)


def _placeholder(text: str) -> bool:
    said = text.strip()
    return bool(said) and (said[0], said[-1]) in {("<", ">"), ("[", "]"), ("{", "}")}


@given(REQUESTS)
@example(ExtendMatrix(run=RUN, prompts=("a portrait of TOKR woman\nby the window",)))
@example(FindInHistory(subject="seeds", limit=2))
def test_what_is_rendered_reads_back(request: Actionable) -> None:
    sentence = render(request)

    assert parse(f"in the labs channel: {sentence}", CATALOGUE) == request
    assert parse(sentence, CATALOGUE) == request


PIECES = st.sampled_from(
    [
        "judge",
        "re-run",
        "extend",
        "train",
        "redo",
        "upscale",
        "bakeoff",
        "cancel",
        "runs/" + RUN,
        "cb",
        "lora",
        "v1",
        "latest",
        "seeds",
        "seed",
        "1-4",
        "[1, 2",
        "99999999999",
        "S42",
        "3 more",
        "instead of",
        "not",
        "don't",
        "if",
        "max",
        "$5",
        "cost",
        "~",
        "“",
        "”",
        '"',
        "'",
        "prompt:",
        "\n",
        ".",
        ",",
        ";",
        "?",
        "—",
        "--seeds",
        "=",
        "@",
        "<@U0LABSBOT>",
        "<@U0DANA>",
        "&amp;",
        "&lt;",
        "<http://x|y>",
        "it",
        "and",
        "then judge",
        "please",
        "front-full",
        "CB-LORA-front-full-S42",
        "steps",
        "rank",
        "2000",
        "fixture",
        "jd",
        "😀",
        "\u00a0",
    ]
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map(" ".join), st.sampled_from([None, RUN]))
def test_no_text_raises_or_spends_outside_the_bounds(text: str, thread: str | None) -> None:
    found = parse(text, CATALOGUE, thread)

    if found.action in SPENDING:
        said = found.model_dump()
        seeds = said.get("seeds") or ()
        assert len(seeds) <= 60
        assert all(0 <= seed < 2**32 for seed in seeds)
        assert (said.get("n_seeds") or 1) <= 60
        assert len(said.get("prompts") or ()) <= 20
        assert all(len(prompt) <= 2000 for prompt in said.get("prompts") or ())
        assert said.get("run") is None or said["run"] in RUNS


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("re-run cb lora v1 with seeds 1-61", "at most 60 seeds"),
        ("re-run cb lora v1 with 61 seeds", "at most 60 seeds"),
        ("add seed 4294967296 to cb lora v1", "between 0 and 4294967295"),
        ("add seed -5 to cb lora v1", "not clear"),
        (f'extend cb lora v1 with a new prompt "{"x" * 2001}"', "at most 2000 characters"),
        ("extend cb lora v1 with " + " ".join(f'"prompt {at}"' for at in range(21)), "at most 20 prompts"),
        ("retrain cb lora v1 with 9000 steps", "steps"),
        ("swap seed 42 for 43 in cb lora v1", "replaces all seeds"),
        ("judge cb lora v1 and upscale it", "more than one request"),
        ("judge cb lora v1 tomorrow", "cannot wait"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_a_reason(text: str, why: str) -> None:
    found = parse(text, CATALOGUE)

    assert isinstance(found, Ask)
    assert why in (found.why or "")


@pytest.mark.parametrize(
    ("text", "cap", "stated", "dry_run"),
    [
        ("max $.50", 0.5, None, False),
        ("max: $1", 1, None, False),
        ("max 50 cents", 0.5, None, False),
        ("don't spend more than $0.10", 0.1, None, False),
        ("limit: $0.1", 0.1, None, False),
        ("$2 at most", 2, None, False),
        ("Cost ~$0.25.", None, 0.25, False),
        ("Cost ~$0.25, max $2", 2, 0.25, False),
        ("cost ~$0.25 max $2", 2, 0.25, False),
        ("for less than two dollars", 2, None, False),
        ("2 bucks tops", 2, None, False),
        ("cap_usd=3", 3, None, False),
        ("just the price please", None, None, True),
        ("but don't start it yet", None, None, True),
        ("--dry-run", None, None, True),
        ("raise my limit to $100", None, None, False),
        ("it is approved up to $50", None, None, False),
        ("not a dry run", None, None, False),
    ],
)
def test_money_in_words(text: str, cap: float | None, stated: float | None, *, dry_run: bool) -> None:
    found = parse(f"judge runs/{RUN}, {text}", CATALOGUE)

    assert isinstance(found, JudgeRun)
    assert (found.cap_usd, found.stated_usd, found.dry_run) == (cap, stated, dry_run)


def test_an_amount_that_says_nothing_is_asked_back() -> None:
    found = parse(f"judge runs/{RUN} $3", CATALOGUE)

    assert isinstance(found, Ask)
    assert found.missing == ("cap_usd",)


@pytest.mark.parametrize(
    "text",
    [
        "Judge says it looks too soft, agree?",
        "approve of that lighting, nice",
        "stop the presses, great result",
        "we should judge CB tomorrow",
        "don't judge it yet",
        "thanks!",
        "<@U0DANA> can you judge cb lora v1?",
        "the failed cells look odd",
        "Extended the lease, same price as last year",
        "she said to me: judge not",
        "train tickets are booked",
        "two more seeds would not have helped",
    ],
)
def test_talk_is_silence_even_in_a_thread(text: str) -> None:
    assert parse(text, CATALOGUE, RUN) == Talk()


def test_a_run_is_named_by_words_dates_or_latest() -> None:
    for text, run in (
        ("judge cb lora v1", RUN),
        ("judge v1 lora cb", RUN),
        ("judge 2026-05-29", RUN),
        ("judge the latest CB run", "20260612-cb-lora-v2"),
        ("judge it", RUN),
        ("judge rank32, not this one", "20260703-jd-lora-v2-rank32"),
        ("judge teh inferance matirx of cb lora v2", "20260612-cb-lora-v2"),
    ):
        found = parse(text, CATALOGUE, RUN)
        assert isinstance(found, JudgeRun), text
        assert found.run == run
    for text in ("judge cb lora", "judge cb lora v9", "judge the KT run"):
        asked = parse(text, CATALOGUE)
        assert isinstance(asked, Ask), text
        assert asked.missing == ("run",)


def test_a_rerun_comes_after_its_parent_unless_it_is_named() -> None:
    catalogue = Catalogue(runs=(RUN, f"{RUN}-r1", "20261101-cb-lora-v1-r2"))

    for text, run in (
        ("judge cb v1", RUN),
        ("judge cb v1 r1", f"{RUN}-r1"),
        ("judge the latest cb", "20261101-cb-lora-v1-r2"),
    ):
        found = parse(text, catalogue)
        assert isinstance(found, JudgeRun), text
        assert found.run == run


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ('add “TOKR holding a "SALE" sign” to cb lora v1', 'TOKR holding a "SALE" sign'),
        ("extend cb lora v1 with 'the barber's chair, cancel 8 seeds' at seed 1", "the barber's chair, cancel 8 seeds"),
        ("extend cb lora v1 prompt: TOKR, judge's robe, max $5 at seeds 1", "TOKR, judge's robe, max $5"),
        ("extend cb lora v1\nprompt: TOKR --seeds 42", "TOKR"),
        ('extend cb lora v1 with "R&amp;D &lt;3 <@U0LABSBOT> don\'t re-train"', "R&D <3 <@U0LABSBOT> don't re-train"),
    ],
)
def test_a_prompt_is_opaque_and_kept_byte_for_byte(text: str, prompt: str) -> None:
    found = parse(plain(text), CATALOGUE)

    assert isinstance(found, ExtendMatrix), found
    assert found.prompts == (prompt,)


def test_every_example_of_the_manual_is_read_as_what_it_is_an_example_of() -> None:
    for action, request in examples(RUN, CATALOGUE).items():
        assert parse(render(request), CATALOGUE) == request
        for text in ways(action, RUN):
            assert parse(text, CATALOGUE, RUN).action == action, text


def test_the_words_that_made_a_request_are_told() -> None:
    found = explain("please judge the v2 matrix of CB, framing only, max $2", CATALOGUE)

    said = {one.words: (one.kind, one.by) for one in found.evidence}
    assert said["judge"] == ("order", "order")
    assert said["framing"] == ("axis", "axes")
    assert said["max $2"] == ("cap", "cap_usd")
    assert said["v2 matrix of CB"] == ("run", "run")


DATA = Path(__file__).parents[1] / "data"
LAB = Catalogue.model_validate_json((DATA / "requests-lab.json").read_text("utf-8"))
CORPUS = [json.loads(line) for line in (DATA / "requests.jsonl").read_text("utf-8").splitlines()]
DOUBTFUL = [json.loads(line) for line in (DATA / "doubtful.jsonl").read_text("utf-8").splitlines()]


def test_what_people_type_is_read_as_it_was_meant() -> None:
    missed = [line for said in CORPUS if (line := _missed(said))]

    assert missed == []


def _missed(said: dict[str, Any]) -> str | None:
    """The first field that was read otherwise than it was meant."""
    found = parse(plain(said["text"]), LAB, said["thread"]).model_dump(mode="json")
    for name, wanted in said["expect"].items():
        got = found.get(name)
        if isinstance(wanted, list) and name != "prompts":
            same = sorted(map(str, wanted)) == sorted(map(str, got or []))
        else:
            same = (got or None) == (wanted or None)
        if not same:
            return f"{said['text']!r}: {name} is {got!r}, not {wanted!r}"
    return None


def test_doubtful_words_never_spend() -> None:
    spent = [
        said["text"]
        for said in DOUBTFUL
        if (found := parse(plain(said["text"]), LAB, said["thread"])).action in SPENDING
        and not found.model_dump()["dry_run"]
    ]

    assert spent == []


def test_the_quick_look_never_takes_a_request_for_talk() -> None:
    for said in CORPUS:
        if said["expect"]["action"] != "none" and not said["thread"]:
            assert not is_talk(said["text"]), said["text"]
