"""What a path shows, rendered live from the same state as the pages on disk."""

import tempfile
import zipfile
from collections.abc import Callable
from typing import IO, NamedTuple

from bot.ledger import withdrawals
from bot.ledger.withdrawals import Withdrawal, touches
from bot.site_facts import Office, lab_facts, run_facts
from pipeline.errors import LabError
from pipeline.evidence.run_state import state_of
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, plain_name
from pipeline.lab.run import IMAGE_SUFFIXES, Run
from pipeline.reading import read_bounded
from pipeline.scrub import scrub
from pipeline.site.comparison import compare_page
from pipeline.site.lab_facts import LabFacts
from pipeline.site.lab_pages import index_of
from pipeline.site.run_page import run_page
from pipeline.site.site import compare_html, index_html, pairs_of, parents, prompts_html, run_html, takeover_html
from pipeline.site.states import StateCache
from pipeline.site.thumbnails import FOLDER, FindFace, known_thumbs

SUFFIXES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
    ".json": "application/json", ".jsonl": "application/json", ".csv": "text/csv", ".md": "text/plain",
}  # fmt: skip
"""What is given of a run's folder, by suffix; everything else is not there."""
MOST_FILE = 100_000_000
MOST_ZIP = 2_000_000_000
"""Bytes of originals in one file."""


class Found(NamedTuple):
    """A file to send."""

    content: bytes
    media_type: str
    name: str


class Rooms:
    """The lab's pages. Disk and CPU: call them on a thread."""

    def __init__(
        self, lab: Lab, office: Office, wall: Callable[[], float], find_face: FindFace | None, *, says: bool
    ) -> None:
        self.lab, self.says = lab, says
        self._office, self._wall, self._find_face = office, wall, find_face
        self._states = StateCache()

    def facts(self) -> LabFacts:
        return lab_facts(self._office, self._wall())

    def index(self) -> bytes:
        facts = self.facts()
        seen = self._states.of(self.lab, facts)
        return index_html(index_of(self.lab, seen, facts, pairs_of(seen)), served=True)

    def prompts(self) -> bytes:
        facts = self.facts()
        return prompts_html(self.lab, self._states.of(self.lab, facts), facts)

    def takeover(self) -> bytes:
        facts = self.facts()
        return takeover_html(self.lab, self._states.of(self.lab, facts), facts)

    def run(self, name: str, token: str) -> bytes:
        """Raises: LabError for a run that is not there, or cannot be read."""
        run, facts = self.lab.run(name), self.facts()
        state = state_of(run, in_flight=facts.is_at_work(name))
        page = run_page(run, state, run_facts(facts, run, state, parents(self.lab)), self._find_face)
        return run_html(page, served=True, token=token, says=self.says)

    def compare(self, one: str, other: str) -> bytes:
        """Raises: LabError."""
        facts, runs = self.facts(), (self.lab.run(one), self.lab.run(other))
        seen = [state_of(run, in_flight=facts.is_at_work(run.name), sized=False) for run in runs]
        page = compare_page(runs, (seen[0], seen[1]), facts.stamp, simulated=facts.simulated)
        return compare_html(page)

    def file(self, run: str, parts: tuple[str, ...]) -> Found:
        """One file of a run's folder, or of its thumbnails. Raises: LabError where there is none to give."""
        known = all(map(plain_name, parts)) and (len(parts) == 1 or (len(parts) == 2 and parts[0] == FOLDER))
        suffix = parts[-1][parts[-1].rfind(".") :].lower() if parts else ""
        if not known or suffix not in SUFFIXES:
            raise LabError("There is no such file.")
        found = self.lab.run(run)
        relative = f"runs/{run}/{'/'.join(parts)}"
        if len(parts) == 2 and self._shows_somebody_gone(found, relative):
            raise LabError("There is no such file.")
        try:
            content = read_bounded(inside(found.root, relative), MOST_FILE)
        except OSError:
            raise LabError("There is no such file.") from None
        text = SUFFIXES[suffix].startswith("text/") or suffix in {".json", ".jsonl"}
        return Found(_scrubbed(content) if text else content, SUFFIXES[suffix], parts[-1])

    def _shows_somebody_gone(self, run: Run, relative: str) -> bool:
        """Whether a small copy is of a photograph of somebody who took the consent back, and which is deleted soon."""
        held = [one.holdings for one in self._withdrawals() if one.state != "done"]
        if not held:
            return False
        folders = {f"inputs/{name}" for one in held for name in one.fixtures}
        thumbs = known_thumbs(run)
        name = relative.removeprefix(f"runs/{run.name}/")
        return any(name in thumb.files and path.rpartition("/")[0] in folders for path, thumb in thumbs.items())

    def _withdrawals(self) -> list[Withdrawal]:
        return self._office.read(withdrawals.every) or []

    def originals(self, name: str) -> IO[bytes]:
        """Every picture of a run's cells in one file, which is gone once it is closed. Raises: LabError."""
        run, size = self.lab.run(name), 0
        packed_in: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by who sends it
        with zipfile.ZipFile(packed_in, "w", zipfile.ZIP_STORED) as packed:
            for cell in run.cells:
                path = inside(run.root, cell.image)
                if path.suffix.lower() not in IMAGE_SUFFIXES or not path.is_file():
                    continue
                size += path.stat().st_size
                if size > MOST_ZIP:
                    packed_in.close()
                    raise LabError("The originals are too many for one file; they lie in the run's folder.")
                packed.write(path, f"{cell.label.replace('/', '_')}{path.suffix.lower()}")
        packed_in.seek(0)
        return packed_in

    def gone(self, run: str) -> str | None:
        """That a run's person took the consent back, in words; None: nobody did."""
        for one in self._withdrawals():
            if touches(one, run):
                done = "are deleted" if one.state == "done" else "are being deleted"
                who = one.holdings.identity.upper()
                return f"{who} took the consent back. Every picture and page of them {done}."
        return None


def _scrubbed(content: bytes) -> bytes:
    """Text as it goes out: a secret that somebody pasted into a file stays here."""
    return scrub(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
