"""The sample lab's fixtures: photographs of drawn people, as different from each other as a real fixture's should
be.
"""

import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from bot.sandbox.drawing import Colour, Person, Pose, portrait

SIZE = (800, 1000)
_BACKDROPS: tuple[Colour, ...] = (
    (228, 226, 222),
    (96, 118, 140),
    (60, 66, 72),
    (168, 190, 160),
    (205, 176, 148),
    (120, 92, 84),
    (222, 208, 168),
    (142, 150, 176),
)
_CLOTHES: tuple[Colour, ...] = (
    (238, 238, 236),
    (60, 70, 96),
    (150, 60, 56),
    (70, 110, 84),
    (210, 180, 120),
    (40, 40, 44),
)


def facts(code: str, noun: str, reference: str, trigger: str | None = None) -> str:
    """`fixture.toml` of somebody who does not exist."""
    word = f'trigger_word = "{trigger}"\n' if trigger else ""
    return f"""identity = "{code}"
class_noun = "{noun}"
{word}references = ["{reference}"]

[all]
source = "drawn by code; no real person"
author = "labs-bot's sandbox"
licence = "CC0-1.0"
consent = "self"
vouched_by = "labs-bot's sandbox"
"""


def draw_fixture(root: Path, code: str, noun: str, person: Person, count: int) -> None:
    """A fixture with `fixture.toml`, so many photographs to train from, and one reference kept out.

    Args:
        root: The lab's folder.
        code: The identity's, as in `lora-jd-fixture`.
        noun: What the person is.
        person: Who is drawn.
        count: Photographs to train from.
    """
    folder = root / f"inputs/lora-{code}-fixture"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        photograph(person, number).save(folder / f"{code}_{number}.jpg", quality=92)
    reference = portrait(person, Pose("close", backdrop=(218, 216, 222)), SIZE, seed=4)
    reference.save(folder / f"{code}_ref.jpg", quality=92)
    (folder / "fixture.toml").write_text(facts(code, noun, f"{code}_ref.jpg"), encoding="utf-8")


def photograph(person: Person, number: int) -> Image.Image:
    """One photograph: its own place, light, distance and half profile, the same for the same number."""
    chance = random.Random(f"{person}{number}")
    pose = Pose(
        ("close", "upper", "full")[number % 3],
        turn=chance.choice((-0.14, -0.07, 0.0, 0.07, 0.14)),
        clothes=_CLOTHES[number % len(_CLOTHES)],
        backdrop=_BACKDROPS[number % len(_BACKDROPS)],
    )
    width, height = round(SIZE[0] * 1.2), round(SIZE[1] * 1.2)
    drawn = portrait(person, pose, (width, height), seed=number, mark="")
    drawn = _lit(drawn, chance, furnished=pose.framing != "close")
    left = chance.randint(0, width - SIZE[0])
    top = chance.randint(0, (height - SIZE[1]) // 3)
    image = drawn.crop((left, top, left + SIZE[0], top + SIZE[1]))
    pen = ImageDraw.Draw(image)
    pen.text((12, SIZE[1] - 24), "SIMULATED", fill=(120, 122, 126))
    return image


def _lit(image: Image.Image, chance: random.Random, *, furnished: bool) -> Image.Image:
    """Light from a side, a window's edge, and furniture behind: what makes two places two."""
    ramp = Image.linear_gradient("L").rotate(chance.choice((0, 45, 90, 135, 180, 225, 270, 315)))
    shade = ramp.point([150 + round(level * 105 / 255) for level in range(256)]).resize(image.size)
    lit = ImageChops.multiply(image, Image.merge("RGB", (shade, shade, shade)))
    pen = ImageDraw.Draw(lit)
    for _ in range(chance.randint(2, 5) if furnished else 0):
        x = chance.choice((chance.randint(0, image.width // 5), chance.randint(image.width * 4 // 5, image.width)))
        y, tone = chance.randint(0, image.height), chance.randint(20, 235)
        size = chance.randint(60, 220)
        pen.rectangle((x - size, y - size, x + size // 2, y + size), fill=(tone, tone, max(0, tone - 20)))
    return lit
