"""How the words of each action that may cost money become its fields: one reader an action.

A reader marks what it understood, notes what is missing, and returns the fields as far as they are clear.
"""

from collections.abc import Callable
from typing import Any

from pipeline.actions.requests import LONGEST_PROMPT, MOST_PROMPTS, MOST_SEEDS
from pipeline.language.idioms import THEN_JUDGE
from pipeline.language.lexicon import FINITE, REPORTS
from pipeline.language.reading import Reading
from pipeline.language.slots import cells, makers, settings, targets
from pipeline.language.slots.cells import NamedPrompts
from pipeline.language.slots.seeds import Seeds, read_seeds
from pipeline.language.slots.spending import priced, then_judged
from pipeline.language.slots.training import train
from pipeline.models import MAX_SEED

Fields = dict[str, Any]
_PLACEHOLDER = (("<", ">"), ("[", "]"), ("{", "}"))
_MOST_PLACEHOLDER_WORDS = 6


def judge(reading: Reading) -> Fields:
    price = priced(reading)
    fields: Fields = {"action": "judge", "reference": settings.reference(reading), "model": settings.model(reading)}
    fields["repeats"] = settings.repeats(reading)
    named = cells.labels(reading)
    fields["axes"] = settings.axes(reading)
    prompts = cells.name_prompts(reading)
    fields["run"] = targets.one_run(reading)
    if named or prompts.named or prompts.left_out:
        reading.lack("cells")  # a verdict covers a whole run; part of one cannot be asked for
    return fields | price


def rerun(reading: Reading) -> Fields:
    """Other seeds in place of the old ones; words that add make it an extension, failed cells or labels a redo."""
    price = priced(reading)
    then = then_judged(reading)
    named = cells.labels(reading)
    failed = _failed(reading)
    scale = settings.decimal(reading, "scale", "lora_scale", "lora-scale", "scale")
    guidance = settings.decimal(reading, "guidance", "guidance", "guidance_scale")
    seeds = read_seeds(reading)
    ids = cells.name_prompts(reading)
    prompts = _prompts(reading)
    if (failed or named) and not seeds.new and seeds.count is None:
        return _redone(reading, named, ids, seeds, failed=failed) | price | {"then_judge": then}
    run = targets.one_run(reading)
    fields: Fields = {"run": run, "prompt_ids": cells.prompt_ids(reading, run, ids), "then_judge": then, **price}
    told = any("prompt" in token.word for token in reading.tokens)
    if prompts and not told:
        reading.lack("prompts", why="Are these quoted words a new prompt?")
    adds = seeds.adds or _adds(reading) or bool(prompts)
    if adds:
        return _extended(reading, fields, seeds, prompts)
    _check_seeds(reading, seeds, run, needed=scale is None and guidance is None)
    changed = {"lora_scale": scale, "guidance": guidance}
    return fields | changed | {"action": "rerun", "seeds": tuple(seeds.new) or None, "n_seeds": seeds.count}


def extend(reading: Reading) -> Fields:
    price = priced(reading)
    then = then_judged(reading)
    seeds = read_seeds(reading)
    ids = cells.name_prompts(reading)
    prompts = _prompts(reading)
    run = targets.one_run(reading)
    fields: Fields = {"run": run, "prompt_ids": None, "then_judge": then, **price}
    if not prompts:
        fields["prompt_ids"] = cells.prompt_ids(reading, run, ids)
    if seeds.old:
        reading.lack("seeds")
    return _extended(reading, fields, seeds, prompts)


def _extended(reading: Reading, fields: Fields, seeds: Seeds, prompts: tuple[str, ...] | None) -> Fields:
    if prompts is None and _wants_prompt(reading, fields["prompt_ids"]):
        reading.lack("prompts")
    elif not prompts and not seeds.new and seeds.count is None and not seeds.unclear:
        reading.lack("prompts")
        reading.lack("seeds")
    _check_seeds(reading, seeds, None, needed=False)
    return fields | {"action": "extend", "prompts": prompts, "seeds": tuple(seeds.new) or None, "n_seeds": seeds.count}


def _check_seeds(reading: Reading, seeds: Seeds, run: str | None, *, needed: bool) -> None:
    """Seeds out of bounds, a count beside other values, or one seed swapped of several: asked back."""
    both = bool(seeds.new) and seeds.count is not None
    empty = needed and not seeds.new and seeds.count is None
    own = reading.catalogue.seeds(run) if run else frozenset[int]()
    swapped = bool(seeds.old) and bool(own) and not own <= set(seeds.old)
    too_many = max(len(seeds.new), seeds.count or 0) > MOST_SEEDS
    if seeds.unclear or both or empty or swapped or too_many:
        reading.lack("seeds", why=_seeds_why(seeds, both=both, swapped=swapped))


def _seeds_why(seeds: Seeds, *, both: bool, swapped: bool) -> str | None:
    """What is wrong with the seeds, where they are not just missing."""
    if len(seeds.new) > MOST_SEEDS or (seeds.count or 0) > MOST_SEEDS:
        return f"A request takes at most {MOST_SEEDS} seeds."
    if any(seed > MAX_SEED for seed in seeds.new):
        return f"A seed lies between 0 and {MAX_SEED}."
    if both:
        return "That is a number of seeds and a list of seeds at once."
    if swapped:
        return "A re-run replaces all seeds of the run, not some of them."
    return "The seeds are not clear." if seeds.unclear else None


