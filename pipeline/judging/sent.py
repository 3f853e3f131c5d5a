"""A picture as the judge gets it.

What the judge sees: Anthropic's models use ⌈w/28⌉ · ⌈h/28⌉ patches of 28 × 28 pixels, up to a longest edge
and a number of patches by model (`prices.TokenPrice`), and shrink anything larger themselves
(Anthropic's vision page, read 2026-11). So we shrink by that rule, send nothing the model would throw away,
and never enlarge.
"""

import base64
import io
import math

from PIL import Image

from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.models import Value
from pipeline.prices import TokenPrice

PATCH = 28
SENT_BYTES = 3_700_000
"""Below the 5 MB that a picture may have in base64."""


class SentPicture(Value):
    """A picture as a vendor gets it."""

    media_type: str
    base64: str
    width: int
    height: int


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


def for_judge(content: bytes, name: str, price: TokenPrice, within: tuple[int, int] | None = None) -> SentPicture:
    """The picture as the judge gets it: the file's own bytes where they will do, else upright and shrunk.

    Args:
        content: The file's bytes.
        name: For errors.
        price: What the model sees of a picture.
        within: No larger than this, either.

    `content` has been verified before (`verify`), so that here its header is enough unless it must be shrunk.

    Raises: BadPicture.
    """
    try:
        with pictures.opened(content) as header:
            size, media_type = header.size, pictures.MEDIA_TYPES.get(header.format or "")
            plain = media_type and header.mode == "RGB" and header.getexif().get(0x0112, 1) == 1
            plain = plain and not header.info.get("icc_profile")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPicture(f"The picture {name!r} cannot be read.") from None
    sent = content
    too_large = within is not None and (size[0] > within[0] or size[1] > within[1])
    if media_type is None or not plain or fit(*size, price) != size or len(content) > SENT_BYTES or too_large:
        image = pictures.decode(content, name)
        if within is not None:
            image.thumbnail(within, Image.Resampling.LANCZOS)
        size = fit(image.width, image.height, price)
        media_type, sent = _encode(image if size == image.size else image.resize(size, Image.Resampling.LANCZOS))
    elif media_type == "image/png":
        media_type, sent = _smaller(sent, pictures.decode(content, name))
    return SentPicture(media_type=media_type, base64=base64.b64encode(sent).decode(), width=size[0], height=size[1])


def face_at_full_size(content: bytes, name: str, box: tuple[int, int, int, int], price: TokenPrice) -> SentPicture:
    """A face cut out of a picture with some room around it, its pixels as they are. Raises: BadPicture."""
    image = pictures.decode(content, name)
    room = round(0.35 * (box[3] - box[1]))
    left, top, right, bottom = box[0] - room, box[1] - room, box[2] + room, box[3] + room
    cut = image.crop((max(0, left), max(0, top), min(image.width, right), min(image.height, bottom)))
    size = fit(cut.width, cut.height, price)
    media_type, sent = _encode(cut if size == cut.size else cut.resize(size, Image.Resampling.LANCZOS))
    return SentPicture(media_type=media_type, base64=base64.b64encode(sent).decode(), width=size[0], height=size[1])


def _encode(image: Image.Image) -> tuple[str, bytes]:
    """Without loss, so that no second compression makes skin look waxy; JPEG only where that would be too large."""
    media_type, sent = _smaller(None, image)
    if len(sent) <= SENT_BYTES:
        return media_type, sent
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, subsampling=0)
    return "image/jpeg", buffer.getvalue()


def _smaller(png: bytes | None, image: Image.Image) -> tuple[str, bytes]:
    """The same pixels in fewer bytes: WebP without loss, by the quickest method, which is nearly as small as the others
    (2.7 beside 2.3 MB for two calls' pictures) and costs a third of their time; `tests/bench/judgement.py`.
    """
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=True, method=0, quality=0)
    webp = buffer.getvalue()
    if png is not None and len(png) <= len(webp):
        return "image/png", png
    return "image/webp", webp
