"""Pictures from outside: bounded and verified before they are decoded, upright and in sRGB."""

import hashlib
import io
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.colours import to_srgb
from pipeline.errors import BadPicture, LabError
from pipeline.models import Value
from pipeline.reading import read_bounded

MAX_BYTES = 40_000_000
MAX_PIXELS = 50_000_000
MOST_PHOTO_BYTES = 80_000_000
"""Of a photograph: a camera of 61 megapixels writes 30 to 60 MB."""
PHOTO_SIDE = 4096
"""Pixels: larger photographs are brought down to about this while they are read; they are trained from at 2,048."""
LEAST_SIDE = 8
"""Pixels of a photograph's short side below which there is nothing to measure."""
FORMATS = ("PNG", "JPEG", "WEBP")
"""What Pillow is to try; its JPEG reader calls a file with a further picture behind the first (phones' depth, gain
or preview) MPO."""
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "WEBP": "image/webp"}
"""As judges take them; all others are sent as PNG."""


class Picture(Value):
    """Facts about a verified file."""

    sha256: str
    width: int
    height: int
    media_type: str

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


class Decoded(NamedTuple):
    """A picture, and what was done to make it one of ours."""

    image: Image.Image
    done: tuple[str, ...] = ()
    """What was put right, in words."""
    odd: tuple[str, ...] = ()
    """What could not be."""


@contextmanager
def opened(content: bytes) -> Iterator[Image.Image]:
    """A picture's header, by its content alone. Raises: what Pillow raises."""
    formats = FORMATS if content[4:8] != b"ftyp" else _telephones()
    with Image.open(io.BytesIO(content), formats=formats) as image:
        yield image


@cache
def _telephones() -> tuple[str, ...]:
    """The formats of most telephones. Loaded when the first such file comes: it takes a tenth of a second."""
    import pillow_heif  # noqa: PLC0415

    pillow_heif.register_heif_opener()
    return ("HEIF", "AVIF")


def decode(content: bytes, name: str, least: int | None = None) -> Image.Image:
    """Decode one still picture: EXIF orientation applied, in sRGB, no metadata.

    Args:
        content: The file's bytes.
        name: What a person calls the file.
        least: Pixels that each side needs, when fewer than the file's will do: a JPEG then comes smaller, and sooner.

    Raises:
        BadPicture: Too large, no picture that is read here, truncated, animated, or a decompression bomb.
    """
    if len(content) > MAX_BYTES:
        raise BadPicture(f"The picture {name!r} has {len(content):,} bytes; {MAX_BYTES:,} is the most.")
    return _decoded(content, name, least, large=False).image


def decode_photograph(content: bytes, name: str) -> Decoded:
    """A photograph to train from or to compare with, of any camera. Raises: BadPicture, also for a sliver."""
    if len(content) > MOST_PHOTO_BYTES:
        raise BadPicture(f"The picture {name!r} has {len(content):,} bytes; {MOST_PHOTO_BYTES:,} is the most.")
    found = _decoded(content, name, None, large=True)
    if min(found.image.size) < LEAST_SIDE:
        raise BadPicture(f"The picture {name!r} has {found.image.width} × {found.image.height} pixels: too few.")
    return found


