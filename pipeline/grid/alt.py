"""The grid in words, for those who cannot see it."""

from pipeline.grid.layout import Sheet
from pipeline.models import Axis, JudgedCell

LIMIT = 2000
"""Slack's limit for an image's alternative text, in characters."""


def alt_text(sheet: Sheet) -> str:
    """The verdict, then each cell with a letter an axis: P pass, F fail, ? unscored. At most 2,000 characters."""
    state = sheet.state
    about = (
        f"Contact sheet of run {state.run}{', ' + sheet.part if sheet.part else ''}, verdict {state.verdict.said}."
        " Letters are Q1 to Q4: P pass, F fail, ? unscored. "
    )
    listed = [f"{cell.cell.label} {_letters(cell)}" for cell in sheet.cells]
    if len(about) + len("; ".join(listed)) + 1 > LIMIT:
        # The prefix is the same in all; prompt id and seed tell them apart.
        listed = [f"{cell.cell.prompt_id} S{cell.cell.seed} {_letters(cell)}" for cell in sheet.cells]
    shown = len(listed)
    while (
        len(
            text := about
            + "; ".join(listed[:shown])
            + (f"; and {len(listed) - shown} more" if shown < len(listed) else "")
            + "."
        )
        > LIMIT
    ):
        shown -= 1
    return text


def _letters(cell: JudgedCell) -> str:
    if cell.scores is None:
        return "????"
    return "".join("P" if cell.scores[axis].passed else "F" for axis in Axis)
