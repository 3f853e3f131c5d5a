"""Photographs for tests: good ones, drawn, and one of each kind of bad one."""

import io
import struct
import zlib
from functools import cache
from pathlib import Path

from PIL import Image

from bot.sandbox.drawing import JD
from bot.sandbox.fixtures import photograph

GOOD = 5


@cache
def good(number: int) -> bytes:
    """A drawn photograph, the same for the same number."""
    return as_jpeg(photograph(JD, number))


def blank(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), (180, 170, 160))


def as_jpeg(image: Image.Image, **more: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92, **more)
    return buffer.getvalue()


def as_png(image: Image.Image, **more: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **more)
    return buffer.getvalue()


def bomb() -> bytes:
    """A small file that claims 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def turned_with_place() -> bytes:
    """Taken with a phone on its side, which wrote down where."""
    exif = Image.Exif()
    exif[0x0112] = 6
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (48.0, 8.0, 0.0)
    return as_jpeg(photograph(JD, 40).rotate(90, expand=True), exif=exif)


def bad(folder: Path | None = None) -> dict[str, bytes]:
    """One of each kind, by a name that says so."""
    del folder
    base = photograph(JD, 30)
    deep = base.convert("L").resize((800, 800)).convert("I").point(lambda level: level * 257)
    return {
        "truncated.jpg": good(31)[:20_000],
        "bomb.png": bomb(),
        "text.jpg": b"this is a text, whatever its name says",
        "cmyk.jpg": as_jpeg(photograph(JD, 32).convert("CMYK")),
        "sixteen.png": as_png(deep.convert("I;16")),
        "animated.png": as_png(base, save_all=True, append_images=[base.rotate(5)]),
        "phone.heic": b"\0\0\0\x18ftypheic" + b"\0" * 400,
        "photographs.zip": b"PK\x03\x04" + b"\0" * 400,
        "tiny.jpg": as_jpeg(base.resize((40, 40))),
        "copy.jpg": good(1),
        "turned.jpg": turned_with_place(),
    }


def heic(number: int) -> bytes:
    """As most telephones send them."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    photograph(JD, number).save(buffer, "HEIF", quality=90, enc_params={"preset": "ultrafast"})  # a tenth of the time
    return buffer.getvalue()


def with_profile(colours: tuple[int, int, int], gamma: float) -> bytes:
    """One colour, stored by a profile of a camera's own: its numbers mean another colour in sRGB."""
    from PIL import ImageCms

    xyz = ImageCms.createProfile("sRGB")
    stored = bytearray(ImageCms.ImageCmsProfile(xyz).tobytes())
    # Red and green primaries change places: what is stored as red is meant as green.
    red, green = stored.index(b"rXYZ", 128), stored.index(b"gXYZ", 128)
    stored[red : red + 4], stored[green : green + 4] = b"gXYZ", b"rXYZ"
    del gamma
    return as_jpeg(Image.new("RGB", (900, 900), colours), icc_profile=bytes(stored))
