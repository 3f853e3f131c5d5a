"""`help`: how to ask."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value


class Help(Value):
    """How to ask."""

    action: Literal["help"] = "help"
    topic: str | None = None


HELP = Action(
    word="help",
    request=Help,
    phrases="""
        help, what can you do, what can i ask [you], what do you understand, how do i
        (judge|rerun|extend|train|retrain|upscale|compare|redo|show|list|cancel|watch|label), how do i, how do i
        ask for, how do i (get|start|make|do|run), how do we, how can i, how to, how does this work, what are
        the commands, commands, usage, show me what you can do
    """,
    nouns="with on for about me the a i do how to ask you can what please us something of an",
    not_before={"help": "her him is out them us yourself"},
    sentence="help {topic}",
    example=lambda _place: Help(topic="judge"),
    question=True,
    answered_at_once=True,
)
