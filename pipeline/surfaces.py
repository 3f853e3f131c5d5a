"""One function for each surface that words from outside reach: Slack's markup, code, a terminal, Markdown.

Whoever writes a run's name, a vendor's error, a caption or a judge's reason must not be able to notify a channel, move
a cursor, turn the reading direction, or show a picture from elsewhere.
"""

import re
from urllib.parse import quote

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""Controls (ESC among them), bidi marks and tags. U+200C and U+200D stay: scripts and emoji are made with them."""
_CALLS = re.compile(r"<!(?!date\^)")
_MARKS = re.compile(r"([\\`*_{}\[\]<>|#~&])")
_MARKED = re.compile(r"\\([\\`*_{}\[\]<>|#~&])")
_TICKS = re.compile("`+")


def clean(text: str) -> str:
    """Without signs that nobody sees; line breaks and tabs stay, halves of characters do not."""
    return _UNSEEN.sub("\ufffd", text.encode("utf-8", "replace").decode())


def mrkdwn(text: str) -> str:
    """Words inside Slack's mrkdwn: only these three characters are its markup's."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """A name as Slack's code: nothing in it is markup, whatever signs it holds."""
    return f"`{mrkdwn(' '.join(text.split())).replace('`', chr(39))}`"


def without_calls(text: str) -> str:
    """Finished mrkdwn in which nobody calls a channel: the bot itself writes no `<!…>` but dates."""
    return _CALLS.sub("&lt;!", clean(text))


def terminal(text: str) -> str:
    """Words for a terminal: no sequence of theirs moves its cursor or colours it."""
    return clean(text)


def markdown(text: str) -> str:
    """Words inside a Markdown file: no HTML, no picture, no link, no table cell of theirs."""
    return _MARKS.sub(r"\\\1", " ".join(clean(text).split()))


def unmarked_down(text: str) -> str:
    """What `markdown` was given, but for what it cleaned."""
    return _MARKED.sub(r"\1", text)


def address(path: str) -> str:
    """A file's name as a Markdown address."""
    return quote(clean(path))


def fenced(text: str) -> str:
    """A code block that its words cannot close."""
    longest = max((len(found) for found in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{clean(text)}\n{fence}"
