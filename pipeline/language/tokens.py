"""The scanner: one pass over the words of a message, into tokens that know what they are."""

import re
from typing import NamedTuple

_DASHES = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "\u2010": "-",
        "\u2011": "-",
        "’": "'",
        "‘": "'",
        "×": "x",
        "\u00a0": " ",
        "\u202f": " ",
        "…": " ",
        "≤": "<",
        "`": " ",
        "*": " ",
    }
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_LONG_DASH_FLAG = re.compile(r"(?<!\S)[—–](?=[a-zA-Z])")
_SCAN = re.compile(
    r"""
    (?P<quote>\ue000\d+\ue001)
  | (?P<url>https?://[^\s<>|]+)
  | (?P<flag>(?<!\S)--?[a-z][\w-]*)
  | (?P<money>\$[ ]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)k?(?!\w)|(?<![\w.])(?:\d+(?:\.\d+)?|\.\d+)[ ]?\$)
  | (?P<path>(?<![\w-])(?:runs|inputs)/[\w./-]*\w/?)
  | (?P<file>(?<![\w-])[\w-]{1,200}\.(?:jpe?g|png|webp|heic|json|jsonl|md|toml|txt|zip)(?!\w))
  | (?P<date>(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-]))
  | (?P<range>(?<![\w.-])s?\d+(?:-|\.{2,3})s?\d+(?![\w-]|\.\d))
  | (?P<number>(?<![\w.-])(?:\d{1,3}(?:,\d{3})+(?=\s+steps)|\d+(?:\.\d+)?k?)(?![\w-]))
  | (?P<model>claude-[\w.-]*\w)
  | (?P<word>@someone|w/o?(?=\s)|\w+(?:[-']\w+)*)
  | (?P<line>\n)
  | (?P<mark>[^\s])
    """,
    re.VERBOSE | re.IGNORECASE,
)


_SHORT = {
    "bake-off": "bakeoff", "dry-run": "dryrun", "un-watch": "unwatch", "pls": "please", "plz": "please",
    "thx": "thanks", "u": "you", "w": "with", "w/": "with", "w/o": "without", "ref": "reference", "y'all": "everyone",
    "pics": "photos",
}  # fmt: skip
"""What people write for longer words."""


class Token(NamedTuple):
    """One word, number or sign of a message."""

    kind: str
    """quote url flag money path file date range number model word line mark"""
    raw: str
    word: str
    """In lower case, without the hyphen of `re-run`."""
    glued: bool
    """No space stands before it."""


def plain(text: str) -> str:
    """Typographic signs as their plain ones, invisible ones gone; `—seeds` is what a phone makes of `--seeds`."""
    text = _LONG_DASH_FLAG.sub("--", _UNSEEN.sub("", text))
    return text.replace("<->", " vs ").translate(_DASHES)


def scan(text: str) -> tuple[Token, ...]:
    """Linear in the text's length."""
    found = []
    end = -1
    for match in _SCAN.finditer(text):
        raw = match[0]
        found.append(Token(kind=match.lastgroup or "mark", raw=raw, word=_word(raw), glued=match.start() == end))
        end = match.end()
    return tuple(found)


def _word(raw: str) -> str:
    """`Re-Run` as `rerun`, so that a table needs one spelling of it."""
    lower = raw.lower()
    if lower.startswith("re-") and lower[3:].isalpha():
        return f"re{lower[3:]}"
    return _SHORT.get(lower, lower)
