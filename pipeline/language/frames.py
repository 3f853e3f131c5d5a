"""A request's frame is filled: each field takes its chunks, and what is left over is asked about, quoted.

The frame comes from the action's request type: its fields, which of them are needed, and what only this action's words
mean. One check, for every action: no chunk is left that nobody consumed.
"""

from collections.abc import Callable
from typing import Any

from pipeline.actions.action import Action
from pipeline.actions.registry import SPENDING
from pipeline.language.fields import cells, history, runs, seeds, training, values, vendors
from pipeline.language.fields.filling import Filling
from pipeline.language.lexicon import INERT
from pipeline.language.pointers import unsettled
from pipeline.language.slots.numbers import flag_for
from pipeline.language.words import Chunk
from pipeline.wordlist import words

Field = Callable[[Filling], Any]

FIELDS: dict[str, Field] = {
    "run": runs.run, "runs": runs.runs, "cells": cells.cells, "which": cells.which, "prompt_ids": cells.prompt_ids,
    "seeds": seeds.seeds, "n_seeds": lambda filling: filling.values.get("n_seeds"), "prompts": values.prompts,
    "reference": values.reference, "model": values.model, "rubric": values.single("rubric"),
    "axes": values.axes, "axis": values.axis,
    "repeats": values.repeats, "steps": values.steps, "lora_rank": values.lora_rank,
    "lora_scale": values.single("lora_scale"), "guidance": values.single("guidance"),
    "wording": values.wording,
    "trigger_word": values.single("trigger_word"), "vendor": vendors.vendor, "mode": values.single("mode"),
    "scale": vendors.scale, "vendors": vendors.vendors,
    "others": vendors.others, "photo_set": vendors.photo_set,
    "value": values.value, "dry_run": values.dry_run, "cap_usd": values.cap_usd, "stated_usd": values.stated_usd,
    "without_controls": values.without_controls, "batch": values.batch,
    "then_judge": values.then_judge, "job": values.job, "rest": values.rest, "period": values.period,
    "limit": values.limit, "topic": history.topic, "what": history.what, "subject": history.subject,
    "order": history.order, "below": values.single("below"), "above": values.single("above"),
    "identity": history.identity, "fixture": training.fixture, "photos": training.photos, "without": training.without,
    "without_photos": training.without_photos,
}  # fmt: skip
_OWN: dict[tuple[str, str], Field] = {
    ("train", "run"): training.run,
    ("train", "lora_rank"): training.lora_rank,
    ("train", "identity"): training.identity,
    ("spend", "run"): history.run_of_history,
    ("find", "run"): history.run_of_history,
    ("status", "run"): history.run_or_none,
    ("cancel", "run"): history.run_or_none,
    ("withdraw", "identity"): history.whose,
    ("bakeoff", "run"): runs.whose_prompts,
}
"""Fields that one action reads in a way of its own."""
_FIRST = ("job", "subject", "lora_rank", "fixture", "run", "identity", "photos", "which", "cells", "axes")
"""Fields that others look at, in this order."""

_EXCLUDE = frozenset(
    {
        "run",
        "runs",
        "cells",
        "prompt_ids",
        "axes",
        "vendors",
        "reference",
        "seeds",
        "which",
        "without_photos",
        "reason",
        "topic",
        "prompts",
        "steps",
        "lora_rank",
        "model",
        "vendor",
    }
)
"""Fields that know what to do with what is left out."""

_NO_VALUE = frozenset(
    {
        "key",
        "prompt_word",
        "seeds_word",
        "fresh",
        "adds",
        "things",
        "vague",
        "from_thread",
        "then_judge",
        "all_vendors",
        "six_vendors",
        "photo_set",
        "whole",
        "old",
    }
)

LEFT_OVER = "I did not get “{words}”."
_TIMES = "I cannot wait for a day or a condition. Ask again when it is time."
_TAKEN_BACK = "I am not sure whether you want that. Say it again without the second thought."
_UNSAID = "No request sets “{words}”: leave it out, or ask who runs the bot."
_BY_FLAG = "“{words}” is set by its flag alone: write `{flag}` and the number."


