"""Money in the words: a limit, a stated price, or an amount that says neither."""

import re

from pipeline.language.phrases import Table
from pipeline.language.tokens import NUMBERS
from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

_UNITS = {"dollars": 1.0, "dollar": 1.0, "usd": 1.0, "bucks": 1.0, "buck": 1.0, "cents": 0.01, "cent": 0.01, "¢": 0.01}
_FOREIGN = words("€ £ eur euro euros gbp pounds francs chf")
_BEFORE = Table(
    {
        "cap": """
            total max, max total, [a] total budget of, a total of at most, in total at most, (keep|keeping) (the
            whole thing|everything|it all|the bill|the whole bill|the total|all of it) (under|below|within|at
            most), (don't|do not|dont) let (it|this|that|them) cost [more than|over|above], with a ceiling of,
            max, maximum, max., [a|the] maximum of, [a] max of, under, below, less than, for less than, for
            under, up to, for up to, at most, not more than, no more than, for no more than, not over, not
            above, cap, cap at, capped at, [a|the] cap of, [hard] limit, [a|the|my|our] [hard|own] limit [for
            this] [is|of|at], limit [it|this] to, limited to, [a|the|my|our] budget [is|of|max|maximum|at
            most|limit], budget, within, within a budget of, ceiling, [a] ceiling of, --max, --cap, --budget,
            --limit, --cap-usd, --max-usd, --max-cost, cap_usd, max_usd, max_cost, max cost, <, (don't|dont|do
            not|never|not|without|must not|should not|shouldn't|may not) [please]
            (spend|spending|use|pay|cost|exceed|exceeding|go) [more than|over|above|beyond], [it|this]
            (should|must|may|shall) not (cost|exceed|be) [more than|over|above], [please|and|but]
            (keep|stay|keeping|staying|keep it|keep this|keep the cost|keep the costs|keep the total|stay well)
            (under|below|within|at most|to at most), as long as it (costs less than|stays under|is under|is
            below|stays below), if it (costs less than|stays under|stays below), spend (at most|no more
            than|max|up to), spending (at most|no more than), cheaper than, not to exceed, total under, total
            below, for at most, for a maximum of, for max, with [a] max, with at most, with [a|the]
            (cap|limit|budget|maximum|ceiling) of, top, nothing over, nothing above, not a cent more than, no
            higher than
        """,
        "stated": """
            cost, costs, cost is, cost [of] [about|around|roughly|approx|approximately|ca|est], costs
            [about|around|roughly|approx], it costs, [it] should [be|cost], should be [about|around], [the]
            price [is|of] [about|around], priced at, estimate, estimate [is|of], estimated, estimated [cost|at],
            est, est. cost, est ., [cost] estimate [is], ~, approx, approx., approximately, around, about,
            roughly, ca, ca., stated_usd, --stated-usd, will cost [about|around], should cost [about|around],
            total [cost] [is], that is [about|around|roughly], for [about|around|roughly]
        """,
    }
)
_AFTER = Table(
    {
        "cap": """
            max, maximum, tops, limit, cap, ceiling, budget, at most, at the most, at max, or less, or under,
            max in total, and no more, and not more, in total at most, hard limit, and not a cent more, top
        """,
        "stated": "or so, or thereabouts, approx, roughly, ish",
    }
)
_BETWEEN = words("~ : = of at to about around approx roughly is a the total")


def money(text: Words, at: int) -> Chunk | None:
    """`cap` or `stated` with its dollars; `amount` where the words do not say which; `foreign` in another currency."""
    if text.kind(at) not in {"money", "number"} and not _opens(text.word(at)):
        return None
    before = _BEFORE.match(text.tokens, at)
    start = text.skip(before.end, _BETWEEN) if before else at
    start -= before is not None and text.word(start) in {"dollar", "buck"} and text.word(start - 1) == "a"
    amount = _amount(text, start, keyed=before is not None and _is_key(text, at, start))
    if amount is None:
        return None
    usd, end = amount
    if usd is None:
        return Chunk("foreign", at, end)
    role = before.means if before else ""
    after = _AFTER.match(text.tokens, end)
    if after is not None and role != "cap":
        ahead = text.skip(after.end, _BETWEEN)
        if _amount(text, ahead, keyed=False) is None:  # "cost ~$0.15 max $0.50": that limit has its own amount
            role, end = after.means if after.means == "cap" else role or "stated", after.end
    if role == "cap" and text.word(end) in {"total", "altogether", "overall"}:
        end += 1
    if role == "cap" and text.word(end) == "in" and text.word(end + 1) in {"total", "all"}:
        end += 2
    return Chunk(role or "amount", at, end, usd)


def _opens(word: str) -> bool:
    return _BEFORE.begins(word) or word in NUMBERS or word in _FOREIGN or word in {"a", "one"}


def _is_key(text: Words, at: int, start: int) -> bool:
    """`cap_usd=2`, `--max 5`, `max: 1`: a bare number behind a key that means money."""
    if text.word(at) in {"limit", "--limit"}:
        return False  # of a list, perhaps
    flagged = text.kind(at) == "flag" or "_" in text.word(at)
    return flagged or (start > at + 1 and text.word(start - 1) in {"=", ":"})


def _amount(text: Words, at: int, *, keyed: bool) -> tuple[float | None, int] | None:
    """Dollars, and where the amount ends; None dollars in another currency."""
    if text.kind(at) == "money" and text.tokens[at].glued and text.kind(at - 1) == "word":
        return None, at + 1  # A$5
    if text.kind(at) == "money":
        figure = text.word(at).strip("$ ")
        # "$1,50" has a decimal comma, "$1,500" a thousands' one.
        figure = re.sub(r",(\d{1,2})$", r".\1", figure).replace(",", "")
        usd = float(figure.removesuffix("k")) * (1000 if figure.endswith("k") else 1)
        return usd, at + 2 if text.word(at + 1) in _UNITS else at + 1
    if text.word(at) in _FOREIGN and text.figure(at + 1):
        return None, at + 2
    if text.word(at) in {"a", "one"} and text.word(at + 1) in {"dollar", "buck"}:
        return 1.0, at + 2
    found = text.figure(at)
    if found is None:
        return None
    value, end = found
    if text.word(end) in _UNITS:
        return value * _UNITS[text.word(end)], end + 1
    if text.word(end) in _FOREIGN:
        return None, end + 1
    return (value, end) if keyed and text.word(end) != "%" else None
