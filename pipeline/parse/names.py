"""Which run is meant: a full name, words that begin parts of one, or "latest" with such words."""

import re
from collections.abc import Iterable

from pipeline.lab import Catalogue
from pipeline.models import Value

_FULL = re.compile(r"(?:runs/)?\b(\d{8}-[a-z0-9][a-z0-9-]*[a-z0-9])\b")
_DATE = re.compile(r"\b(\d{4})-?(\d{2})-?(\d{2})\b(?!-[a-z])")
_RERUN_PART = re.compile(r"r\d+$")
LATEST = {"latest", "last", "newest"}
_THIS = re.compile(r"\b(this|it|that|the same|same)\b")


class Named(Value):
    """The runs that the words name, best reading first; `said` are the words that named them."""

    runs: tuple[str, ...]
    said: str = ""
    latest: bool = False


def named_runs(text: str, catalogue: Catalogue) -> Named:
    """Every run that fits the words; one means it is clear."""
    full = [found[1] for found in _FULL.finditer(text) if found[1].split("-")[0].isdigit()]
    if full:
        return Named(
            runs=tuple(run for run in dict.fromkeys(full) if run in catalogue.runs), said=full[0]
        )
    labelled = [
        run
        for run, labels in catalogue.labels.items()
        if any(label.lower() in text for label in labels)
    ]
    if labelled:
        return Named(runs=tuple(labelled), said="the cell's label")
    words = _words_of_names(text, catalogue.runs)
    if not words:
        return Named(runs=())
    fits = [run for run in catalogue.runs if all(_begins_a_part(word, run) for word in words)]
    plain = [run for run in fits if not _RERUN_PART.search(run.rsplit("-", 1)[-1])]
    wants_rerun = any(_RERUN_PART.fullmatch(word) for word in words)
    fits = fits if wants_rerun else plain or fits
    latest = bool(LATEST & set(re.findall(r"[a-z]+", text)))
    if latest and fits:
        newest = max(run.split("-")[0] for run in fits)
        fits = [run for run in fits if run.startswith(newest)]
    return Named(runs=tuple(fits), said=" ".join(words), latest=latest)


def says_this(text: str) -> bool:
    return bool(_THIS.search(text))


def _words_of_names(text: str, runs: Iterable[str]) -> list[str]:
    """The words of the text that speak of runs: parts of names, and dates."""
    parts = {part for run in runs for part in run.split("-")}
    found = ["".join(date.groups()) for date in _DATE.finditer(text)]
    for word in re.findall(r"(?<![\w$./=#-])[a-z0-9][a-z0-9-]*(?![\w/]|\.\w)", text):
        pieces = [piece for piece in word.split("-") if piece]
        found += [
            piece
            for piece in pieces
            if piece in parts and (len(pieces) == 1 or all(p in parts for p in pieces))
        ]
    return list(dict.fromkeys(found))


def _begins_a_part(word: str, run: str) -> bool:
    return any(part == word or (len(word) > 3 and part.startswith(word)) for part in run.split("-"))
