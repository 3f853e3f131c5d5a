"""Writes pages where they open from disk: a run's beside its pictures, the lab's in `site/`."""

import csv
import io
import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from pipeline.errors import LabError
from pipeline.evidence.run_state import RunState
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, make_folder, write_whole
from pipeline.lab.run import IMAGE_SUFFIXES, Run
from pipeline.models import Axis
from pipeline.reading import read_bounded
from pipeline.site.cells import CellView, Mark
from pipeline.site.comparison import ComparePage, compare_page
from pipeline.site.lab_facts import LabFacts
from pipeline.site.lab_pages import Index, index_of, prompts_of
from pipeline.site.pages import render
from pipeline.site.run_page import RunFacts, RunPage, run_page
from pipeline.site.states import StateCache, States
from pipeline.site.takeover import takeover_of
from pipeline.site.thumbnails import STAMP, FindFace, make_thumbs
from pipeline.surfaces import clean

PAGE, TABLE = "index.html", "cells.csv"
RUNS = "runs.json"
"""In `site/`: the runs that its pages are of."""
MOST_STAMP = 10_000_000
RUN_SCRIPTS = ("page.js", "matrix.js", "drawer.js", "viewer.js")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_run(run: Run, state: RunState, facts: RunFacts, find_face: FindFace | None = None) -> RunPage:
    """A run's page, its table and its thumbnails. CPU and disk. Raises: LabError."""
    page = run_page(run, state, facts, find_face, whole=True)
    run.write(TABLE, table(page.cells).encode("utf-8"))
    run.write(PAGE, run_html(page))
    return page


SHOWN = (
    "judge_output.json", "run.json", "training_state.json", "judgements.jsonl", "labels.jsonl", "faces.json",
    "SUMMARY.md",
)  # fmt: skip
"""The files that a run's page is made from."""


def stamp_of(run: Run) -> bytes:
    """What changes when anything that its page shows does. Looks at dates and sizes alone. Raises: LabError."""
    try:
        with os.scandir(run.path) as entries:
            files = [one for one in entries if one.name in SHOWN or one.name.lower().endswith(IMAGE_SUFFIXES)]
            found = sorted((one.name, status.st_mtime_ns, status.st_size) for one in files for status in [one.stat()])
    except OSError as error:
        raise LabError(f"The folder of run {run.name!r} cannot be looked at: {error.strerror}.") from error
    return (json.dumps(found) + "\n").encode()


def is_stale(run: Run) -> bool:
    """Whether a run's page is of other files than are there, or is not there itself. Raises: LabError."""
    try:
        return read_bounded(inside(run.root, f"runs/{run.name}/{STAMP}"), MOST_STAMP) != stamp_of(run)
    except (OSError, LabError):
        return True


def keep_stamp(run: Run, stamp: bytes) -> None:
    """Its page is of what the stamp says, taken before it was read; what changed meanwhile makes it stale.

    Raises: LabError.
    """
    make_thumbs(run)
    run.write(STAMP, stamp)


def parents(lab: Lab) -> dict[str, str]:
    """The run that each run was made from, of those that have one."""
    return {name: parent for name in lab.runs() if (parent := Run(lab.root, name).parent)}


def run_html(page: RunPage, *, served: bool = False, token: str = "", says: bool = False) -> bytes:
    """The page of a run.

    Args:
        page: What it shows.
        served: By a server, which also gives the originals in one file.
        token: With which the page may change something; empty: it may not.
        says: It may say sentences in the channel.
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
        "says": says,
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
    seen = (states or StateCache()).of(lab, facts)
    pairs = pairs_of(seen)
    _write(lab, "index.html", index_html(index_of(lab, seen, facts, pairs)))
    _write(lab, "prompts.html", prompts_html(lab, seen, facts))
    _write(lab, "takeover.html", takeover_html(lab, seen, facts))
    by_name = {state.run: state for state in seen.states}
    for one, other in pairs:
        name, both = f"compare/{one}--{other}.html", (by_name[one], by_name[other])
        if states is not None and states.is_compared(both) and inside(lab.root, f"site/{name}").is_file():
            continue
        page = compare_page((lab.run(one), lab.run(other)), both, facts.stamp, simulated=facts.simulated)
        _write(lab, name, compare_html(page))
        if states is not None:
            states.compared[one, other] = both
    _drop(lab, {f"{one}--{other}.html" for one, other in pairs})
    _write(lab, RUNS, _names(lab))
    return Written(len(seen.states), len(pairs))


def runs_differ(lab: Lab) -> bool:
    """Whether the lab's pages are of other runs than there are."""
    try:
        return read_bounded(inside(lab.root, f"site/{RUNS}"), MOST_STAMP) != _names(lab)
    except (OSError, LabError):
        return True


def _names(lab: Lab) -> bytes:
    return (json.dumps(lab.runs()) + "\n").encode()


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
