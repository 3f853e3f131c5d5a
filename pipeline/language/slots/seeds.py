"""SaidSeeds: "8 seeds" is a count, "seed 8" a value, "seeds 1-8" a range with both ends, "S42" the seed 42."""

import re
from dataclasses import dataclass, field

from pipeline.language.lexicon import NUMBERS
from pipeline.language.reading import Reading
from pipeline.models import MAX_SEED
from pipeline.request import MOST_SEEDS
from pipeline.wordlist import words

_S_SEED = re.compile(r"s\d+")
_RANGE = re.compile(r"s?(\d+)(?:-|\.{2,3})s?(\d+)")
_SEED_WORDS = frozenset({"seed", "seeds", "--seed", "--seeds"})
_LEADS_ON = frozenset({"to", "from", "between", "at", "on", "by", "with", "for"})
_ADJECTIVES = words("""
    more extra other new additional different fresh random further another of the unused brand distinct
""")
_BEFORE_LIST = frozenset({":", "=", "[", "(", "{", "are", "as", "values", "numbers", "#", "just", "only"})
_JOINS = frozenset({",", "&", "+", "/", "and", "plus", ";", "or"})
_TO = frozenset({"to", "through", "thru", "till", "until", "-", "bis"})
_UNITS = words("""
    fresh different other random additional further unused steps step times votes vote photos images dollars usd bucks
    cents more extra seeds cells prompts new $ minutes hours mm
""")
_OLD = frozenset({"instead", "replacing", "than", "replace", "dropping"})
NEARBY = 30
"""Tokens in which what belongs to a seed word is looked for."""
_SWAPS = frozenset({"swap", "replace", "change", "switch", "exchange"})
_SWAPPED = frozenset({"swapped", "replaced", "exchanged", "changed"})
_VAGUE = frozenset({"few", "couple", "some", "several", "many"})


@dataclass
class SaidSeeds:
    """What the words say about seeds."""

    new: list[int] = field(default_factory=list)
    old: list[int] = field(default_factory=list)
    """SaidSeeds that shall be replaced."""
    count: int | None = None
    unclear: bool = False
    adds: bool = False
    """As in "more", "extra" or "another" stands beside them."""
    at: int = -1


def read_seeds(reading: Reading) -> SaidSeeds:
    """Every seed of the free words; notes nothing as missing."""
    found = SaidSeeds()
    keyed = reading.keyed("n_seeds", "count", "number_of_seeds")
    if (
        keyed is not None
        and reading.free(keyed)
        and reading.tokens[keyed].kind == "number"
        and reading.tokens[keyed].word.isdecimal()
    ):
        found.count = int(reading.tokens[keyed].word[:6])
        reading.take(keyed, keyed + 1, "seeds", f"{found.count} seeds to be chosen")
    _old_lists(reading, found)
    at = 0
    while at < len(reading.tokens):
        token = reading.tokens[at]
        if reading.roles[at] in {"", "verb"} and token.word in _SEED_WORDS:
            at = max(at + 1, _seed_word(reading, at, found))
        elif not reading.roles[at] and _S_SEED.fullmatch(token.word):
            values, end = _list(reading, at, found)
            _keep(reading, found, values, at, end)
            at = max(end, at + 1)
        else:
            at += 1
    if len(found.new) > MOST_SEEDS or any(seed > MAX_SEED for seed in found.new):
        found.unclear = True
    found.new = list(dict.fromkeys(found.new))
    return found


def _keep(reading: Reading, found: SaidSeeds, values: list[int], start: int, end: int) -> None:
    found.new += values
    found.at = start if found.at < 0 else found.at
    if values:
        said = ", ".join(map(str, values[:8])) + (", …" if len(values) > 8 else "")
        reading.take(start, end, "seeds", f"seed{'s' if len(values) > 1 else ''} {said}")


