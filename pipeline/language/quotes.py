"""Opaque words: prompts in quotes or after `prompt:` are lifted out before anything else is read.

Verbs, numbers, prices and negations in them mean nothing to the grammar. In one pass over the text; every closing
mark is looked for at most once from each opening one that is not inside another quotation.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from pipeline.models import Value

OPENS, CLOSES = "\ue000", "\ue001"
"""A lifted text stands in the sentence as a number between these; nobody can type them."""
_PROMPT_KEY = re.compile(r"(?i)(?<![\w-])(?:--)?prompt\s*[:=][ \t]*(?=[^\s\ue000])")
_PROMPT_END = re.compile(
    r"(?i)\s+(?:--|[—–])[a-z]|[\s,]+at\s+seeds?\s*[:=]?\s*[\[\ds]"
    r"|\s+(?:seeds?|run|max|cap|cap_usd|prompt_ids|n_seeds|then_judge|dry_run)=|[ \t]*(?:\n|$)"
)
_AFTER_SINGLE = re.compile(
    r"\s*(?:$|[.,;:!?)\n—–]|-{1,2}\w|(?:at|with|and|for|in|to|on|of|then|max|under|seeds?|cost|please|prompt)\b)",
    re.IGNORECASE,
)
_PAIRS = {"“": "”", "„": "”“", "«": "»", '"': '"', "‘": "’'", "'": "'’"}
SHORTEST_SINGLE = 3
_MOST = 200
"""Quotations of one message that are lifted; what comes after stays words, and no request has that many."""


class Quote(Value):
    """One lifted text, byte for byte."""

    text: str
    closed: bool = True
    """False: the closing mark is missing, so where it ends is a guess."""


def lift(text: str) -> tuple[str, tuple[Quote, ...]]:
    """The text with a numbered mark in place of what was quoted, and the quotes."""
    text = text.replace(OPENS, "").replace(CLOSES, "")
    quotes: list[Quote] = []
    kept: list[str] = []
    at = 0
    for start, end, quote in _quotations(text):
        kept += [text[at:start], f" {OPENS}{len(quotes)}{CLOSES} "]
        quotes.append(quote)
        at = end
    kept.append(text[at:])
    return _lift_lines("".join(kept), quotes)


def _quotations(text: str) -> Iterator[tuple[int, int, Quote]]:
    places = {mark: [found.start() for found in re.finditer(f"[{closers}]", text)] for mark, closers in _PAIRS.items()}
    at = 0
    for found in islice(re.finditer(r"[“„«\"‘']", text), _MOST):
        start, mark = found.start(), found[0]
        if start < at or not _may_open(text, start):
            continue
        line = text.find("\n", start)
        end_of_line = len(text) if line < 0 else line
        first = bisect_right(places[mark], start)
        after = places[mark][first : first + _MOST]
        if mark in "'‘":
            end = _closing_single(text, start, end_of_line, after)
        elif mark == '"' and (bisect_right(places[mark], end_of_line) - first + 1) % 2:
            end = None  # `"TOKR in 5" heels"`: nobody can tell which mark closes it
        else:
            end = _closing(text, mark, after) or _first_after(places[mark], start)
        if end is not None:
            yield start, end + 1, Quote(text=text[start + 1 : end])
            at = end + 1
        elif mark not in "'‘":
            said = text[start + 1 : end_of_line].rstrip()
            yield start, end_of_line, Quote(text=said, closed=False)
            at = end_of_line


def _may_open(text: str, at: int) -> bool:
    """A quotation begins after space or a sign, never inside a word (`5"`, `don't`)."""
    before = text[at - 1] if at else " "
    return not (before.isalnum() or before in ")]") and at + 1 < len(text)


def _closing(text: str, mark: str, places: list[int]) -> int | None:
    """Where a double quotation ends; quotations may stand inside it."""
    depth = 0
    for place in places:
        before, after = text[place - 1], text[place + 1 : place + 2]
        if mark == '"' and before.isspace() and after and not after.isspace():
            depth += 1
        elif depth:
            depth -= 1
        elif not (after and after.isalnum()):
            return place
    return None


def _closing_single(text: str, start: int, end_of_line: int, places: list[int]) -> int | None:
    """Where a single quotation ends: an apostrophe is followed by a letter, or by a word that goes on."""
    for place in places:
        if place > end_of_line:
            return None
        if place - start > SHORTEST_SINGLE and not text[place - 1].isspace() and _AFTER_SINGLE.match(text, place + 1):
            return place
    return None


def _first_after(places: list[int], start: int) -> int | None:
    """The first mark of the kind: the nesting did not come out even."""
    at = bisect_right(places, start)
    return places[at] if at < len(places) else None


def _lift_lines(text: str, quotes: list[Quote]) -> tuple[str, tuple[Quote, ...]]:
    """`prompt: …` up to the end of the line, a flag or "at seed…"."""
    kept: list[str] = []
    at = 0
    for found in islice(_PROMPT_KEY.finditer(text), _MOST):
        if found.start() < at:
            continue
        ends = _PROMPT_END.search(text, found.end())
        end = ends.start() if ends else len(text)
        said = text[found.end() : end].strip()
        if not said or OPENS in said:
            continue
        kept += [text[at : found.start()], f" prompt {OPENS}{len(quotes)}{CLOSES} "]
        quotes.append(Quote(text=said))
        at = end
    kept.append(text[at:])
    return "".join(kept), tuple(quotes)
