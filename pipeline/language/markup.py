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
_FENCE = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_STRUCK = re.compile(r"(?<![\w~])~(?=\S)[^~\n]{1,400}(?<=\S)~(?![\w~])")
_AGAINST = re.compile(
    r":(?:x|no_entry|no_entry_sign|negative_squared_cross_mark|thumbsdown|-1|octagonal_sign|stop_sign|raised_hand|hand"
    r"|thinking_face|thinking|question|grey_question|interrobang|warning|no_good|no_good_woman|no_good_man):"
    "|[\u274c\U0001f6ab\U0001f44e\u26d4\u270b\U0001f6d1\U0001f914\u2753\u2716\U0001f645\u26a0]|[\u202a-\u202e\u2066-\u2069]"
)
"""Signs that say the contrary of the words beside them, or turn their letters around."""
AGAINST = "\ue002"
ASIDE = "\ue003"
"""An emoji: it ends a clause, as people use it."""
_EMOJI = re.compile(r":[a-z0-9_+-]+:(?![\w/])|[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\u2615]+")


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
    text = text.replace(AGAINST, "").replace(ASIDE, "")
    text = _AGAINST.sub(f" {AGAINST} ", text[:LONGEST])
    text = _STRUCK.sub(f" {AGAINST} ", _FENCE.sub("\n> code\n", text) if "```" in text else text)
    text, quotes = lift(text)
    mentions = _MENTION.findall(text)
    text = _MENTION.sub(lambda found: " " if found[1] == bot else " @someone ", text)
    text = _BROADCAST.sub(" @someone ", text)
    opening = _OPENING.match(text)
    text = plain(_EMOJI.sub(f" {ASIDE} ", text[opening.end() :] if opening else text))
    return Message(
        tokens=scan(text),
        quotes=quotes,
        named=bool(opening) or bot in mentions,
        to_another=bool(mentions) and bot not in mentions and _leads(text),
    )


def _leads(text: str) -> bool:
    """Somebody is spoken to at the start: "@Dana can you …", "hey @Dana, …"."""
    return bool(re.match(r"\W*(?:(?:hey|hi|hello|ok|so|and|dear)\W+)?@someone", text, re.IGNORECASE))
