"""Short answers: problems, lists, status, help."""

from handlers.blocks.kit import Block, actions, context, escape, header, lines, says, section
from handlers.slack import Message
from pipeline.actions.registry import ACTIONS, BY_WORD
from pipeline.advice.next_steps import Step
from pipeline.errors import LabsError
from pipeline.evidence.run_state import BADGES, RunState
from pipeline.language import manual
from pipeline.language.sentence import render


def problem(error: LabsError) -> Message:
    """What happened, and what to do."""
    block = section(f":warning: {escape(str(error))}\n{escape(error.hint)}")
    return Message(text=f"{error} {error.hint}"[:3900], blocks=(block,))


def plain(text: str, *, note: str | None = None) -> Message:
    blocks: list[Block] = [section(text)]
    return Message(text=text[:3900], blocks=(*blocks, context(note)) if note else tuple(blocks))


def not_built(sentence: str, meaning: str) -> Message:
    """Understood, and honest that it ends there."""
    return plain(
        f"I understand this as `{escape(sentence)}`\n{escape(meaning)}\nI cannot do that yet. Nothing was started or"
        " spent."
    )


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
            + (f"\n{escape(state.verdict.evidence)}" if verdict.scored else "")
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
        actions(*(one for at, step in enumerate(steps) for one in says(step.short, f"labs:say:{at}", step.sentence))),
    ]
    return Message(text=f"{verdict.word}: {state.run}", blocks=tuple(blocks))


_CAN = """*What I can do now*
{now}
*What I understand, and cannot do yet*
{later}
I hear a message that begins with *in the labs channel*, that mentions me, that opens with such a request, or that \
stands in a job's thread. The price is always said before anything is spent. `help judge` says more about one of \
these."""


def usage(run: str, topic: str | None) -> Message:
    """How to ask: everything, or one action. `run` is a run of this lab, for the examples."""
    made = manual.examples(run)
    if topic in made:
        action = BY_WORD[topic]
        ways = "\n".join(f"• `{escape(text)}`" for text in (render(made[topic]), *manual.ways(topic, run)))
        yet = "" if action.built else " I cannot do it yet."
        takes = manual.fields(action).replace("**", "*")
        return plain(f"*{topic}*: {escape(action.meaning)}{yet}\n{ways}\nIt takes: {takes}.")
    said = {one.word: f"• `{escape(render(made[one.word]))}`" for one in ACTIONS if one.in_help}
    now = "\n".join(said[one.word] for one in ACTIONS if one.in_help and one.built)
    later = "\n".join(said[one.word] for one in ACTIONS if one.in_help and not one.built)
    return plain(_CAN.format(now=now, later=later))
