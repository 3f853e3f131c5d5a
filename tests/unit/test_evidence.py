"""Evidence that holds however often one looks, that counts seeds, and blames none for bad luck."""

import itertools
import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evidence import always_valid
from pipeline.evidence.agreement import alpha, corrected, kappa
from pipeline.evidence.always_valid import above, against, below, fails_to_against, passes_to_strong, strong
from pipeline.evidence.clusters import blamed, clustered, seeds_said
from pipeline.evidence.compare import AxisFlips
from pipeline.evidence.controls import flag_of
from pipeline.evidence.settling import SETTLED, to_decision
from pipeline.evidence.verdict import Grade, decide, grade, single_look
from pipeline.lab.files import ControlEntry
from pipeline.models import Axis, AxisScore, Cell, JudgedCell, Scores

BAR = 0.8
MOST, FIRST, MORE = 300, 6, 3


def judged(prompt: str, seed: int, passed: bool) -> JudgedCell:
    place = Cell(label=f"A-B-{prompt}-S{seed}", prompt_id=prompt, seed=seed, prompt="p", image="runs/r/c.png")
    score = AxisScore(passed=passed, score=0.9 if passed else 0.2, reason="r")
    rest = AxisScore(passed=True, score=0.9, reason="r")
    axes = {axis.value: score if axis is Axis.IDENTITY else rest for axis in Axis}
    return JudgedCell(cell=place, outcome=Scores.model_validate(axes))


def matrix(prompts: int, seeds: int, passes: Callable[[int, int], bool]) -> list[JudgedCell]:
    return [judged(f"p{p}", s, passes(p, s)) for p, s in itertools.product(range(prompts), range(1, seeds + 1))]


def test_strong_needs_so_many_cells_looked_at_three_at_a_time() -> None:
    needed = [next(n for n in range(6, 99, 3) if strong(n - fails, n, BAR)) for fails in range(5)]

    assert needed == [24, 36, 45, 54, 63]
    assert grade(60, 63, BAR) is Grade.STRONG
    assert (grade(5, 6, BAR), single_look(16, 16, BAR), grade(16, 16, BAR)) == (Grade.WEAK, Grade.STRONG, Grade.WEAK)


@pytest.mark.parametrize("rate", [0.75, 0.79, 0.80])
def test_looking_after_every_round_does_not_make_strong_of_chance(rate: float) -> None:
    """Of 2,000 runs, each looked at after 6 cells and every 3 more up to 300."""
    looks = range(FIRST, MOST + 1, MORE)
    enough = {n: n - next((fails for fails in range(n) if not strong(n - fails, n, BAR)), 0) + 1 for n in looks}
    chance = random.Random(7)
    wrong = 0
    for _run in range(2000):
        passed = list(itertools.accumulate(chance.random() < rate for _cell in range(MOST)))
        wrong += any(passed[n - 1] >= enough[n] for n in looks)

    assert wrong / 2000 <= 0.025


@given(st.integers(0, 80), st.integers(0, 80), st.sampled_from([0.5, 0.7, 0.8, 0.95]))
def test_the_evidence_is_the_integral_that_it_says_it_is(passed: int, failed: int, bar: float) -> None:
    scored = passed + failed
    steps = 2000
    width = (1 - bar) / steps
    points = [bar + (at + 0.5) * width for at in range(steps)]
    at_bar = passed * math.log(bar) + failed * math.log(1 - bar)
    whole = sum(math.exp(passed * math.log(x) + failed * math.log(1 - x) - at_bar) for x in points) * width / (1 - bar)

    assert above(passed, scored, bar) == pytest.approx(math.log(whole), abs=0.01)
    assert below(failed, scored, 1 - bar) == pytest.approx(above(passed, scored, bar))
    assert not (strong(passed, scored, bar) and against(passed, scored, bar))


