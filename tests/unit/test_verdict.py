"""The lab's rule, the evidence, and what no cell may do to them."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.evidence.verdict import Grade, Word, decide, more_for_single_look
from pipeline.evidence.wilson import wilson
from pipeline.models import Axis, AxisScore, Cause, Cell, JudgedCell, Scores, Unscored

ORDER = {Word.ITERATE: 0, Word.INCOMPLETE: 1, Word.PROCEED: 2}


def cell(identity: bool | None, photographic: bool | None = True) -> JudgedCell:
    place = Cell(label="A-B-c-S1", prompt_id="c", seed=1, prompt="p", image="runs/r/c.png")
    if identity is None or photographic is None:
        return JudgedCell(cell=place, outcome=Unscored(cause=Cause.REFUSED))
    passed = {Axis.IDENTITY: identity, Axis.PHOTOGRAPHIC: photographic}
    axes = {
        axis.value: AxisScore(passed=passed.get(axis, True), score=0.9 if passed.get(axis, True) else 0.2, reason="r")
        for axis in Axis
    }
    return JudgedCell(cell=place, outcome=Scores.model_validate(axes))


OUTCOMES = st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=70)


def test_the_cards_verdict() -> None:
    verdict = decide([cell(True)] * 4 + [cell(False), cell(True, False)])

    assert verdict.word is Word.PROCEED
    assert verdict.reason == "Q1 (identity) 83% ≥ 80% AND Q4 (photographic) 83% ≥ 80%."
    assert verdict.tally(Axis.IDENTITY).interval == "44–97 %"
    assert (verdict.grade, verdict.more_cells) == (Grade.WEAK, 30)


def test_figures_of_wilson_and_what_settles_it() -> None:
    assert [round(end, 3) for end in wilson(4, 5)] == [0.376, 0.964]
    assert wilson(0, 0) == (0.0, 1.0)
    # With no, one, two, three and four fails, so many cells in all make it strong.
    assert [fails + (more_for_single_look(0, fails, 0.8) or 0) for fails in range(5)] == [16, 25, 33, 40, 47]


@given(OUTCOMES)
def test_a_better_cell_never_worsens_a_verdict(outcomes: list[bool | None]) -> None:
    before = decide([cell(outcome) for outcome in outcomes])
    for at, outcome in enumerate(outcomes):
        better = [*outcomes[:at], True, *outcomes[at + 1 :]]
        if outcome is not True:
            assert ORDER[decide([cell(one) for one in better]).word] >= ORDER[before.word]


@given(OUTCOMES)
def test_unscored_cells_neither_help_nor_fail(outcomes: list[bool | None]) -> None:
    word = decide([cell(outcome) for outcome in outcomes]).word
    worst = decide([cell(bool(outcome)) for outcome in outcomes]).word
    best = decide([cell(outcome is not False) for outcome in outcomes]).word

    assert (word is Word.PROCEED) == (worst is Word.PROCEED)
    assert (word is Word.ITERATE) == (best is Word.ITERATE)


@given(OUTCOMES, st.permutations(range(5)))
def test_the_order_of_cells_says_nothing(outcomes: list[bool | None], order: list[int]) -> None:
    cells = [cell(outcome) for outcome in outcomes]

    assert decide(cells) == decide(sorted(cells, key=lambda one: order[hash(str(one.outcome)) % 5]))


def test_counts_decide_not_rounded_rates() -> None:
    verdict = decide([cell(True)] * 79 + [cell(False)] * 20)  # 79.8 %

    assert verdict.word is Word.ITERATE
    assert "79.8% < 80%" in verdict.reason


def test_nothing_judged_and_nothing_at_all_are_in_flight() -> None:
    waiting = JudgedCell(cell=cell(True).cell, outcome=Unscored(cause=Cause.NOT_JUDGED))

    assert decide([waiting] * 6).word is Word.IN_FLIGHT
    assert decide([]).word is Word.IN_FLIGHT
    assert decide([cell(None)] * 6).word is Word.INCOMPLETE
    assert decide([cell(True)] * 6, in_flight=True).word is Word.IN_FLIGHT


def test_an_iterate_names_only_the_bars_that_were_missed() -> None:
    verdict = decide([cell(True, False)] * 5 + [cell(None)])

    assert verdict.word is Word.ITERATE
    assert verdict.reason == "Q4 (photographic) 0% < 80%."
