"""What every request that may cost money can carry: a limit, a stated price, the wish for a price only, "then
judge".
"""

from pipeline.language.idioms import KEEPS, THEN_JUDGE
from pipeline.language.lexicon import FINITE, REPORTS
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots.amounts import money

_NEGATES = frozenset({"don't", "dont", "not", "no", "without", "never"})


def priced(reading: Reading) -> Fields:
    """What every paid request carries; and the side remarks, out of the way."""
    reading.take_phrases(KEEPS, "kept")
    return money(reading)


def then_judged(reading: Reading) -> bool:
    found = False
    for start, end, _means in reading.take_phrases(THEN_JUDGE, "then judge"):
        after = reading.tokens[end].word if end < len(reading.tokens) else ""
        if after in FINITE | REPORTS | {"not", "needed", "separately", "yourself", "=", "me", "i"}:
            reading.take(start, end, "")
            continue
        before = [token.word for token in reading.tokens[max(0, start - 3) : start]]
        wanted = not _NEGATES & (set(before) if before[-1:] == ["to"] else set(before[-1:]))
        found = found or wanted
        if end < len(reading.tokens) and reading.tokens[end].word in {"them", "it", "these", "those", "all"}:
            reading.take(end, end + 1, "then judge")
    keyed = reading.keyed("then_judge")
    return found or (
        keyed is not None
        and reading.tokens[keyed : keyed + 1] != ()
        and reading.tokens[keyed].word in {"true", "yes", "1"}
    )
