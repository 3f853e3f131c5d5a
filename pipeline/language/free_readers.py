"""How the words of each action that costs nothing become its fields: one reader an action."""

import re
from collections.abc import Callable
from typing import Any

from pipeline.language.idioms import VERBS
from pipeline.language.lexicon import NUMBERS, PRONOUNS
from pipeline.language.reading import Reading
from pipeline.language.slots import cells, jobs, settings, targets
from pipeline.language.slots.names import mentions
from pipeline.language.slots.seeds import read_seeds

Fields = dict[str, Any]
_PASSES = frozenset({"pass", "passes", "passed", "passing"})
_FAILS = frozenset({"fail", "fails", "failed", "failing", "failure"})


def compare(reading: Reading) -> Fields:
    cells.labels(reading)
    return {"action": "compare", "runs": targets.several_runs(reading)}


def show(reading: Reading) -> Fields:
    what = None
    reading.keyed("what")
    for at, token in enumerate(reading.tokens):
        word = token.word.removesuffix("s")
        if word in {"grid", "verdict", "card"}:
            reading.take(at, at + 1, "what", f"its {word}")
            what = what or word
    cells.labels(reading)
    return {"action": "show", "run": targets.one_run(reading), "what": what}


def listing(reading: Reading) -> Fields:
    reading.keyed("what")
    what = next((token.word for token in reading.tokens if token.word in {"runs", "fixtures", "jobs"}), None)
    if what is None:
        reading.lack("what")
    return {"action": "list", "what": what, "limit": _limit(reading), "identity": _identity(reading)}


def _limit(reading: Reading) -> int | None:
    keyed = reading.keyed("limit", "n", "top")
    for at, token in enumerate(reading.tokens):
        before = reading.tokens[at - 1].word if at else ""
        number = int(token.word[:6]) if token.kind == "number" and token.word.isdecimal() else NUMBERS.get(token.word)
        if number is None or reading.roles[at]:
            continue
        after = reading.tokens[at + 1].word if at + 1 < len(reading.tokens) else ""
        near = {"limit", "last", "latest", "first", "top", "newest", "recent", "--limit"}
        if at == keyed or before in near or after in near | {"runs", "fixtures", "jobs", "most"}:
            reading.take(at, at + 1, "limit", f"at most {number}")
            return number
    return None


def _identity(reading: Reading) -> str | None:
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


def status(reading: Reading) -> Fields:
    job = jobs.job(reading)
    at_large = {token.word for token in reading.tokens} & {"running", "anything", "jobs"}
    thread, reading.thread = reading.thread, None if at_large else reading.thread
    run = targets.one_run(reading, needed=False, strict=False) if job is None else None
    reading.thread = thread
    return {"action": "status", "job": job, "run": run}


def spend(reading: Reading) -> Fields:
    """By period, run and identity; an identity's code that several runs share means the identity."""
    fields: Fields = {"action": "spend", **jobs.period(reading)}
    for at, token in enumerate(reading.tokens):
        if token.word == "identity" and not reading.roles[at]:
            fields["identity"] = _identity(reading)
            return fields | {"run": None}
    named = [one for one in mentions(reading, reading.verb[0]) if one.full or one.words or one.latest]
    this = any(
        token.word in PRONOUNS - {"that"} and not reading.roles[at] and not _of_time(reading, at)
        for at, token in enumerate(reading.tokens)
    )
    if not named:
        return fields | {"run": reading.thread if this else None, "identity": None}
    words = [word for one in named for word in one.words]
    if len(words) == 1 and words[0] in reading.catalogue.identities and len(named[0].fits(reading.catalogue)) > 1:
        return fields | {"run": None, "identity": words[0]}
    return fields | {"run": targets.one_run(reading), "identity": None}


def _of_time(reading: Reading, at: int) -> bool:
    """As in "this" of "this month"."""
    after = reading.tokens[at + 1].word if at + 1 < len(reading.tokens) else ""
    return after in {"month", "week", "year", "morning", "quarter"}


def cancel(reading: Reading) -> Fields:
    """All of a job, what has not begun ("the rest"), or single cells, which no file may name yet."""
    job = jobs.job(reading)
    named = tuple(dict.fromkeys([*cells.unmade(reading), *cells.labels(reading)]))
    rest = _rest(reading)
    run = targets.one_run(reading, needed=False) if job is None else None
    if job is None and run is None and not named and not reading.missing:
        reading.lack("job")
    return {"action": "cancel", "job": job, "run": run, "cells": named or None, "rest": rest}


