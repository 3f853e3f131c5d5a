"""The one run, the runs, or the fixture that a request is about; or what to ask back."""

import re

from pipeline.language.lexicon import DETERMINERS, NOUNS, PREPOSITIONS, PRONOUNS
from pipeline.language.reading import Reading
from pipeline.language.slots.names import Named, fitting, mentions


def one_run(reading: Reading, *, needed: bool = True, strict: bool = True) -> str | None:
    """The run that the free words name, else the thread's. Notes what is missing when it is not clear.

    Args:
        reading: Its words; those of the run are taken.
        needed: Ask back when no run is named.
        strict: A word where a name is looked for, and that is none, is asked about.
    """
    every = mentions(reading)
    named = [one for one in every if not one.excluded]
    if any(one.latest for one in named) and len(named) < len(every):
        reading.lack("run", why="I cannot leave a run out of “the latest”: name the one that you mean.")
        return None
    full = _full_names(reading, named)
    if not full and strict and _several_meant(reading):
        reading.lack("run", why="I do one run at a time.")
        return None
    if full:
        return _only(reading, full)
    labelled = _of_labels(reading, named)
    if labelled is not None:
        return labelled
    spoken = [one for one in named if one.words or one.latest]
    unknown = [word for one in named for word in one.unknown if strict or one.words]
    if unknown:
        reading.lack("run", " ".join(unknown))
        return None
    if spoken:
        return _spoken(reading, spoken)
    if reading.thread is not None:
        return reading.thread
    if needed:
        reading.lack("run")
    return None


_RERUN = re.compile(r"r\d+")


def _several_meant(reading: Reading) -> bool:
    """As in "all runs", "the latest two runs", "each run"."""
    return any(
        not reading.roles[at]
        and (
            token.word == "runs"
            or (token.word == "run" and at and reading.tokens[at - 1].word in {"each", "every", "any"})
        )
        for at, token in enumerate(reading.tokens)
    )


def _full_names(reading: Reading, named: list[Named]) -> list[str]:
    """Full names, in the lab's own spelling; one that the lab does not have is asked about."""
    found = []
    for one in named:
        if one.full is None:
            continue
        run = reading.catalogue.runs_by_name.get(one.full)
        if run is None:
            reading.lack("run", one.full)
        elif one.end < len(reading.tokens) and _RERUN.fullmatch(reading.tokens[one.end].word):
            reading.lack("run", f"{one.full} {reading.tokens[one.end].word}")
        else:
            reading.take(one.start, one.end, "run", f"run {run}")
        found.append(run or one.full)
    return list(dict.fromkeys(found))


def _only(reading: Reading, full: list[str]) -> str | None:
    if "run" in reading.missing:
        return None
    if len(full) == 1:
        return full[0]
    reading.choices = tuple(full)
    reading.lack("run")
    return None


def _of_labels(reading: Reading, named: list[Named]) -> str | None:
    """The run of the cells that are named in full."""
    labels = [
        reading.catalogue.runs_by_label[token.word]
        for at, token in enumerate(reading.tokens)
        if reading.roles[at] == "cell" and token.word in reading.catalogue.runs_by_label
    ]
    if not labels:
        return None
    common = [run for run in labels[0] if all(run in runs for runs in labels)]
    words = [word for one in named for word in one.words]
    fits = [run for run in common if run in fitting(reading.catalogue, words)] if words else common
    if len(fits) > 1 and reading.thread in fits:
        return reading.thread
    if len(fits) > 1:
        fits = [run for run in fits if run in fitting(reading.catalogue, [])]
    if len(fits) == 1:
        return fits[0]
    reading.lack("run")
    return None


def _spoken(reading: Reading, spoken: list[Named]) -> str | None:
    words = [word for one in spoken for word in one.words]
    latest = any(one.latest for one in spoken)
    fits = fitting(reading.catalogue, words, latest=latest)
    said = " ".join(reading.words(one.start, one.end) for one in spoken)
    for one in spoken:
        reading.take(one.start, one.end, "run", f"run {fits[0]}" if len(fits) == 1 else "a run")
    if len(fits) == 1:
        return fits[0]
    if reading.thread in fits:
        return reading.thread
    reading.choices = fits
    reading.lack("run", None if fits else said)
    return None


