"""`upscale`: cells through the photorealistic upscaler."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.idioms import THEN_JUDGE
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, makers, targets
from pipeline.language.slots.cells import failed_cells
from pipeline.language.slots.seeds import read_seeds
from pipeline.language.slots.spending import priced
from pipeline.request import Names, Spending, Upscaler


class UpscaleCells(Spending):
    """Pass cells through the photorealistic upscaler."""

    action: Literal["upscale"] = "upscale"
    run: str
    cells: Names | None = None
    vendor: Upscaler | None = None


def upscale(reading: Reading) -> Fields:
    price = priced(reading)
    named = cells.labels(reading)
    vendor = makers.upscaler(reading)
    failed = failed_cells(reading)
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


UPSCALE = Action(
    word="upscale",
    request=UpscaleCells,
    phrases="""
        upscale, (pipe|put|run|send|pass) … through [the] [photorealistic] (upscaler|magnific|clarity),
        (pipe|put|run|send|pass) … through [the] (magnific|clarity) [upscaler], run [the] [photorealistic] upscaler
    """,
    nominals="[an] upscale of, upscaling",
    light="upscaler, upscaling",
    not_before={"upscale": "results result of done"},
    sentence="upscale {cells} {run} {vendor}",
    read=upscale,
    example=lambda place: UpscaleCells(run=place.run, cells=(place.label,), vendor="magnific"),
    ways=("pipe the outputs of {run} through the Magnific upscaler",),
    of_run=True,
    built=False,
)
