"""Colour profiles: what a camera stored is brought to sRGB, which is what everybody here takes it for."""

import io
from functools import cache
from typing import NamedTuple

from PIL import Image, ImageCms

SAME = 2
"""Grey levels that two profiles may differ by and still be the same one."""
_PATCH = ((224, 172, 150), (150, 70, 40), (20, 120, 40), (30, 60, 200), (128, 128, 128))
_OPAQUE = {"RGBA": "RGB", "LA": "L", "PA": "RGB", "P": "RGB"}


class Converted(NamedTuple):
    """A picture in sRGB."""

    image: Image.Image
    done: str | None = None
    """What was put right: `its colours are converted from Display P3`."""
    odd: str | None = None
    """What could not be."""


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def to_srgb(image: Image.Image) -> Converted:
    """The picture by its own profile; one without a profile is sRGB already. Transparency is kept."""
    stored = image.info.get("icc_profile")
    if not stored:
        return Converted(image)
    image.info.pop("icc_profile", None)
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(stored))
        opaque = image.convert(_OPAQUE[image.mode]) if image.mode in _OPAQUE else image
        if opaque.mode == "RGB" and _is_srgb(profile):
            return Converted(image)
        made = _by(profile, opaque)
        named = " ".join(ImageCms.getProfileDescription(profile).split())[:60] or "another profile"
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return Converted(image, odd="its colour profile cannot be read, so its colours may be off")
    if image.mode in {"RGBA", "LA", "PA"}:
        made.putalpha(image.convert("RGBA").getchannel("A"))
    made.info.pop("icc_profile", None)
    return Converted(made, done=f"its colours are converted from {named}")


def _by(profile: ImageCms.ImageCmsProfile, image: Image.Image) -> Image.Image:
    """Raises: PyCMSError, when the profile is of another kind of picture."""
    made = ImageCms.profileToProfile(
        image,
        profile,
        _srgb(),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if made is None:
        raise ImageCms.PyCMSError("no picture came of it")
    return made


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """Whether the profile changes nothing that anybody could see, whatever it is called."""
    patch = Image.new("RGB", (len(_PATCH), 1))
    patch.putdata(_PATCH)
    seen = _by(profile, patch).tobytes()
    return all(abs(one - other) <= SAME for one, other in zip(seen, patch.tobytes(), strict=True))
