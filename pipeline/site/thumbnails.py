"""Small copies of a run's pictures for its page: three sizes, in `thumbs/`, made anew only of what has changed."""

import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from PIL import Image
from pydantic import Field, ValidationError

from pipeline.errors import BadPicture, LabError
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.models import Value
from pipeline.pictures import MOST_PHOTO_BYTES, decode_photograph, read, sha256

FOLDER = "thumbs"
INDEX = "index.json"
WIDTHS = (160, 320)
"""Pixels across, for the matrix."""
LARGE = 1280
"""Pixels of the long side, for a look at one picture."""
QUALITY = 78

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


def thumbnails(run: Run, pictures: Iterable[str], find_face: FindFace | None = None) -> dict[str, Thumb]:
    """The small copies of pictures, by lab-relative path; none of one that cannot be read. CPU and disk.

    What `thumbs/` holds of other pictures is deleted, so that a withdrawn or replaced one leaves none behind.

    Raises: LabError when the disk refuses.
    """
    known = known_thumbs(run)
    _make_folder(run)
    with ThreadPoolExecutor(max_workers=4) as pool:
        made = pool.map(lambda path: (path, _thumb(run, path, known.get(path), find_face)), dict.fromkeys(pictures))
        found = {path: thumb for path, thumb in made if thumb is not None}
    if found != known:
        run.write(f"{FOLDER}/{INDEX}", (_Index(pictures=found).model_dump_json(indent=1) + "\n").encode())
    _drop(run, {name for thumb in found.values() for name in thumb.files})
    return found


def known_thumbs(run: Run) -> dict[str, Thumb]:
    """The small copies that there are, by lab-relative path of their originals."""
    try:
        return _Index.model_validate_json(read(inside(run.root, f"runs/{run.name}/{FOLDER}/{INDEX}"))).pictures
    except (BadPicture, LabError, ValidationError):
        return {}


def _thumb(run: Run, path: str, known: Thumb | None, find_face: FindFace | None) -> Thumb | None:
    try:
        stat = inside(run.root, path).stat()
        fresh = known is not None and (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns)
        if known is not None and fresh and (known.looked or find_face is None) and _there(run, known):
            return known
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


def _make_folder(run: Run) -> None:
    """In a run that is there: one that is withdrawn meanwhile must not come back. Raises: LabError."""
    try:
        inside(run.root, f"runs/{run.name}/{FOLDER}").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LabError(f"The thumbnails of run {run.name!r} cannot be written: {error.strerror}.") from error


def _there(run: Run, thumb: Thumb) -> bool:
    return all(inside(run.root, f"runs/{run.name}/{name}").is_file() for name in thumb.files)


def _write(run: Run, thumb: Thumb, image: Image.Image) -> None:
    scales = [(width, width / image.width) for width in WIDTHS]
    for width, scale in (*scales, (LARGE, LARGE / max(image.size))):
        small = image if scale >= 1 else _shrunk(image, scale)
        buffer = io.BytesIO()
        small.save(buffer, "WEBP", quality=QUALITY, method=2)
        run.write(thumb.file(width), buffer.getvalue())


def _shrunk(image: Image.Image, scale: float) -> Image.Image:
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _drop(run: Run, current: set[str]) -> None:
    """Raises: LabError."""
    folder = inside(run.root, f"runs/{run.name}/{FOLDER}")
    try:
        for path in folder.glob("*.webp") if folder.is_dir() else ():
            if f"{FOLDER}/{path.name}" not in current:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise LabError(f"An old thumbnail of run {run.name!r} cannot be removed: {error.strerror}.") from error