@given(st.integers(0, 60), st.integers(0, 60))
def test_what_it_takes_is_the_least_that_it_takes(passed: int, failed: int) -> None:
    scored = passed + failed
    clean, bad = passes_to_strong(passed, scored, BAR), fails_to_against(passed, scored, BAR)

    assert clean is not None
    assert bad is not None
    assert strong(passed + clean, scored + clean, BAR)
    assert not clean or not strong(passed + clean - 1, scored + clean - 1, BAR)
    assert against(passed, scored + bad, BAR)
    assert not bad or not against(passed, scored + bad - 1, BAR)


@given(st.lists(st.booleans(), max_size=40))
def test_no_fewer_cells_than_go_out_at_once_can_settle_it(outcomes: list[bool]) -> None:
    verdict = decide([judged("p", at, passed) for at, passed in enumerate(outcomes)])
    needed = to_decision(verdict)

    for passes in range(needed):
        more = [True] * passes + [False] * (needed - 1 - passes)
        cells = [judged("p", at, passed) for at, passed in enumerate([*outcomes, *more])]
        assert decide(cells).grade not in SETTLED
    ends = [
        decide([judged("p", at, passed) for at, passed in enumerate([*outcomes, *[last] * needed])])
        for last in (True, False)
    ]
    assert any(end.grade in SETTLED for end in ends)


def test_bars_at_the_ends_are_no_special_case() -> None:
    assert strong(0, 0, 0.0)
    assert against(0, 1, 1.0)
    assert not strong(500, 500, 1.0)
    assert passes_to_strong(3, 3, 1.0) is None
    assert always_valid.fails_to_against(3, 3, 0.0) is None


def test_cells_of_one_seed_are_not_so_many_cells() -> None:
    alike = [[True] * 6] * 5 + [[False] * 6]
    mixed = [[True] * 5 + [False]] * 6

    (low, high), (single_low, single_high) = clustered(alike) or (1, 0), clustered(mixed) or (1, 0)
    assert high - low > single_high - single_low
    assert clustered([[True] * 6] * 4) is None


def test_the_clustered_interval_covers_what_it_should() -> None:
    """Seeds whose own rates differ (beta 4 to 1: 0.8), ten of them and six cells each, 600 times."""
    chance = random.Random(11)
    covered = 0
    for _run in range(600):
        rates = [chance.betavariate(4, 1) for _seed in range(10)]
        low, high = clustered([[chance.random() < rate for _cell in range(6)] for rate in rates]) or (1, 0)
        covered += low <= 0.8 <= high

    assert covered / 600 >= 0.93


def test_a_seed_is_blamed_for_what_chance_would_not_do() -> None:
    cells = matrix(6, 10, lambda _prompt, seed: seed != 3)

    assert [(one.kind, one.name, one.failed, one.scored) for one in blamed(cells)] == [("seed", "3", 6, 6)]
    assert "Q1: seed 3 fails beyond chance (6 of 6, p below 0.001" in seeds_said(cells, Axis.IDENTITY)


def test_a_prompt_is_blamed_within_the_seeds() -> None:
    cells = matrix(6, 10, lambda prompt, seed: prompt != 0 or seed == 1)

    assert [(one.kind, one.name) for one in blamed(cells)] == [("prompt", "p0")]


def test_three_cells_against_three_blame_nobody() -> None:
    """As on the lab's card: all of one seed pass, two of the other's three fail."""
    cells = matrix(3, 2, lambda prompt, seed: seed == 1 or prompt == 0)

    assert blamed(cells) == ()
    assert seeds_said(cells, Axis.IDENTITY) == "2 seeds: too few to tell a bad seed from bad luck."


def test_flips_need_six_before_they_say_anything() -> None:
    """McNemar, exact: 6 to 0 is p 0.031, 5 to 1 is 0.219."""

    def flips(worse: int, better: int) -> AxisFlips:
        names = tuple(f"S{at}" for at in range(9))
        return AxisFlips(axis=Axis.IDENTITY, paired=20, worse=names[:worse], better=names[:better])

    assert (flips(6, 0).chance, flips(5, 1).chance) == (0.03125, 0.21875)
    assert flips(5, 0).said == "Q1 identity, 20 pairs: 5 worse, 0 better, too few to say"
    assert flips(6, 0).said.endswith("beyond chance (p 0.031)")
    assert flips(5, 1).said.endswith("no more than chance (p 0.219)")