def _decoded(content: bytes, name: str, least: int | None, *, large: bool) -> Decoded:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with opened(content) as image:
                many = image.width * image.height
                shrinks = large and many > MAX_PIXELS and image.format in {"JPEG", "MPO"}
                if many > MAX_PIXELS and not shrinks:
                    raise BadPicture(
                        f"The picture {name!r} has {image.width} × {image.height} pixels: {MAX_PIXELS:,} is the most."
                    )
                if image.format not in _STILL and getattr(image, "n_frames", 1) != 1:
                    raise BadPicture(f"The picture {name!r} is animated.")
                if shrinks or least is not None:
                    scale = PHOTO_SIDE / max(image.size)
                    about = (round(image.width * scale), round(image.height * scale))
                    image.draft(None, about if shrinks else (least or 1, least or 1))
                image.load()
                return _upright(image, (_brought_down(many),) if shrinks else ())
    except UnidentifiedImageError:
        raise BadPicture(f"The file {name!r} is no PNG, JPEG, WebP, HEIC or AVIF picture.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture(f"The picture {name!r} claims too many pixels.") from None
    except BadPicture:
        raise
    except Exception as error:  # decoders raise anything on hostile bytes: struct.error, TypeError, …
        raise BadPicture(f"The picture {name!r} is damaged or cut off.") from error


_STILL = ("MPO", "HEIF")
"""Further pictures in these are depth, gain, previews or a burst: the first is the photograph."""


def _brought_down(many: int) -> str:
    return f"it is brought down from {many / 1e6:.0f} megapixels"


def _upright(image: Image.Image, done: tuple[str, ...]) -> Decoded:
    before = image.format
    turned = ImageOps.exif_transpose(image)
    converted = to_srgb(turned)
    turned = converted.image
    done += (f"it is read from {before}",) if before in {"HEIF", "AVIF"} else ()
    done += (converted.done,) if converted.done else ()
    return Decoded(_flat(turned), done, (converted.odd,) if converted.odd else ())


def _flat(turned: Image.Image) -> Image.Image:
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        flat = Image.new("RGB", turned.size, "white")
        flat.paste(turned, mask=turned.convert("RGBA").getchannel("A"))
        return flat
    if turned.mode.startswith("I"):
        # 16 bits a channel: Pillow would cut everything above 255 off, which leaves a white picture.
        turned = turned.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    return turned.convert("RGB") if turned.mode != "RGB" else turned


def read(path: Path, most: int = MAX_BYTES) -> bytes:
    """Raises: BadPicture when the file is missing, too large or not a file."""
    try:
        return read_bounded(path, most)
    except FileNotFoundError:
        raise BadPicture(f"The picture {path.name!r} is missing or cannot be read.") from None
    except LabError as error:
        raise BadPicture(f"The picture {error}") from None


def verify(path: Path) -> Picture:
    """Open the file fully, and say what it is. Raises: BadPicture."""
    content = read(path)
    image = decode(content, path.name)
    with opened(content) as header:
        media_type = MEDIA_TYPES.get(header.format or "", "image/png")
    return Picture(sha256=sha256(content), width=image.width, height=image.height, media_type=media_type)


def pixels(path: Path) -> tuple[int, int] | None:
    """Width and height as the file's first bytes say, without regard to how it is turned; None of no picture.

    Opened, not read: a run has sixty pictures, and a list of runs looks at all of them.
    """
    try:
        if not path.is_file():
            return None  # a named pipe would be waited for
        with Image.open(path, formats=FORMATS) as header:
            return header.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def measure(path: Path) -> tuple[int, int]:
    """Width and height from the file's header, upright. Raises: BadPicture."""
    try:
        with opened(read(path)) as header:
            width, height = header.size
            turned = header.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPicture(f"The picture {path.name!r} cannot be read.") from None
    return (height, width) if turned else (width, height)


def is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n")


def png_end(content: bytes) -> int | None:
    """Where a PNG ends, behind its last chunk; None of one that was cut off."""
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        at_end = content[at + 4 : at + 8] == b"IEND"
        at += 12 + length
        if at_end:
            return at if at <= len(content) else None
    return None


def as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def is_black(image: Image.Image) -> bool:
    """Whether nothing is to be seen: what a safety filter leaves of a picture. JPEG noise of 8 grey levels counts as
    none.
    """
    return max(high for _low, high in image.convert("RGB").getextrema()) <= 8  # type: ignore[misc]  # RGB has three bands of ints


def verify_all(paths: list[Path]) -> list[Picture | BadPicture]:
    """`verify` for many, on as many threads as help: Pillow decodes outside the interpreter's lock."""

    def one(path: Path) -> Picture | BadPicture:
        try:
            return verify(path)
        except BadPicture as error:
            return error

    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(one, paths))
