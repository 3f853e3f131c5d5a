"""A job's id, the reason of a decision, and a time to look back over."""

import re
from typing import Any

from pipeline.language.reading import Reading

_JOB = re.compile(r"(?=[a-z0-9]*\d)[a-z0-9]{3,8}|[0-9a-f]{4,8}")


def job(reading: Reading) -> str | None:
    """A job's id: behind "job", "plan" or "#", or right behind the verb."""
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        if token.word in {"job", "plan", "#", "id", "jobs", "number", "no"}:
            place = reading.skip(at + 1, {"#", ":", "=", "id", "number", "no"})
            if _is_job(reading, place, led=True):
                return _take_job(reading, place)
    place = reading.skip(reading.verb[1], {"the", "#"})
    return _take_job(reading, place) if _is_job(reading, place, led=False) else None


def _is_job(reading: Reading, at: int, *, led: bool) -> bool:
    if not reading.free(at):
        return False
    token = reading.tokens[at]
    if token.kind not in {"word", "number"} or not _JOB.fullmatch(token.word):
        return False
    shaped = re.fullmatch(r"[0-9a-f]{4,8}", token.word) is not None
    known = bool(reading.catalogue.fitting(token.word))
    return ((led or (shaped and not known)) and any(letter.isdigit() for letter in token.word)) or (
        shaped and not known
    )


def _take_job(reading: Reading, at: int) -> str:
    word = reading.tokens[at].word
    reading.take(at, at + 1, "job", f"job {word}")
    return word


def reason(reading: Reading) -> str | None:
    """What follows "because", "reason:", a dash or a colon, behind the verb and the job."""
    tokens = reading.tokens
    skipped = 0
    for at in range(reading.verb[1], len(tokens)):
        if at < skipped:
            continue
        word = tokens[at].word
        spaced = word == "-" and not tokens[at].glued
        if word in {"because", "since"} or word == "reason" or (word in ":-" and (word == ":" or spaced)):
            if word == ":" and at and tokens[at - 1].word in {"job", "plan"}:
                continue
            start = reading.skip(at + 1, {":", "-", "reason", "is", "because"} if word == "reason" else {":", "reason"})
            skipped = start
            said = reading.words(start, len(tokens)).strip()
            said = said[1:-1] if said[:1] == said[-1:] == '"' else said
            if said:
                reading.take(at, len(tokens), "reason", f"reason: {said}")
                return said
    return None


def period(reading: Reading) -> dict[str, Any]:
    """`today`, `week`, `month` or `all`; a period that cannot be asked for is asked back."""
    reading.keyed("period")
    words = [token.word.removesuffix("'s") for token in reading.tokens]
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if word in {"week", "month", "weekly", "monthly"}:
            if before in {"last", "previous"}:
                reading.lack("period", f"{before} {word}")
            reading.take(at, at + 1, "period")
            return {"period": word.removesuffix("ly")}
        if word in {"today", "day"}:
            reading.take(at, at + 1, "period")
            return {"period": "today"}
        if word in {"all", "total", "overall", "altogether", "ever", "alltime", "all-time", "lifetime"} and (
            word != "all"
            or words[at + 1 : at + 2] == ["time"]
            or words[at + 1 : at + 2] == ["in"]
            or before in {"in", "of"}
            or at + 1 == len(words)
        ):
            reading.take(at, at + 2 if word == "all" and at + 1 < len(words) else at + 1, "period")
            return {"period": "all"}
        if word in {"yesterday", "year", "quarter"}:
            reading.lack("period", word)
    return {"period": None}
