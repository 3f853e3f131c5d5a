"""Portrait figures drawn by code: one person's features in many poses, marked as simulated."""

import random
from dataclasses import dataclass, replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Person:
    """The features that make a drawn face this person's."""

    skin: Colour = (226, 178, 150)
    hair: Colour = (214, 178, 106)
    iris: Colour = (78, 116, 150)
    brow: float = 0.035
    """Thickness, in head widths; so are the others."""
    eyes: float = 0.25
    """Distance of each eye from the middle."""
    eye: float = 0.12
    nose: float = 0.26
    mouth: float = 0.34
    jaw: float = 0.74
    mole: tuple[float, float] | None = (0.24, 0.28)


CB = Person()
STRANGER = Person(
    hair=(52, 40, 34), iris=(70, 48, 34), brow=0.085, eyes=0.17, eye=0.085, nose=0.42, mouth=0.20, jaw=1.0, mole=None
)
JD = Person(
    skin=(214, 166, 138),
    hair=(92, 62, 46),
    iris=(60, 84, 64),
    brow=0.06,
    eyes=0.205,
    eye=0.1,
    nose=0.34,
    mouth=0.27,
    jaw=0.9,
    mole=(-0.2, 0.2),
)
COUSIN = replace(CB, hair=(120, 72, 44), eyes=0.235, nose=0.30, mouth=0.30)


@dataclass(frozen=True)
class Pose:
    """How much of the person is seen, and from where."""

    framing: str = "full"
    """`full`, `upper` or `close`."""
    turn: float = 0.0
    """Sideways shift of the features, in head widths."""
    clothes: Colour = (238, 238, 236)
    backdrop: Colour = (236, 236, 234)


_HEAD = {"full": 0.062, "upper": 0.15, "close": 0.27}
"""Half the head's width, as a share of the picture's height."""


def portrait(
    person: Person, pose: Pose, size: tuple[int, int], seed: int, *, smooth: bool = False, mark: str = "SIMULATED"
) -> Image.Image:
    """Draw one picture.

    Args:
        seed: Small differences of posture and light, and the film grain.
        smooth: Skin like wax: no grain, softened features.
        mark: Written into the corner.
    """
    chance = random.Random(seed)
    width, height = size[0] * 2, size[1] * 2
    image = _backdrop(pose.backdrop, (width, height))
    pen = ImageDraw.Draw(image)
    r = _HEAD[pose.framing] * height
    x = width / 2 + chance.uniform(-0.02, 0.02) * width
    y = (r * 1.75 + 0.05 * height) if pose.framing != "close" else height * 0.47
    _hair_behind(pen, person, x, y, r)
    _body(pen, person, pose, (x, y), r, height)
    _head(pen, person, pose, (x, y), r)
    image = image.reduce(2)
    image = image.filter(ImageFilter.GaussianBlur(1.6)) if smooth else grain(image, chance.randrange(2**31))
    _watermark(image, mark)
    return image


def head_of(pose: Pose, size: tuple[int, int], seed: int) -> tuple[float, float, float]:
    """Where the head of a portrait is drawn: its middle, and half its width, in pixels."""
    r = _HEAD[pose.framing] * size[1]
    x = size[0] / 2 + random.Random(seed).uniform(-0.02, 0.02) * size[0]
    y = (r * 1.75 + 0.05 * size[1]) if pose.framing != "close" else size[1] * 0.47
    return x, y, r


def _backdrop(colour: Colour, size: tuple[int, int]) -> Image.Image:
    """A studio wall that darkens a little towards the floor."""
    column = (1, size[1])
    ramp = Image.linear_gradient("L").resize(column)
    dark = Image.new("RGB", column, tuple(round(part * 0.86) for part in colour))
    wall = Image.composite(dark, Image.new("RGB", column, colour), ramp)
    return wall.resize(size, Image.Resampling.NEAREST)


def _shade(colour: Colour, by: float) -> Colour:
    return (min(255, round(colour[0] * by)), min(255, round(colour[1] * by)), min(255, round(colour[2] * by)))


def _oval(pen: ImageDraw.ImageDraw, x: float, y: float, w: float, h: float, fill: Colour) -> None:
    pen.ellipse((x - w, y - h, x + w, y + h), fill=fill)


def _hair_behind(pen: ImageDraw.ImageDraw, person: Person, x: float, y: float, r: float) -> None:
    _oval(pen, x, y - r * 0.18, r * 1.24, r * 1.52, person.hair)
    pen.rounded_rectangle((x - r * 1.2, y - r * 0.2, x + r * 1.2, y + r * 1.15), radius=r * 0.5, fill=person.hair)


