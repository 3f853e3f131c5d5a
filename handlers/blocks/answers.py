"""Short answers: problems, lists, status, help."""

from handlers.blocks.kit import Block, actions, button, context, escape, header, lines, section
from handlers.slack import Message
from pipeline.continuation import Step
from pipeline.errors import LabsError, UnknownRun
from pipeline.state import BADGES, RunState
from pipeline.summary import evidence


def problem(error: LabsError, said: str = "") -> Message:
    """What happened, and what to do; a misspelt run in `said` is offered mended, as buttons that say it again."""
    blocks: list[Block] = [section(f":warning: {escape(str(error))}\n{escape(error.hint)}")]
    if isinstance(error, UnknownRun) and error.nearest and error.run in said:
        mended = [(name, said.replace(error.run, name)) for name in error.nearest]
        blocks.append(
            actions(
                *(
                    button(name, f"labs:say:{at}", sentence)
                    for at, (name, sentence) in enumerate(mended)
                )
            )
        )
    return Message(text=f"{error} {error.hint}"[:3900], blocks=tuple(blocks))


def plain(text: str, *, note: str | None = None) -> Message:
    blocks: list[Block] = [section(text)]
    return Message(text=text[:3900], blocks=(*blocks, context(note)) if note else tuple(blocks))


def listing(title: str, items: list[str], empty: str) -> Message:
    body = lines([f"• {item}" for item in items]) if items else empty
    return Message(text=f"{title}: {len(items)}", blocks=(section(f"*{escape(title)}*\n{body}"),))


def card(state: RunState, steps: tuple[Step, ...]) -> Message:
    """A run as it stands: verdict, evidence, how to go on."""
    verdict = state.verdict
    blocks: list[Block] = [
        header(f"{BADGES[verdict.word]} {verdict.word} · {state.title}"),
        section(
            f"`runs/{escape(state.run)}` · {escape(state.matrix)}\n{escape(verdict.reason)}"
            + (f"\n{escape(evidence(state))}" if verdict.scored else "")
        ),
        section(
            lines(
                [
                    f"• {tally.axis.title} {tally.passed}/{tally.scored} ({tally.interval}, {tally.grade})"
                    for tally in verdict.tallies
                    if tally.scored
                ]
            )
            or "No cell is judged."
        ),
        actions(
            *(button(step.short, f"labs:say:{at}", step.sentence) for at, step in enumerate(steps))
        ),
    ]
    return Message(text=f"{verdict.word}: {state.run}", blocks=tuple(blocks))


HELP = """*What I can do now*
• `judge runs/<run>`: four axes on every cell, the grid and a verdict; add `with cb_4.jpg as the identity reference`, `using claude-sonnet-4-6`, `repeats 3`, `max $1`, `dry run`
• `show runs/<run>` · `list runs` · `list jobs` · `status` · `spend this month`
• `cancel` in a job's thread, `approve <id>` and `deny <id>: reason` for a plan that waits
• `pause spending` and `resume spending`, by an approver
I hear a message that begins with *in the labs channel*, that mentions me, that opens with such a request, or that stands in a job's thread. The price is always said before anything is spent."""


def usage() -> Message:
    # The angle brackets are words here, not Slack's markup.
    return plain(HELP.replace("<run>", "&lt;run&gt;").replace("<id>", "&lt;id&gt;"))
