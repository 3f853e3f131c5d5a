"""Keys (`run=`, `--vendors`), the judge's model, the trigger word."""

import re

from pipeline.language.lexicon import LEXICON
from pipeline.language.lexicon.grammar import PREDICATES
from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

_KEYS = {
    "run": "run", "runs": "runs", "cells": "cells", "cell": "cells", "reference": "reference", "fixture": "fixture",
    "vendors": "vendors", "vendor": "vendor", "upscaler": "vendor", "axes": "axes", "axis": "axis", "which": "which",
    "value": "value", "model": "model", "prompt_ids": "prompt_ids", "prompt-ids": "prompt_ids",
    "prompt_id": "prompt_ids", "ids": "prompt_ids", "identity": "identity", "what": "what", "period": "period",
    "job": "job", "prompt": "prompts", "prompts": "prompts", "photo": "reference", "limit": "limit",
    "subject": "subject", "order": "order", "without-photos": "without_photos", "without_photos": "without_photos",
    "action": "action", "base": "run", "source": "run", "axes-only": "axes", "trigger_word": "trigger_word",
}  # fmt: skip
_FAMILY = words("opus sonnet haiku")
_STRANGE_MODELS = ("gpt", "gemini", "llama", "qwen", "grok", "mistral")
_TRIGGER = words("trigger trigger_word trigger-word --trigger --trigger-word --trigger_word")


def setting(text: Words, at: int) -> Chunk | None:
    return _trigger(text, at) or _rubric(text, at) or _model(text, at) or _axes(text, at) or _key(text, at)


def _axes(text: Words, at: int) -> Chunk | None:
    """As in "Q1 to Q3", "Q1..Q3", "axes 1 and 4", "axes 1-3"."""
    first = re.fullmatch(r"q([1-4])", text.word(at))
    if first:
        place = text.skip(at + 1, words("to through - . .."))
        last = (
            re.fullmatch(r"q?([1-4])", text.word(place))
            if (place > at + 1 and text.word(at + 1) != ".") or text.word(at + 2) == "."
            else None
        )
        return Chunk("axis", at, place + 1, _between(first[1], last[1])) if last and last[1] > first[1] else None
    if text.word(at) not in {"axes", "axis"}:
        return None
    ranged = re.fullmatch(r"([1-4])-([1-4])", text.word(at + 1))
    if ranged and ranged[1] < ranged[2]:
        return Chunk("axis", at, at + 2, _between(ranged[1], ranged[2]))
    place, found = at + 1, list[str]()
    while re.fullmatch(r"[1-4]", text.word(place)):
        found.append(f"q{text.word(place)}")
        place = (
            text.skip(place + 1, words(", and &"))
            if re.fullmatch(r"[1-4]", text.word(text.skip(place + 1, words(", and &"))))
            else place + 1
        )
    return Chunk("axis", at, place, " ".join(found)) if found else None


def _between(first: str, last: str) -> str:
    return " ".join(f"q{one}" for one in range(int(first), int(last) + 1))


def _key(text: Words, at: int) -> Chunk | None:
    """`run=`, `cells:`, `--reference`; what stands behind it is the value of that field."""
    word = text.word(at)
    if text.kind(at) == "flag":
        field = _KEYS.get(word.lstrip("-"))
        return Chunk("key", at, at + 2 if text.word(at + 1) in {"=", ":"} else at + 1, field) if field else None
    if word in _KEYS and text.word(at + 1) in {"=", ":"}:
        return Chunk("key", at, at + 2, _KEYS[word])
    return None


def _trigger(text: Words, at: int) -> Chunk | None:
    """As in "trigger JDKR", "with the trigger word “JDKR”", `trigger_word=JDKR`."""
    if text.word(at) not in _TRIGGER:
        return None
    place = at + 2 if text.word(at + 1) in {"word", "token"} else at + 1
    place = text.skip(place, words(": = is of as to should be the word"))
    if place >= len(text):
        return None
    token = text.tokens[place]
    said = text.quote(token).text if token.kind == "quote" else token.raw
    keyed = text.kind(at) == "flag" or text.word(place - 1) in {"=", ":"} or token.kind == "quote"
    shaped = (token.raw.isupper() and len(token.raw) > 1) or any(letter.isdigit() for letter in token.raw)
    named = (
        text.word(place - 1) == "word"
        and text.word(place + 1) in {"", ",", ".", "and", "with", ")", "!", ";"}
        and not LEXICON.match(text.tokens, place)
        and token.word not in PREDICATES
    )
    return Chunk("trigger_word", at, place + 1, said) if token.kind != "mark" and (keyed or shaped or named) else None


def _rubric(text: Words, at: int) -> Chunk | None:
    """As in "with rubric v3", `rubric=v3-2026-12-01`; by a version alone: a "stricter rubric" is none that there is."""
    if text.word(at) not in {"rubric", "--rubric"}:
        return None
    place = text.skip(at + 1, words(": = version is the"))
    version = text.tokens[place].raw if place < len(text) else ""
    if not re.fullmatch(r"v\d[\w.-]{0,60}", version, re.ASCII):
        return None
    return Chunk("rubric", at, place + 1, version)


def _model(text: Words, at: int) -> Chunk | None:
    """`claude-…`, "Opus 4.5", or `haiku-4-5`; another vendor's model is asked about."""
    token = text.tokens[at]
    if token.kind == "model":
        return Chunk("model", at, at + 1, token.word.replace(".", "-"))
    if re.fullmatch(rf"(?:{'|'.join(sorted(_FAMILY))})-\d{{1,2}}(?:[-.]\d{{1,2}})?", token.word, re.ASCII):
        return Chunk("model", at, at + 1, f"claude-{token.word.replace('.', '-')}")
    start = at + 1 if token.word == "claude" else at
    if text.word(start) in _FAMILY and text.kind(start + 1) == "number":
        return Chunk("model", at, start + 2, f"claude-{text.word(start)}-{text.word(start + 1).replace('.', '-')}")
    if text.word(start) in _FAMILY or re.match("|".join(_STRANGE_MODELS), token.word):
        return Chunk("unknown_model", at, start + 1, token.raw)
    return None
