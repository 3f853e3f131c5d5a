"""Slips of the pen: in ordinary words they are put right, in verbs they are offered mended, in names never."""

from functools import lru_cache

from pipeline.lab.catalogue import Catalogue
from pipeline.language.lexicon import LEXICON
from pipeline.language.lexicon.grammar import PREDICATES, SUBJECTS
from pipeline.language.tokens import NUMBERS, Token
from pipeline.language.verbs import NOMINALS, SINGLE, VERBS
from pipeline.wordlist import words

SHORTEST, LONGEST = 3, 24
SHORTEST_WRONG_LETTER = 5
SHORTEST_MISSPELT = 4
NEAR = 0.7
_EXTRA = words("seed seeds steps rank trigger fixture dollar dollars cent cents buck bucks photo reference")
_NOT_MEANT = frozenset({"quote", "price", "cost", "costs", "charge", "estimate"})
_UNSAID = frozenset(one.text for one in LEXICON.phrases if one.means == "unsaid" or one.means.startswith("axis"))
_VERBAL = tuple(SINGLE)
_ORDINARY = (
    frozenset(
        word
        for word in LEXICON.words | _EXTRA
        if word.isalpha() and word not in NUMBERS and not word.startswith(_VERBAL)
    )
    - _NOT_MEANT
    - _UNSAID
)
"""What a slip may be put right to: never a verb, a name or a number."""
_KNOWN = LEXICON.words | VERBS.words | NOMINALS.words | PREDICATES | SUBJECTS | _EXTRA | frozenset(NUMBERS)


def spelt(tokens: tuple[Token, ...], catalogue: Catalogue, known: frozenset[str]) -> tuple[Token, ...]:
    """The tokens, with slips in ordinary words put right; what was typed stays in `raw`."""
    return tuple(
        token._replace(word=mended) if (mended := _mended(token, catalogue, known)) else token for token in tokens
    )


def _mended(token: Token, catalogue: Catalogue, known: frozenset[str]) -> str | None:
    word = token.word
    if (
        token.kind != "word"
        or not SHORTEST <= len(word) <= LONGEST
        or word in _KNOWN
        or word in known
        or not word.isalpha()
    ):
        return None
    if catalogue.fitting(word) or word in catalogue.everybody or (token.raw.isupper() and len(word) < 6):
        return None
    return slip(word)


@lru_cache(maxsize=4096)
def slip(word: str) -> str | None:
    """The ordinary word that was meant: two letters exchanged ("teh"), or one wrong in a longer word ("inferance")."""
    exchanged = [
        swapped
        for at in range(len(word) - 1)
        if (swapped := word[:at] + word[at + 1] + word[at] + word[at + 2 :]) in _ORDINARY and swapped != word
    ]
    if exchanged:
        return exchanged[0]
    if len(word) < SHORTEST_WRONG_LETTER:
        return None
    from rapidfuzz.distance import OSA  # noqa: PLC0415  # needed for the few words that nothing else explains

    near = sorted(
        one
        for one in _ORDINARY
        if one[0] == word[0] and len(one) >= SHORTEST_WRONG_LETTER and OSA.distance(word, one, score_cutoff=1) <= 1
    )
    return near[0] if len(near) == 1 else None


def near_verb(word: str) -> str | None:
    """The verb that a misspelt word is most like; None when it is like none, or is one."""
    from rapidfuzz import process  # noqa: PLC0415  # only the few messages that nothing else reads need it
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415

    inflected = (
        word.endswith(("ing", "ed"))
        or word.removeprefix("re") in PREDICATES
        or any(word.removesuffix(end) in SINGLE for end in ("s", "r", "rs", "d", "es"))
    )
    if not SHORTEST_MISSPELT <= len(word) <= LONGEST or not word.isalpha() or inflected or word in _KNOWN:
        return None
    verbs = sorted(SINGLE)
    found = process.extractOne(word, verbs, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=NEAR)
    return found[0] if found else None