def _prompts(reading: Reading) -> tuple[str, ...] | None:
    """The lifted texts; a placeholder, an unclosed quotation or a text too long is asked back."""
    found = []
    for at, token in enumerate(reading.tokens):
        if token.kind != "quote" or reading.roles[at]:
            continue
        quote = reading.message.quotes[int(token.raw[1:-1])]
        reading.take(at, at + 1, "prompt", "a new prompt")
        said = quote.text.strip()
        empty = not said.strip(".… ") or any(
            said.startswith(start) and said.endswith(end) and len(said.split()) <= _MOST_PLACEHOLDER_WORDS
            for start, end in _PLACEHOLDER
        )
        if empty:
            reading.lack("prompts", why=f"“{said}” is a placeholder." if said else None)
        elif not quote.closed:
            reading.lack("prompts", why="The prompt's closing quotation mark is missing.")
        elif len(quote.text) > LONGEST_PROMPT:
            reading.lack(
                "prompts", why=f"A prompt has at most {LONGEST_PROMPT} characters; this one has {len(quote.text)}."
            )
        found.append(quote.text)
    if len(found) > MOST_PROMPTS:
        reading.lack("prompts", why=f"A request takes at most {MOST_PROMPTS} prompts.")
    return tuple(found) or None


def _wants_prompt(reading: Reading, ids: tuple[str, ...] | None) -> bool:
    """As in "with a new prompt", and none is there."""
    return ids is None and any(
        token.word in {"prompt", "prompts"}
        and not reading.roles[at]
        and not {"same", "existing", "these", "all", "those", "its"}
        & {one.word for one in reading.tokens[max(0, at - 3) : at]}
        for at, token in enumerate(reading.tokens)
    )


def _adds(reading: Reading) -> bool:
    """A word that adds, and adds seeds or prompts: not "no more than 2 hours", "it's also cheap"."""
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        if reading.roles[at] or token.word not in {
            "add",
            "also",
            "more",
            "extra",
            "plus",
            "extend",
            "additional",
            "another",
        }:
            continue
        before = tokens[at - 1].word if at else ""
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        told = any(one.word in FINITE | REPORTS for one in tokens[max(0, at - 3) : at])
        if before in {"no", "not", "nothing", "any", "and", "it's"} and token.word != "also":
            continue
        if told or before in {"it's", "please"} or after in {"or", "than", "variety", "wants"}:
            continue
        return True
    return False


def _failed(reading: Reading) -> bool:
    """As in "the failed cells", "what failed", "the ones that failed"."""
    for at, token in enumerate(reading.tokens):
        if token.word in {"failed", "failures", "failing", "failure", "broken", "missing"} and not reading.roles[at]:
            reading.take(at, at + 1, "which", "the failed cells")
            return True
    return False


def redo(reading: Reading) -> Fields:
    price = priced(reading)
    if any(token.kind == "quote" for token in reading.tokens):
        reading.lack("cells", why="A cell is made again with its own prompt; a new prompt extends the run.")
    then = then_judged(reading)
    named = cells.labels(reading)
    failed = _failed(reading)
    seeds = read_seeds(reading)
    ids = cells.name_prompts(reading)
    return _redone(reading, named, ids, seeds, failed=failed) | price | {"then_judge": then}


def _redone(reading: Reading, named: list[str], ids: NamedPrompts, seeds: Seeds, *, failed: bool) -> Fields:
    run = targets.one_run(reading)
    chosen = cells.selected(reading, run, named, ids, seeds)
    if chosen and failed:
        reading.lack("cells")  # which of the failed: the grammar does not know what failed
    if not chosen and not failed and run is not None:
        reading.lack("cells")
    return {"action": "redo", "run": run, "cells": chosen, "which": "failed" if failed and not chosen else None}


def upscale(reading: Reading) -> Fields:
    price = priced(reading)
    named = cells.labels(reading)
    vendor = makers.upscaler(reading)
    failed = _failed(reading)
    seeds = read_seeds(reading)
    ids = cells.name_prompts(reading)
    run = targets.one_run(reading)
    chosen = cells.selected(reading, run, named, ids, seeds)
    if failed or seeds.count is not None:
        reading.lack("cells")
    if chosen and run and set(chosen) == set(reading.catalogue.labels.get(run, ())):
        chosen = None
    if _judges_too(reading):
        reading.missing.insert(0, "action")
    return {"action": "upscale", "run": run, "cells": chosen, "vendor": vendor, **price}


def _judges_too(reading: Reading) -> bool:
    return bool(reading.take_phrases(THEN_JUDGE, "then judge"))


def bakeoff(reading: Reading) -> Fields:
    price = priced(reading)
    fields: Fields = {"action": "bakeoff", "reference": settings.reference(reading)}
    fields["vendors"] = makers.vendors(reading)
    fields["run"] = targets.one_run(reading, needed=False)
    if fields["reference"] is None:
        reading.lack("reference")
    return fields | price


SPENDING_READERS: dict[str, Callable[[Reading], Fields]] = {
    "judge": judge,
    "rerun": rerun,
    "extend": extend,
    "train": train,
    "upscale": upscale,
    "bakeoff": bakeoff,
    "redo": redo,
}
