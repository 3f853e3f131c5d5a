"""A picture as pages show it: its small copies, and where its original lies."""

from pipeline.models import Value
from pipeline.site.thumbnails import LARGE, WIDTHS, Thumb


class Shot(Value):
    """A picture as pages show it."""

    href: str
    """Of the original, from the run's folder."""
    small: str
    """160 pixels wide."""
    middle: str
    large: str
    width: int
    height: int
    sha256: str
    face: tuple[float, float, float, float] | None


def shot_of(thumb: Thumb | None, href: str) -> Shot | None:
    """None of a picture that cannot be read."""
    if thumb is None:
        return None
    small, middle, large = (thumb.file(width) for width in (*WIDTHS, LARGE))
    size = {"width": thumb.width, "height": thumb.height, "sha256": thumb.sha256, "face": thumb.face}
    return Shot.model_validate({"href": href, "small": small, "middle": middle, "large": large} | size)


def href_of(run: str, image: str) -> str:
    """A lab-relative path as the run's own page has it."""
    return image.removeprefix(f"runs/{run}/") if image.startswith(f"runs/{run}/") else f"../../{image}"
