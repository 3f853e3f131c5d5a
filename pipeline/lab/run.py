"""One run folder: what its files say together, and the only writer of them."""

import codecs
import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from pydantic_core import from_json

from pipeline.errors import LabError
from pipeline.lab import files
from pipeline.lab.face_report import FILE as FACES
from pipeline.lab.face_report import FaceReport, read_report
from pipeline.lab.files import FixtureRecord, JudgeOutput, Manifest, PromptRecord, TrainerRecord, TrainingState
from pipeline.lab.labels import FILE as LABELS
from pipeline.lab.labels import Label, read_labels
from pipeline.lab.log import read_log
from pipeline.lab.paths import inside, make_folder, write_whole
from pipeline.models import (
    LABEL,
    NO_PICTURE,
    Axis,
    AxisScore,
    Cause,
    Cell,
    JudgedCell,
    Judgement,
    Scores,
    Unscored,
    split_label,
)
from pipeline.reading import read_bounded

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
_LABELLED = {"judge_output.json": ("cells", "unscored"), "training_state.json": ("inference",), "run.json": ("cells",)}
"""Which lists of which files name cells."""
MOST_JSON = 100_000_000
"""Bytes of one file about a run: a thousand times what a large one has."""
PHOTO_SUFFIXES = (*IMAGE_SUFFIXES, ".jfif", ".jpe", ".heic", ".heif", ".avif")
"""What photographs are called, that are read."""
VERDICT = "judge_output.json"
_GRID = re.compile(r"grid(-\d+)?\.(png|jpg)")
_NAME = re.compile(r"^(?P<date>\d{8})-(?P<identity>[a-z0-9]+)-(?P<rest>.+)$")


