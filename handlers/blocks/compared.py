"""Runs side by side: what differs, each by itself, and what the same cells did."""

from collections.abc import Sequence

from handlers.blocks.kit import Block, actions, clip, context, header, lines, says, section
from handlers.message import Message
from pipeline.actions.show import ShowRun
from pipeline.evidence.compare import UNKNOWN, Against, Comparison, Difference
from pipeline.evidence.run_state import RunState
from pipeline.grid.compared import LETTERS
from pipeline.language.sentence import render
from pipeline.models import BARRED
from pipeline.money import dollars
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

TOLD_APART = 0.05
_NAMED = 6


def compared(found: Comparison, spent: Sequence[int], left_out: Sequence[str]) -> Message:
    """One message; its pictures are put in behind the first block.

    Args:
        found: What was compared.
        spent: Micro-dollars on the books for each run.
        left_out: Prompts of which there is no picture.
    """
    names = " | ".join(state.title for state in found.states)
    blocks: list[Block] = [header(f"⚖️ {names}"), section(_differences(found))]
    each = [_by_itself(at, state, micros) for at, (state, micros) in enumerate(zip(found.states, spent, strict=True))]
    blocks.append(section(lines(["*Each by itself*", *each])))
    told = [line for one in found.against for line in _against(found, one)]
    blocks.append(section(lines(["*The same cells*", *told])))
    if left_out:
        blocks.append(context(f"No picture of {mrkdwn(', '.join(left_out))}: the grids show them."))
    grids = [
        one
        for at, state in enumerate(found.states)
        for one in says(f"Grid of {LETTERS[at]}", f"labs:say:{at}", render(ShowRun(run=state.run, what="grid")))
    ]
    blocks.append(actions(*grids))
    return Message(text=f"Compared: {', '.join(state.run for state in found.states)}", blocks=tuple(blocks))


def _differences(found: Comparison) -> str:
    told = [_difference(one) for one in found.differences if UNKNOWN not in one.values]
    head = "*What differs*" if found.differences else "*What differs*\nNothing that is on record."
    warn = (
        [":warning: They were judged by different judges: what differs below may be the judges."]
        if found.judged_apart
        else []
    )
    return lines([head, *warn, *told, *_one_sided(found)])


def _one_sided(found: Comparison) -> list[str]:
    """What only some runs' files say: nobody knows whether it differs."""
    said = []
    for at, _state in enumerate(found.states):
        own = [one for one in found.differences if UNKNOWN in one.values and one.values[at] != UNKNOWN]
        facts = ", ".join(f"{one.what} {clip(one.values[at], 80)}" for one in own)
        said += [f"• on record of {LETTERS[at]}, not of every run: {mrkdwn(facts)}"] if facts else []
    return said


def _difference(one: Difference) -> str:
    values = " | ".join(mrkdwn(clip(value, 200)) for value in one.values)
    return f"• {mrkdwn(one.what)}: {values}"


def _by_itself(at: int, state: RunState, micros: int) -> str:
    said = f"• *{LETTERS[at]}* {code('runs/' + state.run)} {state.sign} {state.said}"
    if not state.verdict.scored:
        return f"{said} · {many(len(state.cells), 'cell')}, none judged · {dollars(micros)} on the books"
    if state.leaderboard:
        return f"{said} · {mrkdwn(state.reason)} · {dollars(micros)} on the books"
    tallies = [state.verdict.tally(axis) for axis in BARRED]
    counts = " · ".join(f"{one.axis.title} {one.passed}/{one.scored} ({one.interval})" for one in tallies)
    counts += " as a single look"
    return f"{said} · {counts} · evidence {state.verdict.grade} · {dollars(micros)} on the books"


def _against(found: Comparison, one: Against) -> list[str]:
    letter = LETTERS[next(at for at, state in enumerate(found.states) if state.run == one.run)]
    if one.flips:
        return [
            f"*{letter}* against *A*, {many(one.pairs, 'cell')} of the same prompt and seed:",
            *(f"• {flips.said}{named(flips.worse, 'worse')}{named(flips.better, 'better')}" for flips in one.flips),
        ]
    said = f"*{letter}* against *A*: no judged cell of the same prompt and seed"
    parts = [f"{axis.code.upper()} {_apart(chance)} (p {chance:.2f})" for axis, chance in one.unpaired]
    return [f"{said}, so counts are all there is: {', '.join(parts)}." if parts else f"{said}."]


def _apart(chance: float) -> str:
    return "differs" if chance < TOLD_APART else "cannot be told apart"


def named(labels: Sequence[str], word: str) -> str:
    """`; worse: `A`, `B``; empty where there are none."""
    if not labels:
        return ""
    more = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
    return f"; {word}: {', '.join(code(label) for label in labels[:_NAMED])}{more}"
