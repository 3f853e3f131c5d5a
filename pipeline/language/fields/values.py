"""Fields with a value of their own: settings, choices, money, the job and the reason of a decision."""

import re
from typing import Any, get_args

from pipeline.actions.bakeoff import CARD
from pipeline.language.fields.filling import Filling
from pipeline.models import split_label
from pipeline.prices import MODELS
from pipeline.request import LONGEST_PROMPT, MOST_PROMPTS, AxisCode, Wording

AXES: tuple[AxisCode, ...] = get_args(AxisCode)
_PLACEHOLDER = (("<", ">"), ("[", "]"), ("{", "}"))
_MOST_PLACEHOLDER_WORDS = 6
_MODEL = re.compile(r"claude-(?:opus|sonnet|haiku)-\d{1,2}(?:-\d{1,2})?(?:-\d{8})?", re.ASCII)
"""A name that Anthropic may well have; whether it is priced here, the plan says."""
_PERIODS = {"today": "today", "week": "week", "weekly": "week", "month": "month", "monthly": "month"}


def whole(number: float) -> int | float:
    """An integer where it is one; anything else is refused by the field's own type."""
    return int(number) if number == int(number) else number


def steps(filling: Filling) -> Any:
    replaced(filling)
    return filling.one("steps", "steps", whole)


def lora_rank(filling: Filling) -> Any:
    replaced(filling)
    return filling.one("lora_rank", "lora_rank", whole)


def replaced(filling: Filling) -> None:
    """As in "900 steps rather than 1500": what was before, beside what shall be."""
    for one in filling.free("old"):
        if len(one.value) == 1 and filling.action == "train":
            one.by = "what was before"


def repeats(filling: Filling) -> Any:
    return filling.one("repeats", "repeats", whole)


def limit(filling: Filling) -> Any:
    bare = [one for one in filling.free("numbers") if len(one.value[0]) == 1]
    found = filling.one("limit", "limit", whole)
    counts = filling.action in {"find", "labelling"}
    for one in filling.free("whole") if counts and found is None else []:
        one.by, found = "limit", whole(one.value[1])
    for one in filling.free("n_seeds") if filling.action == "find" and found is None else []:
        count, adds = one.value
        if count and not adds:  # as in "find 2 seeds": how many to name, not to make
            one.by, found = "limit", int(count)
    if found is None and len(bare) == 1 and filling.before(bare[0]) in {"limit", "=", "top", "last"}:
        bare[0].by = "limit"
        return bare[0].value[0][0]
    return found


def dry_run(filling: Filling) -> bool:
    real = filling.take("dry_run", "real_run")
    wished = filling.take("dry_run", "dry_run", "price")
    return bool(wished) and not real


def without_controls(filling: Filling) -> bool:
    return bool(filling.take("without_controls", "without_controls"))


def batch(filling: Filling) -> bool:
    return bool(filling.take("batch", "batch"))


def cap_usd(filling: Filling) -> float | None:
    """The lowest limit that is named; an amount that says nothing is asked about."""
    if len({float(one.value) for one in filling.free("cap")}) > 1:
        filling.lack("cap_usd", why="That is more than one limit.")
    caps = [float(one.value) for one in filling.take("cap_usd", "cap")]
    for one in filling.take("cap_usd", "amount", "foreign"):
        filling.lack("cap_usd", filling.said(one))
    return min(caps, default=None)


def stated_usd(filling: Filling) -> float | None:
    stated = [float(one.value) for one in filling.take("stated_usd", "stated")]
    return stated[-1] if stated else None


def then_judge(filling: Filling) -> bool:
    wanted = filling.take("then_judge", "then_judge")
    struck = filling.take("then_judge", "not_judged") if filling.action != "train" else []
    if wanted and struck:
        filling.lack("action")
    return bool(wanted)


def axes(filling: Filling) -> tuple[AxisCode, ...] | None:
    """The axes named; all four, or none, is null."""
    found = filling.take("axes", "axis")
    either = filling.free("or") if filling.values.get("which") and len(found) > 1 else []
    for one in either if len(either) == 1 else []:
        one.by = "axes" if found[0].end <= one.start < found[-1].start else ""  # failed on either
    named = {code for one in found if not one.excluded for code in str(one.value).split()}
    left_out = {code for one in found if one.excluded for code in str(one.value).split()}
    if (named and left_out and named != set(AXES)) or left_out == set(AXES):
        filling.lack("axes")
    chosen = tuple(code for code in AXES if (code in named if named else True) and code not in left_out)
    if filling.action == "upscale" and not filling.values.get("which") and found:
        filling.lack("action", ", ".join(filling.said(one) for one in found))
    return None if len(chosen) in {0, len(AXES)} else chosen


def axis(filling: Filling) -> AxisCode | None:
    found = [one.value for one in filling.take("axis", "axis") if not one.excluded]
    if len(set(found)) > 1 or any(" " in str(one) for one in found):
        filling.lack("axis")
        return None
    return found[0] if found else None


def value(filling: Filling) -> str | None:
    """`pass` or `fail`."""
    failed, passed = filling.take("value", "failed"), filling.take("value", "passed")
    if (failed and passed) or any(one.excluded for one in [*failed, *passed]):
        filling.lack("value")
        return None
    return "fail" if failed else "pass" if passed else None


