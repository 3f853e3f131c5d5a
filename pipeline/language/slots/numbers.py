"""Numbers with a name: steps, rank, votes, scales, a limit of a list, bounds of a rate; counts of a known whole."""

import re
from collections.abc import Collection

from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

_LINKS = words(": = of to at is ( x")
_NAMES = {
    "steps": "steps", "step": "steps", "training_steps": "steps", "--steps": "steps", "--training-steps": "steps",
    "rank": "lora_rank", "lora_rank": "lora_rank", "--rank": "lora_rank", "--lora-rank": "lora_rank",
    "lora-rank": "lora_rank", "--lora-scale": "lora_scale",
    "--scale": "lora_scale",
    "--guidance": "guidance", "repeats": "repeats", "repeat": "repeats",
    "--repeats": "repeats", "--repeat": "repeats", "votes": "repeats", "--votes": "repeats", "limit": "limit",
    "--limit": "limit", "n": "limit",
}  # fmt: skip
_BEHIND = {
    "steps": "steps",
    "step": "steps",
    "times": "repeats",
    "votes": "repeats",
    "vote": "repeats",
    "repeats": "repeats",
    "repetitions": "repeats",
    "judgements": "repeats",
    "x": "repeats",
}
_WHOLES = {
    "prompts": "prompts", "prompt": "prompts", "cells": "cells", "images": "cells", "outputs": "cells",
    "pictures": "cells", "photos": "photos", "photographs": "photos", "photo": "photos", "axes": "axes",
    "vendors": "vendors", "vendor": "vendors",
}  # fmt: skip
_TIMES = {"twice": 2.0, "thrice": 3.0}
_BOUND = {
    "below": "below",
    "under": "below",
    "<": "below",
    "beneath": "below",
    "above": "above",
    "over": "above",
    ">": "above",
    "exceeding": "above",
}
_BOUND_THAN = {
    "less": "below",
    "lower": "below",
    "worse": "below",
    "more": "above",
    "higher": "above",
    "better": "above",
}
_NEAR_LIMIT = words("last latest first top newest recent best worst next")
_NEW = words("new extra other more training different fresh additional")
_JOINED = re.compile(r"(rank|lora_rank|steps)[-_]?(\d{1,6})", re.ASCII)


_BY_FLAG = {"lora_scale": "--lora-scale", "guidance": "--guidance", "scale": "--scale"}


def flag_for(said: str, fields: Collection[str]) -> str | None:
    """The flag for what was said in words, where one of these fields is set by its flag alone; the first named."""
    spoken = [word for word in said.lower().replace("_", " ").split() if word in {"scale", "guidance"}]
    return next((_BY_FLAG[name] for word in spoken for name in _BY_FLAG if word in name and name in fields), None)


def numbers_named(text: Words, at: int) -> Chunk | None:
    """A chunk whose kind is its field, with the number; `whole` for a count of what is known."""
    return _joined(text, at) or _before(text, at) or _bound(text, at) or _behind(text, at)


def _joined(text: Words, at: int) -> Chunk | None:
    """As in "rank32", "x3", "2x"."""
    word = text.word(at)
    if word in text.catalogue.parts:
        return None  # "rank32" where a run's name holds it
    if found := _JOINED.fullmatch(word):
        return Chunk("lora_rank" if found[1] != "steps" else "steps", at, at + 1, float(found[2]))
    if re.fullmatch(r"x\d{1,3}|\d{1,3}x", word, re.ASCII):
        return Chunk("repeats", at, at + 1, float(word.strip("x")))
    if word in _TIMES:
        return Chunk("repeats", at, at + 1, _TIMES[word])
    return None


def _before(text: Words, at: int) -> Chunk | None:
    """As in "steps 1500", "steps (1500)", `rank=16`, "a rank of 32", "--lora-scale 1.2"."""
    start = at + 1 if text.word(at) in {"lora", "training", "network"} and text.word(at + 1) in _NAMES else at
    kind = _NAMES.get(text.word(start))
    if kind is None:
        return None
    place = text.skip(start + 1, _LINKS)
    found = text.figure(place)
    if found is None:
        return None
    value, end = found
    if text.word(end) == ")" and text.word(place - 1) == "(":
        end += 1
    return Chunk(kind, at, end, value)


def _behind(text: Words, at: int) -> Chunk | None:
    """As in "1500 steps", "three times", "all 6 cells", "the last 5"."""
    start = at
    near = text.word(at) in _NEAR_LIMIT
    whole = text.word(at) in {"all", "the", "same", "its", "these", "of"}
    if near or whole:
        start = at + 1
        start = start + 1 if whole and text.word(start) in {"same", "the"} else start
    found = text.figure(start)
    if found is None:
        return None
    value, end = found
    if near:
        return Chunk("limit", at, end, value)
    return _counted(text, at, value, end, whole=whole)


def _counted(text: Words, at: int, value: float, end: int, *, whole: bool) -> Chunk | None:
    """What a number counts, by the word behind it."""
    end = end + 1 if text.word(end) == "training" and text.word(end + 1) in {"steps", "step"} else end
    word = text.word(end)
    if word in _BEHIND and not whole:
        return Chunk(_BEHIND[word], at, end + 1, value)
    if word == "rank" and not whole and text.figure(end + 1) is None:
        return Chunk("lora_rank", at, end + 1, value)
    if word == "of" and text.word(end + 1) in {"them", "those", "these"}:
        return Chunk("whole", at, end + 2, ("them", value))
    named = text.skip(end, _NEW)
    kind = _WHOLES.get(text.word(named))
    if kind == "prompts" or (kind is not None and named == end):
        return Chunk("whole", at, named + 1, (kind, value))
    limits = word in _NEAR_LIMIT | {"runs", "jobs", "fixtures", "most"} and not whole
    return Chunk("limit", at, end, value) if limits else None


def _bound(text: Words, at: int) -> Chunk | None:
    """As in "below 0.7", "under 80%", "more than 0.9"."""
    kind, start = _BOUND.get(text.word(at)), at + 1
    if text.word(at) in _BOUND_THAN and text.word(at + 1) == "than":
        kind, start = _BOUND_THAN[text.word(at)], at + 2
    if text.word(at) in {"below", "above", "--below", "--above"}:
        kind, start = text.word(at).lstrip("-"), text.skip(at + 1, _LINKS)
    found = text.figure(start)
    if kind is None or found is None:
        return None
    value, end = found
    if text.word(end) in {"%", "percent"}:
        return Chunk(kind, at, end + 1, value / 100)
    return Chunk(kind, at, end, value) if value <= 1 else None