def fill(filling: Filling, action: Action) -> None:
    """Fill `filling.values`; note what is missing, and what nobody consumed."""
    names = [name for name in action.request.model_fields if name != "action"]
    for name in sorted(names, key=lambda one: _FIRST.index(one) if one in _FIRST else len(_FIRST)):
        read = _OWN.get((action.word, name)) or FIELDS.get(name)
        if read is not None:
            filling.values[name] = read(filling)
    values.wholes(filling)
    if action.word == "train" and filling.free("no_training"):
        filling.lack("action", why="Train, or use the existing version? Say one of them.")
    _needs(filling, action)
    for one in filling.chunks:
        if not one.by and one.kind in INERT | {"order", "job_word"}:
            one.by = "" if _matters(filling, action, one) else one.kind
        elif not one.by and _meant(filling, one):
            one.by = "a word of it"
    for one in filling.chunks:
        if one.excluded and (one.excluded == "mixed" or one.by not in _EXCLUDE or one.kind in _NO_VALUE):
            one.by = ""
    unsettled(filling, action)
    _torn_apart(filling)
    rest = [one for one in [*filling.chunks, *filling.strange] if not one.by]
    if rest:
        _left_over(filling, action, rest)


_SELECTS = words("cell prompt_id vendor photo axis")
_RESTRICTS = words("only just alone all every each everything but same as me us you lora matrix run")


def _matters(filling: Filling, action: Action, one: Chunk) -> bool:
    """Words that hold nothing elsewhere: "to" between two cells is a range, and "only the matrix" no whole approval."""
    said = {filling.text.word(place) for place in range(one.start, one.end)}
    if one.kind == "glue" and said & {"to", "through"}:
        at = filling.chunks.index(one)
        beside = [each.kind for each in filling.chunks[max(0, at - 1) : at + 2] if each is not one]
        return len(beside) == 2 and beside[0] == beside[1] and beside[0] in _SELECTS
    behind = any(each.kind == "order" and each.start < one.start for each in filling.chunks)
    strict = _RESTRICTS if action.plainly else _RESTRICTS - {"lora", "matrix", "run", "all", "everything", "same"}
    return action.decides and behind and one.kind == "glue" and bool(said & strict)


def _torn_apart(filling: Filling) -> None:
    """As in "front-full at seed 42 and upper-front at seed 7301": pairs, which no request holds."""
    kinds = [one.kind for one in filling.chunks if one.kind in _PAIRED and not one.excluded and one.by]
    blocks = [kind for at, kind in enumerate(kinds) if not at or kinds[at - 1] != kind]
    if len(blocks) > len(set(blocks)):
        filling.missing = []
        filling.lack("action", why="That pairs things up, and I cannot tell which belongs to which. Ask one by one.")


_WAIVES = words("skip without no ignore override whatever")
_PAIRED = words("prompt_id seeds axis prompt")


def _needs(filling: Filling, action: Action) -> None:
    """What is required, by the type or by one of several fields."""
    for name, info in action.request.model_fields.items():
        if info.is_required() and name != "action" and filling.values.get(name) is None and name not in filling.missing:
            filling.lack(name)
    for names in action.needs:
        needed = names.split()
        if "job" in needed and filling.thread is not None:
            continue
        if all(filling.values.get(name) is None for name in needed) and not set(needed) & set(filling.missing):
            filling.lack("job" if "job" in needed else needed[0])


_WORDS = words("""
    unknown verb fresh prompt_word seeds_word axis things what this latest job_word rest adds approval price time
    passed failed opener numbers dry_run or condition
""")
"""Kinds that an action may have words of its own among."""


def _meant(filling: Filling, one: Chunk) -> bool:
    """Words that mean nothing more beside this action, and markers that their values have explained."""
    said = [filling.text.word(place) for place in range(one.start, one.end)]
    if one.kind in _WORDS and all(word in filling.nouns for word in said):
        return not (set(said) & _ADJECTIVES) or _of_new_ones(filling, one)
    told = filling.values.get(str(one.value)) is not None
    explained = {
        "approval": said[0] in _WAIVES or said[0].startswith("-"),
        "both": any(isinstance(value, tuple) and len(value) == 2 for value in filling.values.values()),
        "per": _of_votes(filling, one),
        "own_seeds": filling.action in {"redo", "bakeoff"} or bool(filling.values.get("prompts")),
        "photo_word": any(filling.values.get(name) for name in ("reference", "fixture", "photos"))
        or filling.action == "upscale",
        "tail": True,
        "no_training": filling.action in SPENDING and filling.action != "train",
        "key": told or one.value == "action" or (said[0] in filling.nouns and one.value not in filling.missing),
        "instead": any(filling.values.get(name) for name in ("seeds", "n_seeds", "steps", "lora_rank", "run")),
        "n_seeds": filling.action == "settle" and one.kind == "n_seeds" and not one.value[0],  # "further seeds until"
        "adds": filling.action == "extend",
        "seeds_word": any(filling.values.get(name) for name in ("seeds", "n_seeds")),
        "opener": any(other.kind == "order" and other.start > one.start for other in filling.chunks),
    }
    return explained.get(one.kind, False)