def _rest(reading: Reading) -> bool:
    """As in "cancel the rest", "stop after these"."""
    words = [token.word for token in reading.tokens]
    for at, word in enumerate(words):
        after = words[at : at + 2] in (["after", "these"], ["after", "those"], ["after", "this"])
        if (word in {"rest", "remaining", "remainder"} or after) and not reading.roles[at]:
            reading.take(at, at + (2 if after else 1), "rest", "what has not begun")
            return True
    return False


def decide(action: str) -> Callable[[Reading], Fields]:
    """A reader for `approve` or `deny`."""

    def reader(reading: Reading) -> Fields:
        job = jobs.job(reading)
        reason = jobs.reason(reading)
        if job is not None and jobs.job(reading) is not None:
            reading.lack("job")  # a second id: one decision at a time
        if job is None and reading.thread is None:
            reading.lack("job")
        return {"action": action, "job": job, "reason": reason}

    return reader


def switch(action: str) -> Callable[[Reading], Fields]:
    """A reader for `pause` or `resume`."""
    return lambda reading: {"action": action, "reason": jobs.reason(reading)}


def watch(action: str) -> Callable[[Reading], Fields]:
    """A reader for `watch` or `unwatch`."""

    def reader(reading: Reading) -> Fields:
        cells.labels(reading)
        return {"action": action, "run": targets.one_run(reading)}

    return reader


def withdraw(reading: Reading) -> Fields:
    """Whose consent: a person of the lab by their code, and nobody else."""
    codes = reading.catalogue.everybody
    named: list[str] = []
    for at, token in enumerate(reading.tokens):
        code = token.word.removesuffix("'s")
        if code in codes and (not reading.roles[at] or reading.roles[at] == "verb"):
            reading.take(at, at + 1, "identity", f"identity {code}")
            named.append(code)
    if len(set(named)) != 1:
        reading.lack("identity", why="Whose consent? Name one person of the lab by their code.")
    return {"action": "withdraw", "identity": named[0] if named else None}


def label(reading: Reading) -> Fields:
    """A person's own opinion: cells, one axis, pass or fail."""
    named = cells.labels(reading)
    axes = settings.axes(reading)
    value = None
    for at, token in enumerate(reading.tokens):
        if token.word in _PASSES | _FAILS and not reading.roles[at]:
            found = "pass" if token.word in _PASSES else "fail"
            reading.take(at, at + 1, "value", found)
            value, clash = value or found, value not in {None, found}
            if clash:
                reading.lack("value")
    ids = cells.name_prompts(reading)
    seeds = read_seeds(reading)
    run = targets.one_run(reading)
    chosen = cells.selected(reading, run, named, ids, seeds)
    if not chosen:
        reading.lack("cells")
    if axes is None or len(axes) != 1:
        reading.lack("axis")
    if value is None:
        reading.lack("value")
    axis = axes[0] if axes and len(axes) == 1 else None
    return {"action": "label", "run": run, "cells": chosen, "axis": axis, "value": value}


def helping(reading: Reading) -> Fields:
    """`topic` is the action that is asked about, else the word."""
    at = reading.skip(
        reading.verb[1] if reading.verb_word == "help" else reading.verb[1] - 1,
        {"with", "on", "for", "about", "me", ":", "the", "a"},
    )
    if at >= len(reading.tokens) or reading.tokens[at].kind != "word":
        return {"action": "help", "topic": None}
    known = VERBS.match(reading.tokens, at)
    word = reading.tokens[at].word
    if known and known.means not in {"run", "help"}:
        return {"action": "help", "topic": known.means}
    ordinary = reading.verb_word != "help" or not re.fullmatch(r"[a-z-]+", word)
    return {"action": "help", "topic": None if ordinary else word}


FREE_READERS: dict[str, Callable[[Reading], Fields]] = {
    "compare": compare, "show": show, "list": listing, "status": status, "spend": spend, "cancel": cancel,
    "approve": decide("approve"), "deny": decide("deny"), "pause": switch("pause"), "resume": switch("resume"),
    "watch": watch("watch"), "unwatch": watch("unwatch"), "label": label, "withdraw": withdraw, "help": helping,
}  # fmt: skip
