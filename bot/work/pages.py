"""Pages follow the files that they show: whatever changed a run, its page and the lab's are written anew."""

import asyncio
from collections.abc import Mapping

from PIL import Image

from bot import logs
from bot.bench import Bench
from bot.site_facts import Office, lab_facts, run_facts
from pipeline.errors import LabError, LabsError
from pipeline.evidence.run_state import state_of
from pipeline.fixture.measures import Measurer
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.site.lab_facts import LabFacts
from pipeline.site.site import is_stale, keep_stamp, parents, runs_differ, stamp_of, write_lab, write_run
from pipeline.site.thumbnails import Box, FindFace

LAB, STALE = "lab", "stale"
"""Keys that are no run's: the lab's own pages, and whatever run's page is older than its files."""
NEXT_S = 0.05


def office(bench: Bench) -> Office:
    """The running bot's own."""
    return Office(bench.ledger.run_now, bench.settings, bench.makers.matrix)


async def advance_pages(bench: Bench, key: str) -> float | None:
    """Write a run's page, or the lab's; of stale ones one after the other, so that nobody else waits for a thread.

    Worth nobody's job: what cannot be written is tried again by the next sweep.
    """
    if key == STALE:
        return await _next_stale(bench)
    await asyncio.to_thread(_write, bench, key)
    if key != LAB:
        await bench.driver.kick("pages", LAB)
    return None


async def _next_stale(bench: Bench) -> float | None:
    found = await asyncio.to_thread(stale, bench)
    for name in found:
        if bench.driver.stopping:
            return None
        try:
            await asyncio.to_thread(_write, bench, name)
        except LabsError as error:
            logs.get().warning("page.not_written", run=name, error=type(error).__name__)
        await asyncio.sleep(NEXT_S)
    differ = await asyncio.to_thread(runs_differ, bench.lab)
    if found or differ:
        await bench.driver.kick("pages", LAB)
    return None


def _write(bench: Bench, key: str) -> None:
    facts = lab_facts(office(bench), bench.wall())
    if key == LAB:
        write_lab(bench.lab, facts, bench.states)
    elif key in bench.lab.runs():  # it may have been withdrawn since
        write_one(bench.lab, key, facts, face_of(bench.measurer))


def write_one(lab: Lab, name: str, facts: LabFacts, find_face: FindFace | None) -> None:
    """A run's page, and that of the run it was made from, which names it. Raises: LabError."""
    known = parents(lab)
    parent = known.get(name)
    for one in (name, parent) if parent in lab.runs() else (name,):
        _write_run(Run(lab.root, one or name), facts, known, find_face)


def _write_run(run: Run, facts: LabFacts, known: Mapping[str, str], find_face: FindFace | None) -> None:
    stamp = stamp_of(run)
    try:
        state = state_of(run, in_flight=facts.is_at_work(run.name))
        write_run(run, state, run_facts(facts, run, state, known), find_face)
    finally:
        keep_stamp(run, stamp)  # also of one that cannot be read: it is looked at again once it has changed


def face_of(measurer: Measurer) -> FindFace | None:
    """Finds the largest face, where this machine can."""
    if not measurer.looks_for_faces:
        return None

    def find(image: Image.Image) -> Box | None:
        faces = measurer.faces(image)
        if not faces:
            return None
        left, top, right, bottom = faces[0].box
        shares = left / image.width, top / image.height, right / image.width, bottom / image.height
        a, b, c, d = (round(min(1.0, max(0.0, share)), 4) for share in shares)
        return a, b, c, d

    return find


def stale(bench: Bench) -> tuple[str, ...]:
    """Runs whose page is older than their files."""
    found = []
    for name in bench.lab.runs():
        try:
            if is_stale(Run(bench.lab.root, name)):
                found.append(name)
        except LabError:
            continue
    return tuple(found)
