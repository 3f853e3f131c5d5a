"""Seeds: "8 seeds" is a count, "seed 8" a value, "seeds 1-8" a range with both ends, "S42" the seed 42."""

import re

from pipeline.language.words import Chunk, Words
from pipeline.models import MAX_SEED
from pipeline.request import MOST_SEEDS
from pipeline.wordlist import words

_S_SEED = re.compile(r"s\d+")
_RANGE = re.compile(r"s?(\d+)(?:-|\.{2,3})s?(\d+)", re.ASCII)
_NOUNS = words("seed seeds --seed --seeds")
_COUNTS = words("--n-seeds n_seeds --count number_of_seeds n-seeds")
_ADDS = words("more extra additional further another")
_ADJECTIVES = _ADDS | words("new other different fresh random unused brand of the distinct")
_OWN_ADJECTIVES = _ADJECTIVES - {"of", "the"}
_ENDINGS = frozenset({"", ",", ".", "!", "?", "please"})
_VAGUE = words("few couple some several many enough various")
_OPENS = words(": = [ ( { are as values numbers # just only namely the of from at with is being")
_CLOSES = words(") ] }")
_JOINS = words(", & + / and plus ;")
_TO = words("to through thru till until - bis up")
_UNITS = words("""
    fresh different other random additional further unused steps step times votes vote photos images dollars usd
    bucks cents more extra seeds cells prompts new $ minutes hours mm inference am pm cell prompt image rank % days
""")


def seeds(text: Words, at: int) -> Chunk | None:
    """`seeds` (values), `n_seeds` (a count, or 0 for "more seeds"), or `seeds_unclear`."""
    return _counted(text, at) or _valued(text, at)


def numbers(text: Words, at: int) -> Chunk | None:
    """A bare list of numbers, which a field may claim."""
    at_list = at + 1 if text.word(at) in {"[", "(", "{"} and _is_seed(text, at + 1) else at
    if not _is_seed(text, at_list):
        return None
    values, end, clear = _list(text, at_list)
    if not values or (at_list > at and text.word(end - 1) not in _CLOSES):
        return None
    return Chunk("numbers", at, end, (tuple(values), clear))


def old(text: Words, at: int) -> Chunk | None:
    """As in "instead of [42, 7301]", "rather than seeds 1 and 2": what is replaced, not what is wanted."""
    first, second = text.word(at), text.word(at + 1)
    if first in {"replacing", "dropping"}:
        start = at + 1
    elif (first, second) in {("instead", "of"), ("rather", "than")}:
        start = at + 2
    elif (first, second, text.word(at + 2)) == ("in", "place", "of"):
        start = at + 3
    else:
        return None
    start = text.skip(start, words("the old seed seeds [ ( : current usual existing ones"))
    values, end, _clear = _list(text, start)
    seedless = text.word(start - 1) in {"ones", "seeds"}
    if not values and not seedless:
        return None
    end = max(end, start)
    end = end + 1 if text.word(end) in {"seeds", "steps", "ones"} and values else end
    return Chunk("old", at, end, tuple(values))


def _counted(text: Words, at: int) -> Chunk | None:
    """As in "8 seeds", "two more seeds", "+2 seeds", "another seed", "a few more seeds", `n_seeds=5`."""
    if text.word(at) in _COUNTS:
        found = text.figure(text.skip(at + 1, words(": = of")))
        return Chunk("n_seeds", at, found[1], (found[0], False)) if found else None
    adds = plus = text.word(at) in {"+", "plus"}
    start = at + 1 if plus else at
    count: float | None = None
    vague = False
    if found := text.figure(start):
        count, place = found
        if (between := _between(text, place)) is not None:
            return Chunk("seeds_unclear", at, between, ((), adds))
    elif text.word(start) == "a" and text.word(start + 1) in _VAGUE:
        vague, place = True, start + 2
    elif text.word(start) in _VAGUE:
        vague, place = True, start + 1
    elif text.word(start) in {"another", "an", "a"}:
        count, place = 1, start + (text.word(start) != "another")
        adds = adds or text.word(start) == "another"
    else:
        place = start
    first, place = place, text.skip(place, _ADJECTIVES)
    adds = adds or any(text.word(one) in _ADDS for one in range(first, place))
    more = any(text.word(one) not in {"the", "of"} for one in range(first, place))
    if text.word(place) not in {"seed", "seeds"} or (count is None and not vague and not more and not plus):
        return None
    if text.word(start) in {"an", "a"} and not vague and (not adds or text.word(place) != "seed"):
        return None
    end = place + 1
    if text.word(end) in {"more", "extra"} and text.word(end + 1) not in _NOUNS:
        adds, end = True, end + 1
    return _with_list(text, at, end, count if not vague else 0.0, adds=adds, vague=vague or (count is None))


def _between(text: Words, at: int) -> int | None:
    """As in "3 to 5 more seeds": where such a number of seeds ends, which is none."""
    last = text.figure(at + 1) if text.word(at) in _TO | {"or"} else None
    place = text.skip(last[1], _ADJECTIVES) if last else at
    return place + 1 if last and text.word(place) == "seeds" and not _is_seed(text, place + 1) else None


