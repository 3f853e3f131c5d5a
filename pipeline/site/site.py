"""Writes pages where they open from disk: a run's beside its pictures, the lab's in `site/`."""

import csv
import io
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from pipeline.errors import LabError
from pipeline.evidence.run_state import RunState
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, make_folder, write_whole
from pipeline.lab.run import Run
from pipeline.models import Axis
from pipeline.site.cells import CellView, Mark
from pipeline.site.comparison import ComparePage, compare_page
from pipeline.site.lab_facts import LabFacts
from pipeline.site.lab_pages import Index, StateCache, States, index_of, prompts_of
from pipeline.site.pages import render
from pipeline.site.run_page import RunFacts, RunPage, run_page
from pipeline.site.takeover import takeover_of
from pipeline.site.thumbnails import FindFace
from pipeline.surfaces import clean

PAGE, TABLE = "index.html", "cells.csv"
RUN_SCRIPTS = ("page.js", "matrix.js", "drawer.js", "viewer.js")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_run(
    run: Run, state: RunState, facts: RunFacts, find_face: FindFace | None = None, read_at: float | None = None
) -> RunPage:
    """A run's page, its table and its thumbnails. CPU and disk. Raises: LabError.

    `read_at`: when its state was read, Unix seconds. The page gets that date: what changes while it is written makes it
    stale.
    """
    page = run_page(run, state, facts, find_face)
    run.write(TABLE, table(page.cells).encode("utf-8"))
    run.write(PAGE, run_html(page))
    if read_at is not None:
        os.utime(run.path / PAGE, (read_at - TICK_S,) * 2)
    return page


TICK_S = 0.05
"""File systems count no finer than this, more or less."""
SHOWN = (
    "judge_output.json", "run.json", "training_state.json", "judgements.jsonl", "labels.jsonl", "faces.json",
    "SUMMARY.md",
)  # fmt: skip
"""The files that a run's page is made from."""


def is_stale(run: Run) -> bool:
    """Whether a run's page is older than what it shows, or not there. Looks at dates alone. Raises: LabError."""
    written = _changed(run, PAGE)
    return written is None or any((changed := _changed(run, name)) is not None and changed > written for name in SHOWN)


def _changed(run: Run, name: str) -> int | None:
    try:
        return inside(run.root, f"runs/{run.name}/{name}").stat().st_mtime_ns
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LabError(f"{name} of run {run.name!r} cannot be looked at: {error.strerror}.") from error


def parents(lab: Lab) -> dict[str, str]:
    """The run that each run was made from, of those that have one."""
    return {name: parent for name in lab.runs() if (parent := Run(lab.root, name).parent)}


def run_html(page: RunPage, *, served: bool = False, token: str = "") -> bytes:
    """The page of a run.

    Args:
        page: What it shows.
        served: By a server, which also gives the originals in one file.
        token: With which the page may send words to the channel; empty: it may not.
    """
    matrix = page.matrix
    codes = tuple(matrix.columns[0].counts) if matrix.columns else ()
    data = {
        "cells": [cell.model_dump(mode="json") for cell in page.cells],
        "rows": [
            {"counts": row.margin.counts, "intervals": {code: row.margin.interval(code) for code in codes}}
            for row in matrix.rows
        ],
        "columns": [{"counts": column.counts} for column in matrix.columns],
        "counts": page.counts,
        "bar": page.bar,
        "reference": page.reference.model_dump(mode="json") if page.reference else None,
        "steps": [step.model_dump(mode="json") for step in page.steps],
        "token": token,
    }
    return render("run.html.j2", RUN_SCRIPTS, page=page, data=data, served=served)


