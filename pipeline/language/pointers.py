"""Small words that point at something else: passed over nearly everywhere, and read where they change what is meant.

Each rule names the chunks that it leaves over, so that they are quoted and asked about.
"""

import itertools
from collections.abc import Callable, Iterator

from pipeline.actions.action import Action
from pipeline.actions.registry import SPENDING
from pipeline.language.fields.filling import Filling
from pipeline.language.lexicon import INERT
from pipeline.language.words import Chunk
from pipeline.wordlist import words

Rule = Callable[[Filling], Iterator[Chunk]]


def unsettled(filling: Filling, action: Action) -> None:
    """Leave over what points at something that no field took. Looks are forgiven: they cost nothing."""
    if action.word not in SPENDING and not action.decides:
        return
    for rule in _RULES:
        for one in list(rule(filling)):
            one.by = ""


def _said(filling: Filling, one: Chunk) -> set[str]:
    return {filling.text.word(place) for place in range(one.start, one.end)}


def _next(filling: Filling, at: int) -> Chunk | None:
    """The first chunk behind a place that holds something."""
    return next((one for one in filling.chunks if one.start >= at and one.kind not in INERT), None)


_RIVALS = words("against vs versus")
_CHOSEN = words("cell unknown_cell prompt_id seeds numbers axis vendor")


def _against(filling: Filling) -> Iterator[Chunk]:
    """As in "judge seed 42 against seed 7301": the second is no object of the request."""
    for one in filling.chunks if filling.action != "bakeoff" else []:
        after = _next(filling, one.end)
        if one.kind == "glue" and _said(filling, one) & _RIVALS and after is not None and after.kind in _CHOSEN:
            yield one


def _reference(filling: Filling) -> Iterator[Chunk]:
    """A reference that no photograph gives: "with CB-….png as reference", "upscale the reference photo"."""
    if filling.values.get("reference") or "reference" in filling.missing:
        return
    for one in filling.chunks:
        if _said(filling, one) & {"reference", "references"} and one.kind in {"glue", "unknown"}:
            yield one


_THINGS = words("""
    cell cells image images picture pictures photo photos output outputs one ones seed seeds prompt prompts result
    results model job request training fixture vendor vendors failed passed reference axis question plan
""")


def _last(filling: Filling) -> Iterator[Chunk]:
    """As in "the last image", "the latest model": the newest of something that is no run."""
    for one in filling.chunks:
        newest = one.kind == "latest" or (one.kind == "run" and bool(one.value[2]))
        after = next((each for each in filling.chunks if each.start >= one.end), None)
        if not newest or after is None:
            continue
        points = after.kind in {"vendor", "model", "photo", "axis", "failed", "passed", "cell", "prompt_id"}
        if filling.text.word(one.end) in _THINGS or points:
            yield one


_MADE = words("prompt_id seeds n_seeds numbers cell unknown_cell steps lora_rank failed passed seeds_word")


def _judged(filling: Filling) -> Iterator[Chunk]:
    """As in "… and judge front-full": what only the judge shall look at is no part of what is made."""
    for at, one in enumerate(filling.chunks):
        if one.kind != "then_judge":
            continue
        for after in filling.chunks[at + 1 :]:
            if after.kind in {"mark", "order"}:
                break
            if after.kind in _MADE:
                yield after
                break


def _then(filling: Filling) -> Iterator[Chunk]:
    """As in "front-full with 3 seeds, then upper-front", "front-full first": an order of things that is not kept."""
    start = next((at for at, one in enumerate(filling.chunks) if one.kind == "order"), None)
    if start is None:
        return
    chunks = filling.chunks[start:]
    for before, one, after in itertools.zip_longest(chunks, chunks[1:], chunks[2:]):
        if one is None:
            return
        said = _said(filling, one) if one.kind in {"glue", "ordinal"} else set()
        leads = "then" in said and after is not None and after.kind in _MADE and before.kind != "order"
        if leads or (said == {"first"} and before.kind in _MADE):
            yield one


def _only(filling: Filling) -> Iterator[Chunk]:
    """As in "failed only on face", "passed face or pose": more than `which` and `axes` can say."""
    which = next((at for at, one in enumerate(filling.chunks) if one.by == "which"), None)
    named = [at for at, one in enumerate(filling.chunks) if one.by == "axes"]
    if which is None or not named:
        return
    for one in filling.chunks[which : named[-1] + 2]:
        alone = one.kind == "glue" and _said(filling, one) & {"only", "just", "alone", "solely", "purely"}
        if alone or (one.kind == "or" and filling.values["which"] == "passed"):
            yield one
    first = filling.chunks[which]
    if filling.before(first) in {"only", "just"} and filling.text.word(first.start - 2) in {"that", "which"}:
        yield first


_WHOLES = words("job run seed seeds prompt prompts training matrix judge plan request batch")


def _failed(filling: Filling) -> Iterator[Chunk]:
    """As in "retry the failed job": that failed as a whole, not its cells."""
    for one in filling.chunks:
        if one.by == "which" and filling.text.word(one.end) in _WHOLES:
            yield one


_SINGLE = words("cell image picture photo output photograph")
_NAMES = words("photo unknown_photo cell unknown_cell prompt_id run")
_POINTS = words("the this that last first one single my our its")


def _single(filling: Filling) -> Iterator[Chunk]:
    """As in "upscale the photo": one of them, and nobody knows which."""
    if filling.action not in {"judge", "upscale"} or filling.values.get("cells") or filling.values.get("which"):
        return
    for at, one in enumerate(filling.chunks):
        word, after = filling.text.word(one.end - 1), filling.text.word(one.end)
        if at + 1 < len(filling.chunks) and filling.chunks[at + 1].kind in _NAMES:
            continue  # "with the photo mm_9.jpg"
        pointed = filling.before(one) in _POINTS or _said(filling, one) & _POINTS
        if one.kind in {"glue", "photo_word"} and word in _SINGLE and pointed and after not in _WHOLES:
            yield one


_TO_PROMPTS = words("to every each all existing extend extending")
_THE = words("the of all its our")


def _prompts(filling: Filling) -> Iterator[Chunk]:
    """As in "add “in the rain” to every prompt": a change of prompts that are there, not a new one."""
    if not filling.values.get("prompts"):
        return
    for one in filling.chunks:
        said = _said(filling, one)
        each = one.kind == "per" and filling.text.word(one.end - 1) == "prompt" and "a" not in said
        if each or (one.kind == "prompt_id" and one.by == "prompt_ids"):
            yield one
        heads = filling.text.kind(one.end) == "quote" or filling.text.word(one.end) == ":"
        if heads or one.kind not in {"prompt_word", "kept"} or not said & {"prompt", "prompts"}:
            continue
        place = one.start - 1
        while filling.text.word(place) in _THE:
            place -= 1
        if filling.text.word(place) in _TO_PROMPTS or said & {"every", "each", "existing"}:
            yield one


def _twice(filling: Filling) -> Iterator[Chunk]:
    """Two prices that differ, a seed that is named twice: a slip that nobody may decide."""
    stated = [one for one in filling.chunks if one.by == "stated_usd"]
    if len({float(one.value) for one in stated}) > 1:
        yield stated[0]
    for one in filling.chunks:
        if one.kind == "seeds" and one.by == "seeds" and len(set(one.value[0])) < len(one.value[0]):
            yield one


_RULES: tuple[Rule, ...] = (
    _against, _reference, _last, _judged, _then, _only, _failed, _single, _prompts, _twice,
)  # fmt: skip
