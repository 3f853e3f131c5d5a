"""Single values of a request: reference, model, axes, votes, steps, rank, trigger word, vendors, job, reason."""

import re

from pipeline.language.lexicon import NUMBERS
from pipeline.language.reading import Reading
from pipeline.request import AxisCode

IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".heic")
AXES: tuple[AxisCode, ...] = ("q1", "q2", "q3", "q4")
_AXIS_WORDS: dict[str, AxisCode] = {
    "identity": "q1", "face": "q1", "faces": "q1", "likeness": "q1", "pose": "q2", "poses": "q2", "framing": "q3",
    "crop": "q3", "photographic": "q4", "realism": "q4", "photorealism": "q4", "photo-realism": "q4", "q1": "q1",
    "q2": "q2", "q3": "q3", "q4": "q4",
}  # fmt: skip
_NO_AXIS_BEFORE = frozenset(
    {"judge", "judging", "reference", "vendors", "vendor", "run", "lora", "photo", "code", "test", "check", "=", ":"}
)
EXCEPT = frozenset(
    {"except", "without", "excluding", "minus", "skip", "skipping", "not", "ignore", "ignoring", "drop", "leave", "but"}
)
WHOLE = frozenset(
    {"axis", "axes", "all", "everything", "vendor", "vendors", "prompt", "prompts", "cells", "cell", "ones"}
)
"""Before "but" these mean an exception: "every axis but realism"."""
_TIMES = {"twice": 2, "thrice": 3}
_VOTE_WORDS = frozenset({"times", "votes", "vote", "repeats", "repeat", "repetitions", "judgements", "x"})
_FAMILY = frozenset({"opus", "sonnet", "haiku"})


def reference(reading: Reading) -> str | None:
    """The photo's file name; a photo of the lab also without its suffix ("against cb_4")."""
    photos = reading.catalogue.photos_by_name
    found = []
    for at, token in enumerate(reading.tokens):
        if reading.roles[at]:
            continue
        name = token.raw.rstrip("/").split("/")[-1]
        if (token.kind in {"file", "path"} and name.lower().endswith(IMAGES)) or (
            token.kind == "word" and name.lower() in photos
        ):
            known = photos.get(name.lower(), name)
            if {"not", "instead", "than"} & {one.word for one in reading.tokens[max(0, at - 2) : at]}:
                reading.take(at, at + 1, "reference", f"not {known}")
                continue
            reading.take(at, at + 1, "reference", f"reference {known}")
            found.append(known)
    if len(set(found)) > 1:
        reading.choices = tuple(dict.fromkeys(found))
        reading.lack("reference")
    return found[0] if found else None


def model(reading: Reading) -> str | None:
    """`claude-…`, or "Opus 4.5"; another vendor's model is asked about."""
    for at, token in enumerate(reading.tokens):
        if reading.roles[at]:
            continue
        if token.kind == "model":
            reading.take(at, at + 1, "model", f"model {token.word}")
            return token.word.replace(".", "-")
        if token.word in _FAMILY and at + 1 < len(reading.tokens) and reading.tokens[at + 1].kind == "number":
            start = at - 1 if at and reading.tokens[at - 1].word == "claude" else at
            reading.take(start, at + 2, "model")
            return f"claude-{token.word}-{reading.tokens[at + 1].word.replace('.', '-')}"
        if token.word.startswith(("gpt", "gemini", "llama", "qwen")) or token.word in _FAMILY:
            reading.lack("model", token.raw)
    return None


def axes(reading: Reading) -> tuple[AxisCode, ...] | None:
    """The axes named; all four, or none, is null."""
    named: set[AxisCode] = set()
    left_out: set[AxisCode] = set()
    excluding = False
    for at, token in enumerate(reading.tokens):
        before, after = _word(reading, at - 1), _word(reading, at + 1)
        if reading.roles[at]:
            excluding = False
        elif token.word in EXCEPT:
            excluding = token.word != "but" or before in WHOLE
        elif token.word in _AXIS_WORDS and not (
            token.word == "identity"
            and (after in _NO_AXIS_BEFORE or (before in {"the", "different", "new", "same", "an"} and after != "axis"))
        ):
            (left_out if excluding else named).add(_AXIS_WORDS[token.word])
            reading.take(at, at + 1, "axis", f"{'not ' if excluding else ''}axis {_AXIS_WORDS[token.word].upper()}")
        elif token.word in {
            "q1-q4",
            "q1-4",
            "q1-q3",
            "q1-3",
            "q2-q4",
            "q2-4",
            "q1-q2",
            "q1-2",
            "q2-q3",
            "q2-3",
            "q3-q4",
            "q3-4",
        }:
            first, last = (int(part.lstrip("q")) for part in token.word.split("-"))
            named |= set(AXES[first - 1 : last])
            reading.take(at, at + 1, "axis")
        elif token.word not in {"and", "or", ",", "the", "axis", "axes", "/", "&"}:
            excluding = False
    chosen = tuple(code for code in AXES if (code in named if named else True) and code not in left_out)
    return None if len(chosen) in {0, len(AXES)} else chosen


def _word(reading: Reading, at: int) -> str:
    return reading.tokens[at].word if 0 <= at < len(reading.tokens) else ""


