"""Which run is meant, and which fixture: a full name, words that begin parts of one, or "latest" with such words."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.lab.catalogue import Catalogue
from pipeline.language.lexicon import (
    ALWAYS_NAMES_A_RUN,
    DETERMINERS,
    LATEST,
    NAMES_A_RUN,
    NEGATES_A_NAME,
    NOUNS,
    PREPOSITIONS,
    PRONOUNS,
)
from pipeline.language.reading import Reading

_VERSION = re.compile(r"v\d+|r\d+|rank\d+")
_RERUN = re.compile(r"r\d+")
SHORTEST_SLIP = 3
SHORTEST_WRONG_LETTER = 6
_FULL = re.compile(r"\d{8}-[a-z0-9][a-z0-9-]*")


def is_name(catalogue: Catalogue, word: str) -> bool:
    """The word is, or begins, a part of a run's name, or is a fixture or a cell."""
    if word in catalogue.fixtures_by_name or word in catalogue.runs_by_label or _FULL.fullmatch(word):
        return True
    if word in NOUNS or word in PREPOSITIONS:
        return False
    return (
        all(catalogue.fitting(part) or _VERSION.fullmatch(part) for part in word.split("-"))
        or word in catalogue.identities
    )


@dataclass
class Named:
    """One place in the sentence that names runs."""

    start: int
    end: int
    full: str | None = None
    """A full name, whether or not the lab has it."""
    words: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    latest: bool = False
    this: bool = False
    excluded: bool = False

    def fits(self, catalogue: Catalogue) -> tuple[str, ...]:
        return fitting(catalogue, self.words, latest=self.latest)


def fitting(catalogue: Catalogue, words: list[str], *, latest: bool = False) -> tuple[str, ...]:
    """The runs with a part for every word; the newest of them for "latest"."""
    found = set(catalogue.runs)
    for word in words:
        found &= catalogue.fitting(word)
    fits = [run for run in catalogue.runs if run in found]
    if latest:
        newest = max((run.split("-")[0] for run in fits), default="")
        fits = [run for run in fits if run.split("-")[0] == newest]
    elif not any(_RERUN.fullmatch(word) for word in words):
        parents = [run for run in fits if not _RERUN.fullmatch(run.rsplit("-", 1)[-1])]
        fits = parents or fits
    return tuple(fits)


def mentions(reading: Reading, start: int = 0, end: int | None = None) -> list[Named]:
    """Every place that names a run, in order."""
    found: list[Named] = []
    at, stop = start, len(reading.tokens) if end is None else end
    excluded = opens = False
    same_clause = True
    while at < stop:
        token = reading.tokens[at]
        full = _full(reading, at)
        if full is not None:
            found.append(Named(at, at + 1, full=full, excluded=excluded))
            at, opens = at + 1, False
        elif reading.roles[at] or reading.is_break(at) or token.kind == "line":
            same_clause = same_clause and (not reading.is_break(at) or at < reading.verb[1])
            opens = reading.roles[at] == "verb" or (opens and token.kind == "line")
            excluded = excluded and token.kind == "line"
            at += 1
        elif token.word in NEGATES_A_NAME or (token.word == "of" and excluded):
            excluded, opens, at = True, True, at + 1
        elif token.word in PREPOSITIONS and token.word not in PRONOUNS:
            opens = token.word in (NAMES_A_RUN if same_clause else ALWAYS_NAMES_A_RUN)
            excluded, at = False, at + 1
        else:
            chunk = _chunk(reading, at, stop, opens=opens)
            chunk.excluded = excluded
            if chunk.words or chunk.this or chunk.latest or chunk.unknown:
                found.append(chunk)
            at, opens, excluded = max(chunk.end, at + 1), False, False
    return found