def table(cells: Sequence[CellView]) -> str:
    """A line a cell, for spreadsheets; no word of it is a formula there."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    heads = [f"{axis.code}_{what}" for axis in Axis for what in ("pass", "score", "reason")]
    lines.writerow(["label", "prompt_id", "seed", "maker", "prompt", "image", "sha256", "unscored", *heads])
    for cell in cells:
        marks = {mark.code: mark for mark in cell.marks}
        scored = [part for axis in Axis for part in _scored(marks.get(axis.code))]
        seed = "" if cell.seed is None else str(cell.seed)
        image, sha256 = (cell.shot.href, cell.shot.sha256) if cell.shot else ("", "")
        row = [cell.label, cell.prompt_id, seed, cell.maker, cell.prompt, image, sha256, cell.cause, *scored]
        lines.writerow([_plain(one) for one in row])
    return out.getvalue()


def _scored(mark: Mark | None) -> tuple[str, str, str]:
    return (str(mark.passed).lower(), f"{mark.score:g}", mark.reason) if mark else ("", "", "")


def _plain(text: str) -> str:
    """As words: a spreadsheet would run what begins like a formula."""
    told = " ".join(clean(text).split())
    return f"'{told}" if told.startswith(_FORMULA) else told


def index_html(index: Index, *, served: bool = False) -> bytes:
    """The lab's index."""
    data = {"pairs": index.pairs, "served": served}
    return _lab("index", index.facts, index=index, data=data, scripts=("page.js", "lab.js"))


def prompts_html(lab: Lab, seen: States, facts: LabFacts) -> bytes:
    """Every prompt, and what to say."""
    return _lab("prompts", facts, page=prompts_of(lab, seen, facts), scripts=("page.js", "lab.js"))


def takeover_html(lab: Lab, seen: States, facts: LabFacts) -> bytes:
    """What a successor needs."""
    return _lab("takeover", facts, page=takeover_of(lab, seen, facts), scripts=())


def compare_html(page: ComparePage) -> bytes:
    """Two runs beside each other; lies in `site/compare/`."""
    data = {"pairs": [pair.model_dump(mode="json") for pair in page.pairs]}
    frame = {"here": "compare", "root": "../", "simulated": page.simulated, "stamp": page.stamp}
    return render("compare.html.j2", ("page.js", "compare.js"), page=page, data=data, **frame)


def _lab(name: str, facts: LabFacts, *, scripts: tuple[str, ...], **values: Any) -> bytes:
    frame = {"here": name, "root": "", "simulated": facts.simulated, "stamp": facts.stamp}
    return render(f"{name}.html.j2", scripts, **values, **frame)


class Written(NamedTuple):
    """What `write_lab` wrote."""

    runs: int
    pairs: int


def pairs_of(seen: States) -> tuple[tuple[str, str], ...]:
    """Runs that are compared without anybody asking: each with the one that it was made from."""
    names = {state.run for state in seen.states}
    return tuple((state.parent, state.run) for state in seen.states if state.parent in names and state.parent)


def write_lab(lab: Lab, facts: LabFacts, states: StateCache | None = None) -> Written:
    """The lab's own pages, in `site/`; what stands there of runs that are gone is deleted. CPU and disk.

    Raises: LabError when the disk refuses.
    """
    seen = (states or StateCache()).of(lab)
    pairs = pairs_of(seen)
    _write(lab, "index.html", index_html(index_of(lab, seen, facts, pairs)))
    _write(lab, "prompts.html", prompts_html(lab, seen, facts))
    _write(lab, "takeover.html", takeover_html(lab, seen, facts))
    by_name = {state.run: state for state in seen.states}
    for one, other in pairs:
        both = by_name[one], by_name[other]
        page = compare_page((lab.run(one), lab.run(other)), both, facts.stamp, simulated=facts.simulated)
        _write(lab, f"compare/{one}--{other}.html", compare_html(page))
    _drop(lab, {f"{one}--{other}.html" for one, other in pairs})
    return Written(len(seen.states), len(pairs))


def _write(lab: Lab, name: str, content: bytes) -> None:
    path = inside(lab.root, f"site/{name}")
    try:
        make_folder(path.parent)
        write_whole(path, content)
    except OSError as error:
        raise LabError(f"The page site/{name} cannot be written: {error.strerror}.") from error


def _drop(lab: Lab, current: set[str]) -> None:
    """Comparisons of runs that are no more."""
    folder = inside(lab.root, "site/compare")
    for path in folder.glob("*.html") if folder.is_dir() else ():
        if path.name not in current:
            path.unlink(missing_ok=True)
