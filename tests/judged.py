"""Runs that are judged already, made in a moment: flat pictures, and a judge's file as the lab writes it."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from pipeline.advice.next_steps import Prices
from pipeline.evidence.run_state import RunState, state_of
from pipeline.evidence.verdict import decide
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.models import Axis
from pipeline.record.job import steps_of
from pipeline.record.judge_output import output_summary
from pipeline.site.lab_facts import LabFacts
from pipeline.site.run_page import RunFacts, RunPage
from pipeline.site.site import keep_stamp, parents, stamp_of, write_lab, write_run

AT = "2026-11-20T10:00:00+00:00"
Score = Callable[[str, int, Axis], float]
"""Of a prompt, a seed and an axis."""


def picture(shade: int, size: tuple[int, int] = (240, 320)) -> bytes:
    """A flat picture with a diagonal, so that a crop or a shift of it is seen."""
    image = Image.new("RGB", size, (shade % 200 + 30, 90, 160 - shade % 100))
    ImageDraw.Draw(image).line((0, 0, *size), fill="white", width=5)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def passing(_prompt: str, _seed: int, _axis: Axis) -> float:
    return 0.9


def judged_run(
    root: Path,
    name: str,
    prompts: Mapping[str, str],
    seeds: tuple[int, ...],
    score: Score = passing,
    *,
    prefix: str = "CB-LORA",
    reason: str = "Seen from here it holds.",
    **manifest: Any,
) -> Run:
    """A run whose every cell has four scores; below 0.7 an axis fails."""
    folder = root / "runs" / name
    folder.mkdir(parents=True)
    reference = root / "inputs/lora-cb-fixture/cb_4.jpg"
    if not reference.is_file():
        reference.parent.mkdir(parents=True, exist_ok=True)
        Image.open(io.BytesIO(picture(7, (300, 400)))).save(reference, "JPEG")
    cells = []
    for at, (prompt_id, text) in enumerate(prompts.items()):
        for number, seed in enumerate(seeds):
            label = f"{prefix}-{prompt_id}-S{seed}"
            (folder / f"{label}.png").write_bytes(picture(31 * at + 7 * number))
            entry: dict[str, Any] = {"label": label, "prompt_id": prompt_id, "prompt": text}
            entry["image_path"] = f"runs/{name}/{label}.png"
            for axis in Axis:
                found = score(prompt_id, seed, axis)
                entry[axis.value] = {"pass": found >= 0.7, "score": found, "reason": f"{axis.title}: {reason}"}
            cells.append(entry)
    told = {
        "schema": 1,
        "run": name,
        "title": "CB LoRA v1",
        "asked_by": "U0DANA",
        "trained_version": f"lab/cb:{'5a' * 32}",
        "prompts": [{"id": one, "text": text} for one, text in prompts.items()],
        "seeds": list(seeds),
        "reference": "inputs/lora-cb-fixture/cb_4.jpg",
        **manifest,
    }
    (folder / "run.json").write_text(json.dumps(told), "utf-8")
    output = {"judge_version": "v1", "model": "claude-sonnet-4-6", "judged_at": AT, "reference": told["reference"]}
    (folder / "judge_output.json").write_text(json.dumps(output | {"cells": cells}), "utf-8")
    made = Run(root, name).judged_cells()
    summary = output_summary(decide(made), made).model_dump(mode="json", exclude_unset=True)
    (folder / "judge_output.json").write_text(json.dumps(output | {"cells": cells, "summary": summary}), "utf-8")
    return Run(root, name)


def facts(**given: Any) -> LabFacts:
    """What a ledger would say of a lab, where a test says nothing else."""
    usual = {"stamp": "As of 2026-11-20 10:00 UTC", "today": "2026-11-20", "judge": "claude-sonnet-4-6"}
    return LabFacts.model_validate(usual | {"prices": Prices(), "consent_bases": ("self",)} | given)


def page_of(root: Path, name: str, spent_micros: int = 0, **given: Any) -> tuple[RunState, RunPage]:
    """A run's state, and the page that it gets."""
    lab, run = Lab(root), Run(root, name)
    stamp = stamp_of(run)
    state, prices = state_of(run), Prices()
    children = tuple(one for one, parent in parents(lab).items() if parent == name)
    told = {"spent_micros": spent_micros, "prices": prices, "steps": steps_of(run, state, prices, None)}
    page = write_run(run, state, RunFacts.model_validate(told | {"children": children} | given))
    keep_stamp(run, stamp)
    return state, page


def write_pages(root: Path, **given: Any) -> None:
    """Every page of a lab."""
    lab = Lab(root)
    for name in lab.runs():
        page_of(root, name)
    write_lab(lab, facts(**given))
