"""SUMMARY.md: the card's sections in the card's order, rendered from state; a person's words kept byte for byte."""

import re

from pipeline.advice.next_steps import Step
from pipeline.evidence.leaderboard import TOLD_APART
from pipeline.evidence.run_state import BADGES, RunState, led_by
from pipeline.models import BARRED, Axis
from pipeline.money import dollars
from pipeline.surfaces import address, clean, fenced, markdown

PERSONS = ("What this run is", "Inputs", "Notes / gotchas")
"""Sections that are a person's own. Sections with other names that the bot does not know are too."""
ORDER = (
    "What this run is",
    "Verdict reasoning",
    "How to continue this work",
    "Artifacts",
    "Inputs",
    "Notes / gotchas",
    "Judge verdict",
    "Images",
    "Data",
)
_HEADING = re.compile(r"^## +(?P<name>.+?) *\r?$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def render(state: RunState, steps: tuple[Step, ...], spent_micros: int, existing: str | None) -> str:
    """The whole file.

    Args:
        state: What is known of the run.
        steps: The ways to go on, priced.
        spent_micros: What the ledger has on the books for this run.
        existing: The file as it stands, of which a person's sections survive.
    """
    kept = sections(existing or "")
    owned = {
        "Verdict reasoning": _reasoning(state),
        "How to continue this work": _continue(steps),
        "Artifacts": _artifacts(state),
        "Judge verdict": _table(state),
        "Images": "\n".join(
            f"![{markdown(cell.cell.label)}]({address(cell.cell.image.rsplit('/', 1)[-1])})" for cell in state.cells
        ),
        "Data": "\n".join(f"- {_name(name)}" for name in state.files),
    }
    parts = [_head(state, spent_micros)]
    names = [*ORDER[:6], *(name for name in kept if _known(name) is None), *ORDER[6:]]
    for name in names:
        if name in owned:
            parts.append(
                f"## {_heading(name, state)}\n\n{owned[name]}\n\n" if owned[name] else f"## {_heading(name, state)}\n\n"
            )
        else:
            parts.append(kept.get(name, f"## {name}\n\n"))
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in parts).rstrip("\n") + "\n"


def sections(text: str) -> dict[str, str]:
    """Sections by name, heading line included, exactly as they stand; headings in code fences are text."""
    lines = text.splitlines(keepends=True)
    fenced = _fenced(lines)
    found: dict[str, str] = {}
    name = ""
    for at, line in enumerate(lines):
        heading = None if at in fenced else _HEADING.match(line.rstrip("\n"))
        if heading:
            name = _known(heading["name"]) or heading["name"]
        if name:
            found[name] = found.get(name, "") + line
    return found


def _fenced(lines: list[str]) -> set[int]:
    """Lines inside code fences; a fence that nothing closes opens none, or it would swallow the rest of the file."""
    inside: set[int] = set()
    opened: tuple[int, str] | None = None
    for at, line in enumerate(lines):
        found = _FENCE.match(line)
        if found and opened is None:
            opened = at, found[1]
        elif found and opened is not None and found[1] == opened[1]:
            inside |= set(range(opened[0], at + 1))
            opened = None
    return inside


def _known(heading: str) -> str | None:
    """The section that a heading means: `Images (6)` is `Images`."""
    return next(
        (name for name in ORDER if heading == name or re.fullmatch(rf"{re.escape(name)} \(.*\)", heading)), None
    )


def _heading(name: str, state: RunState) -> str:
    extra = {"Judge verdict": state.judge_version, "Images": str(len(state.cells)), "Data": str(len(state.files))}.get(
        name
    )
    return f"{name} ({markdown(extra)})" if extra else name


