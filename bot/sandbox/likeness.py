"""Pictures drawn from a photograph's own pixels: a body by code, and the photographed face on it, as like as wanted."""

import io
from dataclasses import replace
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageStat

from bot.sandbox.anthropic.eyes import face_box
from bot.sandbox.drawing import STRANGER, Colour, Pose, grain, head_of, portrait

_TALL, _ABOVE = 2.8, 1.45
"""Height of a face, and how far it begins above the head's middle, in half widths of a drawn head."""

_STRANGER = 0.45
"""At this likeness and below nothing of the photograph is left."""


@lru_cache(maxsize=16)
def opened(content: bytes) -> Image.Image | None:
    """A picture of these bytes, which is not to be changed: the same for all who ask; None of others."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return None


def shows_a_face(content: bytes) -> bool:
    return _box(content) is not None


@lru_cache(maxsize=64)
def _box(content: bytes) -> tuple[int, int, int, int] | None:
    image = opened(content)
    return face_box(image) if image is not None else None


def portray(
    content: bytes, likeness: float, pose: Pose, size: tuple[int, int], seed: int, *, smooth: bool, turns: bool = True
) -> Image.Image:
    """A portrait in a pose with the face of a photograph.

    Args:
        content: The photograph.
        likeness: 1: its face; 0: somebody else's.
        pose: What the prompt asks for.
        size: In pixels.
        seed: Of the small differences.
        smooth: Skin like wax.
        turns: False: the face stays as it was photographed, whatever the pose.
    """
    photo = opened(content)
    box = _face(photo, _box(content)) if photo is not None else None
    if photo is None or box is None:
        return portrait(STRANGER, pose, size, seed, smooth=smooth)
    face = photo.crop(box)
    person = replace(STRANGER, skin=_usual(face), hair=_hair(photo, box))
    drawn = portrait(person, pose, size, seed, smooth=smooth)
    x, y, r = head_of(pose, size, seed)
    height = max(8, round(r * _TALL))
    width = max(8, round(height * face.width / face.height))
    shown = _turned(face, pose.turn if turns else 0.0).resize((width, height), Image.Resampling.LANCZOS)
    shown = shown.filter(ImageFilter.GaussianBlur(max(1.0, width / 90))) if smooth else grain(shown, seed)
    at = (round(x - width / 2), round(y - r * _ABOVE))
    under = drawn.crop((*at, at[0] + width, at[1] + height))
    share = max(0.0, min(1.0, (likeness - _STRANGER) / (1 - _STRANGER)))
    drawn.paste(Image.blend(under, shown, share), at, _soft(width, height))
    return drawn


def upscaled(content: bytes, scale: int, *, grain_too: bool, drift: float = 0.0) -> Image.Image:
    """A picture enlarged, with skin that has grain, and a face that drifts as far as is wanted."""
    picture = opened(content) or Image.new("RGB", (64, 64))
    whole = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.LANCZOS)
    if drift and (box := face_box(whole)) is not None:
        face = whole.crop(box)
        whole.paste(Image.blend(face, face.transpose(Image.Transpose.FLIP_TOP_BOTTOM), drift), box[:2])
    return grain(whole, 7) if grain_too else whole


def _face(photo: Image.Image, box: tuple[int, int, int, int] | None) -> tuple[int, int, int, int] | None:
    """Its patch of skin; where a wall or clothes of that colour make it too large, where a portrait has its face."""
    if box is None or (box[2] - box[0] < 0.9 * photo.width and box[3] - box[1] < 0.9 * photo.height):
        return box
    width, height = photo.size
    return round(0.36 * width), round(0.16 * height), round(0.64 * width), round(0.54 * height)


def _hair(photo: Image.Image, box: tuple[int, int, int, int]) -> Colour:
    """As over the face. Where that is the wall already, hair is within the face's box: none is drawn besides."""
    strip = (box[3] - box[1]) // 12
    wall = _usual(photo.crop((0, 0, max(1, photo.width // 8), max(1, photo.height // 8))))
    over = _usual(photo.crop((box[0], max(0, box[1] - strip), box[2], max(1, box[1]))))
    return Pose().backdrop if sum(abs(a - b) for a, b in zip(over, wall, strict=True)) < 60 else over


def _usual(image: Image.Image) -> Colour:
    red, green, blue = (round(level) for level in ImageStat.Stat(image).median)
    return red, green, blue


def _turned(face: Image.Image, turn: float) -> Image.Image:
    """With its features moved aside, and the rim that they leave drawn out."""
    aside = round(face.width * turn)
    if aside <= 0:
        return face
    rim = face.crop((0, 0, max(1, face.width // 30), face.height)).resize((aside, face.height))
    whole = Image.new("RGB", face.size)
    whole.paste(rim, (0, 0))
    whole.paste(face, (aside, 0))
    return whole


def _soft(width: int, height: int) -> Image.Image:
    """Round at the corners, and fading at its rim."""
    mask = Image.new("L", (width, height))
    rim = max(1, width // 40)
    ImageDraw.Draw(mask).rounded_rectangle((rim, rim, width - rim, height - rim), radius=width * 0.38, fill=255)
    return mask.filter(ImageFilter.GaussianBlur(rim))
