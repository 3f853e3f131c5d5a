"""The thread cut: wider than high whatever the run is, readable where Slack shows it, and what fails is in it."""

from pathlib import Path

import pytest
from PIL import ImageDraw

from pipeline.evidence.run_state import RunState, state_of
from pipeline.grid import cut, ink
from pipeline.grid.cut import CHOSEN, WIDTH, cut_text, draw_cut, layout
from pipeline.models import BARRED, Axis
from tests.judged import judged_run, picture

RUN = "20260529-cb-lora-v1"


def run_of(root: Path, prompts: int, seeds: int, *, failing: int | None = None) -> RunState:
    """A matrix of which the cells of one seed fail Q1."""
    named = {f"prompt-{at}": f"photograph {at}" for at in range(prompts)}

    def score(_prompt: str, seed: int, axis: Axis) -> float:
        return 0.1 if axis is Axis.IDENTITY and seed == failing else 0.9

    return state_of(judged_run(root, RUN, named, tuple(range(seeds)), score))


@pytest.mark.parametrize(("prompts", "seeds"), [(1, 1), (3, 2), (6, 1), (1, 6), (3, 3), (6, 10), (10, 6), (1, 40)])
def test_it_lies_and_leaves_nothing_out_in_silence(tmp_path: Path, prompts: int, seeds: int) -> None:
    state = run_of(tmp_path, prompts, seeds)
    plan = layout(state)
    shown = [place.cell.cell.label for row in plan.rows for place in row if place.cell]
    image = draw_cut(state, {label: picture(1) for label in shown})

    assert image.width == WIDTH
    assert image.height <= 0.8 * WIDTH
    assert len(set(shown)) == len(shown) == len(state.cells) - plan.left_out
    assert plan.left_out == (0 if prompts * seeds <= 60 and seeds <= 10 else len(state.cells) - CHOSEN)


def test_of_many_cells_those_that_fail_come_first(tmp_path: Path) -> None:
    state = run_of(tmp_path, 5, 30, failing=29)
    plan = layout(state)
    first = [place.cell for row in plan.rows for place in row][:5]

    assert all(cell and cell.cell.seed == 29 for cell in first)
    assert plan.left_out == 150 - CHOSEN
    assert all(place.below[1].startswith("S") for row in plan.rows for place in row)


def test_letters_and_signs_are_large_enough_at_half_the_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Slack shows it 520 pixels wide: there no letter below ten pixels, no sign below nine."""
    sizes, sides = list[int](), list[int]()

    def font(size: int, weight: str = "Regular") -> ink.Font:
        sizes.append(size)
        return ink.font(size, weight)

    def badge(pen: ImageDraw.ImageDraw, at: tuple[int, int], side: int, mark: ink.Mark) -> None:
        sides.append(side)
        ink.badge(pen, at, side, mark)

    monkeypatch.setattr(cut, "font", font)
    monkeypatch.setattr(cut, "badge", badge)

    draw_cut(run_of(tmp_path, 6, 10), {})

    assert min(sizes) / 2 >= 10
    assert min(sides) / 2 >= 9


def test_a_cell_without_a_picture_says_so_in_words_too(tmp_path: Path) -> None:
    state = run_of(tmp_path, 2, 2, failing=1)

    draw_cut(state, {})

    assert all(
        f"{cell.cell.label} fails Q1" in cut_text(state)
        for cell in state.cells
        if cell.scores and not cell.scores[BARRED[0]].passed
    )
