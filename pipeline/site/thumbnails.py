"""Small copies of a run's pictures for its page: three sizes, in `thumbs/`, made anew only of what has changed."""

import contextlib
import io
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from PIL import Image
from pydantic import Field, ValidationError

from pipeline.errors import BadPicture, LabError, UnknownReference
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, locked
from pipeline.lab.run import Run
from pipeline.models import Value
from pipeline.pictures import MOST_PHOTO_BYTES, decode_photograph, read, sha256

FOLDER = "thumbs"
INDEX = "index.json"
STAMP = f"{FOLDER}/written.json"
"""Of what files the run's page was made."""
WIDTHS = (160, 320)
"""Pixels across, for the matrix."""
LARGE = 1280
"""Pixels of the long side, for a look at one picture."""
QUALITY = 78
FEW, THREADS = 9, 4
"""Pictures that are not worth threads of their own, and the threads that others are."""

_ONE = threading.Lock()

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; shares of the picture, 0…1."""
FindFace = Callable[[Image.Image], Box | None]
"""The largest face of an upright RGB picture."""


class Thumb(Value):
    """One picture's small copies."""

    size: int
    """Bytes of the original, which with its time of change tells whether it is still the same."""
    mtime_ns: int
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    width: int
    height: int
    """Pixels of the original, upright."""
    face: Box | None = None
    looked: bool = False
    """Whether anybody looked for a face."""

    def file(self, width: int) -> str:
        """The small copy's path in the run's folder."""
        return f"{FOLDER}/{self.sha256[:20]}-{width}.webp"

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(self.file(width) for width in (*WIDTHS, LARGE))


class _Index(Value):
    """`thumbs/index.json`."""

    pictures: dict[str, Thumb] = Field(default_factory=dict)


def thumbnails(
    run: Run, pictures: Iterable[str], find_face: FindFace | None = None, *, whole: bool = False
) -> dict[str, Thumb]:
    """The small copies of pictures, by lab-relative path; none of one that cannot be read. CPU and disk.

    Args:
        run: In whose folder they lie.
        pictures: Lab-relative.
        find_face: Looks for faces; None: nobody does.
        whole: These are all: what `thumbs/` holds of other pictures is deleted. Who only looks at some adds to them.

    Raises: LabError when the disk refuses.
    """
    with _alone(run):
        known = known_thumbs(run)
        wanted = list(dict.fromkeys(pictures))
        fresh = {path: thumb for path in wanted if (thumb := _fresh(run, path, known.get(path), find_face))}
        found = fresh | _made(run, [path for path in wanted if path not in fresh], find_face)
        kept = found if whole else known | found
        if kept != known:
            _keep(run, kept)
        if whole:
            _drop(run, {name for thumb in found.values() for name in thumb.files})
    return found


def pictures_of(run: Run) -> list[str]:
    """Every picture that pages of a run show, lab-relative: its cells, what lies beside them, its references."""
    made = run.manifest.upscales if run.manifest else ()
    found = [cell.image for cell in run.cells] + [one.image for one in made if one.state == "made"]
    return [*found, *references_of(run)]


def references_of(run: Run) -> list[str]:
    """The photograph that its judge compared with, and the one that the next would."""
    found = [run.output.reference] if run.output and run.output.reference else []
    with contextlib.suppress(UnknownReference):
        found.append(Lab(run.root).reference(run, None))
    return list(dict.fromkeys(found))


def forget(run: Run, folders: Collection[str]) -> bool:
    """Delete small copies of pictures that lie in folders (`inputs/lora-jd-fixture`); whether there were any.

    Raises: LabError when the disk refuses.
    """
    known = known_thumbs(run)
    gone = {path for path in known if path.rpartition("/")[0] in folders}
    if not gone:
        return False
    with _alone(run):
        inside(run.root, f"runs/{run.name}/{STAMP}").unlink(missing_ok=True)  # its page shows them still
        kept = {path: thumb for path, thumb in known_thumbs(run).items() if path not in gone}
        _keep(run, kept)
        _drop(run, {name for thumb in kept.values() for name in thumb.files})
    return True


