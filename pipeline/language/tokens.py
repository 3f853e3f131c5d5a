"""The scanner: one pass over the words of a message, into tokens that know what they are."""

import re
from typing import NamedTuple

NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip

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
        "…": "...",
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
  | (?P<clock>(?<![\w.-])\d{1,2}:\d{2}(?![\w:]))
  | (?P<number>(?<![\w.-])(?:\d{1,3}(?:,\d{3})+(?=\s+steps)|\d+(?:\.\d+)?k?|\.\d+)(?![\w-]))
  | (?P<model>claude-[\w.-]*\w)
  | (?P<word>@someone|w/o?(?=\s)|[a-z]+-\d\.\d(?![\w.-])|\w+(?:[-']\w+)*)
  | (?P<line>\n)
  | (?P<mark>[^\s])
    """,
    re.VERBOSE | re.IGNORECASE,
)


_STRETCHED = re.compile(r"([a-z])\1{2,}")
"""As in "heyyy", "plsss": no English word has a letter three times in a row; a job's id, `ccc790`, may well have."""

_SHORT = {
    "bake-off": "bakeoff", "dry-run": "dryrun", "un-watch": "unwatch", "pls": "please", "plz": "please", "thx":
    "thanks", "u": "you", "w": "with", "w/": "with", "w/o": "without", "ref": "reference", "y'all": "everyone",
    "pics": "photos", "pic": "photo", "cuz": "because", "cos": "because", "r": "are", "rn": "now", "ur": "your",
    "ppl": "people", "tmrw": "tomorrow", "'cause": "because",
}  # fmt: skip
"""What people write for longer words."""


class Token(NamedTuple):
    """One word, number or sign of a message."""

    kind: str
    """quote url flag money path file date range clock number model word line mark"""
    raw: str
    word: str
    """In lower case, without the hyphen of `re-run`."""
    glued: bool
    """No space stands before it."""
    line: bool = False
    """It begins a line."""


def plain(text: str) -> str:
    """Typographic signs as their plain ones, invisible ones gone; `—seeds` is what a phone makes of `--seeds`."""
    text = _LONG_DASH_FLAG.sub("--", _UNSEEN.sub("", text))
    return text.replace("<->", " vs ").translate(_DASHES)


def scan(text: str) -> tuple[Token, ...]:
    """Linear in the text's length."""
    found: list[Token] = []
    end, line = -1, True
    for match in _SCAN.finditer(text):
        if match.lastgroup == "line":
            line = True
            continue
        raw, kind = match[0], match.lastgroup or "mark"
        found.append(Token(kind=kind, raw=raw, word=_word(raw), glued=match.start() == end, line=line))
        end, line = match.end(), False
    return tuple(found)


def _word(raw: str) -> str:
    """`Re-Run` as `rerun`, so that a table needs one spelling of it."""
    lower = raw.lower()
    if lower.startswith("re-") and lower[3:].isalpha():
        return f"re{lower[3:]}"
    stretched = lower.isalpha() and _STRETCHED.search(lower)
    lower = _STRETCHED.sub(r"\1", lower) if stretched else lower
    return _SHORT.get(lower, lower)


def number(token: Token) -> float | None:
    """What a number says: figures, `2k`, or a word; None for anything else."""
    if token.kind != "number":
        return NUMBERS.get(token.word)
    figure = token.word.replace(",", "")
    if len(figure) > 12 or not re.fullmatch(r"\d*\.?\d+k?", figure, re.ASCII):
        return None
    return float(figure.removesuffix("k")) * (1000 if figure.endswith("k") else 1)
