"""Which verb a message opens with, and whether it is a request at all."""

import re

from pydantic import ValidationError

from pipeline.lab import Catalogue
from pipeline.parse.readers import READERS, Reading
from pipeline.parse.values import UnclearAmount
from pipeline.parse.verbs import COMPILED
from pipeline.parse.words import BOT, Words, read
from pipeline.requests import Ask, Request, Talk

_REMARK = re.compile(
    r"\s+(?:says|said|is|was|are|were|seems|looks|thinks|would|will|has|had|gave|being|of|the press\w*|your|my)\b|\?"
)
"""What follows a verb in a remark about the work: "judge says …", "approve of that"."""


def parse(
    text: str, catalogue: Catalogue, thread_run: str | None = None, bot: str = BOT
) -> Request:
    """Read one message.

    Args:
        text: As Slack delivers it.
        catalogue: The names of this lab.
        thread_run: The run that the message's thread is about.
        bot: The bot's own Slack id.

    Never raises: what cannot be read is `Ask`, and talk is `Talk`.
    """
    words = read(text[:40_000], bot)
    verb, rest = _verb(words)
    if verb in {"none", ""}:
        silent = verb == "none" or words.to_another or not words.addressed
        return Talk() if silent else Ask(missing=("action",), about=words.text[:80])
    if verb == "unsupported":
        return Ask(missing=("action",), about=words.text[:80])
    if _second_verb(verb, words):
        return Ask(missing=("action",), about=words.text[:80])
    reading = Reading(words=words, rest=rest, catalogue=catalogue, thread_run=thread_run)
    try:
        return READERS[verb](reading)
    except UnclearAmount:
        return Ask(missing=("cap_usd",))
    except ValidationError as error:
        fields = [str(found["loc"][-1]) for found in error.errors() if found["loc"]]
        return Ask(
            missing=tuple(dict.fromkeys(field for field in fields if not field.isdigit()))
            or ("action",)
        )


def _verb(words: Words) -> tuple[str, str]:
    """The request's verb and the text after it; empty when the words open with none."""
    if words.to_another and not words.addressed:
        return "none", ""
    if not words.bare and not words.addressed:
        return "none", ""
    for verb, pattern in COMPILED:
        if found := pattern.match(words.text):
            rest = words.text[found.end() :]
            return ("none", "") if _REMARK.match(rest) and not words.addressed else (verb, rest)
    if words.addressed:
        # Settings may stand before the verb: "reference cb_12.jpg, Q4 only, judge the latest run".
        for verb, pattern in COMPILED:
            if verb != "none" and (
                found := re.search(
                    rf"(?:[,:;.!-] |please |cost to |just |^)(?:{pattern.pattern})", words.text
                )
            ):
                return verb, words.text[found.end() :]
        return "", ""
    return "none", ""


def _second_verb(verb: str, words: Words) -> bool:
    """Two different requests in one message, beyond "then judge"."""
    text = re.sub(
        r"\b(?:no|don't|do not|without|skip)\s+(?:any\s+)?(?:re-?)?train\w*", "", words.text
    )
    others = re.findall(
        r"\b(?:and|then|&)\s+(?:also\s+|then\s+)?(judge|re-?run|extend|train|retrain|upscale|redo|compare|cancel|approve)\b",
        text,
    )
    return any(other != "judge" or verb not in {"rerun", "extend"} for other in others)