def _with_list(text: Words, at: int, end: int, count: float | None, *, adds: bool, vague: bool) -> Chunk:
    """A count may be followed by its list: "3 seeds: 5, 6, 7"; the two must agree."""
    start = text.skip(end, _OPENS - {"at", "with", "from", "of", "the"})
    start = start + 1 if start == end and text.word(end) == "," else start
    values, last, clear = _list(text, start)
    listed = bool(values) and (start > end or vague)
    if listed and (text.word(end) != "," or len(values) == count or vague):
        agree = clear and (vague or len(values) == count)
        return Chunk("seeds" if agree else "seeds_unclear", at, last, (tuple(values), adds))
    if count is not None and count != int(count or 0):
        return Chunk("seeds_unclear", at, end, ((), adds))
    return Chunk("n_seeds", at, end, (0.0 if vague else count or 0.0, adds))


def _valued(text: Words, at: int) -> Chunk | None:
    """As in "seeds 5, 6 and 7", "seed 8", "S42 and S43", `--seeds 1,2`, "extra seeds 999 and 1000"."""
    place = text.skip(at, _OWN_ADJECTIVES)
    adds = any(text.word(one) in _ADDS for one in range(at, place))
    if text.word(place) in _NOUNS:
        start = text.skip(place + 1, _OPENS)
        values, end, clear = _list(text, start, owned=True)
        clear = clear and not (
            len(values) > 1 and text.word(place) == "seed" and end - start == len(values)
        )  # "12 345"
        if not values and not clear:
            return Chunk("seeds_unclear", at, max(end, place + 1), ((), adds))
        if values:
            return Chunk("seeds" if clear else "seeds_unclear", at, end, (tuple(values), adds))
        return Chunk("seeds_word", at, place + 1, ((), adds))
    if place == at and _S_SEED.fullmatch(text.word(at)):
        values, end, clear = _list(text, at)
        return Chunk("seeds" if clear else "seeds_unclear", at, end, (tuple(values), adds))
    return None


def _is_seed(text: Words, at: int) -> bool:
    if text.kind(at) == "range":
        return True
    found = text.figure(at)
    return (found is not None and text.kind(at) != "mark") or _S_SEED.fullmatch(text.word(at)) is not None


def _list(text: Words, at: int, *, owned: bool = False) -> tuple[list[int], int, bool]:
    """Numbers, ranges and S-seeds, joined by commas, "and" or spaces; where they end; and whether they are clear."""
    values: list[int] = []
    end, clear = at, True
    while True:
        if text.word(at) == "-" and text.word(at + 1).isdecimal() and text.tokens[at + 1].glued:
            return values, at + 2, False  # a negative seed
        cells = owned and text.word(at + 1) in {"cells", "cell", "images", "image", "pictures", "ones"}
        if not _is_seed(text, at) or (not cells and _belongs_elsewhere(text, at)):
            break
        if values and text.word(at - 1).isdecimal() and re.fullmatch(r"0\d\d", text.word(at)):
            clear = False  # "10 000"
        if values and text.tokens[at].glued and text.word(at - 1) == "," and text.word(at).startswith("0"):
            clear = False  # "19,023": one number or two
        at, good = _one(text, at, values)
        clear, end = clear and good, at
        while text.word(at) in _JOINS:
            at += 1
        at = at + 1 if text.word(at) in {"seed", "seeds"} and _is_seed(text, at + 1) else at
    while values and text.word(end) in _CLOSES:
        end += 1
    if values and (
        text.word(end) in {"+", "onwards", "onward"}
        or (text.word(end) in {"on", "up"} and text.word(end + 1) in _ENDINGS)
    ):
        return values, end + 1, False  # "seeds from 5 on"
    if values and (more := _goes_on(text, end)):
        return values, more, False
    if len(values) > MOST_SEEDS or any(not 0 <= value <= MAX_SEED for value in values):
        clear = False
    return values, end, clear


def _goes_on(text: Words, at: int) -> int | None:
    """As in "5, 6, …", "5, 6 and so on": where such an end of a list ends."""
    place = text.skip(at, words(", and"))
    if place > at and text.word(place) in {"etc", "etcetera"}:
        return place + 1
    if place > at and (text.word(place), text.word(place + 1)) in {("so", "on"), ("so", "forth"), ("on", "")}:
        return min(place + 2, len(text))
    dots = [text.word(place + further) for further in range(3)] == [".", ".", "."]
    return place + 3 if dots and place > at else None


def _belongs_elsewhere(text: Words, at: int) -> bool:
    """The number counts something: "seeds 1-4, 2000 steps"."""
    if _S_SEED.fullmatch(text.word(at)):
        return False
    found = text.figure(at)
    return text.word(found[1] if found else at + 1) in _UNITS


def _one(text: Words, at: int, values: list[int]) -> tuple[int, bool]:
    """Read one number, S-seed or range into `values`; the place after it, and whether it is clear."""
    ranged = _RANGE.fullmatch(text.word(at))
    if ranged:
        return at + 1, _span(int(ranged[1][:12]), int(ranged[2][:12]), values)
    first, end = _value(text, at)
    if first is None:
        return end, False
    if text.word(end) in _TO and _is_seed(text, end + 1) and text.kind(end + 1) != "range":
        last, after = _value(text, end + 1)
        if last is not None:
            return after, _span(first, last, values)
    values.append(first)
    return end, True


def _value(text: Words, at: int) -> tuple[int | None, int]:
    if _S_SEED.fullmatch(text.word(at)):
        figure = text.word(at)[1:13]
        return (int(figure) if figure.isdecimal() else None), at + 1
    found = text.figure(at)
    if found is None or found[0] != int(found[0]):
        return None, at + 1
    return int(found[0]), found[1]


def _span(first: int, last: int, values: list[int]) -> bool:
    if last < first:
        return False
    values += range(first, min(last, first + MOST_SEEDS) + 1)
    return True
