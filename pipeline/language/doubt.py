"""What keeps a paid request from being done at once: in doubt the bot asks, for a question costs nothing.

The readers take what they know out of the words. Here stands what the words around it can mean: a condition, a change
of mind, a remark that holds a seed or a cell, somebody else's words.
"""

import re

from pipeline.language.hits import Hit
from pipeline.language.idioms import FILLERS, TAKES_BACK, WAITS
from pipeline.language.lexicon import (
    CONDITIONS,
    DETERMINERS,
    FINITE,
    LEAVES_OUT,
    NOUNS,
    PARTS,
    PREPOSITIONS,
    PRONOUNS,
    REPORTS,
)
from pipeline.language.reading import Reading
from pipeline.language.slots.names import is_name
from pipeline.wordlist import words

SEVERAL = "That is more than one request. I take one a message (“… then judge” aside)."
A_QUESTION = "Is that a request? Then say it without the question mark."
CONDITION = "I cannot wait for a day or a condition. Ask again when it is time."
TAKEN_BACK = "I am not sure whether you want that. Say it again without the second thought."
REMARK = "I am not sure which of these words are the request, and which are about it. Say the request alone."
QUOTED = "I am not sure that all quoted words are prompts. Say only the prompts in quotes."
FLAG = "I do not know one of these flags."

PART = "I am not sure which cells, or what of the run, that means. Name cells by label, prompt or seed."

_VALUES = frozenset({"seeds", "old seeds", "cell", "prompt id", "axis", "run", "prompt", "then judge", "which"})
_FLAGS = words("""
    --model --fixture --vendors --vendor --reference --ref --run --prompt --axes --axis --seeds --seed --cells --cell
    -y --yes --cap --max --budget --identity --trigger --trigger-word --steps --rank --lora-rank --repeats --n-seeds
    --prompt-ids --then-judge --judge --dry-run --cap-usd --lora-scale --guidance
""")
_LEADS_TO_PROMPT = words("""
    prompt prompts with and add adding new try extend plus also on for --prompt matrix one too
""")


_APPROVALS = frozenset({"approve", "approved", "approves", "approval", "approver", "pre-approved", "signed", "okayed"})


def doubt(reading: Reading, hit: Hit) -> str | None:
    """Why this paid request is not clear enough, as a sentence for the person; None when it is."""
    tokens = reading.tokens
    if asks(reading, hit):
        return A_QUESTION
    if waits(reading):
        return CONDITION
    if any(match.start >= hit.end for match in TAKES_BACK.anywhere(tokens)):
        return TAKEN_BACK
    if any(
        token.kind == "flag" and token.word not in _FLAGS and not reading.roles[at] for at, token in enumerate(tokens)
    ):
        return FLAG
    if any(token.word == "@someone" for token in tokens) and not reading.message.named:
        return REMARK
    if _part_of_run(reading, hit) or _of_something_else(reading, hit):
        return PART
    if _reported(reading, hit) or _remark(reading, hit) or _leaves_out(reading, hit):
        return REMARK
    return QUOTED if _stray_quote(reading) else None


def asks(reading: Reading, hit: Hit) -> bool:
    """A bare question ("re-run it?") asks people, or for leave; "can you re-run it?" is a request."""
    start, end = reading.sentence(hit.start)
    words = {token.word for token in reading.tokens[start : hit.start]}
    asked = end < len(reading.tokens) and reading.tokens[end].word == "?"
    said = {token.word for token in reading.tokens[hit.end : end]}
    return asked and (not words & {"can", "could", "would", "will", "may", "mind"} or "or" in said)


def waits(reading: Reading) -> bool:
    """Whether the message names a time or a condition."""
    if any(re.fullmatch(r"\d{1,2}(?:am|pm|h)", token.word) for token in reading.tokens):
        return True
    said = {
        token.word
        for at, token in enumerate(reading.tokens)
        if reading.roles[at] not in {"prompt", "then judge", "reason"}
    }
    return bool(said & CONDITIONS) or any(
        reading.roles[match.start] not in {"then judge", "dry run"} and reading.roles[match.end - 1] != "then judge"
        for match in WAITS.anywhere(reading.tokens)
    )


def _clauses(reading: Reading) -> list[tuple[int, int]]:
    """Runs of tokens between commas, colons, dashes, brackets and the ends of sentences."""
    found, start = [], 0
    for at, token in enumerate(reading.tokens):
        if (token.kind == "mark" and token.word in ",;:.!?()") or (token.word == "-" and not token.glued):
            found.append((start, at))
            start = at + 1
    return [*found, (start, len(reading.tokens))]


