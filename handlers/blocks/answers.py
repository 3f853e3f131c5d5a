"""Short answers: problems, lists, status, help."""

from handlers.blocks.kit import Block, actions, context, header, lines, says, section
from handlers.blocks.pages import open_run
from handlers.blocks.standings import standings
from handlers.markup import mentions
from handlers.message import Message
from pipeline.advice.next_steps import Step
from pipeline.errors import LabsError
from pipeline.evidence.run_state import RunState, headline
from pipeline.evidence.verdict import Verdict
from pipeline.surfaces import code, mrkdwn


def problem(error: LabsError) -> Message:
    """What happened, and what to do."""
    named = f" {mentions(error.people, '')}." if error.people else ""
    block = section(f":warning: {mrkdwn(str(error))}\n{mrkdwn(error.hint)}{named}")
    return Message(text=f"{error} {error.hint}"[:3900], blocks=(block,))


def plain(text: str, *, note: str | None = None) -> Message:
    blocks: list[Block] = [section(text)]
    return Message(text=text[:3900], blocks=(*blocks, context(note)) if note else tuple(blocks))


def listing(title: str, items: list[str], empty: str) -> Message:
    body = lines([f"• {item}" for item in items]) if items else empty
    return Message(text=f"{title}: {len(items)}", blocks=(section(f"*{mrkdwn(title)}*\n{body}"),))


def card(state: RunState, steps: tuple[Step, ...], *, pages: bool = False) -> Message:
    """A run as it stands: verdict, evidence, how to go on; with `pages` also the way to its page."""
    page = [open_run(state.run)] if pages else []
    verdict = state.verdict
    blocks: list[Block] = [
        header(headline(state)),
        section(
            f"{code('runs/' + state.run)} · {mrkdwn(state.matrix)}\n{mrkdwn(state.reason)}"
            + (f"\n{mrkdwn(state.evidence)}" if verdict.scored else "")
            + (f"\n{mrkdwn(state.after_all)}" if state.after_all else "")
        ),
        standings(state.leaderboard) if state.leaderboard else section(_tallies(verdict)),
        actions(
            *(one for at, step in enumerate(steps) for one in says(step.short, f"labs:say:{at}", step.sentence)), *page
        ),
    ]
    return Message(text=f"{state.said}: {state.run}", blocks=tuple(blocks))


def _tallies(verdict: Verdict) -> str:
    said = [
        f"• {tally.axis.title} {tally.passed}/{tally.scored} (single look {tally.interval}; {tally.grade})"
        for tally in verdict.tallies
        if tally.scored
    ]
    return lines(said) or "No cell is judged."
