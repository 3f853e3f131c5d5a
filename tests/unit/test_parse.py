"""The grammar by examples: sentences to requests, refusals with a reason, and silence for talk."""

import pytest

from handlers.markup import plain
from pipeline.actions.judge import JudgeRun
from pipeline.actions.matrix import ExtendMatrix, RerunMatrix
from pipeline.lab.catalogue import Catalogue
from pipeline.language.manual import examples, ways
from pipeline.language.parse import explain, parse
from pipeline.language.sentence import render
from pipeline.request import Ask, Talk
from tests.sentences import CATALOGUE, RUN


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
        ("re-run cb lora v1 at LoRA scale 1.2", "write `--lora-scale` and the number"),
        ("re-run cb lora v1 with the same seeds, guidance 2.5", "write `--guidance` and the number"),
        ("upscale cb lora v1 with scale 4", "write `--scale` and the number"),
        ("re-run cb lora v1 with learning rate 3", "No request sets"),
        ("re-run cb lora v1 with the same seeds", "has these seeds already"),
        ("re-run cb lora v1 with seeds 42 and 7301", "has these seeds already"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_a_reason(text: str, why: str) -> None:
    found = parse(text, CATALOGUE)

    assert isinstance(found, Ask)
    assert why in (found.why or "")


@pytest.mark.parametrize(
    "seeds",
    [
        "with the same seeds and seeds 5 and 6",
        "with seeds 5 and 6 and the existing seeds",
        "--seeds 5,6 with the same seeds",
        "with the same seeds and 3 new seeds",
        "with the same seed and 4 different seeds",
        "with the same seeds of seed 5",
        "with one of the same seeds",
        "with seed 42 of the same seeds",
        "not with the same seeds",
        "with all but the same seeds",
    ],
)
def test_the_same_seeds_beside_others_are_asked_about(seeds: str) -> None:
    assert isinstance(parse(f"re-run cb lora v1 {seeds} --guidance 2", CATALOGUE), Ask)


@pytest.mark.parametrize("setting", ["--lora-scale 1.2", "--guidance 2", "--class-noun", "--plain-words"])
@pytest.mark.parametrize(
    "seeds",
    ["with the same seeds", "with seeds 42 and 7301", "for each of the same seeds", "with all of the same seeds", ""],
)
def test_the_same_seeds_are_taken_where_something_else_changes(setting: str, seeds: str) -> None:
    found = parse(f"re-run cb lora v1 {seeds} {setting}", CATALOGUE)

    assert isinstance(found, RerunMatrix), found
    assert found.seeds in {None, (42, 7301)}


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
