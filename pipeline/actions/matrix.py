"""`rerun`, `extend`, `redo`: images on a trained version that is there."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action, JobWords
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, settings, targets
from pipeline.language.slots.cells import NamedPrompts, failed_cells
from pipeline.language.slots.matrix import adds, check_seeds, new_prompts, wants_prompt
from pipeline.language.slots.seeds import SaidSeeds, read_seeds
from pipeline.language.slots.spending import priced, then_judged
from pipeline.request import MOST_PROMPTS, Names, Prompt, SeedCount, Seeds, ThenJudge


class RerunMatrix(ThenJudge):
    """A new matrix on the same trained version: other seeds replace the old ones."""

    action: Literal["rerun"] = "rerun"
    run: str
    seeds: Seeds | None = None
    n_seeds: SeedCount | None = None
    prompt_ids: tuple[str, ...] | None = None
    lora_scale: Annotated[float, Field(ge=0, le=2)] | None = None
    """How strongly the LoRA works; with it, seeds that are not named stay."""
    guidance: Annotated[float, Field(ge=0, le=10)] | None = None
    """How strongly the prompt works; with it, seeds that are not named stay."""


class ExtendMatrix(ThenJudge):
    """Add cells to a run: new prompts, extra seeds, or both."""

    action: Literal["extend"] = "extend"
    run: str
    prompts: Annotated[tuple[Prompt, ...], Field(max_length=MOST_PROMPTS)] | None = None
    seeds: Seeds | None = None
    n_seeds: SeedCount | None = None
    prompt_ids: tuple[str, ...] | None = None


class RedoCells(ThenJudge):
    """Make named cells again, with the same prompt and seed."""

    action: Literal["redo"] = "redo"
    run: str
    cells: Names | None = None
    which: Literal["failed"] | None = None


def rerun(reading: Reading) -> Fields:
    """Other seeds in place of the old ones; words that add make it an extension, failed cells or labels a redo."""
    price = priced(reading)
    then = then_judged(reading)
    named = cells.labels(reading)
    failed = failed_cells(reading)
    scale = settings.decimal(reading, "scale", "lora_scale", "lora-scale", "scale")
    guidance = settings.decimal(reading, "guidance", "guidance", "guidance_scale")
    seeds = read_seeds(reading)
    ids = cells.name_prompts(reading)
    prompts = new_prompts(reading)
    if (failed or named) and not seeds.new and seeds.count is None:
        return _redone(reading, named, ids, seeds, failed=failed) | price | {"then_judge": then}
    run = targets.one_run(reading)
    fields: Fields = {"run": run, "prompt_ids": cells.prompt_ids(reading, run, ids), "then_judge": then, **price}
    told = any("prompt" in token.word for token in reading.tokens)
    if prompts and not told:
        reading.lack("prompts", why="Are these quoted words a new prompt?")
    adding = seeds.adds or adds(reading) or bool(prompts)
    if adding:
        return _extended(reading, fields, seeds, prompts)
    check_seeds(reading, seeds, run, needed=scale is None and guidance is None)
    changed = {"lora_scale": scale, "guidance": guidance}
    return fields | changed | {"action": "rerun", "seeds": tuple(seeds.new) or None, "n_seeds": seeds.count}


def extend(reading: Reading) -> Fields:
    price = priced(reading)
    then = then_judged(reading)
    seeds = read_seeds(reading)
    ids = cells.name_prompts(reading)
    prompts = new_prompts(reading)
    run = targets.one_run(reading)
    fields: Fields = {"run": run, "prompt_ids": None, "then_judge": then, **price}
    if not prompts:
        fields["prompt_ids"] = cells.prompt_ids(reading, run, ids)
    if seeds.old:
        reading.lack("seeds")
    return _extended(reading, fields, seeds, prompts)


def _extended(reading: Reading, fields: Fields, seeds: SaidSeeds, prompts: tuple[str, ...] | None) -> Fields:
    if prompts is None and wants_prompt(reading, fields["prompt_ids"]):
        reading.lack("prompts")
    elif not prompts and not seeds.new and seeds.count is None and not seeds.unclear:
        reading.lack("prompts")
        reading.lack("seeds")
    check_seeds(reading, seeds, None, needed=False)
    return fields | {"action": "extend", "prompts": prompts, "seeds": tuple(seeds.new) or None, "n_seeds": seeds.count}


def redo(reading: Reading) -> Fields:
    price = priced(reading)
    if any(token.kind == "quote" for token in reading.tokens):
        reading.lack("cells", why="A cell is made again with its own prompt; a new prompt extends the run.")
    then = then_judged(reading)
    named = cells.labels(reading)
    failed = failed_cells(reading)
    seeds = read_seeds(reading)
    ids = cells.name_prompts(reading)
    return _redone(reading, named, ids, seeds, failed=failed) | price | {"then_judge": then}


def _redone(reading: Reading, named: list[str], ids: NamedPrompts, seeds: SaidSeeds, *, failed: bool) -> Fields:
    run = targets.one_run(reading)
    chosen = cells.selected(reading, run, named, ids, seeds)
    if chosen and failed:
        reading.lack("cells")  # which of the failed: the grammar does not know what failed
    if not chosen and not failed and run is not None:
        reading.lack("cells")
    return {"action": "redo", "run": run, "cells": chosen, "which": "failed" if failed and not chosen else None}


RERUN = Action(
    word="rerun",
    request=RerunMatrix,
    phrases="""
        rerun, re run, repeat [the] matrix, (swap|replace|change|switch|exchange) [all|both] [of] [the]
        [old|current|existing] (seeds|seed), same but [rerun], same [again] with, same [matrix|prompts] [but] with,
        only with, again with, once more with, repeat it
    """,
    nominals="[a|the] (rerun|re run), rerunning, [a|the] (rerun|new) matrix (of|from)",
    light="again",
    not_before={"rerun": "of results result", "repeat": "after"},
    sentence="re-run {run} {seeds} {n_seeds} {prompt_ids} {lora_scale} {guidance}",
    read=rerun,
    example=lambda place: RerunMatrix(run=place.run, seeds=(19023, 555, 999), then_judge=True),
    ways=("same but seeds 1-4", "swap the seeds of {run} for 11, 12 and 13, then judge"),
    job=JobWords("re-run", "Making", "Made"),
)


EXTEND = Action(
    word="extend",
    request=ExtendMatrix,
    phrases="""
        extend, add, append, grow, # more seed, # (more|extra|additional|further) seeds,
        (more|extra|additional|further) (seed|seeds), another seed, also (seed|seeds), plus
    """,
    nominals="[an] extension of, extending, adding",
    light="more, extra, additional, another",
    not_before={"plus": "he i it she the we"},
    sentence="extend {run} {prompts} {seeds} {n_more} {prompt_ids}",
    read=extend,
    example=lambda place: ExtendMatrix(run=place.run, prompts=("TOKR woman, seated, window light",), seeds=(42, 7301)),
    ways=("3 more seeds please", "add a new prompt “TOKR woman, seated, window light” to {run} at seed 42"),
    job=JobWords("extend", "Making", "Made"),
)


REDO = Action(
    word="redo",
    request=RedoCells,
    phrases="redo, re do, remake, retry, regenerate, rerender",
    nominals="[a] redo of, redoing, remaking",
    not_before={"redo": "of", "retry": "of"},
    sentence="redo {which} {cells} {run}",
    read=redo,
    example=lambda place: RedoCells(run=place.run, which="failed"),
    ways=("redo seed 42 of {run}",),
    of_run=True,
    job=JobWords("redo cells of", "Making", "Made"),
)