class Run:
    """A run folder, read afresh for each use: what stands in its files now."""

    def __init__(self, root: Path, name: str, *, verdict: str = VERDICT) -> None:
        """`verdict`: the file with the judge's word; another one is of a judge before."""
        self.root, self.name, self._verdict = root, name, verdict
        self.path = inside(root, f"runs/{name}")

    @property
    def identity(self) -> str | None:
        """The identity's code in the run's name: `cb` in `20260529-cb-lora-v1`."""
        found = _NAME.match(self.name)
        return found["identity"] if found else None

    @property
    def date(self) -> str | None:
        found = _NAME.match(self.name)
        return f"{found['date'][:4]}-{found['date'][4:6]}-{found['date'][6:]}" if found else None

    def _bytes(self, name: str) -> bytes | None:
        path = inside(self.root, f"runs/{self.name}/{name}")
        try:
            # Some editors put a byte order mark before JSON.
            return read_bounded(path, MOST_JSON).removeprefix(codecs.BOM_UTF8)
        except FileNotFoundError:
            return None
        except LabError as error:
            raise LabError(f"The file {name} of run {self.name!r} cannot be read: {error}") from None

    @cached_property
    def output(self) -> JudgeOutput | None:
        content = self._bytes(self._verdict)
        return None if content is None else JudgeOutput.read(content, self._verdict)

    @cached_property
    def training(self) -> TrainingState | None:
        content = self._bytes("training_state.json")
        return None if content is None else TrainingState.read(content, "training_state.json")

    @cached_property
    def manifest(self) -> Manifest | None:
        content = self._bytes("run.json")
        return None if content is None else files.read_manifest(content)

    @property
    def parent(self) -> str | None:
        """The run that it was made from, without a look at the rest of its manifest; None where it cannot be read."""
        try:
            found = from_json(self._bytes("run.json") or b"{}").get("parent")
        except (LabError, ValueError, AttributeError):
            return None
        return found if isinstance(found, str) else None

    @cached_property
    def log(self) -> tuple[Judgement, ...]:
        """Every vote ever bought for this run."""
        return read_log(self._bytes("judgements.jsonl") or b"")

    @cached_property
    def opinions(self) -> tuple[Label, ...]:
        """Every word that people ever said of its cells."""
        return read_labels(self._bytes(LABELS) or b"")

    @cached_property
    def faces(self) -> FaceReport | None:
        """What faces say of its cells beside the judge."""
        content = self._bytes(FACES)
        return None if content is None else read_report(content)

    @property
    def summary(self) -> str | None:
        content = self._bytes("SUMMARY.md")
        return None if content is None else content.decode("utf-8", "surrogateescape")

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell that any file of the run names, in the order of the first that does."""
        prompts = {record.id: record.text for record in self.manifest.prompts} if self.manifest else {}
        found: dict[str, Cell] = {}
        for label, prompt_id, prompt, image in self._named():
            guessed, seed = split_label(label)
            one, known = prompt_id or guessed, found.get(label)
            found[label] = Cell(
                label=label,
                prompt_id=known.prompt_id if known else one,
                seed=seed,
                prompt=prompts.get(one) or (known.prompt if known else None) or prompt,
                image=known.image if known else self._image(label, image),
            )
        for made in self.manifest.cells if self.manifest else ():
            # Made anew, it may lie elsewhere than the older files say.
            found[made.label] = found[made.label].model_copy(update={"image": made.image, "maker": made.maker})
        by_prompt = {cell.prompt_id: cell.prompt for cell in found.values() if cell.prompt}
        return tuple(
            cell if cell.prompt else cell.model_copy(update={"prompt": by_prompt.get(cell.prompt_id)})
            for cell in self._in_place(found.values())
        )

    def _in_place(self, cells: Iterable[Cell]) -> list[Cell]:
        """Each cell where it was first: one that lost its score, or was made anew, stays between its neighbours."""
        entries = self.training.inference if self.training else ()
        named = [split_label(entry.label) for entry in entries]
        prompts = [record.id for record in self.manifest.prompts] if self.manifest else [one for one, _seed in named]
        seeds = [*self.manifest.seeds] if self.manifest else [seed for _one, seed in named]
        of_prompt = {one: at for at, one in enumerate(dict.fromkeys(prompts))}
        of_seed = {seed: at for at, seed in enumerate(dict.fromkeys(seeds))}
        last = len(of_prompt) + len(of_seed)
        return sorted(cells, key=lambda cell: (of_prompt.get(cell.prompt_id, last), of_seed.get(cell.seed, last)))

    @property
    def labels(self) -> tuple[str, ...]:
        """Of its cells, in no order: a look at hundreds of runs has no time to read each file's every field.

        Raises: LabError when a file is no JSON, or not of its shape.
        """
        found: dict[str, None] = {}
        for name, lists in _LABELLED.items():
            content = self._bytes(name)
            try:
                data = from_json(content) if content is not None else {}
                for one in (one for key in lists for one in data.get(key) or ()):
                    found[str(one["label"])] = None
            except (ValueError, TypeError, KeyError, AttributeError):
                raise LabError(f"The file {name} of run {self.name!r} cannot be read.") from None
        return tuple(found | dict.fromkeys(self._images_on_disk()))

    def _named(self) -> Iterator[tuple[str, str | None, str | None, str | None]]:
        """Every mention of a cell: its label, prompt id, prompt and picture, as far as they are said."""
        if self.output:
            for judged in (*self.output.cells, *(self.output.unscored or ())):
                yield judged.label, judged.prompt_id, judged.prompt, judged.image_path
        for entry in self.training.inference if self.training else ():
            yield entry.label, None, entry.prompt, entry.image_path
        for ordered in self.manifest.cells if self.manifest else ():
            yield ordered.label, ordered.prompt_id, None, ordered.image
        for stem, name in self._images_on_disk().items():
            yield stem, None, None, f"runs/{self.name}/{name}"

    def _images_on_disk(self) -> dict[str, str]:
        try:
            names = sorted(os.listdir(self.path))  # noqa: PTH208  # names alone: of 20,000 paths pathlib makes objects
        except OSError:
            return {}
        split = ((name, *os.path.splitext(name)) for name in names)  # noqa: PTH122  # as above
        return {stem: name for name, stem, suffix in split if suffix.lower() in IMAGE_SUFFIXES and LABEL.match(stem)}

    def _image(self, label: str, written: str | None) -> str:
        """The lab-relative path of an image, whatever machine's path the file holds."""
        if not written:
            return f"runs/{self.name}/{label}.png"
        parts = PurePosixPath(written.replace("\\", "/")).parts
        for at in range(len(parts) - 3, -1, -1):
            if parts[at] == "runs" and ".." not in parts[at:]:
                return str(PurePosixPath(*parts[at:]))
        return (
            f"runs/{self.name}/{parts[-1]}"
            if parts and parts[-1] not in {"..", "/"}
            else f"runs/{self.name}/{label}.png"
        )

    @property
    def prompt_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell.prompt_id for cell in self.cells))

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(cell.seed for cell in self.cells if cell.seed is not None))

    def judged_cells(self) -> tuple[JudgedCell, ...]:
        """Every cell with what `judge_output.json` says of it. Its own `pass` stays as it says."""
        scores = {entry.label: entry for entry in self.output.cells} if self.output else {}
        causes = {entry.label: entry for entry in self.output.unscored or ()} if self.output else {}
        ordered = {one.label: one for one in self.manifest.cells} if self.manifest else {}
        judged = []
        for cell in self.cells:
            outcome: Scores | Unscored = Unscored(cause=Cause.NOT_JUDGED)
            if entry := scores.get(cell.label):
                outcome = _scores(entry)
            elif cause := causes.get(cell.label):
                outcome = _unscored(cause)
            if (made := ordered.get(cell.label)) and isinstance(outcome, Unscored):
                outcome = _without_score(outcome, made)
            judged.append(JudgedCell(cell=cell, outcome=outcome))
        return tuple(judged)

    def derived_manifest(self) -> Manifest:
        """The run's manifest; for a run without one, what its files tell, marked `derived`."""
        if self.manifest:
            return self.manifest
        prompts = {cell.prompt_id: cell.prompt for cell in self.cells}
        reference = self.output.reference if self.output else None
        fixture = str(PurePosixPath(reference).parent) if reference and reference.startswith("inputs/") else None
        return Manifest(
            run=self.name,
            derived=True,
            fixture=FixtureRecord(path=fixture) if fixture else None,
            trainer=TrainerRecord() if self.training else None,
            trained_version=self.training.version if self.training else None,
            prompts=tuple(PromptRecord(id=prompt_id, text=text) for prompt_id, text in prompts.items()),
            seeds=self.seeds,
            reference=reference,
        )

    def make_folder(self) -> None:
        """Raises: LabError when the disk refuses."""
        try:
            make_folder(self.path)
        except OSError as error:
            raise LabError(f"The folder of run {self.name!r} cannot be made: {error.strerror}.") from error

    def drop_grids(self, current: set[str]) -> None:
        """Remove contact sheets that the run had before it grew. Raises: LabError."""
        try:
            for path in self.path.glob("grid*"):
                if _GRID.fullmatch(path.name) and path.name not in current:
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise LabError(f"An old grid of run {self.name!r} cannot be removed: {error.strerror}.") from error

    def write(self, name: str, content: bytes) -> bool:
        """Replace one file of the run, whole or not at all; False when it held these bytes already.

        Raises: LabError when the disk refuses (full, read-only).
        """
        try:
            return write_whole(inside(self.root, f"runs/{self.name}/{name}"), content)
        except OSError as error:
            raise LabError(f"{name} of run {self.name!r} cannot be written: {error.strerror}.") from error


def _scores(entry: files.CellEntry) -> Scores:
    axes = {}
    for axis in Axis:
        one: files.ScoreEntry = getattr(entry, axis.value)
        votes = tuple(one.votes) if one.votes else None
        axes[axis.value] = AxisScore(
            passed=one.passed, score=min(1.0, max(0.0, float(one.score))), reason=one.reason, votes=votes
        )
    return Scores.model_validate(axes)


def _without_score(outcome: Unscored, ordered: files.MadeCell) -> Unscored:
    """What run.json knows of a cell's image is newer than what the judge's file said of its lack."""
    if ordered.state == "failed":
        return _unscored(files.UnscoredEntry(label=ordered.label, cause=ordered.cause or "", detail=ordered.detail))
    return Unscored(cause=Cause.NOT_JUDGED) if outcome.cause in NO_PICTURE else outcome


def _unscored(entry: files.UnscoredEntry) -> Unscored:
    try:
        return Unscored(cause=Cause(entry.cause), detail=entry.detail)
    except ValueError:
        return Unscored(cause=Cause.INVALID, detail=entry.cause)
