"""The photographs of an archive, and whom they show."""

import io
import zipfile
from functools import cache

from PIL import Image

from bot.sandbox.anthropic.eyes import HEIGHT, Face, find_face, likeness
from bot.sandbox.drawing import CB, JD, Person, Pose, portrait

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")


def photos_in(content: bytes) -> list[bytes] | None:
    """The pictures of an archive as the trainer picks them; None when it is no zip with any."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [
                name
                for name in archive.namelist()
                if not name.startswith("__MACOSX/") and not name.rpartition("/")[2].startswith("._")
            ]
            return [archive.read(name) for name in names if name.lower().endswith(PICTURES)] or None
    except zipfile.BadZipFile:
        return None


@cache
def _faces() -> tuple[tuple[Person, Face], ...]:
    drawn = ((one, find_face(portrait(one, Pose("close"), (512, 640), seed=4))) for one in (CB, JD))
    return tuple((one, face) for one, face in drawn if face is not None)


def whose(photos: list[bytes]) -> Person:
    """The drawn person whose face any of these photographs shows best; the first that is plain to see will do."""
    best, found = 0.0, CB
    for content in photos:
        if best >= 0.7:
            break
        with Image.open(io.BytesIO(content)) as image:
            image.draft(None, (HEIGHT, HEIGHT))
            face = find_face(image.convert("RGB"))
        for person, known in _faces() if face else ():
            if face and (seen := likeness(face, known)) > best:
                best, found = seen, person
    return found