def _full(reading: Reading, at: int) -> str | None:
    token = reading.tokens[at]
    if reading.roles[at]:
        return None
    if token.kind in {"path", "url"}:
        parts = token.word.rstrip("/.").split("/")
        if "runs" in parts[:-1]:
            return parts[parts.index("runs") + 1]
        return parts[-1] if _FULL.fullmatch(parts[-1]) else None
    if token.kind == "word" and _FULL.fullmatch(token.word):
        return token.word
    return token.word if token.word in reading.catalogue.runs_by_name else None


def _chunk(reading: Reading, at: int, stop: int, *, opens: bool) -> Named:
    """Words up to the next preposition or sign: those of a run's name, and those that are of none."""
    chunk = Named(at, at)
    unknown: list[str] = []
    while at < stop and not reading.roles[at] and not reading.is_break(at):
        token = reading.tokens[at]
        word = token.word.removesuffix("'s")
        if token.kind == "line":
            at += 1
            continue
        if _full(reading, at) is not None or token.kind == "flag":
            break
        if (
            word in LATEST
            and at + 1 < stop
            and reading.tokens[at + 1].word.removesuffix("'s") in {"week", "month", "year", "time", "night"}
        ):
            unknown.append(word)
            opens = True
        elif word in LATEST:
            chunk.latest = True
        elif word in PRONOUNS:
            chunk.this = True
        elif word in PREPOSITIONS:
            break
        elif word == "version" and _is_number(reading, at + 1):
            chunk.words.append(f"v{reading.tokens[at + 1].word}")
            at += 1
        elif word in DETERMINERS or (word in NOUNS and word not in reading.catalogue.parts):
            pass
        else:
            _name_word(reading.catalogue, word, token.kind, chunk, unknown)
        at += 1
    chunk.end = at
    # A stray word counts against a name that it stands beside, or where a name is looked for.
    if unknown and (chunk.words or opens):
        chunk.unknown = unknown
    return chunk


@lru_cache(maxsize=4096)
def misspells(word: str) -> bool:
    """A slip in one of the ordinary words: letters exchanged ("teh"), or one wrong in a long word ("inferance")."""
    ordinary = NOUNS | DETERMINERS | PREPOSITIONS
    if len(word) < SHORTEST_SLIP or not word.isalpha():
        return False
    letters = sorted(word)
    if any(len(one) == len(word) and one[0] == word[0] and sorted(one) == letters for one in ordinary):
        return True
    if len(word) < SHORTEST_WRONG_LETTER:
        return False
    from rapidfuzz.distance import OSA  # noqa: PLC0415  # needed for the few words that nothing else explains

    return any(
        len(one) >= SHORTEST_WRONG_LETTER - 1 and OSA.distance(word, one, score_cutoff=1) <= 1 for one in ordinary
    )


def _is_number(reading: Reading, at: int) -> bool:
    return reading.free(at) and reading.tokens[at].kind == "number"


def _name_word(catalogue: Catalogue, word: str, kind: str, chunk: Named, unknown: list[str]) -> None:
    if kind == "date":
        word = word.replace("-", "")
    pieces = [piece for piece in word.split("-") if piece]
    if pieces and all(catalogue.fitting(piece) for piece in pieces):
        chunk.words += pieces
    elif any(catalogue.fitting(piece) or _VERSION.fullmatch(piece) for piece in pieces):
        chunk.words += pieces  # "cb-lora-v9": a name, though no run's
    elif kind not in {"mark", "flag"} and not misspells(word):
        unknown.append(word)


def named_identity(reading: Reading) -> str | None:
    keyed = reading.keyed("identity")
    for at, token in enumerate(reading.tokens):
        word = token.word.removesuffix("'s")
        if not reading.roles[at] and (word in reading.catalogue.identities or at == keyed):
            reading.take(at, at + 1, "identity", f"identity {word}")
            return word
    for at, token in enumerate(reading.tokens[:-1]):
        after = reading.tokens[at + 1]
        if token.word == "identity" and not reading.roles[at + 1] and after.kind == "word":
            reading.take(at, at + 2, "identity", f"identity {after.word}")
            return after.word
    return None
