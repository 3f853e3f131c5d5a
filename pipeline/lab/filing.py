"""Pictures into a run's folder: whole or not at all, and what was there before is kept beside."""

import shutil
from pathlib import Path, PurePosixPath

from pipeline import pictures
from pipeline.errors import BadPicture, LabError
from pipeline.lab.paths import inside, make_folder, write_whole
from pipeline.models import Value

MOST_KEPT = 1000


class MadeImage(Value):
    """An image that the bot made before."""

    image: str
    """Lab-relative path."""
    sha256: str


def place(root: Path, relative: str, content: bytes) -> None:
    """Put a picture in its place; another one that lies there is kept beside it as `.1.png`.

    Doing it twice changes nothing more.

    Raises: LabError when the disk refuses (full, read-only).
    """
    path = inside(root, relative)
    try:
        make_folder(path.parent)
        for before in _others(path):
            if before != path or path.read_bytes() != content:
                _keep(before, path.stem)
        write_whole(path, content)
        for before in _others(path):
            if before != path:
                before.unlink()  # the same cell as another kind of file: kept beside by now
    except OSError as error:
        raise LabError(f"{path.name} cannot be written: {error.strerror}.") from error


def find(root: Path, made: MadeImage) -> MadeImage | None:
    """A picture that was made: where it was put, or beside it, where a later one has put it aside; None: it is gone."""
    path = PurePosixPath(made.image)
    beside = inside(root, str(path.parent)).glob(f"{path.stem}.*{path.suffix}")
    for name in (made.image, *(str(path.parent / one.name) for one in sorted(beside))):
        try:
            content = pictures.read(inside(root, name))
        except BadPicture:
            continue
        if pictures.sha256(content) == made.sha256:
            return made.model_copy(update={"image": name})
    return None


def _others(path: Path) -> list[Path]:
    """The files of this cell: by kind of picture."""
    kinds = (".png", ".jpg", ".jpeg", ".webp")
    return [one for kind in kinds if (one := path.with_name(path.stem + kind)).is_file()]


def _keep(path: Path, stem: str) -> None:
    """A copy under the next free number, unless one holds these bytes already."""
    content = path.read_bytes()
    for number in range(1, MOST_KEPT):
        kept = path.with_name(f"{stem}.{number}{path.suffix}")
        if not kept.exists():
            with_bytes = path.with_name(f".{kept.name}.new")
            shutil.copyfile(path, with_bytes)
            with_bytes.replace(kept)
            return
        if kept.read_bytes() == content:
            return