def _head(state: RunState, spent_micros: int) -> str:
    facts = [markdown(state.run), state.date or "", f"parent {markdown(state.parent)}" if state.parent else ""]
    facts += [f"{dollars(spent_micros)} in the ledger"] if spent_micros else []
    facts += [f"~{state.training_minutes} min training"] if state.training_minutes else []
    facts += [f"judged {state.judged_at[:10]}" if state.judged_at else "not judged"]
    word = f"{state.sign} " if state.leaderboard else f"{BADGES[state.verdict.word]} {state.verdict.word}: "
    return f"# {word}{markdown(state.title)}\n\n{' · '.join(fact for fact in facts if fact)}\n\n"


def _reasoning(state: RunState) -> str:
    if state.leaderboard and state.verdict.scored:
        return "\n".join(_standings(state))
    verdict = state.verdict
    bar = f"The bar: {' and '.join(axis.title for axis in BARRED)} at {verdict.threshold:.0%} or more of the cells."
    lines = [f"**{verdict.word}**: {markdown(verdict.reason)}", "", bar]
    lines += ["", state.evidence] if verdict.scored else []
    return "\n".join([*lines, "", markdown(state.after_all)] if state.after_all else lines)


def _standings(state: RunState) -> list[str]:
    """A bake-off's table, the best row first."""
    head = "| | Row | Q1 (single look) | Q4 (single look) | Q2 pose | Refused | Technical | $ a passing picture | s |"
    lines = [f"**{markdown(led_by(state))}**", "", head, "|---" * 9 + "|"]
    for one in state.leaderboard:
        price = dollars(one.passing_micros) if one.passing_micros is not None else "–"
        took = f"{one.seconds:.0f}" if one.seconds is not None else "–"
        counts = [f"{tally.passed}/{tally.scored} ({tally.interval})" for tally in (one.identity, one.photographic)]
        pose = f"{one.pose.passed}/{one.pose.scored}"
        cells = [one.place, f"`{one.row}`", *counts, pose, str(one.refused), str(one.technical), price, took]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, "", f"{TOLD_APART} (Fisher's exact test.)"]


def _continue(steps: tuple[Step, ...]) -> str:
    blocks = []
    for step in steps:
        if not step.sentence:
            blocks.append(markdown(step.purpose))
            continue
        price = f" About {step.estimate}." if step.estimate.high_micros else " Free."
        blocks.append(f"{markdown(step.purpose)}{price}\n\n{fenced(f'in the labs channel: {step.sentence}')}")
    return "\n\n".join(blocks)


def _artifacts(state: RunState) -> str:
    lines = [f"- Trained version: {_name(state.trained_version)}"] if state.trained_version else []
    lines += [f"- Identity reference: {_name(state.reference)}"] if state.reference else []
    lines += [f"- Judge: {_name(state.model)}, rubric {markdown(state.judge_version or '')}"] if state.model else []
    return "\n".join(lines)


def _table(state: RunState) -> str:
    head = ["| Cell | " + " | ".join(axis.title for axis in Axis) + " |", "|---" * 5 + "|"]
    rows, reasons = [], []
    for cell in state.cells:
        if cell.scores is None:
            rows.append(f"| {markdown(cell.cell.label)} | {markdown(str(cell.outcome))} | | | |")
            continue
        shown = [f"{'pass' if cell.scores[axis].passed else '**fail**'} {cell.scores[axis].score:.2f}" for axis in Axis]
        rows.append(f"| {markdown(cell.cell.label)} | " + " | ".join(shown) + " |")
        reasons += [
            f"- {markdown(cell.cell.label)}, {axis.title} {cell.scores[axis].score:.2f}:"
            f" {markdown(cell.scores[axis].reason)}"
            for axis in Axis
            if not cell.scores[axis].passed
        ]
    total = [
        f"{tally.passed}/{tally.scored} (single look {tally.interval})" if tally.scored else "–"
        for tally in state.verdict.tallies
    ]
    rows.append("| **passed** | " + " | ".join(total) + " |")
    failed = ["", "Failed:", "", *reasons] if reasons else []
    return "\n".join([*head, *rows, *failed])


def _name(text: str) -> str:
    """A name as code."""
    return f"`{' '.join(clean(text).split()).replace('`', chr(39))}`"