def _seed_word(reading: Reading, at: int, found: SaidSeeds) -> int:
    """Read what stands around one "seed" or "seeds"; where it ends."""
    tokens = reading.tokens
    counted = _count(reading, at, found)
    start = reading.skip(at + 1, _BEFORE_LIST)
    if start < len(tokens) and tokens[start].word in _LEADS_ON:
        ahead = reading.skip(start + 1, _BEFORE_LIST)
        start = ahead if tokens[start].word in {"to", "from"} and _is_seed(reading, ahead) else start
    values, end = _list(reading, start, found)
    if not values and counted is None:
        values, end = _listed_later(reading, at, found)
    swap = _swapped(reading, at, end, values, found)
    if swap is not None:
        return swap
    if values and end < len(tokens) and tokens[end].word in _SWAPPED:
        # "seed 7301 swapped for 12": one of several, which no request can say
        found.unclear = True
        last = reading.skip(end + 1, {"for", "with", "by", "against"})
        reading.take(at, last + 1 if _is_seed(reading, last) else end + 1, "old seeds")
        return last
    if values and counted is None and _count_follows(reading, start, end):
        # "S42 with seed 3 more seeds": a number that belongs to the next count
        values, end = values[:-1], end - 1
    if values:
        if counted is not None and counted != len(values):
            found.unclear = True
        found.count = None if counted is not None else found.count
        _keep(reading, found, values, at, end)
        return end
    if counted is not None:
        found.at = at if found.at < 0 else found.at
        if found.count is not None and found.count != counted:
            found.unclear = True
        found.count = counted
        return at + 1
    reading.take(at, at + 1, "seeds")
    return at + 1


def _listed_later(reading: Reading, at: int, found: SaidSeeds) -> tuple[list[int], int]:
    """As in "more seeds for this please: 201, 202": the list behind the sentence's colon."""
    _start, stop = reading.sentence(at)
    for place in range(at + 1, min(stop, at + NEARBY)):
        if reading.tokens[place].word == ":" and _is_seed(reading, place + 1):
            values, end = _list(reading, place + 1, found)
            reading.take(place + 1, end, "seeds", f"seeds {', '.join(map(str, values))}")
            return values, at + 1
    return [], at + 1


def _count_follows(reading: Reading, start: int, end: int) -> bool:
    tokens = reading.tokens
    return end - start > 1 and end < len(tokens) and tokens[end].word in _ADJECTIVES | {"seeds"}


def _count(reading: Reading, at: int, found: SaidSeeds) -> int | None:
    """The count before "seeds": "8 seeds", "three more seeds", "another seed"."""
    tokens, back = reading.tokens, at - 1
    adjectives = []
    while back >= 0 and tokens[back].word in _ADJECTIVES and not reading.roles[back]:
        adjectives.append(tokens[back].word)
        back -= 1
    adds = bool({"more", "extra", "additional", "another", "further"} & set(adjectives))
    found.adds = found.adds or adds
    count: int | None = None
    if back >= 0 and reading.free(back):
        word = tokens[back].word
        if word in _VAGUE:
            found.unclear = True
        elif tokens[back].kind == "number" and word.isdecimal():
            count = int(word)
        elif word in NUMBERS and (word != "one" or tokens[at].word == "seed" or adds):
            count = NUMBERS[word]
    if (
        count is None
        and tokens[at].word == "seed"
        and ("another" in adjectives or (adds and back >= 0 and tokens[back].word in {"a", "an"}))
    ):
        count, back = 1, back + ("another" in adjectives)
    if count is None:
        reading.take(back + 1, at, "seeds")
    else:
        reading.take(max(back, 0), at + 1, "seeds", f"{count} seed{'s' if count != 1 else ''} to be chosen")
    return count


def _is_seed(reading: Reading, at: int) -> bool:
    if not reading.free(at):
        return False
    token = reading.tokens[at]
    return token.kind in {"number", "range"} or _S_SEED.fullmatch(token.word) is not None


