"""What the bot asks back: a short question with its answers as buttons."""

from handlers.blocks.kit import Block, actions, button, context, says, section
from handlers.message import Message
from pipeline.language.question import Question
from pipeline.surfaces import code, mrkdwn


def asked(question: Question) -> Message:
    """A question; each button says a whole sentence in the person's name, once."""
    blocks: list[Block] = [section(f"{mrkdwn(question.words)}\n{mrkdwn(question.hint)}")]
    buttons = [
        one
        for at, choice in enumerate(question.choices)
        for one in says(choice.label, f"labs:choose:{at}", choice.sentence)
    ]
    buttons += [button("Something else…", "labs:open:else", "else")] if question.open else []
    blocks += [actions(*buttons)] if buttons else []
    return Message(text=f"{question.words} {question.hint}"[:3900], blocks=tuple(blocks))


def chosen(person: str, sentence: str) -> str:
    """The stamp that takes the buttons' place."""
    return f"<@{person}>: {code(sentence)}"


def declined(person: str) -> str:
    return f"<@{person}>: no. Nothing was started."


def decided(blocks: list[Block], stamp: str) -> list[Block]:
    """The question with a stamp in its buttons' place; a second time it stays as it is."""
    stamped = context(stamp[:3000])
    kept = [block for block in blocks if block["type"] != "actions"]
    return kept if stamped in kept else [*kept, stamped]