def test_chance_alone_is_rarely_blamed() -> None:
    """Of 300 matrices without any cause, one in twenty at most has somebody blamed."""
    chance = random.Random(3)
    wrong = sum(bool(blamed(matrix(4, 6, lambda *_place: chance.random() < 0.7))) for _run in range(300))

    assert wrong / 300 <= 0.05


def test_kappa_by_the_book() -> None:
    """45, 15, 25 and 15 of 100: 0.1304, standard error 0.0988 (Fleiss, Cohen and Everitt's formula, by hand)."""
    found = kappa([(True, True)] * 45 + [(True, False)] * 15 + [(False, True)] * 25 + [(False, False)] * 15)

    assert found.value == pytest.approx(0.1304, abs=1e-4)
    assert [found.low, found.high] == pytest.approx([-0.063, 0.324], abs=1e-3)
    assert kappa([(True, True)] * 9 + [(True, False)]).value is None
    assert kappa([]).why == "nothing was labelled by both"


def test_alpha_by_the_book() -> None:
    """Krippendorff's own example of two observers and ten units, nominal: 0.095 (Computing alpha, 2011, part A)."""
    first = [False, True, False, False, False, False, False, False, True, False]
    second = [True, True, True, False, False, True, False, False, False, False]

    assert alpha(list(zip(first, second, strict=True))) == pytest.approx(0.095, abs=1e-3)
    assert alpha([(True, True), (True, True)]) is None
    assert alpha([(True,), (False,)]) is None


def test_a_rate_is_corrected_only_where_the_judges_errors_are_known() -> None:
    known = [(True, True)] * 18 + [(False, True)] * 2 + [(False, False)] * 19 + [(True, False)]
    found = corrected(50, 60, known)

    assert found.rate == pytest.approx(0.92, abs=0.005)
    assert found.low is not None
    assert 0.7 < found.low < 0.8
    assert found.high == 1.0
    few = corrected(50, 60, known[:12])
    assert few.rate is None
    assert few.why == "it takes blind labels of 10 more that people fail"
    coin = [(at % 2 == 0, at % 4 < 2) for at in range(60)]
    assert corrected(50, 60, coin).why == "the judge is hardly better than a coin here"


@pytest.mark.parametrize("truth", [0.5, 0.7, 0.8])
def test_the_corrected_interval_covers_the_truth(truth: float) -> None:
    """A judge of sensitivity 0.9 and specificity 0.7, 60 cells, 80 labelled: 200 runs."""
    chance = random.Random(23)

    def judged_as(passes: bool) -> bool:
        return chance.random() < (0.9 if passes else 0.3)

    covered = told = 0
    for _run in range(200):
        labelled = [chance.random() < truth for _cell in range(80)]
        passed = sum(judged_as(chance.random() < truth) for _cell in range(60))
        found = corrected(passed, 60, [(judged_as(one), one) for one in labelled])
        if found.low is not None and found.high is not None:
            told += 1
            covered += found.low <= truth <= found.high

    assert told > 150
    assert covered / told >= 0.93


def test_controls_find_a_bad_judge_as_soon_as_their_numbers_say() -> None:
    """Sensitivity 0.9 and specificity 0.7, two controls of each kind a run: all four right in 0.397 of runs, so within
    four runs a judge is found in 97.5 % of labs.
    """
    chance = random.Random(29)

    def run_is_flagged() -> bool:
        answers = [(True, chance.random() < 0.9) for _ in range(2)] + [(False, chance.random() < 0.3) for _ in range(2)]
        entries = [
            ControlEntry(photo="x.jpg", identity="jd", same_person=same, score=0.9, passed=passed, right=passed == same)
            for same, passed in answers
        ]
        return bool(flag_of(entries, "cb"))

    found = [any(run_is_flagged() for _run in range(4)) for _lab in range(400)]
    assert 0.95 <= sum(found) / 400 <= 1.0
