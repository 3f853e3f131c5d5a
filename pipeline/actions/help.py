"""`help`: how to ask."""

import re
from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.models import Value


class Help(Value):
    """How to ask."""

    action: Literal["help"] = "help"
    topic: str | None = None


def helping(reading: Reading) -> Fields:
    """`topic` is the action that is asked about, else the word."""
    at = reading.skip(
        reading.verb[1] if reading.verb_word == "help" else reading.verb[1] - 1,
        {"with", "on", "for", "about", "me", ":", "the", "a"},
    )
    if at >= len(reading.tokens) or reading.tokens[at].kind != "word":
        return {"action": "help", "topic": None}
    known = reading.verbs.match(reading.tokens, at)
    word = reading.tokens[at].word
    if known and known.means not in {"run", "help"}:
        return {"action": "help", "topic": known.means}
    ordinary = reading.verb_word != "help" or not re.fullmatch(r"[a-z-]+", word)
    return {"action": "help", "topic": None if ordinary else word}


HELP = Action(
    word="help",
    request=Help,
    phrases="""
        help, what can you do, what can i ask [you], what do you understand, how do i
        (judge|rerun|extend|train|retrain|upscale|compare|redo|show|list|cancel|watch|label), how do i, how does
        this work, show me what you can do
    """,
    not_before={"help": "her him is out them us yourself"},
    sentence="help {topic}",
    read=helping,
    example=lambda _place: Help(topic="judge"),
    question=True,
    answered_at_once=True,
)
