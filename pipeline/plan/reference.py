"""One photograph of a person made ready for those who make pictures from it: upright, in sRGB, one face, head and
shoulders.
"""

import io
from typing import NamedTuple

from PIL import Image, ImageStat

from pipeline import pictures
from pipeline.errors import LabError, RequestError
from pipeline.fixture.faces import Face
from pipeline.fixture.measures import Measurer
from pipeline.lab.files import SentPhoto
from pipeline.lab.paths import inside, make_folder, write_whole
from pipeline.lab.run import Run
from pipeline.makers.maker import Framing
from pipeline.makers.sizes import ratio
from pipeline.models import Value

FOLDER = "references"
"""In a run's folder: what was sent to vendors."""
LONGEST_SIDE = 1500
"""Pixels; more, and two of the card's vendors crop or fail."""
SMALL_FACE = 300
"""Pixels: a lower face than this costs likeness (public experiments, 2026)."""
_ABOVE, _BELOW, _BESIDE = 0.9, 1.8, 1.7
"""Head and shoulders: in heights of the face, from its box."""
_AROUND = 0.45
"""The face alone, and its hair."""


class Prepared(Value):
    """A photograph as it is sent; made anew from the same file it has the same bytes."""

    sha256: str
    source: str
    """Lab-relative path of the photograph."""
    framing: Framing
    aspect: str | None = None
    """The shape that it is padded to."""

    @property
    def name(self) -> str:
        """Of its file in the run's folder."""
        return f"{FOLDER}/{self.sha256[:16]}.jpg"


class Ready(NamedTuple):
    """A photograph, looked at."""

    image: Image.Image
    face: Face | None
    """None: nobody looked."""


def look(run: Run, photo: str, measurer: Measurer) -> Ready:
    """Open a photograph that is to be a reference.

    Args:
        run: Of the lab.
        photo: Lab-relative path.
        measurer: Looks for faces, where it can.

    Raises: RequestError when it shows no face, or several; BadPicture.
    """
    path = inside(run.root, photo)
    image = pictures.decode_photograph(pictures.read(path, pictures.MOST_PHOTO_BYTES), path.name).image
    faces = measurer.faces(image)
    if faces is None:
        return Ready(image, None)
    if len(faces) == 1:
        return Ready(image, faces[0])
    seen = "shows no face" if not faces else f"shows {len(faces)} faces"
    error = RequestError(f"{path.name} {seen}, so no vendor could tell whose likeness is wanted. Nothing was spent.")
    error.hint = "Name a photograph with the person alone, face to the camera."
    raise error


def prepare(ready: Ready, framing: Framing, aspect: str | None = None) -> bytes:
    """The photograph as JPEG. CPU: a tenth of a second."""
    image = ready.image
    if ready.face is not None:
        image = image.crop(_box(ready.face, image.size, face_only=framing is Framing.FACE))
    if framing is Framing.WANTED and aspect is not None:
        image = _padded(image, ratio(aspect))
    scale = min(1.0, LONGEST_SIDE / max(image.size))
    if scale < 1:
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, subsampling=0)
    return buffer.getvalue()


def _box(face: Face, size: tuple[int, int], *, face_only: bool) -> tuple[int, int, int, int]:
    h, middle = face.height, face.left + face.width / 2
    above, below, beside = (_AROUND, _AROUND, 0.5 + _AROUND) if face_only else (_ABOVE, _BELOW, _BESIDE)
    left, right = middle - beside * h, middle + beside * h
    return (
        max(0, round(left)),
        max(0, round(face.top - above * h)),
        min(size[0], round(right)),
        min(size[1], round(face.top + h + below * h)),
    )


def _padded(image: Image.Image, wanted: float) -> Image.Image:
    """With room around it, in the colour of its rim: never stretched."""
    width, height = max(image.width, round(image.height * wanted)), max(image.height, round(image.width / wanted))
    rim = image.crop((0, 0, image.width, max(1, image.height // 20)))
    whole = Image.new("RGB", (width, height), tuple(round(level) for level in ImageStat.Stat(rim).median))
    whole.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return whole


def file_references(run: Run, prepared: tuple[Prepared, ...], measurer: Measurer) -> None:
    """Put what is to be sent into the run's folder, made anew from the photographs, and whence it is into `run.json`;
    doing it twice changes nothing.

    Raises: LabError when a photograph is another than it was, or the disk refuses.
    """
    missing = [one for one in prepared if not (run.path / one.name).is_file()]
    for one in missing:
        content = _anew(run, one, measurer)
        try:
            make_folder(run.path / FOLDER)
            write_whole(run.path / one.name, content)
        except OSError as error:
            raise LabError(f"A reference of run {run.name!r} cannot be written: {error.strerror}.") from error
    manifest = run.manifest
    if manifest is None or not prepared:
        return
    sent = {one.sha256: SentPhoto(source=one.source, sha256=one.sha256) for one in prepared}
    known = {one.sha256: one for one in manifest.references}
    if sent.keys() - known.keys():
        run.write("run.json", manifest.model_copy(update={"references": tuple((known | sent).values())}).write())


def _anew(run: Run, one: Prepared, measurer: Measurer) -> bytes:
    content = prepare(look(run, one.source, measurer), one.framing, one.aspect)
    if pictures.sha256(content) != one.sha256:
        raise LabError(f"The photograph {one.source!r} has changed since the plan.")
    return content
