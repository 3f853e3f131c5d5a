"""Fields of questions about the lab's history: what is listed, what is shown, which are best."""

from pipeline.language.fields.filling import Filling
from pipeline.language.fields.runs import run
from pipeline.language.verbs import LIGHT_VERB, NOMINALS, VERBS
from pipeline.language.words import Chunk
from pipeline.wordlist import words

_SUBJECTS = {
    "runs": "runs", "run": "runs", "cells": "cells", "cell": "cells", "images": "cells", "image": "cells",
    "seeds": "seeds", "seed": "seeds", "prompts": "prompts", "prompt": "prompts", "vendors": "vendors",
    "vendor": "vendors", "bakeoffs": "vendors", "bakeoff": "vendors", "bake-offs": "vendors", "bake-off": "vendors",
}  # fmt: skip


_ENDS = {"top": "best", "best": "best", "bottom": "worst", "worst": "worst"}
_LOSE, _WIN = words("fail fails failed miss misses lose loses"), words("pass passes passed win wins")
_WHY = words("why explain wrong reasons made")


def what(filling: Filling) -> str | None:
    """What of a run is shown, or what is listed."""
    order = [one for one in filling.chunks if one.kind == "order"]
    verb = {filling.text.word(place) for one in order for place in range(one.start, one.end)}
    if filling.action == "list":
        found: str | None = filling.one("what", "things")
        return found or next((word for word in ("runs", "fixtures", "jobs") if word in verb), None)
    shown = [one.value for one in filling.take("what", "what") if not one.excluded]
    if verb & _WHY or (verb & {"judge", "judge's"} and filling.values.get("cells")):
        return "reasons"
    if len(set(shown)) > 1 and "reasons" in shown:
        return "reasons"
    said = [word for word in ("grid", "verdict", "card", "reasons", "heatmap") if word in verb]
    found_word: str | None = [
        *shown,
        *said,
        *(["verdict"] if verb & {"judge", "judge's", "pass", "score"} else [None]),
    ][0]
    return found_word


def subject(filling: Filling) -> str | None:
    """What is looked for: the first word of the kind."""
    filling.take("subject", "things", "seeds_word", "prompt_word")
    for one in filling.chunks:
        for place in range(one.start, one.end):
            if (word := filling.text.word(place)) in _SUBJECTS and not one.excluded:
                counts = one.kind == "whole" or (one.kind == "n_seeds" and bool(one.value[0]))
                one.by = one.by or ("" if counts else "subject")  # the number is the limit's
                return _SUBJECTS[word]
    return None


def order(filling: Filling) -> str | None:
    found = {str(one.value) for one in filling.take("order", "ranked")}
    said = [one for one in filling.chunks if one.kind in {"order", "failed", "passed"} and not one.excluded]
    opened = {filling.text.word(at) for one in said for at in range(one.start, one.end)}
    for one in said:
        one.by = one.by or ("" if one.kind == "order" else "order")
    found |= {"worst"} if opened & _LOSE else {"best"} if opened & _WIN and not found else set()
    for one in filling.chunks:
        if one.kind == "limit" and filling.text.word(one.start) in _ENDS:
            found.add(_ENDS[filling.text.word(one.start)])
    if len(found) > 1:
        filling.lack("order")
    return next(iter(found), None)


def identity(filling: Filling) -> str | None:
    """A bare code means the person, also where runs fit."""
    stated: str | None = filling.one("identity", "identity")
    for one in filling.free("run"):
        full, words, latest = one.value
        codes = [word for word in words if word in filling.catalogue.identities]
        if full is None and len(words) == 1 and codes and not latest and not one.excluded:
            one.by = "identity"
            stated = stated or codes[0]
    return stated


def run_of_history(filling: Filling) -> str | None:
    """The run that a question about money or history is about, if any; a bare code is a person's."""
    bare = [one for one in filling.free("run") if _bare_code(filling, one)]
    named = [one for one in filling.free("run") if one not in bare]
    this = [one for one in filling.free("this") if not one.excluded]
    latest = filling.free("latest")
    if filling.action == "list" or (not named and not this and not latest):
        filling.take("run", "this") if filling.action == "list" else None
        return None
    for one in bare:
        one.by = "identity"
    filling.values["identity"] = str(bare[0].value[1][0]) if bare else None
    found = run(filling)
    for one in bare:
        one.by = ""
    return found


def _bare_code(filling: Filling, one: Chunk) -> bool:
    full, words, latest = one.value
    return full is None and len(words) == 1 and words[0] in filling.catalogue.identities and not latest


def run_or_none(filling: Filling) -> str | None:
    """The run that a job or a question may be about; none where the words are about everything."""
    at_large = any(
        filling.text.word(place) in {"running", "anything", "jobs", "everything"}
        for one in filling.chunks
        for place in range(one.start, one.end)
    )
    thread, filling.thread = filling.thread, None if at_large or filling.values.get("job") else filling.thread
    found = run(filling, needed=False) if not filling.values.get("job") else None
    if filling.values.get("job"):
        filling.take("run", "this")
    filling.thread = thread
    return found


def topic(filling: Filling) -> str | None:
    """The action that help is asked about, else a word that is none."""
    for one in filling.chunks:
        for place in range(one.start, one.end):
            word = filling.text.word(place)
            if one.kind == "order" and word == "help":
                continue
            found = VERBS.match(filling.text.tokens, place)
            noun = NOMINALS.match(filling.text.tokens, place)
            action = next(
                (each.means for each in (found, noun) if each and each.means not in {LIGHT_VERB, "help"}), None
            )
            if action is not None:
                for other in filling.chunks:
                    other.by = other.by or "topic"
                return action
    for one in filling.free("unknown"):
        if filling.text.word(one.start).isalpha():
            one.by = "topic"
            return filling.text.word(one.start)
    return None


def whose(filling: Filling) -> str | None:
    """Whose consent: a person of the lab by their code, and nobody else."""
    codes = filling.catalogue.everybody
    named = []
    for one in filling.chunks:
        said = [filling.text.word(place).removesuffix("'s") for place in range(one.start, one.end)]
        if any(word in codes for word in said) and one.kind in {
            "run",
            "identity",
            "unknown",
            "order",
            "tail",
            "fixture",
        }:
            one.by = one.by or "identity"
            named += [word for word in said if word in codes]
    if len(set(named)) != 1:
        filling.lack("identity", why="Whose consent? Name one person of the lab by their code.")
        return None
    return named[0]