def _of_votes(filling: Filling, one: Chunk) -> bool:
    """As in "3 votes a cell"; "max $1 a cell" is another limit than "max $1"."""
    at = filling.chunks.index(one)
    before = next((each.kind for each in reversed(filling.chunks[:at]) if each.kind not in {"glue", "mark"}), "")
    return before not in {"cap", "stated", "amount", "steps", "n_seeds", "numbers", "number"}


_ADJECTIVES = words("new other different another fresh random unused brand additional extra more")
_HEADS = words("seed seeds matrix prompt prompts")


def _of_new_ones(filling: Filling, one: Chunk) -> bool:
    """As in "other seeds", "a new matrix"; "the other run", "another fixture" name something else."""
    heads = _HEADS | (words("lora identity person model") if filling.action == "train" else frozenset())
    return filling.text.word(filling.text.skip(one.end, _ADJECTIVES)) in heads


_NAMED_MISSING = {
    "unknown_cell": "cells",
    "cell": "cells",
    "unknown_photo": "reference",
    "photo": "reference",
    "run": "run",
    "unknown_fixture": "fixture",
    "unknown_model": "model",
    "amount": "cap_usd",
    "foreign": "cap_usd",
}


def _left_over(filling: Filling, action: Action, rest: list[Chunk]) -> None:
    """Something that nobody consumed: the name of what it may be about, and its words."""
    first = rest[0]
    said = " … ".join(filling.said(one) for one in rest[:3])
    kinds = {one.kind for one in rest}
    if kinds <= {"unknown", "prompt_word"} and "unknown" in kinds and _names_it(filling, action, rest):
        return
    names = {_NAMED_MISSING.get(kind) for kind in kinds}
    fields = set(action.request.model_fields)
    if len(names) == 1 and (name := next(iter(names))) and (name in fields or name == "run"):
        filling.lack(name, said)
        return
    filling.missing = []
    why = action.left_over or LEFT_OVER.format(words=said)
    if action.left_over:
        pass
    elif kinds & {"time", "condition", "period", "no_period"}:
        why = _TIMES
    elif kinds & {"correction", "hesitation"}:
        why = _TAKEN_BACK
    elif kinds & {"unsaid"}:
        setting = next(filling.said(one) for one in rest if one.kind == "unsaid")
        flag = flag_for(setting, fields)
        why = _BY_FLAG.format(words=setting, flag=flag) if flag else _UNSAID.format(words=said)
    filling.lack("action", filling.said(first), why)


def _names_it(filling: Filling, action: Action, rest: list[Chunk]) -> bool:
    """As in "judge the KT run", "train KT", "only the back-view prompt": a name that the lab does not have."""
    said = " ".join(filling.said(one) for one in rest)
    last = rest[-1]
    after = filling.text.word(last.end)
    fields = action.request.model_fields
    spoken = any(one.kind == "prompt_word" for one in rest) and action.word != "extend"
    if "prompt_ids" in fields and (spoken or after in {"prompt", "prompts", "only"}):
        filling.missing = [name for name in filling.missing if name != "prompts"]
        filling.lack("prompt_ids", said)
    elif "cells" in fields and after in {"cells", "cell"} and action.word in {"redo", "label"}:
        filling.lack("cells", said)
    elif "run" in filling.missing and _named_like(filling, rest):
        filling.choices = ()  # of the other words alone
        filling.lack("run")
        filling.about = said
    elif "fixture" in filling.missing:
        filling.lack(filling.missing[0], said)
    elif "runs" in filling.missing or ("vendors" in fields and last.end - rest[0].start == 1):
        filling.lack("runs" if "runs" in filling.missing else "vendors", said)
    elif "run" in fields and after in {"run", "lora", "matrix"} and not filling.values.get("run"):
        filling.lack("run", said)
    else:
        return False
    return True


def _named_like(filling: Filling, rest: list[Chunk]) -> bool:
    """Where a run would be named, or written like a name."""
    one = rest[0]
    token = filling.text.tokens[one.start]
    digits = any(letter.isdigit() for letter in token.word)
    led = filling.before(one) in {"of", "for", "on", "over", "against", "the", "to", "judge", "run", "in", "with"}
    return (
        digits
        or token.raw.isupper()
        or (led and len(rest) == 1 and filling.text.word(one.end) in {"", "run", "lora", "matrix", ".", "!", "with"})
    )