def several_runs(reading: Reading) -> tuple[str, ...]:
    """The runs of "compare A with B": each place names one; a place that does not is asked about."""
    found: list[str] = []
    before: list[str] = []
    for one in mentions(reading):
        if one.excluded:
            continue
        run = _one_of_several(reading, one, before)
        if run is None:
            if one.words or one.full or one.unknown:
                reading.lack("runs", reading.words(one.start, one.end))
            continue
        reading.take(one.start, one.end, "run", f"run {run}")
        before = one.words or before
        found.append(run)
    found = list(dict.fromkeys(found))
    if len(found) == 1 and reading.thread and reading.thread not in found:
        found.insert(0, reading.thread)
    if len(found) < 2:
        reading.lack("runs")
    return tuple(found)


def _one_of_several(reading: Reading, one: Named, before: list[str]) -> str | None:
    if one.full is not None:
        return reading.catalogue.runs_by_name.get(one.full)
    if one.unknown:
        return None
    if one.words or one.latest:
        fits = one.fits(reading.catalogue)
        if len(fits) != 1 and before and len(one.words) == 1:
            # "compare CB LoRA v1 and v2": the second name leaves out what it shares with the first.
            shared = [word for word in before if not word.startswith(("v", "r")) or word.isalpha()]
            fits = fitting(reading.catalogue, [*shared, *one.words])
        if len(fits) == 1:
            return fits[0]
        return reading.thread if reading.thread in fits else None
    return reading.thread if one.this else None


def fixture(reading: Reading) -> str | None:
    """`inputs/NAME`, by its full name, or "the mm fixture" where that identity has exactly one."""
    for at, token in enumerate(reading.tokens):
        if reading.roles[at]:
            continue
        parts = token.word.strip("/.").split("/")
        name = parts[parts.index("inputs") + 1] if "inputs" in parts[:-1] else token.word
        if (
            "inputs" in parts[:-1]
            or token.word in reading.catalogue.fixtures_by_name
            or (token.kind == "word" and token.word.endswith("-fixture"))
        ):
            return _fixture_named(reading, at, name)
    keyed = reading.keyed("fixture")
    if keyed is not None and reading.free(keyed):
        return _fixture_named(reading, keyed, reading.tokens[keyed].word)
    for at, token in enumerate(reading.tokens):
        if token.word in {"fixture", "photos"} and not reading.roles[at]:
            return _fixture_of_words(reading, at)
    return None


def _fixture_named(reading: Reading, at: int, name: str) -> str | None:
    known = reading.catalogue.fixtures_by_name.get(name)
    reading.take(at, at + 1, "fixture", f"fixture inputs/{known}" if known else "an unknown fixture")
    if known is None:
        reading.lack("fixture", name)
        return None
    return f"inputs/{known}"


def _fixture_of_words(reading: Reading, at: int) -> str | None:
    """As in "the mm fixture", "fixture jd", "the photos of cb"."""
    skipped = DETERMINERS | {"of", ":", "is"}
    after = reading.skip(at + 1, skipped)
    for place in (at - 1, after):
        if not reading.free(place) or reading.tokens[place].kind not in {"word", "number"}:
            continue
        word = reading.tokens[place].word.removesuffix("'s")
        if word in reading.catalogue.identities:
            return _fixture_of(reading, word, place)
        if place == at - 1 and word not in NOUNS | PREPOSITIONS | DETERMINERS | PRONOUNS:
            reading.take(place, at + 1, "fixture")
            reading.lack("fixture", word)
            return None
    return None


def _fixture_of(reading: Reading, identity: str, at: int) -> str | None:
    fits = reading.catalogue.fixtures_of(identity)
    if len(fits) != 1:
        reading.choices = tuple(f"inputs/{name}" for name in fits)
        reading.lack("fixture", identity)
        return None
    reading.take(at, at + 1, "fixture", f"fixture inputs/{fits[0]}")
    return f"inputs/{fits[0]}"


def identity_fixture(reading: Reading, identity: str) -> str | None:
    """The one fixture of an identity; notes that it is missing when there is none, or more than one."""
    fits = reading.catalogue.fixtures_of(identity)
    if len(fits) == 1:
        return f"inputs/{fits[0]}"
    reading.choices = tuple(f"inputs/{name}" for name in fits)
    reading.lack("fixture", identity)
    return None
