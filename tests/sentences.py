"""A lab's names, and requests and words about it, for tests of the grammar."""

from hypothesis import strategies as st

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
from pipeline.actions.registry import Actionable
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
