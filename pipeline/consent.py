"""Consent taken back: what holds a person's likeness, and its deletion in the lab's folder."""

import contextlib
import shutil
from collections.abc import Collection
from datetime import date
from pathlib import PurePosixPath

from pipeline.errors import LabError, RequestError
from pipeline.fixture.facts import FACTS, FixtureFacts, PhotoFacts, read_facts
from pipeline.folder import inside, write_whole
from pipeline.lab import Lab
from pipeline.models import Value, digest
from pipeline.plan import Plan
from pipeline.runs import IMAGE_SUFFIXES, Run


class Holdings(Value):
    """Everything of the lab's that shows a person, or was made from their photographs."""

    identity: str
    fixtures: tuple[str, ...]
    """`lora-jd-fixture`."""
    photos: tuple[str, ...]
    """Lab-relative."""
    runs: tuple[str, ...]
    images: int
    """Pictures in those runs, grids included."""
    versions: tuple[str, ...]
    """Trained versions at the vendor, `owner/model:64 hex digits`; their weights go with them."""
    waiting: int = 0
    """Photographs that came through Slack and wait for their facts."""
    others: int = 0
    """Further files in the fixtures' folders, and in folders of theirs."""

    @property
    def nothing(self) -> bool:
        return not (self.photos or self.runs or self.versions or self.waiting or self.others)

    def and_(self, later: "Holdings") -> "Holdings":
        """With what has come since."""
        return Holdings(
            identity=self.identity,
            fixtures=_both(self.fixtures, later.fixtures),
            photos=_both(self.photos, later.photos),
            runs=_both(self.runs, later.runs),
            images=max(self.images, later.images),
            versions=_both(self.versions, later.versions),
            waiting=max(self.waiting, later.waiting),
            others=max(self.others, later.others),
        )

    @property
    def hash(self) -> str:
        """What an approval is bound to: a listing that has changed wants another one."""
        return digest(self.model_dump(mode="json"))[:16]


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))


def holdings(lab: Lab, identity: str) -> Holdings:
    """What the lab holds of a person, by the fixtures and runs that name their code. Raises: LabError."""
    fixtures = tuple(name for name in lab.fixtures() if _is_of(lab, name, identity))
    runs = [Run(lab.root, name) for name in lab.runs()]
    own = [run for run in runs if run.identity == identity or _fixture_of(run) in fixtures]
    versions = {version for run in own for version in _versions(run)}
    photos = tuple(photo for name in fixtures for photo in lab.photos(name))
    return Holdings(
        identity=identity,
        fixtures=fixtures,
        photos=photos,
        runs=tuple(run.name for run in own),
        images=sum(_pictures(run) for run in own),
        versions=tuple(sorted(versions)),
        others=sum(_others(lab, name) for name in fixtures),
    )


def _is_of(lab: Lab, fixture: str, identity: str) -> bool:
    """Whether a fixture shows a person: its facts say so, else any part of its name does."""
    try:
        facts = read_facts(lab, fixture)
    except LabError:
        facts = None  # its name still tells
    if facts and facts.identity:
        return facts.identity == identity
    return identity in fixture.lower().split("-")


def _others(lab: Lab, fixture: str) -> int:
    found = inside(lab.root, f"inputs/{fixture}").rglob("*")
    known = {FACTS, *(photo.rpartition("/")[2] for photo in lab.photos(fixture))}
    return sum(child.name not in known and not child.is_dir() for child in found)


def _fixture_of(run: Run) -> str | None:
    try:
        recorded = run.manifest.fixture if run.manifest else None
    except LabError:
        return None
    return recorded.path.rpartition("/")[2] if recorded else None


def _versions(run: Run) -> list[str]:
    """As far as the run's files can be read; each for itself, for a broken one must not hide the other."""
    found: list[str | None] = []
    with contextlib.suppress(LabError):
        found.append(run.training.version if run.training else None)
    with contextlib.suppress(LabError):
        found.append(run.manifest.trained_version if run.manifest else None)
    return [version for version in found if version]