def repeats(reading: Reading) -> int | None:
    """As in "3 times", "twice", "repeats=2", "x3"."""
    keyed = reading.keyed("repeats", "repeat", "votes")
    if keyed is not None and _number(reading, keyed) is not None:
        return _take_number(reading, keyed, "votes")
    for at, token in enumerate(reading.tokens):
        if reading.roles[at]:
            continue
        if token.word in _TIMES:
            reading.take(at, at + 1, "votes", f"{_TIMES[token.word]} votes a cell")
            return _TIMES[token.word]
        if re.fullmatch(r"x\d{1,3}|\d{1,3}x", token.word):
            reading.take(at, at + 1, "votes", f"{token.word.strip('x')} votes a cell")
            return int(token.word.strip("x"))
        if token.word in _VOTE_WORDS and _number(reading, at - 1) is not None:
            reading.take(at, at + 1, "votes")
            return _take_number(reading, at - 1, "votes")
        if token.word in {"repeats", "repeat"} and _number(reading, at + 1) is not None:
            return _take_number(reading, at + 1, "votes")
    return None


def _number(reading: Reading, at: int) -> int | None:
    if not reading.free(at):
        return None
    token = reading.tokens[at]
    figure = token.word.replace(",", "")
    if token.kind == "number" and figure.isdecimal():
        return int(figure[:12])
    if re.fullmatch(r"\d{1,3}(?:\.\d+)?k", figure):
        return int(float(figure[:-1]) * 1000)
    return NUMBERS.get(token.word)


def _take_number(reading: Reading, at: int, role: str) -> int | None:
    found = _number(reading, at)
    reading.take(at, at + 1, role, f"{role} {found}")
    return found


def steps(reading: Reading) -> int | None:
    """As in "1500 steps", `steps=1500`, "--steps 1500"."""
    return _counted(reading, ("steps", "step", "training_steps"), "steps")


def decimal(reading: Reading, role: str, *words: str) -> float | None:
    """As in `--guidance 2.5`, "guidance 2.5", `lora_scale=1.2`, "at LoRA scale 1.2"."""
    place = reading.keyed(*words)
    for at, token in enumerate(reading.tokens):
        if place is None and token.word in words and not reading.roles[at]:
            place = reading.skip(at + 1, {"of", "to", ":", "=", "is", "at"})
            if place < len(reading.tokens) and reading.free(place) and _decimal(reading.tokens[place].word) is not None:
                reading.take(at, at + 1, role)
                break
            place = None
    if place is None or place >= len(reading.tokens) or not reading.free(place):
        return None
    found = _decimal(reading.tokens[place].word)
    if found is not None:
        reading.take(place, place + 1, role, f"{role} {found:g}")
    return found


def _decimal(word: str) -> float | None:
    return float(word) if re.fullmatch(r"-?\d{1,2}(\.\d{1,3})?", word) else None


def lora_rank(reading: Reading) -> int | None:
    """As in "rank 16", `lora_rank=32`, "rank-32"."""
    for at, token in enumerate(reading.tokens):
        found = re.fullmatch(r"rank-(\d{1,4})", token.word)
        if found and not reading.roles[at]:
            reading.take(at, at + 1, "rank", f"rank {found[1]}")
            return int(found[1])
    return _counted(reading, ("rank", "lora_rank", "lora-rank"), "rank")


def _counted(reading: Reading, words: tuple[str, ...], role: str) -> int | None:
    keyed = reading.keyed(*words)
    if keyed is not None and _number(reading, keyed) is not None:
        reading.take(keyed - 1, keyed, role)
        return _take_number(reading, keyed, role)
    for at, token in enumerate(reading.tokens):
        if token.word not in words or reading.roles[at]:
            continue
        after = reading.skip(at + 1, {"of", "to", ":", "=", "is", "at"})
        for place in (at - 1, after) if words[0] == "steps" else (after, at - 1):
            if place == at - 1 and place >= 0 and reading.free(place) and reading.tokens[place].kind == "range":
                reading.lack(words[0] if words[0] == "steps" else "lora_rank")
            if _number(reading, place) is not None:
                around = {
                    reading.tokens[near].word
                    for near in (place - 1, place + 1, at + 1)
                    if 0 <= near < len(reading.tokens)
                }
                if around & {
                    "to",
                    "or",
                    "instead",
                    "more",
                    "less",
                    "additional",
                    *({"of", "than"} if words[0] == "steps" else ()),
                }:
                    reading.lack(words[0] if words[0] == "steps" else "lora_rank")
                reading.take(at, at + 1, role)
                return _take_number(reading, place, role)
    return None


def trigger_word(reading: Reading) -> str | None:
    """As in "trigger JDKR", `trigger_word=TOKR2`, "JDKR as the trigger word"; its letters' case counts."""
    for at, token in enumerate(reading.tokens):
        key = token.word.lstrip("-").replace("-", "_")
        if reading.roles[at] or key not in {"trigger", "trigger_word", "triggerword"}:
            continue
        after = reading.skip(at + 1, {"word", "token", "is", ":", "=", "will", "be", "shall", "to", "of", "like"})
        before = at - 1
        while before > 0 and reading.tokens[before].word in {"the", "as", "a", "our", "its"}:
            before -= 1
        if before < at - 1 and reading.tokens[before + 1].word == "as" and reading.free(before):
            return _take_trigger(reading, before, at)
        if reading.free(after) and reading.tokens[after].kind in {"word", "quote", "number"}:
            return _take_trigger(reading, after, at)
        reading.lack("trigger_word")
    return None


def _take_trigger(reading: Reading, at: int, end: int) -> str:
    token = reading.tokens[at]
    said = reading.message.quotes[int(token.raw[1:-1])].text if token.kind == "quote" else token.raw
    reading.take(min(at, end), max(at, end) + 1, "trigger", f"trigger word {said}")
    return said
