"""Money in the words: a limit, a stated price, or the wish to see the price only."""

import re
from typing import Any

from pipeline.language.idioms import DRY
from pipeline.language.lexicon import NUMBERS
from pipeline.language.reading import Reading
from pipeline.wordlist import words

_UNITS = {"dollars": 1.0, "dollar": 1.0, "usd": 1.0, "bucks": 1.0, "buck": 1.0, "cents": 0.01, "cent": 0.01, "¢": 0.01}
_FOREIGN = frozenset({"€", "£", "eur", "euro", "euros", "gbp", "pounds", "francs", "chf"})
_BETWEEN = words("""
    ~ : = of is at to about around approx roughly than a the total be it ( should ca circa us in not spend on by me
    this that
""")
_LIMITS = words("""
    max maximum under below less limit cap budget most up within ceiling < exceed exceeding exceeds beyond above over
    more cheaper capped limited --max --cap --budget --limit --cap-usd --max-usd cap_usd max_usd max_cost --max-cost
    keep stay
""")
_LIMITS_AFTER = frozenset({"max", "maximum", "tops", "limit", "cap", "ceiling", "budget", "most", "less"})
_STATES = words("""
    cost costs price priced estimate estimated est ~ approx around about roughly stated stated_usd ca
""")
_RAISES = words("""
    raise raised raising increase increased upped lifted lift approve approved approves pre-approved preapproved
    authorised authorized allow allowed ignore override
""")
_COUNTED = words("""
    hours hour minutes days steps seeds cells times votes prompts images photos more rank %
""")
_LOOKBACK = 8


def money(reading: Reading) -> dict[str, Any]:
    """`cap_usd`, `stated_usd` and `dry_run`. An amount that is neither limit nor stated price is asked back, never
    dropped.
    """
    cap: float | None = None
    stated: float | None = None
    for start, end, usd in _amounts(reading):
        role, begin = _role(reading, start, end)
        reading.take(begin, end, "money", None)
        if role == "cap":
            cap = usd if cap is None else min(cap, usd)
            reading.take(begin, end, "money", f"a limit of ${usd:g}")
        elif role == "stated":
            stated = usd
            reading.take(begin, end, "money", f"a stated price of ${usd:g}, a note only")
        elif role == "":
            reading.lack("cap_usd", reading.words(start, end))
        else:
            reading.take(begin, end, "money", "nothing: words change no limit")
    wishes = [means for _start, _end, means in reading.take_phrases(DRY, "dry run")]
    return {"cap_usd": cap, "stated_usd": stated, "dry_run": "dry" in wishes and "real" not in wishes}


def _amounts(reading: Reading) -> list[tuple[int, int, float]]:
    """(start, end, dollars) of each amount."""
    found = []
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        if reading.roles[at]:
            continue
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if token.kind == "money":
            figure = token.word.strip("$ ")
            # "$1,50" has a decimal comma, "$1,500" a thousands' one.
            figure = re.sub(r",(\d{1,2})$", r".\1", figure).replace(",", "")
            usd = float(figure.removesuffix("k")) * (1000 if figure.endswith("k") else 1)
            found.append((at, at + 2 if after in _UNITS else at + 1, usd))
        elif (token.kind == "number" or token.word in NUMBERS) and after in _UNITS:
            figure_usd = float(token.word) if token.kind == "number" else NUMBERS[token.word]
            found.append((at, at + 2, figure_usd * _UNITS[after]))
        elif token.kind == "number" and (after in _FOREIGN or (at and tokens[at - 1].word in _FOREIGN)):
            reading.lack("cap_usd", reading.words(at, at + 2))
        elif (
            token.kind == "number"
            and at
            and _is_limit(reading, at - 1)
            and after not in _COUNTED
            and tokens[at - 1].kind == "word"
        ):
            reading.lack("cap_usd", f"${token.word}", why="Is that a sum of money?")
        elif token.kind == "number" and at and _is_money_key(reading, at):
            found.append((at, at + 1, float(token.word)))
    return found


def _is_money_key(reading: Reading, at: int) -> bool:
    """`cap_usd=2`, `--max 5`, `max=1`: a bare number behind a key that means money."""
    before = reading.tokens[at - 1]
    if before.kind == "flag":
        return before.word in _LIMITS
    key = reading.tokens[at - 2].word if before.word in "=:" and at > 1 else ""
    return key in {
        "cap",
        "max",
        "budget",
        "limit",
        "cap_usd",
        "max_usd",
        "stated_usd",
        "max_cost",
        "--max",
        "--cap",
        "--budget",
    }


def _role(reading: Reading, start: int, end: int) -> tuple[str, int]:
    """What an amount is, by the words around it; and where those begin."""
    tokens, at, role, begin = reading.tokens, start - 1, "", start
    if _raised(reading, start):
        return "ignored", start
    while at >= 0 and start - at <= _LOOKBACK:
        word = tokens[at].word
        if role != "cap" and _is_limit(reading, at):
            role, begin = "cap", at
        elif role in {"", "stated"} and word in _STATES:
            role, begin = "stated", at
        elif word not in _BETWEEN | _STATES:
            break
        at -= 1
    if role != "cap" and _limit_follows(reading, end):
        return "cap", begin
    if role == "cap" and begin and tokens[begin - 1].word in {"no", "not", "at", "a", "my", "the"}:
        begin -= 1
    return role, begin


def _raised(reading: Reading, start: int) -> bool:
    """As in "raise my limit to", "it is approved up to": in the amount's own clause."""
    for at in range(start - 1, max(-1, start - 1 - _LOOKBACK), -1):
        if reading.is_break(at):
            return False
        if reading.tokens[at].word in _RAISES:
            return True
    return False


def _is_limit(reading: Reading, at: int) -> bool:
    """As in "max", "under"; "more" only of "no more than"."""
    word = reading.tokens[at].word
    after = reading.tokens[at + 1].word if at + 1 < len(reading.tokens) else ""
    needed = {"more": "than", "less": "than", "cheaper": "than", "up": "to"}.get(word)
    return word in _LIMITS and (needed is None or after == needed)


def _limit_follows(reading: Reading, end: int) -> bool:
    """As in "$2 max", "50 cents or less"; not "cost ~$0.15 max $0.50", whose limit has its own amount."""
    tokens = reading.tokens
    for at in range(end, min(end + 3, len(tokens))):
        if _broken(reading, at):
            return False
        if tokens[at].word in _LIMITS_AFTER:
            ahead = reading.skip(at + 1, {":", "=", "of", "is", "~"})
            return ahead >= len(tokens) or tokens[ahead].kind not in {"money", "number"}
    return False


def _broken(reading: Reading, at: int) -> bool:
    return reading.is_break(at) or (at < len(reading.tokens) and reading.tokens[at].kind == "line")
