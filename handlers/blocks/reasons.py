"""Why cells came out as they did: the judge's words on each, the worst first."""

from handlers.blocks.kit import Block, actions, clip, header, lines, says, section
from handlers.message import Message
from pipeline.advice.next_steps import Step
from pipeline.evidence.run_state import RunState, headline
from pipeline.models import Axis, JudgedCell
from pipeline.surfaces import code, mrkdwn

MOST_CELLS = 12
"""Shown in a message; the others are counted."""
_REASON = 220


def reasons(state: RunState, cells: tuple[JudgedCell, ...], steps: tuple[Step, ...], *, failed_only: bool) -> Message:
    """The judge's reasons on these cells of a run.

    Args:
        state: Of the run.
        cells: Those that are asked for.
        steps: How to go on.
        failed_only: Axes that passed are left out: nobody named the cells.
    """
    judged = sorted((cell for cell in cells if cell.scores is not None), key=_worst)
    wanted = [cell for cell in judged if not failed_only or _failed(cell)]
    unscored = [cell for cell in cells if cell.scores is None]
    title = headline(state)
    blocks: list[Block] = [header(title), section(f"{code('runs/' + state.run)} · {mrkdwn(state.reason)}")]
    blocks += [section(_of(cell, failed_only=failed_only)) for cell in wanted[:MOST_CELLS]]
    if more := len(wanted) - MOST_CELLS:
        blocks += [section(f"_{more} more: name them to hear of them._")] if more > 0 else []
    if not wanted and judged:
        blocks.append(
            section("No judged cell failed on any axis." if failed_only else "No judge has seen these cells.")
        )
    if unscored:
        told = [f"• {code(cell.cell.label)} {mrkdwn(clip(str(cell.outcome), 160))}" for cell in unscored]
        blocks.append(section(f"*Without a score* (neither pass nor fail)\n{lines(told)}"))
    blocks.append(
        actions(*(one for at, step in enumerate(steps) for one in says(step.short, f"labs:say:{at}", step.sentence)))
    )
    return Message(text=f"The judge's reasons: {state.run}", blocks=tuple(blocks))


def _failed(cell: JudgedCell) -> bool:
    return cell.scores is not None and any(not cell.scores[axis].passed for axis in Axis)


def _worst(cell: JudgedCell) -> float:
    return min(cell.scores[axis].score for axis in Axis) if cell.scores else 1.0


def _of(cell: JudgedCell, *, failed_only: bool) -> str:
    """A line for each axis: its score, and why."""
    assert cell.scores is not None  # noqa: S101  # only judged ones come here
    said = [f"*{code(cell.cell.label)}*"]
    for axis in Axis:
        one = cell.scores[axis]
        if failed_only and one.passed:
            continue
        mark = "✅" if one.passed else "❌"
        said.append(f"{mark} {axis.title} {one.score:.2f}: {mrkdwn(clip(one.reason, _REASON))}")
    return "\n".join(said)