@contextmanager
def _alone(run: Run) -> Iterator[None]:
    """One writer of a lab's small copies at a time, whatever process it is in. Raises: LabError."""
    make_thumbs(run)
    with _ONE, locked(run.root, "thumbs"):
        yield


def _keep(run: Run, thumbs: dict[str, Thumb]) -> None:
    run.write(f"{FOLDER}/{INDEX}", (_Index(pictures=thumbs).model_dump_json(indent=1) + "\n").encode())


def known_thumbs(run: Run) -> dict[str, Thumb]:
    """The small copies that there are, by lab-relative path of their originals."""
    try:
        return _Index.model_validate_json(read(inside(run.root, f"runs/{run.name}/{FOLDER}/{INDEX}"))).pictures
    except (BadPicture, LabError, ValidationError):
        return {}


def _fresh(run: Run, path: str, known: Thumb | None, find_face: FindFace | None) -> Thumb | None:
    """What is known of a picture, where it is the same and nothing is missing."""
    if known is None or (find_face is not None and not known.looked):
        return None
    try:
        stat = inside(run.root, path).stat()
    except (OSError, LabError):
        return None
    same = (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns)
    return known if same and _there(run, known) else None


def _made(run: Run, pictures: list[str], find_face: FindFace | None) -> dict[str, Thumb]:
    """Of a few one after the other; of many on as many threads as help: Pillow works outside the interpreter's lock."""
    if len(pictures) <= FEW:
        made = [(path, _thumb(run, path, find_face)) for path in pictures]
    else:
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            made = list(pool.map(lambda path: (path, _thumb(run, path, find_face)), pictures))
    return {path: thumb for path, thumb in made if thumb is not None}


def _thumb(run: Run, path: str, find_face: FindFace | None) -> Thumb | None:
    try:
        stat = inside(run.root, path).stat()
        content = read(inside(run.root, path), MOST_PHOTO_BYTES)
        image = decode_photograph(content, path).image
    except (OSError, BadPicture, LabError):
        return None
    thumb = Thumb(
        size=stat.st_size,
        mtime_ns=stat.st_mtime_ns,
        sha256=sha256(content),
        width=image.width,
        height=image.height,
        face=find_face(image) if find_face else None,
        looked=find_face is not None,
    )
    _write(run, thumb, image)
    return thumb


def make_thumbs(run: Run) -> None:
    """In a run that is there: one that is withdrawn meanwhile must not come back. Raises: LabError."""
    try:
        inside(run.root, f"runs/{run.name}/{FOLDER}").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LabError(f"The thumbnails of run {run.name!r} cannot be written: {error.strerror}.") from error


def _there(run: Run, thumb: Thumb) -> bool:
    return all(inside(run.root, f"runs/{run.name}/{name}").is_file() for name in thumb.files)


def _write(run: Run, thumb: Thumb, image: Image.Image) -> None:
    """A copy of each width; what is smaller than two of them is encoded once."""
    encoded: dict[tuple[int, int], bytes] = {}
    scales = [(width, width / image.width) for width in WIDTHS]
    for width, scale in (*scales, (LARGE, LARGE / max(image.size))):
        size = image.size if scale >= 1 else (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        if size not in encoded:
            encoded[size] = _encoded(image, size)
        run.write(thumb.file(width), encoded[size])


def _encoded(image: Image.Image, size: tuple[int, int]) -> bytes:
    small = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()


def _drop(run: Run, current: set[str]) -> None:
    """Raises: LabError."""
    folder = inside(run.root, f"runs/{run.name}/{FOLDER}")
    try:
        for path in folder.glob("*.webp") if folder.is_dir() else ():
            if f"{FOLDER}/{path.name}" not in current:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise LabError(f"An old thumbnail of run {run.name!r} cannot be removed: {error.strerror}.") from error