def _body(
    pen: ImageDraw.ImageDraw, person: Person, pose: Pose, at: tuple[float, float], r: float, height: float
) -> None:
    (x, y), narrow = at, 1 - abs(pose.turn) * 1.6
    top = y + r * 1.75
    half = r * 2.1 * narrow
    pen.rectangle((x - r * 0.36, y + r * 1.1, x + r * 0.36, top + r * 0.4), fill=_shade(person.skin, 0.9))
    if pose.framing == "full":
        floor, hip = height * 0.965, top + (height * 0.965 - top) * 0.43
        for side in (-1, 1):
            leg = x + side * half * 0.33
            pen.rounded_rectangle(
                (leg - half * 0.2, hip, leg + half * 0.2, floor - r * 0.2),
                radius=r * 0.3,
                fill=_shade(person.skin, 0.96),
            )
            pen.ellipse((leg - half * 0.28, floor - r * 0.42, leg + half * 0.28, floor), fill=(70, 66, 64))
        pen.rounded_rectangle(
            (x - half * 0.62, hip - r * 0.4, x + half * 0.62, hip + (floor - hip) * 0.42),
            radius=r * 0.3,
            fill=(120, 122, 128),
        )
    end = height * 1.1 if pose.framing != "full" else top + (height * 0.965 - top) * 0.45
    for side in (-1, 1):
        arm = x + side * half * 0.92
        pen.rounded_rectangle(
            (arm - r * 0.3, top + r * 0.2, arm + r * 0.3, end + r * 0.3), radius=r * 0.3, fill=_shade(person.skin, 0.94)
        )
    pen.rounded_rectangle((x - half * 0.8, top, x + half * 0.8, end), radius=r * 0.55, fill=pose.clothes)
    pen.line(
        (x - half * 0.5, top + r * 0.9, x - half * 0.42, end),
        fill=_shade(pose.clothes, 0.9),
        width=max(2, round(r * 0.05)),
    )


def _head(pen: ImageDraw.ImageDraw, person: Person, pose: Pose, at: tuple[float, float], r: float) -> None:
    x, y = at
    shift = pose.turn * r * 2
    _oval(pen, x, y, r, r * 1.22, person.skin)
    pen.polygon(
        [
            (x - r * 0.98, y + r * 0.2),
            (x + r * 0.98, y + r * 0.2),
            (x + r * person.jaw, y + r * 0.85),
            (x + r * 0.28, y + r * 1.36),
            (x - r * 0.28, y + r * 1.36),
            (x - r * person.jaw, y + r * 0.85),
        ],
        fill=person.skin,
    )
    pen.chord((x - r * 1.12, y - r * 1.5, x + r * 1.12, y + r * 0.3), 186, 354, fill=person.hair)
    unit = r * 2
    _eyes(pen, person, pose, (x + shift, y), r)
    length = person.nose * unit
    pen.line(
        (x + shift, y + r * 0.06, x + shift * 1.15 + r * 0.06, y + r * 0.06 + length),
        fill=_shade(person.skin, 0.76),
        width=max(2, round(r * 0.09)),
    )
    pen.arc(
        (x + shift - r * 0.17, y + length - r * 0.02, x + shift + r * 0.2, y + length + r * 0.2),
        20,
        160,
        fill=_shade(person.skin, 0.66),
        width=max(2, round(r * 0.06)),
    )
    mouth = person.mouth * unit / 2
    _oval(pen, x + shift, y + r * 0.84, mouth, r * 0.085, (176, 86, 84))
    pen.line(
        (x + shift - mouth, y + r * 0.84, x + shift + mouth, y + r * 0.84),
        fill=(122, 56, 58),
        width=max(2, round(r * 0.03)),
    )
    if person.mole:
        _oval(pen, x + shift + person.mole[0] * unit, y + person.mole[1] * unit, r * 0.045, r * 0.045, (84, 52, 44))


def _eyes(pen: ImageDraw.ImageDraw, person: Person, pose: Pose, at: tuple[float, float], r: float) -> None:
    """Eyes and brows."""
    unit = r * 2
    for side in (-1, 1):
        ex, ey = at[0] + side * person.eyes * unit, at[1] + r * 0.02
        w = person.eye * unit * (1 - max(0.0, side * pose.turn) * 1.5)
        _oval(pen, ex, ey, w, person.eye * unit * 0.52, (246, 244, 240))
        _oval(pen, ex, ey, person.eye * unit * 0.44, person.eye * unit * 0.5, person.iris)
        _oval(pen, ex, ey, person.eye * unit * 0.2, person.eye * unit * 0.24, (24, 22, 22))
        pen.line(
            (ex - w * 1.15, ey - r * 0.26, ex + w * 1.15, ey - r * 0.3),
            fill=_shade(person.hair, 0.55),
            width=max(2, round(person.brow * unit)),
        )


def grain(image: Image.Image, seed: int) -> Image.Image:
    """Film grain: the same for the same seed. Pillow's own noise knows no seed."""
    chance = random.Random(seed)
    tile = Image.frombytes("L", (256, 256), chance.randbytes(256 * 256)).point(
        [118 + value // 13 for value in range(256)]
    )
    noise = Image.new("L", image.size)
    for top in range(0, image.height, 256):
        for left in range(0, image.width, 256):
            noise.paste(tile, (left, top))
    return ImageChops.add(image, Image.merge("RGB", (noise, noise, noise)), scale=1.0, offset=-128)


def _watermark(image: Image.Image, mark: str) -> None:
    size = max(11, image.height // 48)
    pen = ImageDraw.Draw(image)
    pen.text(
        (size * 0.6, image.height - size * 0.6),
        mark,
        font=ImageFont.load_default(size),
        fill=(120, 122, 126),
        anchor="ls",
    )
