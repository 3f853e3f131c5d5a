"""What Claude took a message for: shown as the plan itself, and done only when a person says so."""

from handlers.blocks.dry_run import shown
from handlers.blocks.kit import Block, actions, button, clip, context, says, section
from handlers.message import Message
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.surfaces import code, mrkdwn

DOES = "labs:do"
"""Begins exactly the plan that is shown: its value is the plan's hash and the sentence."""
_BY_CLAUDE = "Read by Claude, not by rules. Nothing was started."


def planned(
    understood: str, sentence: str, made: Plan, *, instead: str | None = None, changed: bool = False
) -> Message:
    """A paid reading: its plan with the price, *Do it* and *No*.

    Args:
        understood: What Claude takes the person to want, in its words.
        sentence: The canonical form of the request.
        made: The plan; the button holds its hash.
        instead: The job whose waiting plan it would replace.
        changed: The plan is another than when it was shown first.
    """
    head = "The plan has changed since; this is it now." if changed else f"I read this as: {_words(understood)}"
    replaces = f" It would take the place of the plan that waits (job `{instead}`)." if instead else ""
    blocks: list[Block] = [section(f"{head}\n>{code(sentence)}{replaces}"), *shown(made)]
    price = f"Do it: {dollars(made.estimate.usd_micros)}"
    go = says(price, f"{DOES}:0", f"{made.hash} {sentence}", style="primary") if made.does else []
    blocks.append(actions(*go, button("No", "labs:choose:no", "no")))
    blocks.append(context(_BY_CLAUDE))
    return Message(text=f"I read this as: {sentence} ({made.estimate})", blocks=tuple(blocks))


def doubted(sentence: str, made: Plan) -> Message:
    """A plan that may not be what the person means, with why; it begins when they say so."""
    why = " ".join(made.doubts)
    blocks: list[Block] = [section(f":thinking_face: {mrkdwn(why)} Is it meant so?\n>{code(sentence)}"), *shown(made)]
    go = (
        says(f"Do it: {dollars(made.estimate.usd_micros)}", f"{DOES}:0", f"{made.hash} {sentence}") if made.does else []
    )
    blocks += [actions(*go, button("No", "labs:choose:no", "no")), context("Nothing was started.")]
    return Message(text=f"{why} Is it meant so? {sentence}", blocks=tuple(blocks))


def confirm(understood: str, sentence: str, meaning: str) -> Message:
    """A reading that costs nothing, and still is no mere look at what is there."""
    said = section(f"I read this as: {_words(understood or meaning)}\n>{code(sentence)}")
    blocks: list[Block] = [
        said,
        actions(*says("Do it", "labs:choose:0", sentence, style="primary"), button("No", "labs:choose:no", "no")),
        context(_BY_CLAUDE),
    ]
    return Message(text=f"I read this as: {sentence}", blocks=tuple(blocks))


def several(understood: str, sentences: tuple[str, ...]) -> Message:
    """More than one request: each has a button of its own, and is planned and priced when it is pressed."""
    listed = "\n".join(f"{at}. {code(sentence)}" for at, sentence in enumerate(sentences, 1))
    buttons = [
        one
        for at, sentence in enumerate(sentences)
        for one in says(f"{at + 1}. {clip(sentence, 60)}", f"labs:say:{at}", sentence)
    ]
    blocks: list[Block] = [
        section(f"I read this as {len(sentences)} requests: {_words(understood)}\n{listed}"),
        actions(*buttons),
        context(f"{_BY_CLAUDE} Each shows its plan and its price first."),
    ]
    return Message(text=f"I read this as {len(sentences)} requests.", blocks=tuple(blocks))


def answered(words: str) -> Message:
    """A few words, where nothing is to be done."""
    return Message(text=words, blocks=(section(mrkdwn(words)), context(_BY_CLAUDE)))


def _words(understood: str) -> str:
    return mrkdwn(clip(understood, 300)) or "…"
