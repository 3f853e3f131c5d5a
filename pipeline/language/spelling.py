"""Words that are almost a verb: offered mended, never executed."""

from pipeline.language.hits import Hit, first_content
from pipeline.language.lexicon import PRONOUNS
from pipeline.language.plausible import plausible
from pipeline.language.reading import Reading
from pipeline.language.slots.names import is_name
from pipeline.language.verbs import VERBS

SHORTEST_MISSPELT = 4


NEAR = 0.7


def near_verb(word: str) -> str | None:
    """The verb that a misspelt word is most like; None when it is like none, or is one."""
    from rapidfuzz import process  # noqa: PLC0415  # only the few messages that nothing else reads need it
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415

    singles = _single_verbs()
    inflected = word.endswith("ing") or any(word.startswith(verb) for verb in singles)
    if len(word) < SHORTEST_MISSPELT or not word.isalpha() or inflected:
        return None
    found = process.extractOne(word, singles, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=NEAR)
    return found[0] if found else None


def _single_verbs() -> tuple[str, ...]:
    return tuple(one.text for one in VERBS.phrases if one.means != "run" and one.text.isalpha())


def misspelt(reading: Reading) -> bool:
    """A word like a verb, before something of the lab's: "jugde cb-lora-v1"."""
    first = first_content(reading)
    if first is None or first + 1 >= len(reading.tokens):
        return False
    word = reading.tokens[first].word
    return (
        near_verb(word) is not None
        and plausible(
            reading,
            Hit("", first, first + 1, frozenset(), first=True, polite=False, negated=False, talk=False, joined=False),
        )
        and any(
            is_name(reading.catalogue, reading.tokens[at].word)
            or reading.tokens[at].word in PRONOUNS
            or reading.tokens[at].kind == "path"
            for at in range(first + 1, len(reading.tokens))
        )
    )
