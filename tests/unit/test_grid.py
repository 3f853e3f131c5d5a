"""The contact sheet: every shape of matrix, drawn and compared; and its words."""

import io

import pytest
from PIL import Image, ImageDraw

from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import decide
from pipeline.grid import alt_text, draw, encode, ink, sheets
from pipeline.models import Axis, AxisScore, Cause, Cell, JudgedCell, Scores, Unscored
from tests.golden import assert_golden

LONG = "an exceedingly long prompt about TOKR woman, " * 30
RUN = "20260529-cb-lora-v1"


def picture(seed: int, size: tuple[int, int] = (120, 150), *, white: bool = False) -> bytes:
    """A flat picture that differs by seed."""
    image = Image.new("RGB", size, "white" if white else (40 + seed * 37 % 180, 90 + seed * 53 % 120, 120))
    ImageDraw.Draw(image).ellipse(
        (size[0] * 0.3, size[1] * 0.2, size[0] * 0.7, size[1] * 0.7), outline=(90, 90, 90), width=3
    )
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def scores(number: int) -> Scores:
    values = [0.9, 0.85, 0.4 if number % 7 == 3 else 0.8, 0.62 if number % 5 == 1 else 0.78]
    values[0] = 0.0 if number % 6 == 4 else values[0]
    return Scores.model_validate(
        {
            axis.value: AxisScore(passed=value >= 0.7, score=value, reason="r")
            for axis, value in zip(Axis, values, strict=True)
        }
    )


def state(
    prompts: int, seeds: int, causes: dict[int, Cause] | None = None, prompt: str = "a portrait of TOKR woman"
) -> RunState:
    cells = []
    for at in range(prompts * seeds):
        label = f"CB-LORA-prompt{at // seeds}-S{at % seeds + 1}"
        cell = Cell(
            label=label,
            prompt_id=f"prompt{at // seeds}",
            seed=at % seeds + 1,
            prompt=prompt,
            image=f"runs/{RUN}/{label}.png",
        )
        cause = (causes or {}).get(at)
        cells.append(
            JudgedCell(cell=cell, outcome=Unscored(cause=cause, detail="as the judge put it") if cause else scores(at))
        )
    return RunState(
        run=RUN,
        title="CB LoRA identity validation",
        date="2026-05-29",
        identity="cb",
        cells=tuple(cells),
        verdict=decide(cells),
        judge_version="v2-2026-11-23",
        model="claude-sonnet-4-6",
        reference="inputs/lora-cb-fixture/cb_4.jpg",
    )


def drawn(
    found: RunState, *, missing: frozenset[int] = frozenset(), white: bool = False, simulated: bool = False
) -> list[Image.Image]:
    images = {cell.cell.label: picture(at, white=white) for at, cell in enumerate(found.cells) if at not in missing}
    return [draw(sheet, images, picture(99)) for sheet in sheets(found, simulated=simulated)]


FAILED = {0: Cause.NO_IMAGE, 3: Cause.NO_IMAGE}
UNSCORED = {1: Cause.REFUSED, 4: Cause.CONTRADICTION, 5: Cause.TRUNCATED}
PENDING = dict.fromkeys(range(6), Cause.NOT_JUDGED)


def test_one_cell(request: pytest.FixtureRequest) -> None:
    assert_golden(drawn(state(1, 1))[0], "grid-1x1", request)


def test_the_cards_shape(request: pytest.FixtureRequest) -> None:
    assert_golden(drawn(state(3, 2), simulated=True)[0], "grid-3x2", request)


def test_sixty_cells(request: pytest.FixtureRequest) -> None:
    image = drawn(state(6, 10))[0]

    assert image.width <= 3600
    assert_golden(image, "grid-6x10", request)


def test_above_sixty_one_picture_for_each_prompt(request: pytest.FixtureRequest) -> None:
    images = drawn(state(6, 12))

    assert len(images) == 6
    assert_golden(images[1], "grid-6x12-part-2", request)


def test_failed_cells(request: pytest.FixtureRequest) -> None:
    assert_golden(drawn(state(3, 2, FAILED), missing=frozenset(FAILED))[0], "grid-failed", request)


def test_unscored_cells(request: pytest.FixtureRequest) -> None:
    assert_golden(drawn(state(3, 2, UNSCORED))[0], "grid-unscored", request)


def test_pending_cells(request: pytest.FixtureRequest) -> None:
    assert_golden(drawn(state(3, 2, PENDING), missing=frozenset({2, 3}))[0], "grid-pending", request)


def test_white_pictures_stay_apart(request: pytest.FixtureRequest) -> None:
    assert_golden(drawn(state(2, 3), white=True)[0], "grid-white", request)


def test_long_prompts_are_cut_with_care(request: pytest.FixtureRequest) -> None:
    assert_golden(drawn(state(2, 2, prompt=LONG))[0], "grid-long-prompts", request)


@pytest.mark.parametrize(("prompts", "seeds"), [(1, 1), (3, 2), (6, 10), (1, 60), (60, 1)])
def test_every_file_stays_far_below_slacks_limits(prompts: int, seeds: int) -> None:
    for image in drawn(state(prompts, seeds)):
        content, _suffix = encode(image)
        assert len(content) < 8_000_000
        assert image.width * image.height < 80_000_000


@pytest.mark.parametrize(("prompts", "seeds"), [(1, 1), (3, 2), (6, 10), (20, 3)])
def test_the_alternative_text_lists_every_cell(prompts: int, seeds: int) -> None:
    found = state(prompts, seeds, {0: Cause.REFUSED})
    text = alt_text(sheets(found)[0])

    assert len(text) <= 2000
    assert "????" in text
    assert "more" not in text
    for cell in found.cells:
        assert f"{cell.cell.prompt_id}" in text


def test_an_alternative_text_that_is_too_long_says_how_much_it_leaves_out() -> None:
    found = state(1, 60)
    cells = [
        cell.model_copy(
            update={
                "cell": cell.cell.model_copy(
                    update={"prompt_id": "a-very-long-prompt-id-" * 4, "label": f"X-Y-{'long' * 20}-S{at}"}
                )
            }
        )
        for at, cell in enumerate(found.cells)
    ]
    text = alt_text(sheets(found.model_copy(update={"cells": tuple(cells)}))[0])

    assert len(text) <= 2000
    assert "more." in text


def test_a_damaged_picture_gets_a_placeholder() -> None:
    found = state(1, 1)

    image = draw(sheets(found)[0], {found.cells[0].cell.label: b"no picture"}, None)

    assert image.width > 300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("TOKR woman in a café, 3/4 – “soft”", "TOKR woman in a café, 3/4 – “soft”"),
        ("TOKR 桜の木の下で at dusk", "at dusk"),
        ("TOKR نظرة جانبية", "TOKR [Arabic]"),
        ("TOKR 😀 smiling", "TOKR [grinning face] smiling"),
    ],
)
def test_what_the_face_has_no_letters_for_is_named(text: str, shown: str) -> None:
    assert shown in ink.readable(text)
    assert not any(ink._is_box(sign) for sign in ink.readable(text) if not sign.isspace())
