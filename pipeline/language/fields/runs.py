"""The one run, or the runs, that a request is about; or what to ask back."""

import re

from pipeline.lab.catalogue import Catalogue
from pipeline.language.fields.filling import Filling
from pipeline.language.words import Chunk

_RERUN = re.compile(r"r\d+")
Name = tuple[str | None, tuple[str, ...], bool]


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
        fits = [run for run in fits if not _RERUN.fullmatch(run.rsplit("-", 1)[-1])] or fits
    return tuple(fits)


def run(filling: Filling, *, needed: bool = True) -> str | None:
    """The run that the words name, else that of the named cells, else the thread's."""
    found = filling.take("run", "run", "latest")
    this = filling.take("run", "this")
    for one in filling.free("lora_rank") if filling.action != "train" else []:
        word = f"rank{one.value:g}"
        if word in filling.catalogue.parts:  # "judge rank 32", where a run's name holds it
            one.by, one.value = "run", (None, (word,), False)
            found.append(one)
    wanted = [one for one in found if not one.excluded]
    if any(one.excluded == "except" for one in [*found, *this]):
        filling.lack("run", why="I do one run at a time.")
        return None
    if any(one.excluded and one.kind == "latest" for one in found) or (
        any(one.excluded for one in found) and any(one.kind == "latest" or one.value[2] for one in wanted)
    ):
        filling.lack("run", why="I cannot leave a run out of “the latest”: name the one that you mean.")
        return None
    if filling.take("run", "things", "runs_word"):
        filling.lack("run", why="I do one run at a time.")
        return None
    if any(one.excluded for one in [*found, *this]) and not wanted:
        excluded = (
            _resolve(filling, [one for one in found if one.excluded]) if any(one.excluded for one in found) else None
        )
        if any(one.excluded for one in this) or excluded is None or filling.thread in {None, *excluded}:
            filling.lack("run")
            return None
    if wanted:
        named = _named(filling, wanted)
        # "judge X, not it": without another run in the thread, "it" is X.
        itself = any(one.excluded for one in this) and filling.thread in {None, named}
        if itself or any(named in _resolve(filling, [one]) for one in found if one.excluded):
            filling.lack("run")
        return named
    return _unnamed(filling, needed=needed, this=any(not one.excluded for one in this))


def whose_prompts(filling: Filling) -> str | None:
    """The run whose prompts and seeds a bakeoff takes: needed where "the same" are spoken of."""
    same = any(filling.text.word(one.start) == "same" for one in filling.free("kept"))
    return run(filling, needed=same)


def _named(filling: Filling, wanted: list[Chunk]) -> str | None:
    fits = _resolve(filling, wanted)
    held = _of_labels(filling)
    if fits and held is not None:
        both = tuple(one for one in fits if one in held)
        if not both:
            filling.lack("run", why="The named cells are not of that run.")
            return None
        fits = both
    if len(fits) == 1:
        return fits[0]
    if filling.thread in fits:
        return filling.thread
    filling.choices = fits
    several = len(wanted) > 1 and all(_resolve(filling, [one]) for one in wanted)
    said = " ".join(filling.said(one) for one in wanted)
    filling.lack("run", None if fits else said, "I do one run at a time." if several and not fits else None)
    return None


def _resolve(filling: Filling, chunks: list[Chunk]) -> tuple[str, ...]:
    """The runs that fit all of these names together."""
    names: list[Name] = [one.value or (None, (), True) for one in chunks]
    fulls = {full for full, _words, _latest in names if full}
    words = [word for _full, said, _latest in names for word in said]
    latest = any(one for _full, _words, one in names)
    if len(fulls) > 1:
        return ()
    if fulls:
        known = filling.catalogue.runs_by_name.get(next(iter(fulls)))
        return (known,) if known and set(words) <= _fitting_words(filling.catalogue, known, words) else ()
    return fitting(filling.catalogue, words, latest=latest)


def _fitting_words(catalogue: Catalogue, known: str, words: list[str]) -> set[str]:
    return {word for word in words if known in catalogue.fitting(word)}