def _list(reading: Reading, at: int, found: SaidSeeds) -> tuple[list[int], int]:
    """Numbers, ranges and S-seeds, joined by commas, "and" or spaces; and where they end."""
    tokens, values, end = reading.tokens, list[int](), at
    while at < len(tokens):
        if tokens[at].word == "-" and at + 1 < len(tokens) and tokens[at + 1].glued and not tokens[at].glued:
            found.unclear = True  # a negative seed
            return values, at
        if not _is_seed(reading, at) or (values and _belongs_elsewhere(reading, at)):
            break
        if values and tokens[at].glued and tokens[at - 1].word == "," and tokens[at].word.startswith("0"):
            found.unclear = True  # "19,023": one number or two
        at = _one(reading, at, values, found)
        end = at
        while at < len(tokens) and (tokens[at].word in _JOINS or tokens[at].kind == "line"):
            at += 1
        at = at + 1 if at < len(tokens) and tokens[at].word in {"seed", "seeds"} and _is_seed(reading, at + 1) else at
    while end < len(tokens) and tokens[end].word in {"]", ")", "}"}:
        end += 1
    return values, end


def _belongs_elsewhere(reading: Reading, at: int) -> bool:
    """The number counts something: "seeds 1-4, 2000 steps"."""
    after = reading.tokens[at + 1].word if at + 1 < len(reading.tokens) else ""
    return after in _UNITS


def _one(reading: Reading, at: int, values: list[int], found: SaidSeeds) -> int:
    """Read one number, S-seed or range into `values`; the place after it."""
    tokens, token = reading.tokens, reading.tokens[at]
    ranged = _RANGE.fullmatch(token.word)
    if ranged:
        _span(int(ranged[1][:12]), int(ranged[2][:12]), values, found)
        return at + 1
    figure = token.word.lstrip("s")
    if not figure.isdecimal():
        found.unclear = True
        return at + 1
    first = int(figure[:12])
    swaps = (
        tokens[at + 1].word == "to" and bool(_SWAPS & {token.word for token in tokens[max(0, at - 8) : at]})
        if at + 1 < len(tokens)
        else False
    )
    if (
        not swaps
        and at + 2 < len(tokens)
        and tokens[at + 1].word in _TO
        and _is_seed(reading, at + 2)
        and tokens[at + 2].kind != "range"
    ):
        last = tokens[at + 2].word.lstrip("s")
        if last.isdecimal():
            _span(first, int(last[:12]), values, found)
            return at + 3
    values.append(first)
    return at + 1


def _span(first: int, last: int, values: list[int], found: SaidSeeds) -> None:
    if last < first:
        found.unclear = True
    elif last - first >= MOST_SEEDS:
        values += range(first, first + MOST_SEEDS + 1)  # too many, which is said as such
    else:
        values += range(first, last + 1)


def _old_lists(reading: Reading, found: SaidSeeds) -> None:
    """As in "instead of [42, 7301]", "rather than seeds 1 and 2": what is replaced, not what is wanted."""
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        in_place = token.word == "place" and at > 0 and tokens[at - 1].word == "in"
        if (token.word not in _OLD and not in_place) or reading.roles[at]:
            continue
        start = reading.skip(at + 1, {"of", "than", "the", "old", "seed", "seeds", "[", "(", ":", "current", "usual"})
        values, end = _list(reading, start, found)
        if token.word == "replace":
            continue
        if values or any(
            tokens[place].word in _SEED_WORDS | {"old", "ones"} for place in range(at, min(end + 2, len(tokens)))
        ):
            reading.take(at, max(end, start), "old seeds", "the seeds that are replaced")
            found.old += values


def _swapped(reading: Reading, at: int, end: int, values: list[int], found: SaidSeeds) -> int | None:
    """As in "swap the seeds of X for 11 and 12", "replace seeds 42 and 7301 with 1-4": the place after it."""
    if not {"swap", "replace", "change", "switch", "exchange"} & {
        token.word for token in reading.tokens[max(0, at - 6) : at]
    }:
        return None
    _start, stop = reading.sentence(at)
    for place in range(end, min(stop, end + NEARBY)):
        if reading.tokens[place].word in {"for", "with", "by", "to", "against"}:
            start = reading.skip(place + 1, {"seeds", "seed", "[", "(", ":", "the", "new"})
            if _is_seed(reading, start) and not _belongs_elsewhere(reading, start):
                new, last = _list(reading, start, found)
                if values:
                    reading.take(at, end, "old seeds", "the seeds that are replaced")
                found.old += values
                _keep(reading, found, new, start, last)
                return end
    return None