def _pictures(run: Run) -> int:
    return sum(child.suffix.lower() in IMAGE_SUFFIXES for child in run.path.iterdir())


def must_stand(lab: Lab, plan: Plan, today: date) -> None:
    """Nothing is made or judged with a likeness whose consent is over. Raises: RequestError, naming the photograph
    or the fixture.

    A fixture without `fixture.toml`, as older runs have, says nothing about it; only a training asks for more.
    """
    run = Run(lab.root, (plan.making.parent if plan.making else None) or plan.run)
    of_run = [
        name
        for name in lab.fixtures()
        if name == _fixture_of(run) or (run.identity and _is_of(lab, name, run.identity))
    ]
    likeness = [(name, "") for name in of_run]
    if plan.judge is not None:
        parts = PurePosixPath(plan.judge.reference).parts
        likeness += [(parts[1], parts[-1])] if parts[0] == "inputs" and len(parts) > 2 else []
    for fixture, photo in likeness:
        facts = read_facts(lab, fixture)
        over = facts.of(photo).ended(today) if facts else None
        if over:
            error = RequestError(f"inputs/{fixture}{'/' * bool(photo)}{photo} is not used: {over}. Nothing was spent.")
            error.hint = (
                "Judge against another reference." if photo else "No picture of this person is made or judged any more."
            )
            raise error


def mark_withdrawn(lab: Lab, held: Holdings, today: date) -> None:
    """Write the withdrawal into each `fixture.toml` first, so that no later plan uses what is still to be deleted.

    Doing it twice changes nothing. Raises: LabError.
    """
    for fixture in held.fixtures:
        try:
            facts = read_facts(lab, fixture)
        except LabError:
            facts = None  # a broken file forbids the training as well; now it says why
        facts = facts or FixtureFacts(identity=held.identity)
        if facts.all.withdrawn is not None:
            continue
        photos = {
            name: one.model_copy(update={"withdrawn": one.withdrawn or today}) for name, one in facts.photos.items()
        }
        everybody = PhotoFacts(**facts.all.model_dump(exclude={"withdrawn"}), withdrawn=today)
        marked = facts.model_copy(update={"all": everybody, "photos": photos})
        try:
            write_whole(inside(lab.root, f"inputs/{fixture}/{FACTS}"), marked.write())
        except OSError:
            raise LabError(f"{FACTS} of {fixture} cannot be written.") from None


def delete_here(lab: Lab, held: Holdings) -> None:
    """Delete photographs, captions and runs; `fixture.toml` stays and says that the consent was withdrawn.

    Doing it again deletes what is left. Raises: LabError when the disk refuses.
    """
    try:
        for fixture in held.fixtures:
            folder = inside(lab.root, f"inputs/{fixture}")
            for child in folder.iterdir() if folder.is_dir() else ():
                if child.is_dir() and not child.is_symlink():
                    shutil.rmtree(child)
                elif child.name != FACTS:
                    child.unlink(missing_ok=True)
        for run in held.runs:
            path = inside(lab.root, f"runs/{run}")
            if path.is_dir():
                shutil.rmtree(path)
        hidden = inside(lab.root, ".labs")
        others = {*lab.runs(), *lab.fixtures()} - {*held.runs, *held.fixtures}
        for staged in hidden.glob(f"incoming-*/{held.identity}_*.jpg"):
            staged.unlink(missing_ok=True)  # of a process that died before it wrote them down
        for child in hidden.iterdir() if hidden.is_dir() else ():
            if child.is_file() and made_of(child.name, (*held.runs, *held.fixtures), others):
                child.unlink(missing_ok=True)
    except OSError:
        raise LabError("The lab's folder does not let everything be deleted.") from None


def made_of(name: str, ours: Collection[str], others: Collection[str]) -> bool:
    """Whether a hidden picture is of one of our runs or fixtures, and of no other whose name begins alike."""
    fits = [one for one in (*ours, *others) if name.startswith(f"{one}-")]
    return bool(fits) and max(fits, key=len) in ours