def _remark(reading: Reading, hit: Hit) -> bool:
    """As in "…, seed 42 looked bad": a clause with a verb of its own, and a value that was taken as wanted."""
    for start, end in _clauses(reading):
        place = range(max(start, hit.end), end)
        told = any(
            (reading.tokens[at].word in FINITE or reading.tokens[at].word in REPORTS)
            and reading.roles[at] in {"", "run", "identity"}
            and reading.tokens[at - 1].word != "already"
            for at in place
        )
        if told and any(reading.tokens[at].word in _APPROVALS for at in range(start, end)):
            continue  # about an approval: such words change nothing
        if told and any(reading.roles[at] in _VALUES for at in range(start, end)):
            return True
    return False


def _leaves_out(reading: Reading, hit: Hit) -> bool:
    """As in "seeds 1-10 without 3", "all cells but seed 42": what is left out was taken as wanted."""
    for at, token in enumerate(reading.tokens):
        before = {one.word for one in reading.tokens[max(0, at - 3) : at]}
        if reading.roles[at] == "axis" and before & {"don't", "dont", "no", "out", "trust", "never"}:
            return True
        left_out = at > 0 and reading.tokens[at - 1].word in LEAVES_OUT - {"not", "no", "but"}
        if left_out and token.kind in {"number", "range"} and not reading.roles[at]:
            return True
    for at, role in enumerate(reading.roles):
        vendor = role == "vendor" and hit.action == "upscale"
        if (role not in {"seeds", "cell", "which"} and not vendor) or (at and reading.roles[at - 1] == role):
            continue
        back = at - 1
        while (
            back >= 0
            and reading.tokens[back].word in DETERMINERS | {"with", "seed", "seeds", "cell", "cells"}
            and not reading.roles[back]
        ):
            back -= 1
        if back >= 0 and reading.tokens[back].word in LEAVES_OUT and not reading.roles[back]:
            return True
    return False


def _reported(reading: Reading, hit: Hit) -> bool:
    """As in "Dana: re-run it", "todo: re-run it": a word of its own, and a colon, right before the request."""
    at = hit.start - 1
    while at >= 0 and FILLERS.match(reading.tokens, at):
        at -= 1
    if at < 1 or reading.tokens[at].word != ":":
        return False
    word = reading.tokens[at - 1]
    ordinary = NOUNS | DETERMINERS | PREPOSITIONS | PRONOUNS
    known = word.word in ordinary or is_name(reading.catalogue, word.word) or reading.roles[at - 1]
    return not known and word.kind == "word" and FILLERS.match(reading.tokens, at - 1) is None


def _stray_quote(reading: Reading) -> bool:
    """As in "call it "second try"": quoted words that no word announces as a prompt."""
    for at, role in enumerate(reading.roles):
        if role != "prompt":
            continue
        back = at - 1
        while back >= 0 and (
            reading.tokens[back].word in {",", ":", "=", "&", "-", "*", "•", "."}
            or reading.tokens[back].kind in {"line", "number"}
        ):
            back -= 1
        before = reading.tokens[back] if back >= 0 else None
        announced = (
            before is None
            or before.word in _LEADS_TO_PROMPT
            or reading.roles[back] in {"prompt", "run", "verb", "seeds", "money", "key"}
        )
        if not announced or (back > 0 and reading.tokens[back - 1].word in {"not", "instead"}):
            return True
    return False


def _part_of_run(reading: Reading, hit: Hit) -> bool:
    """As in "the new cells", "some of the images": a part that the grammar cannot tell from the whole."""
    tokens = reading.tokens
    if hit.action not in {"judge", "upscale"}:
        return False
    for at, token in enumerate(tokens[:-1]):
        after = reading.skip(at + 1, {"of", "the", "these", "those"})
        thing = tokens[after].word if after < len(tokens) else ""
        if (
            token.word in PARTS
            and not reading.roles[at]
            and thing
            in {
                "cell",
                "cells",
                "image",
                "images",
                "output",
                "outputs",
                "ones",
                "one",
                "picture",
                "pictures",
                "axis",
                "axes",
                "passes",
            }
        ):
            return True
    return False


def _of_something_else(reading: Reading, hit: Hit) -> bool:
    """As in "redo the training", "re-run the upscale": not the matrix."""
    if hit.action == "train":
        return any(
            token.word in {"judge", "upscaler", "yourself"} and not reading.roles[at]
            for at, token in enumerate(reading.tokens)
        )
    if hit.action not in {"redo", "rerun"}:
        return False
    start, end = next((start, end) for start, end in _clauses(reading) if start <= hit.start < max(end, start + 1))
    return any(
        reading.tokens[at].word in {"training", "upscale", "upscales", "upscaling", "verdict", "judge", "judgement"}
        and not reading.roles[at]
        for at in range(max(start, hit.end), end)
    )