def reference(filling: Filling) -> str | None:
    unknown = filling.take("reference", "unknown_photo")
    found = filling.take("reference", "photo")
    wanted = list(dict.fromkeys(one.value for one in found if not one.excluded))
    if unknown:
        filling.lack("reference", filling.said(unknown[0]))
        return None
    if len(wanted) > 1 or (found and not wanted):
        filling.choices = tuple(wanted)
        filling.lack("reference")
    return wanted[0] if wanted else None


def model(filling: Filling) -> str | None:
    for one in filling.take("model", "unknown_model"):
        filling.lack("model", filling.said(one))
    found: str | None = filling.one("model", "model")
    if found is not None and found not in MODELS and not _MODEL.fullmatch(found):
        filling.lack("model", found)
        return None
    return found


def prompts(filling: Filling) -> tuple[str, ...] | None:
    """The lifted texts; a placeholder, an unclosed quotation or a text too long is asked back."""
    found = []
    chunks = filling.take("prompts", "prompt")
    words = [] if filling.free("prompt_id") and not chunks else filling.take("prompts", "prompt_word")
    for one in chunks:
        said = one.value.text.strip()
        empty = not said.strip(".… ") or any(
            said.startswith(start) and said.endswith(end) and len(said.split()) <= _MOST_PLACEHOLDER_WORDS
            for start, end in _PLACEHOLDER
        )
        if empty:
            filling.lack("prompts", why=f"“{said}” is a placeholder." if said else None)
        elif not one.value.closed:
            filling.lack("prompts", why="The prompt's closing quotation mark is missing.")
        elif one.excluded:
            filling.lack("prompts")
        elif len(one.value.text) > LONGEST_PROMPT:
            filling.lack(
                "prompts", why=f"A prompt has at most {LONGEST_PROMPT} characters; this one has {len(one.value.text)}."
            )
        found.append(one.value.text)
    more = any(filling.text.word(one.start) == "another" and chunks and one.start > chunks[0].start for one in words)
    if (words and not chunks) or more:
        filling.lack("prompts")
    _counted(filling, len(found))
    if len(found) > MOST_PROMPTS:
        filling.lack("prompts", why=f"A request takes at most {MOST_PROMPTS} prompts.")
    return tuple(found) or None


def _counted(filling: Filling, number: int) -> None:
    """As in "two new prompts: …": the number agrees with the list."""
    for one in filling.free("whole"):
        if one.value[0] == "prompts" and number:
            one.by = "prompts"
            if one.value[1] != number:
                filling.lack("prompts", why="The number of prompts and the prompts in quotes disagree.")


def wholes(filling: Filling) -> None:
    """Counts of what is known anyway ("same 3 prompts", "all 6 cells", "16 photos") hold, or are asked about."""
    run = filling.values.get("run")
    labels = filling.catalogue.labels.get(run, ()) if run else ()
    fixture = str(filling.values.get("fixture") or "")
    code = fixture.split("-")[1] if fixture.count("-") > 1 else ""
    known = {
        "prompts": len({split_label(one)[0] for one in labels}),
        "cells": len(filling.values.get("cells") or labels),
        "photos": sum(one.lower().startswith(code) for one in filling.catalogue.photos) if code else 0,
        "axes": len(AXES),
        "vendors": len(CARD),
        "them": 0,
    }
    for one in filling.free("whole"):
        kind, number = one.value
        fits = number in ((known["cells"], known["photos"]) if kind == "them" else (known.get(kind),))
        # To the others a reference is one photograph, and so it is to a bake-off that names it.
        one_named = bool(filling.values.get("reference")) and not filling.values.get("photo_set")
        of_photos = filling.action == "train" or (filling.action == "bakeoff" and (not one_named or number == 1))
        if fits or (not known[kind] and (kind == "prompts" or (kind == "photos" and of_photos))):
            one.by = "known anyway"


def job(filling: Filling) -> str | None:
    """The id of a job: behind "job", "plan" or "#", or by itself behind the verb of a decision."""
    found = [one for one in filling.free("job", "job_id", "numbers") if not one.excluded]
    filling.take("job", "job_word")
    said: list[str] = []
    for one in found:
        if one.kind == "numbers" and (len(one.value[0]) != 1 or one.end - one.start > 1):
            continue
        one.by = "job"
        said.append(str(one.value) if one.kind != "numbers" else filling.text.word(one.start))
    said = list(dict.fromkeys(said))
    if len(said) > 1:
        filling.lack("job")
        return None
    spoken = [str(one.value) for one in filling.remarked if one.kind == "job"]
    return said[0] if said else spoken[0] if len(set(spoken)) == 1 else None


def single(name: str, kind: str | None = None) -> Any:
    """A field whose chunk says its value."""
    return lambda filling: filling.one(name, kind or name)


def wording(filling: Filling) -> str | None:
    """One of the flags; both at once are two experiments."""
    found = [one.kind for kind in get_args(Wording) for one in filling.take("wording", kind)]
    if len(set(found)) > 1:
        filling.lack("action", why="Change one thing at a time: --class-noun or --plain-words.")
    return found[0] if found else None


def rest(filling: Filling) -> bool:
    return bool(filling.take("rest", "rest"))


def period(filling: Filling) -> str | None:
    for one in filling.take("period", "no_period"):
        filling.lack("period", filling.said(one))
    found: str | None = filling.one("period", "period")
    said = [
        filling.text.word(place) for one in filling.chunks if one.kind == "order" for place in range(one.start, one.end)
    ]
    verb = [_PERIODS[word.removesuffix("'s")] for word in said if word.removesuffix("'s") in _PERIODS]
    return found or next(iter(verb), None)
