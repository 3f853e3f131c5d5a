"""Pictures from outside: bounded and verified before they are decoded, and sized for the judge.

What the judge sees: Anthropic's models use ⌈w/28⌉ · ⌈h/28⌉ patches of 28 × 28 pixels, up to a longest edge
and a number of patches by model (`prices.TokenPrice`), and shrink anything larger themselves
(Anthropic's vision page, read 2026-11). So we shrink by that rule, send nothing the model would throw away,
and never enlarge.
"""

import base64
import hashlib
import io
import math
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import BadPicture
from pipeline.models import Value
from pipeline.prices import TokenPrice

MAX_BYTES = 40_000_000
MAX_PIXELS = 50_000_000
PATCH = 28
SENT_BYTES = 3_700_000
"""Below the 5 MB that a picture may have in base64."""
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif", b"ftypavif")
"""How the files of telephones begin, that Pillow does not read."""
LEAST_SIDE = 8
"""Pixels of a photograph's short side below which there is nothing to measure."""
FORMATS = ("PNG", "JPEG", "WEBP")
"""What Pillow is to try; its JPEG reader calls a file with a further picture behind the first (phones' depth, gain
or preview) MPO."""
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "WEBP": "image/webp"}


class Picture(Value):
    """Facts about a verified file."""

    sha256: str
    width: int
    height: int
    media_type: str

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


class SentPicture(Value):
    """A picture as a vendor gets it."""

    media_type: str
    base64: str
    width: int
    height: int


def decode(content: bytes, name: str, least: int | None = None) -> Image.Image:
    """Decode one still picture: EXIF orientation applied, sRGB-like RGB, no metadata.

    Args:
        content: The file's bytes.
        name: What a person calls the file.
        least: Pixels that each side needs, when fewer than the file's will do: a JPEG then comes smaller, and sooner.

    Raises:
        BadPicture: Too large, not a PNG, JPEG or WebP, truncated, animated, or a decompression bomb.
    """
    if len(content) > MAX_BYTES:
        raise BadPicture(f"The picture {name!r} has {len(content):,} bytes; {MAX_BYTES:,} is the most.")
    if content[4:12] in HEIC:
        raise BadPicture(f"The picture {name!r} is a HEIC or AVIF file: export it as JPEG.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise BadPicture(f"The picture {name!r} has {image.width} × {image.height} pixels: too many.")
                if image.format != "MPO" and getattr(image, "n_frames", 1) != 1:
                    raise BadPicture(f"The picture {name!r} is animated.")
                if least is not None:
                    image.draft(None, (least, least))
                image.load()
                return _upright(image)
    except UnidentifiedImageError:
        raise BadPicture(f"The file {name!r} is no PNG, JPEG or WebP picture.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture(f"The picture {name!r} claims too many pixels.") from None
    except BadPicture:
        raise
    except Exception as error:  # decoders raise anything on hostile bytes: struct.error, TypeError, …
        raise BadPicture(f"The picture {name!r} is damaged or cut off.") from error


def decode_photograph(content: bytes, name: str) -> Image.Image:
    """`decode` of a photograph to train from or to compare with. Raises: BadPicture, also for a sliver."""
    image = decode(content, name)
    if min(image.size) < LEAST_SIDE:
        raise BadPicture(f"The picture {name!r} has {image.width} × {image.height} pixels: too few.")
    return image


def _upright(image: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(image)
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        flat = Image.new("RGB", turned.size, "white")
        flat.paste(turned, mask=turned.convert("RGBA").getchannel("A"))
        return flat
    if turned.mode.startswith("I"):
        # 16 bits a channel: Pillow would cut everything above 255 off, which leaves a white picture.
        turned = turned.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    return turned.convert("RGB") if turned.mode != "RGB" else turned


def read(path: Path) -> bytes:
    """Raises: BadPicture when the file is missing, too large or not a file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadPicture(f"The picture {path.name!r} is larger than {MAX_BYTES:,} bytes.")
        return path.read_bytes()
    except OSError:
        raise BadPicture(f"The picture {path.name!r} is missing or cannot be read.") from None


def verify(path: Path) -> Picture:
    """Open the file fully, and say what it is. Raises: BadPicture."""
    content = read(path)
    image = decode(content, path.name)
    with Image.open(io.BytesIO(content)) as header:
        media_type = MEDIA_TYPES[header.format or ""]
    return Picture(sha256=sha256(content), width=image.width, height=image.height, media_type=media_type)


def pixels(path: Path) -> tuple[int, int] | None:
    """Width and height as the file's first bytes say, without regard to how it is turned; None of no picture.

    Opened, not read: a run has sixty pictures, and a list of runs looks at all of them.
    """
    try:
        with Image.open(path, formats=FORMATS) as header:
            return header.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def measure(path: Path) -> tuple[int, int]:
    """Width and height from the file's header, upright. Raises: BadPicture."""
    try:
        with Image.open(io.BytesIO(read(path)), formats=FORMATS) as header:
            width, height = header.size
            turned = header.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPicture(f"The picture {path.name!r} cannot be read.") from None
    return (height, width) if turned else (width, height)


def is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n")


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


def fit(width: int, height: int, price: TokenPrice) -> tuple[int, int]:
    """The largest size, in the same shape and never enlarged, of which the model uses every pixel."""

    def fits(scale: float) -> bool:
        w, h = max(1, round(width * scale)), max(1, round(height * scale))
        return max(w, h) <= price.edge_limit and patches(w, h) <= price.patch_limit

    if fits(1):
        return width, height
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return max(1, math.floor(width * low)), max(1, math.floor(height * low))


def patches(width: int, height: int) -> int:
    """A picture's size in image tokens."""
    return math.ceil(width / PATCH) * math.ceil(height / PATCH)


def for_judge(content: bytes, name: str, price: TokenPrice) -> SentPicture:
    """The picture as the judge gets it: the file's own bytes where they will do, else upright and shrunk.

    `content` has been verified before (`verify`), so that here its header is enough unless it must be shrunk.

    Raises: BadPicture.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as header:
            size, media_type = header.size, MEDIA_TYPES[header.format or ""]
            plain = header.mode == "RGB" and header.getexif().get(0x0112, 1) == 1
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPicture(f"The picture {name!r} cannot be read.") from None
    sent = content
    if not plain or fit(*size, price) != size or len(content) > SENT_BYTES:
        image = decode(content, name)
        size = fit(image.width, image.height, price)
        media_type, sent = _encode(image if size == image.size else image.resize(size, Image.Resampling.LANCZOS))
    return SentPicture(media_type=media_type, base64=base64.b64encode(sent).decode(), width=size[0], height=size[1])


def _encode(image: Image.Image) -> tuple[str, bytes]:
    """PNG, so that no second compression makes skin look waxy; JPEG only where PNG would be too large."""
    png = as_png(image)
    if len(png) <= SENT_BYTES:
        return "image/png", png
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, subsampling=0)
    return "image/jpeg", buffer.getvalue()