def _of_labels(filling: Filling, chunks: list[Chunk] | None = None) -> tuple[str, ...] | None:
    """The runs that hold every cell that is named in full; None when none is named."""
    labels = [
        str(one.value)
        for one in (filling.chunks if chunks is None else chunks)
        if one.kind == "cell" and not one.excluded
    ]
    if not labels:
        return None
    held = [filling.catalogue.runs_by_label[label.lower()] for label in labels]
    return tuple(one for one in held[0] if all(one in runs for runs in held))


def _unnamed(filling: Filling, *, needed: bool, this: bool) -> str | None:
    held = _of_labels(filling) or (_of_labels(filling, filling.remarked) if this else None)
    remarked = [one for one in filling.remarked if one.kind in {"run", "latest"}]
    if remarked and any(one.kind == "not" or filling.text.word(one.start) == "other" for one in filling.remarked):
        filling.lack("run")  # "that is not mm v1. Judge it."
        return None
    if held is not None:
        parents = [one for one in held if not _RERUN.fullmatch(one.rsplit("-", 1)[-1])] or list(held)
        own = [filling.thread] if filling.thread in held else list(parents)
        if len(own) == 1:
            return own[0]
        filling.choices = tuple(one for one in own if one)
        filling.lack("run")
        return None
    if remarked and (this or filling.thread is None):
        fits_remark = _resolve(filling, remarked)
        if len(fits_remark) == 1 and filling.thread in {None, fits_remark[0]}:
            return fits_remark[0]
        if this or needed:
            filling.choices = tuple(dict.fromkeys([*fits_remark, *([filling.thread] if filling.thread else [])]))
            filling.lack("run")
            return None
    if filling.thread is not None:
        return filling.thread
    if needed or this:
        filling.lack("run")
    return None


def runs(filling: Filling) -> tuple[str, ...] | None:
    """The runs of "compare A with B": each place names one; a place that does not is asked about."""
    found: list[str] = []
    before: list[str] = []
    for one in _apart(filling, filling.take("runs", "run", "latest", "this")):
        if one.excluded:
            continue
        named = _one_of_several(filling, one, before)
        if named is None:
            filling.lack("runs", filling.said(one))
            continue
        before = list(one.value[1]) if one.kind == "run" and one.value[1] else before
        found.append(named)
    filling.take("runs", "things")
    found = list(dict.fromkeys(found))
    if len(found) == 1 and filling.thread and filling.thread not in found:
        found.insert(0, filling.thread)
    if len(found) < 2:
        filling.lack("runs")
    return tuple(found)


def _apart(filling: Filling, chunks: list[Chunk]) -> list[Chunk]:
    """As in "compare jd-lora-v1 rank32 mm-lora-v1": names side by side are names of their own."""
    found: list[Chunk] = []
    for one in chunks:
        words = list(one.value[1]) if one.kind == "run" and one.value[0] is None else []
        if not words or fitting(filling.catalogue, words):
            found.append(one)
            continue
        part: list[str] = []
        for word in words:
            if part and not fitting(filling.catalogue, [*part, word]):
                found.append(Chunk("run", one.start, one.end, (None, tuple(part), False)))
                part = []
            part.append(word)
        found.append(Chunk("run", one.start, one.end, (None, tuple(part), one.value[2])))
    return found


def _one_of_several(filling: Filling, one: Chunk, before: list[str]) -> str | None:
    if one.kind == "this":
        return filling.thread
    fits = _resolve(filling, [one])
    words = list(one.value[1]) if one.kind == "run" else []
    if len(fits) != 1 and before and len(words) == 1:
        # "compare CB LoRA v1 and v2": the second name leaves out what it shares with the first.
        shared = [word for word in before if not word.startswith(("v", "r")) or word.isalpha()]
        fits = fitting(filling.catalogue, [*shared, *words])
    if len(fits) == 1:
        return fits[0]
    return filling.thread if filling.thread in fits else None
