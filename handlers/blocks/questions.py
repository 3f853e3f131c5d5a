"""What the bot asks back: a short question with its answers as buttons, and the card that confirms a reading."""

from handlers.blocks.kit import Block, actions, button, context, escape, says, section
from handlers.slack import Message
from pipeline.language.question import Question


def asked(question: Question) -> Message:
    """A question; each button says a whole sentence in the person's name, once."""
    blocks: list[Block] = [section(f"{escape(question.words)}\n{escape(question.hint)}")]
    buttons = [
        one
        for at, choice in enumerate(question.choices)
        for one in says(choice.label, f"labs:choose:{at}", choice.sentence)
    ]
    blocks += [actions(*buttons)] if buttons else []
    return Message(text=f"{question.words} {question.hint}"[:3900], blocks=tuple(blocks))


def confirm(sentence: str, meaning: str) -> Message:
    """What Claude took a message for. Nothing happens until a person says so."""
    said = section(f"I read this as:\n>`{escape(sentence)}`\n{escape(meaning)}")
    blocks: list[Block] = [
        said,
        actions(*says("Do it", "labs:choose:0", sentence, style="primary"), button("No", "labs:choose:no", "no")),
        context("Read by Claude, not by rules. Nothing was started; a price is shown before any money moves."),
    ]
    return Message(text=f"I read this as: {sentence}", blocks=tuple(blocks))


def chosen(person: str, sentence: str) -> str:
    """The stamp that takes the buttons' place."""
    return f"<@{person}>: `{escape(sentence)}`"


def declined(person: str) -> str:
    return f"<@{person}>: no. Nothing was started."


def decided(blocks: list[Block], stamp: str) -> list[Block]:
    """The question with a stamp in its buttons' place; a second time it stays as it is."""
    stamped = context(stamp[:3000])
    kept = [block for block in blocks if block["type"] != "actions"]
    return kept if stamped in kept else [*kept, stamped]
