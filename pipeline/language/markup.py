"""Opaque words lifted out, and who is spoken to: `<@U0DANA>` is a mention, `<!here>` speaks to everybody."""

import re
from typing import NamedTuple

from pipeline.language.quotes import Quote, lift
from pipeline.language.tokens import Token, plain, scan

BOT = "U0LABSBOT"
LONGEST = 40_000
"""Slack's own limit on a message's characters."""
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_BROADCAST = re.compile(r"<![^<>]*>")
_OPENING = re.compile(r"^\W*in\s+(?:the\s+)?#?labs\s+channel\b\s*[:,\-–—]*\s*", re.IGNORECASE)
_EMOJI = re.compile(r":[a-z0-9_+-]+:(?![\w/])")


class Message(NamedTuple):
    """What was said, ready to be read."""

    tokens: tuple[Token, ...]
    quotes: tuple[Quote, ...]
    named: bool
    """The bot was mentioned, or the text begins with "in the labs channel"."""
    to_another: bool
    """Somebody else was mentioned, and the bot was not."""


def read(text: str, bot: str = BOT) -> Message:
    """Lift the opaque words, and see who is spoken to. Linear in the text's length."""
    text, quotes = lift(text[:LONGEST])
    mentions = _MENTION.findall(text)
    text = _MENTION.sub(lambda found: " " if found[1] == bot else " @someone ", text)
    text = _BROADCAST.sub(" @someone ", text)
    opening = _OPENING.match(text)
    text = plain(_EMOJI.sub(" ", text[opening.end() :] if opening else text))
    return Message(
        tokens=scan(text),
        quotes=quotes,
        named=bool(opening) or bot in mentions,
        to_another=bool(mentions) and bot not in mentions and _leads(text),
    )


def _leads(text: str) -> bool:
    """Somebody is spoken to at the start: "@Dana can you …", "hey @Dana, …"."""
    return bool(re.match(r"\W*(?:(?:hey|hi|hello|ok|so|and|dear)\W+)?@someone", text, re.IGNORECASE))
