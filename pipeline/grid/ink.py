"""Letters, badges and colours. Pass and fail differ in shape and letter, not in colour alone."""

import re
import unicodedata
from functools import cache
from importlib import resources
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from pipeline.models import Value

BACKGROUND = (17, 19, 23)
PANEL = (30, 33, 39)
TEXT = (236, 239, 244)
MUTED = (160, 167, 178)
PASS = (86, 180, 255)
FAIL = (255, 159, 64)
"""Blue and orange stay apart for every common kind of colour blindness (Okabe and Ito's palette, brightened)."""
UNKNOWN = (150, 156, 166)

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont


@cache
def font(size: int, weight: str = "Regular") -> Font:
    """Source Sans Pro (SIL Open Font License), from its own package."""
    file = resources.files("font_source_sans_pro").joinpath(f"files/SourceSansPro-{weight}.ttf")
    with resources.as_file(file) as path:
        return ImageFont.truetype(str(path), size)


def readable(text: str) -> str:
    """The text as this face can show it: what it has no letters for is named, instead of boxes.

    The words themselves stand in the message and in the picture's alternative text.
    """
    parts = ((named, "".join(run)) for named, run in groupby(text, _unwritten))
    return _TWICE.sub(r"\1", "".join(_shown(named, run) for named, run in parts))


def _shown(named: str, run: str) -> str:
    if not named:
        return run
    return "" if named == _JOINS else f"[{named}]"


_TWICE = re.compile(r"(\[[^\[\]]+\])(?:\s*\1)+")
_EAST = "Chinese or Japanese"
_SCRIPTS = {"CJK": _EAST, "HIRAGANA": _EAST, "KATAKANA": _EAST, "HANGUL": "Korean"}
_JOINS = "joins"
"""Signs that only change their neighbours, such as those within an emoji: left away."""


@cache
def _unwritten(sign: str) -> str:
    """What a sign is called that the face has no shape for; empty for one that it has."""
    if sign.isspace() or sign.isascii() or not _is_box(sign):
        return ""
    if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Sk"}:
        return _JOINS
    name = unicodedata.name(sign, "")
    if unicodedata.category(sign) == "So" and name:
        return name.lower()
    return _SCRIPTS.get(name.split(" ")[0], name.split(" ")[0].capitalize() or "sign")


def _is_box(sign: str) -> bool:
    face = font(20)
    drawn, box = face.getmask(sign), face.getmask("\U0010ffff")
    return drawn.size == box.size and bytes(drawn) == bytes(box)


def clip(text: str, face: Font, width: int) -> str:
    """The text, or its two ends with an ellipsis between: labels differ at their ends."""
    text = readable(text)
    if face.getlength(text) <= width:
        return text
    keep = len(text)
    while keep > 2:
        keep -= 1
        tail = keep * 3 // 5
        short = f"{text[: keep - tail]}…{text[len(text) - tail :]}"
        if face.getlength(short) <= width:
            return short
    return "…"


def wrap(text: str, face: Font, width: int, lines: int) -> list[str]:
    """The text in at most so many lines; cut at a word, with an ellipsis, where it is longer."""
    words, done, line = readable(text).split(), [], ""
    for at, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if face.getlength(longer) <= width:
            line = longer
            continue
        if line:
            done.append(line)
        if len(done) == lines:
            done[-1] = _ending(done[-1], face, width)
            return done
        line = word if face.getlength(word) <= width else clip(word, face, width)
        if at == len(words) - 1:
            break
    return [*done, line] if line else done


def _ending(line: str, face: Font, width: int) -> str:
    while line and face.getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip(' ,;:.')}…"


def line(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, face: Font, width: int, colour: Colour = TEXT
) -> None:
    """One line, its left end's middle at a point, cut to a width."""
    pen.text(at, clip(text, face, width), font=face, fill=colour, anchor="lm")


class Mark(Value):
    """A badge's sign: `pass`, `fail` or `unknown`."""

    kind: str

    @property
    def colour(self) -> Colour:
        return {"pass": PASS, "fail": FAIL}.get(self.kind, UNKNOWN)


def badge(draw: ImageDraw.ImageDraw, at: tuple[int, int], size: int, mark: Mark) -> None:
    """A disc with a tick (pass), a diamond with a cross (fail), a ring with a question mark (unknown)."""
    x, y = at
    middle, stroke = size / 2, max(2, size // 9)
    box = (x, y, x + size - 1, y + size - 1)
    if mark.kind == "pass":
        draw.ellipse(box, fill=PASS)
        draw.line(
            [
                (x + size * 0.26, y + size * 0.53),
                (x + size * 0.44, y + size * 0.70),
                (x + size * 0.75, y + size * 0.32),
            ],
            fill=BACKGROUND,
            width=stroke,
            joint="curve",
        )
    elif mark.kind == "fail":
        draw.polygon(
            [(x + middle, y - 1), (x + size, y + middle), (x + middle, y + size), (x - 1, y + middle)], fill=FAIL
        )
        near, far = size * 0.34, size * 0.66
        draw.line([(x + near, y + near), (x + far, y + far)], fill=BACKGROUND, width=stroke)
        draw.line([(x + far, y + near), (x + near, y + far)], fill=BACKGROUND, width=stroke)
    else:
        draw.ellipse(box, outline=UNKNOWN, width=2)
        draw.text((x + middle, y + middle), "?", font=font(round(size * 0.72), "Bold"), fill=UNKNOWN, anchor="mm")


def hatch(size: tuple[int, int]) -> Image.Image:
    """The ground of a cell without a picture."""
    image = Image.new("RGB", size, PANEL)
    draw = ImageDraw.Draw(image)
    for offset in range(-size[1], size[0], 22):
        draw.line([(offset, size[1]), (offset + size[1], 0)], fill=(38, 42, 49), width=6)
    return image
