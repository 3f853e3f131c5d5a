"""What a path shows, rendered live from the same state as the pages on disk."""

import io
import zipfile
from collections.abc import Callable
from typing import NamedTuple

from bot.site_facts import Office, lab_facts, run_facts
from pipeline.errors import LabError
from pipeline.evidence.run_state import state_of
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, plain_name
from pipeline.lab.run import IMAGE_SUFFIXES, Run
from pipeline.site.comparison import compare_page
from pipeline.site.lab_facts import LabFacts
from pipeline.site.lab_pages import StateCache, index_of
from pipeline.site.run_page import run_page
from pipeline.site.site import compare_html, index_html, pairs_of, parents, prompts_html, run_html, takeover_html
from pipeline.site.thumbnails import FOLDER, FindFace

SUFFIXES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
    ".json": "application/json", ".jsonl": "application/json", ".csv": "text/csv", ".md": "text/plain",
}  # fmt: skip
"""What is given of a run's folder, by suffix; everything else is not there."""
MOST_ZIP = 500_000_000
"""Bytes of originals in one file."""


class Found(NamedTuple):
    """A file to send."""

    content: bytes
    media_type: str
    name: str


class Rooms:
    """The lab's pages. Disk and CPU: call them on a thread."""

    def __init__(self, lab: Lab, office: Office, wall: Callable[[], float], find_face: FindFace | None) -> None:
        self.lab = lab
        self._office, self._wall, self._find_face = office, wall, find_face
        self._states = StateCache()

    def facts(self) -> LabFacts:
        return lab_facts(self._office, self._wall())

    def index(self) -> bytes:
        facts, seen = self.facts(), self._states.of(self.lab)
        return index_html(index_of(self.lab, seen, facts, pairs_of(seen)), served=True)

    def prompts(self) -> bytes:
        return prompts_html(self.lab, self._states.of(self.lab), self.facts())

    def takeover(self) -> bytes:
        return takeover_html(self.lab, self._states.of(self.lab), self.facts())

    def run(self, name: str, token: str) -> bytes:
        """Raises: LabError for a run that is not there, or cannot be read."""
        run, facts = self.lab.run(name), self.facts()
        state = state_of(run, in_flight=any(job.run == name for job in facts.running))
        page = run_page(run, state, run_facts(facts, run, state, parents(self.lab)), self._find_face)
        return run_html(page, served=True, token=token)

    def compare(self, one: str, other: str) -> bytes:
        """Raises: LabError."""
        facts, runs = self.facts(), (self.lab.run(one), self.lab.run(other))
        states = state_of(runs[0], sized=False), state_of(runs[1], sized=False)
        return compare_html(compare_page(runs, states, facts.stamp, simulated=facts.simulated))

    def file(self, run: str, parts: tuple[str, ...]) -> Found:
        """One file of a run's folder, or of its thumbnails. Raises: LabError where there is none to give."""
        known = all(map(plain_name, parts)) and (len(parts) == 1 or (len(parts) == 2 and parts[0] == FOLDER))
        suffix = parts[-1][parts[-1].rfind(".") :].lower() if parts else ""
        if not known or suffix not in SUFFIXES:
            raise LabError("There is no such file.")
        found = self.lab.run(run)
        path = inside(found.root, f"runs/{run}/{'/'.join(parts)}")
        try:
            return Found(path.read_bytes(), SUFFIXES[suffix], parts[-1])
        except OSError:
            raise LabError("There is no such file.") from None

    def originals(self, name: str) -> Found:
        """Every picture of a run's cells in one file. Raises: LabError."""
        run, buffer, size = self.lab.run(name), io.BytesIO(), 0
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
            for cell in run.cells:
                path = inside(run.root, cell.image)
                if path.suffix.lower() not in IMAGE_SUFFIXES or not path.is_file():
                    continue
                size += path.stat().st_size
                if size > MOST_ZIP:
                    raise LabError("The originals are too many for one file; they lie in the run's folder.")
                packed.write(path, f"{cell.label}{path.suffix.lower()}")
        return Found(buffer.getvalue(), "application/zip", f"{Run(run.root, name).name}-originals.zip")

    def gone(self, run: str) -> str | None:
        """That a run's person took the consent back, in words; None: nobody did."""
        parts = run.split("-")
        for one in self.facts().gone:
            ours = len(parts) > 2 and parts[1] == one.identity
            if run in one.runs or (ours and not one.done):
                done = "are deleted" if one.done else "are being deleted"
                return f"{one.identity.upper()} took the consent back on {one.on}. Every picture and page {done}."
        return None
