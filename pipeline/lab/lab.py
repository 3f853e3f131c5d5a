"""The lab's folder: `runs/`, `inputs/`, and nothing outside them."""

import tomllib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from rapidfuzz import fuzz, process, utils

from pipeline.errors import LabError, UnknownReference, UnknownRun
from pipeline.lab.catalogue import Catalogue
from pipeline.lab.paths import in_order, inside, plain_name
from pipeline.lab.run import PHOTO_SUFFIXES, Run
from pipeline.reading import read_bounded, words_of

MOST_TOML = 1_000_000


class Lab:
    """A lab folder. Every path that it gives lies inside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known_labels: dict[str, tuple[object, tuple[str, ...]]] = {}
        self._catalogue = Catalogue()

    def runs(self) -> tuple[str, ...]:
        """Run names, oldest first (they begin with their date)."""
        return self._folders("runs")

    def fixtures(self) -> tuple[str, ...]:
        return self._folders("inputs")

    def _folders(self, name: str) -> tuple[str, ...]:
        path = inside(self.root, name)
        if not path.is_dir():
            return ()
        return tuple(sorted(child.name for child in path.iterdir() if self._own(name, child)))

    def _own(self, name: str, child: Path) -> bool:
        """Whether it is a folder of the lab, and no link that leads out of it."""
        if not plain_name(child.name) or not child.is_dir():
            return False
        try:
            inside(self.root, f"{name}/{child.name}")
        except LabError:
            return False
        return True

    def left_out(self, name: str) -> tuple[str, ...]:
        """Entries of `runs` or `inputs` that are not looked at: links that lead out, pipes, what has no plain name."""
        path = inside(self.root, name)
        if not path.is_dir():
            return ()
        odd = [child.name for child in path.iterdir() if not child.name.startswith(".") and not child.is_file()]
        return tuple(sorted(one for one in odd if not self._own(name, path / one)))

    def catalogue(self) -> Catalogue:
        """Every name of the lab as it is now; only runs whose files changed are read again."""
        runs, fixtures = self.runs(), self.fixtures()
        photos = [PurePosixPath(photo).name for fixture in fixtures for photo in self.photos(fixture)]
        made = Catalogue(
            runs=runs,
            fixtures=fixtures,
            labels={run: self.labels(run) for run in runs},
            photos=tuple(dict.fromkeys(photos)),
            people=tuple(code for fixture in fixtures if (code := self._person(fixture))),
        )
        if made != self._catalogue:
            self._catalogue = made
        return self._catalogue  # the same value again keeps its look-ups

    def _person(self, fixture: str) -> str | None:
        """The code that a fixture's own file gives the person; None where it cannot be read."""
        try:
            content = read_bounded(inside(self.root, f"inputs/{fixture}/fixture.toml"), MOST_TOML)
            read = tomllib.loads(words_of(content))
        except (OSError, ValueError, LabError):
            return None
        code = read.get("identity")
        return code if isinstance(code, str) else None

    def labels(self, name: str) -> tuple[str, ...]:
        """The labels of a run's cells; none of a run that cannot be read. Only a run that changed is read again."""
        stamp = self.stamp(name)
        known = self._known_labels.get(name)
        if known is None or known[0] != stamp:
            try:
                labels = Run(self.root, name).labels
            except LabError:
                labels = ()
            known = self._known_labels[name] = (stamp, labels)
        return known[1]

    def stamp(self, name: str) -> tuple[tuple[str, int, int], ...]:
        """What changes when one of a run's files does; raises: LabError."""
        return _stamp(inside(self.root, f"runs/{name}"))

    def run(self, name: str) -> Run:
        """Raises: UnknownRun, with the nearest names."""
        if not plain_name(name) or not inside(self.root, f"runs/{name}").is_dir():
            raise UnknownRun(name, nearest(name, self.runs()))
        return Run(self.root, name)

    def photos(self, fixture: str) -> tuple[str, ...]:
        """Lab-relative paths of a fixture's photos."""
        path = inside(self.root, f"inputs/{fixture}")
        if not path.is_dir():
            return ()
        found = [
            child.name for child in path.iterdir() if child.suffix.lower() in PHOTO_SUFFIXES and plain_name(child.name)
        ]
        names = sorted(found, key=in_order)
        return tuple(f"inputs/{fixture}/{name}" for name in names)

    def reference(self, run: Run, asked: str | None) -> str:
        """The photo that a run's cells are compared with, as a lab-relative path.

        The request's; else `run.json`'s; else `judge_output.json`'s when that is a photo of the run's identity.

        Raises: UnknownReference, with the photos that would do.
        """
        own = self.own_photos(run)
        if asked is not None:
            found = [path for path in own if PurePosixPath(path).name.lower() == asked.lower()]
            found = found or [
                path
                for fixture in self.fixtures()
                for path in self.photos(fixture)
                if PurePosixPath(path).name.lower() == asked.lower()
            ]
            if len(found) == 1:
                return found[0]
            raise UnknownReference(asked, run.name, nearest(asked, [PurePosixPath(path).name for path in own]))
        if run.manifest and run.manifest.reference and self._is_photo(run.manifest.reference):
            return run.manifest.reference
        recorded = run.output.reference if run.output else None
        if recorded and recorded in own:
            return recorded
        raise UnknownReference(None, run.name, [PurePosixPath(path).name for path in own][:5])

    def own_photos(self, run: Run) -> tuple[str, ...]:
        """Photos of the run's person: of its manifest's fixture, else of `lora-<identity>-…`."""
        if run.manifest and run.manifest.fixture:
            return self.photos(PurePosixPath(run.manifest.fixture.path).name)
        fixtures = [name for name in self.fixtures() if run.identity and run.identity in name.split("-")]
        return tuple(path for name in fixtures for path in self.photos(name))

    def _is_photo(self, relative: str) -> bool:
        try:
            return inside(self.root, relative).is_file()
        except LabError:
            return False


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when one of a run's files does."""
    found = []
    for name in ("", "judge_output.json", "training_state.json", "run.json", "SUMMARY.md", "labels.jsonl"):
        try:
            status = (folder / name).stat()
        except OSError:
            continue
        found.append((name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def nearest(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """The names most like `name`, best first; none that is nothing like it."""
    found = process.extract(
        name, list(names), scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=60
    )
    return [match for match, _score, _index in found]
