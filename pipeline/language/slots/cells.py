"""Which cells, and which prompts of a run: by label, by prompt id, by seed."""

from typing import NamedTuple

from pipeline.language.lexicon import DETERMINERS, NOUNS, PREPOSITIONS, PRONOUNS
from pipeline.language.reading import Reading
from pipeline.language.slots.seeds import SaidSeeds
from pipeline.language.slots.settings import WHOLE
from pipeline.language.tokens import Token
from pipeline.models import LABEL, split_label

_EXCEPT = frozenset({"except", "excluding", "without", "skip", "skipping", "not", "minus"})
_LONGEST_ID = 4
"""Words that a prompt id is typed in: `upper front` for `upper-front`."""


def labels(reading: Reading) -> list[str]:
    """Labels named in full, as the lab spells them; one that no run has is asked about."""
    found = []
    for at, token in enumerate(reading.tokens):
        if reading.roles[at] or token.kind != "word":
            continue
        runs = reading.catalogue.runs_by_label.get(token.word)
        if runs:
            label = next(one for one in reading.catalogue.labels[runs[0]] if one.lower() == token.word)
            reading.take(at, at + 1, "cell", f"cell {label}")
            found.append(label)
        elif _label_like(token):
            reading.take(at, at + 1, "cell")
            reading.lack("cells", token.raw)
    return list(dict.fromkeys(found))


def unmade(reading: Reading) -> list[str]:
    """What looks like a label and is none of a cell that is there: one that is being made, perhaps."""
    found = []
    for at, token in enumerate(reading.tokens):
        known = token.word in reading.catalogue.runs_by_label
        if not reading.roles[at] and not known and token.kind == "word" and _label_like(token):
            reading.take(at, at + 1, "cell", f"cell {token.raw}")
            found.append(token.raw)
    return found


def _label_like(token: Token) -> bool:
    return LABEL.match(token.raw.upper()) is not None and token.word.count("-") > 2


class NamedPrompts(NamedTuple):
    """Prompt ids of any run, as named in the words."""

    named: tuple[str, ...]
    left_out: tuple[str, ...]
    """As in "all prompts except 3q-side". """


def name_prompts(reading: Reading) -> NamedPrompts:
    """Take the prompt ids out of the words, before runs are looked for in them."""
    by_words = reading.catalogue.every_prompt_id
    named: list[str] = []
    left_out: list[str] = []
    excluding, at = False, 0
    tokens = reading.tokens
    while at < len(tokens):
        found, end = _id_at(reading, at, by_words)
        if found:
            (left_out if excluding else named).append(found)
            reading.take(at, end, "prompt id", f"{'not ' if excluding else ''}prompt {found}")
            at = end
            continue
        word = tokens[at].word
        but = word == "but" and at > 0 and tokens[at - 1].word in WHOLE
        excluding = but or word in _EXCEPT or (excluding and word in {"the", "and", "or", ",", "for", "&"})
        at += 1
    return NamedPrompts(tuple(dict.fromkeys(named)), tuple(dict.fromkeys(left_out)))


def prompt_ids(reading: Reading, run: str | None, prompts: NamedPrompts) -> tuple[str, ...] | None:
    """The run's prompts that are meant; one that it does not have, or words that narrow to none, are asked about."""
    known = reading.catalogue.prompt_ids(run) if run else ()
    keyed = reading.keyed("prompt_ids", "prompt_id", "prompts", "ids")
    if keyed is not None:
        _unknown_keys(reading, keyed)
    elif _narrows(reading):
        reading.lack("prompt_ids")
    if run is not None and set(prompts.named) - set(known):
        reading.lack("prompt_ids")
    if prompts.named:
        return tuple(one for one in prompts.named if one not in prompts.left_out) or None
    return tuple(one for one in known if one not in prompts.left_out) if prompts.left_out else None


def _id_at(reading: Reading, at: int, by_words: dict[str, str]) -> tuple[str | None, int]:
    for length in range(_LONGEST_ID, 0, -1):
        window = reading.tokens[at : at + length]
        if len(window) == length and not any(reading.roles[at : at + length]):
            joined = "-".join(token.word for token in window)
            if joined in by_words:
                return by_words[joined], at + length
    return None, at


def _unknown_keys(reading: Reading, at: int) -> None:
    """What follows `prompt_ids=` is a list of ids: one that the run does not have is asked about."""
    while at < len(reading.tokens):
        token = reading.tokens[at]
        if reading.roles[at] == "prompt id" or token.word == ",":
            at += 1
        elif (
            token.kind == "word"
            and not reading.roles[at]
            and (reading.tokens[at - 1].word in {",", "=", ":"} or reading.tokens[at - 1].kind == "flag")
        ):
            reading.lack("prompt_ids", token.raw)
            return
        else:
            return


def _narrows(reading: Reading) -> bool:
    """As in "only the back-view prompt", "hero-shot only": words that limit to something the run does not have."""
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        if token.word == "only" and not reading.roles[at]:
            ahead = reading.skip(at + 1, DETERMINERS)
            if _strange(reading, at - 1) or (
                _strange(reading, ahead)
                and ahead + 1 < len(tokens)
                and tokens[ahead + 1].word in {"prompt", "prompts", "cells"}
            ):
                return True
        if token.word in {"prompt", "prompts"} and not reading.roles[at] and _strange(reading, at - 1):
            return True
    return False


def _strange(reading: Reading, at: int) -> bool:
    if not reading.free(at):
        return False
    token = reading.tokens[at]
    ordinary = DETERMINERS | NOUNS | PREPOSITIONS | PRONOUNS
    return (
        token.kind == "word" and token.word not in ordinary and not reading.catalogue.fitting(token.word.split("-")[0])
    )


def selected(
    reading: Reading, run: str | None, named: list[str], prompts: NamedPrompts, seeds: SaidSeeds
) -> tuple[str, ...] | None:
    """The labels meant: named in full, or those of the run that match the prompt ids and seeds."""
    if run is None:
        return tuple(named) or None
    own = reading.catalogue.labels.get(run, ())
    wrong = [label for label in named if label not in own]
    if wrong:
        reading.lack("cells", wrong[0])
    ids = prompt_ids(reading, run, prompts)
    if "prompt_ids" in reading.missing:
        reading.missing = ["cells" if name == "prompt_ids" else name for name in reading.missing]
    if not ids and not seeds.new:
        return tuple(named) or None
    matching = [
        label
        for label in own
        if (not ids or split_label(label)[0] in ids) and (not seeds.new or split_label(label)[1] in seeds.new)
    ]
    if not matching:
        reading.lack("cells")
    return tuple(dict.fromkeys([*named, *matching])) or None


def failed_cells(reading: Reading) -> bool:
    """As in "the failed cells", "what failed", "the ones that failed"."""
    for at, token in enumerate(reading.tokens):
        if token.word in {"failed", "failures", "failing", "failure", "broken", "missing"} and not reading.roles[at]:
            reading.take(at, at + 1, "which", "the failed cells")
            return True
    return False
