"""What failed, in one line under a result; and the modal in which people tell the judge where it is wrong."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from handlers.blocks.forms import checkboxes, modal
from handlers.blocks.kit import Block, button, clip, context, image, section
from handlers.ports import Opening
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import causes_of
from pipeline.models import Axis, JudgedCell
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

OPENS = "labs:open:failures"
FORM = "labs:form:wrong"
MOST = 30
"""Cells in the modal: each is a section, ten of them share a list of boxes (Slack: 100 blocks, 10 boxes)."""
_TOGETHER = 10


def failures_button(job_id: str) -> Block:
    return button("Failures…", OPENS, job_id)


def failed(state: RunState) -> list[tuple[JudgedCell, Axis]]:
    """Each cell that fails an axis, with that of the lowest score; the lowest first."""
    found = []
    for cell in state.cells:
        missed = [axis for axis in Axis if cell.scores is not None and not cell.scores[axis].passed]
        if cell.scores is not None and missed:
            score, worst = min((cell.scores[axis].score, axis) for axis in missed)
            found.append((score, cell.cell.label, cell, worst))
    return [(cell, axis) for _score, _label, cell, axis in sorted(found, key=lambda one: one[:2])]


FEW = 3
"""So many are told with their reasons at once."""


def at_a_glance(state: RunState) -> str:
    """A few failures with their reasons, many by axis and seed; empty where nothing fails and all is scored."""
    found = failed(state)
    few = [_named(cell, axis) for cell, axis in found] if len(found) <= FEW else []
    return "\n".join([*few, *([in_a_line(state)] if not few else [])])


def _named(cell: JudgedCell, worst: Axis) -> str:
    """`CB-LORA-front-full-S7301` fails Q1 identity 0.05, and Q4: the reason."""
    if cell.scores is None:
        return ""
    others = [axis.code.upper() for axis in Axis if axis is not worst and not cell.scores[axis].passed]
    and_ = f", {', '.join(others)}" if others else ""
    one = cell.scores[worst]
    said = mrkdwn(clip(one.reason, 90))
    return f"✕ {code(cell.cell.label)} {worst.title} {one.score:.2f}{and_}: {said}"


def in_a_line(state: RunState) -> str:
    """`17 cells fail Q1 identity (6 of them seed 7301), 4 fail Q4 photographic. 2 unscored …`."""
    parts = []
    for axis in Axis:
        cells = [cell for cell in state.cells if cell.scores is not None and not cell.scores[axis].passed]
        if cells:
            parts.append(f"{len(cells)} fail{'s' if len(cells) == 1 else ''} {axis.title}{_where(cells)}")
    unscored = sum(cell.scores is None for cell in state.cells)
    parts += [f"{many(unscored, 'cell')} unscored: {causes_of(state.cells)}"] if unscored else []
    return mrkdwn(f"{', '.join(parts)}.") if parts else ""


def _where(cells: Sequence[JudgedCell]) -> str:
    """The seed that most of several come from; one cell by its name."""
    if len(cells) == 1:
        return f" ({cells[0].cell.label})"
    (seed, most), *others = Counter(cell.cell.seed for cell in cells).most_common(2) or [(None, 0)]
    alone = most >= 2 and (not others or others[0][1] < most)
    return f" ({most} of them seed {seed})" if alone and seed is not None else ""


def form(opening: Opening, state: RunState, picture: tuple[str, str] | None) -> dict[str, Any]:
    """The modal: each failing cell with its reason, and boxes for those that are no failures.

    Args:
        opening: With the run's name as its subject.
        state: The run as it is now.
        picture: Slack's id and the words of the run's sheet.
    """
    found = failed(state)
    shown = found[:MOST]
    blocks: list[Block] = [image(*picture, "failures-sheet")] if picture else []
    blocks.append(context("Tick what is no failure: it is kept as your word beside the judge's, which stays as it is."))
    for at in range(0, len(shown), _TOGETHER):
        some = shown[at : at + _TOGETHER]
        blocks += [section(_said(cell)) for cell, _axis in some]
        options = {
            f"{number} {axis.code}": clip(f"{cell.cell.label}: {axis.title} passes", 75)
            for number, (cell, axis) in enumerate(some, at)
        }
        blocks.append(checkboxes(f"wrong-{at}", "The judge is wrong here", options, []))
    if len(found) > MOST:
        blocks.append(context(f"{len(found) - MOST} more stand on the run's page and in its grid."))
    unscored = [cell for cell in state.cells if cell.scores is None]
    blocks += [section(f"{code(cell.cell.label)} {mrkdwn(clip(str(cell.outcome), 160))}") for cell in unscored[:20]]
    return modal("Failures", "Keep my words", FORM, opening, blocks)


def _said(cell: JudgedCell) -> str:
    lines = [f"*{mrkdwn(cell.cell.label)}*"]
    for axis in Axis:
        if cell.scores is not None and not cell.scores[axis].passed:
            one = cell.scores[axis]
            lines.append(f"✕ {axis.title} {one.score:.2f}: {mrkdwn(clip(one.reason, 250))}")
    return "\n".join(lines)


def ticked(state: RunState, fields: dict[str, Any]) -> list[tuple[str, Axis]]:
    """Which cells, on which axis, a person says are no failures."""
    found = failed(state)
    chosen = [value for name, values in fields.items() if name.startswith("wrong-") for value in values or ()]
    places = [str(value).partition(" ") for value in chosen]
    return [
        (found[int(number)][0].cell.label, axis)
        for number, _space, code_ in places
        for axis in Axis
        if number.isdigit() and int(number) < len(found) and axis.code == code_
    ]
