"""Shapes of pictures, as makers name them or count them in pixels."""

from collections.abc import Iterable

MEGAPIXEL = 1024 * 1024


def ratio(aspect: str) -> float:
    """Width over height of `3:4`."""
    width, _, height = aspect.partition(":")
    return int(width) / int(height)


def nearest(aspect: str, offered: Iterable[str]) -> str:
    """The shape on offer that is most like the wanted one."""
    wanted = ratio(aspect)
    return min(offered, key=lambda name: max(ratio(name) / wanted, wanted / ratio(name)))


def pixels(aspect: str, *, least: int, most: int, step: int = 64) -> tuple[int, int]:
    """Width and height of about a megapixel in a shape, each side a multiple of `step` within its bounds."""
    wanted = ratio(aspect)
    height = (MEGAPIXEL / wanted) ** 0.5
    sides = (wanted * height, height)
    width, height = (min(most, max(least, round(side / step) * step)) for side in sides)
    return int(width), int(height)
