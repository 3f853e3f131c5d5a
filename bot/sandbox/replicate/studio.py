"""The sandbox's trained model: it draws what a prompt asks for, the same for the same seed, and some seeds drift."""

import io
import json
import zlib
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from PIL import Image

from bot.sandbox.drawing import CB, COUSIN, STRANGER, Person, Pose, portrait

SIZES = {
    "1:1": (1024, 1024), "16:9": (1344, 768), "21:9": (1536, 640), "3:2": (1216, 832), "2:3": (832, 1216),
    "4:5": (896, 1088), "5:4": (1088, 896), "3:4": (896, 1152), "4:3": (1152, 896), "9:16": (768, 1344),
    "9:21": (640, 1536),
}  # fmt: skip
FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}
_CLOTHES = ((238, 238, 236), (150, 150, 155), (96, 112, 140), (170, 96, 90), (88, 110, 92))


def chance(*parts: object) -> int:
    return zlib.crc32("|".join(map(str, parts)).encode())


def whom(version: str, asked: dict[str, Any], trained: Person = CB) -> tuple[Person, bool]:
    """Who appears, and whether the skin is like wax: by version, prompt and seed; a prompt that says who it is
    drifts less.
    """
    said = {"woman", "lady", "girl"} & set(str(asked["prompt"]).lower().replace(",", " ").split())
    drawn = chance(version, asked["prompt"], asked.get("seed")) % 13
    if drawn == 0 or (drawn == 1 and not said):
        return STRANGER, False
    if drawn == 2:
        return (COUSIN if trained is CB else STRANGER), False
    return trained, drawn == 3


def pose_of(prompt: str) -> Pose:
    """What the words ask for."""
    text = prompt.lower()
    framing = "close" if "close-up" in text else "upper" if "upper" in text else "full"
    turned = any(word in text for word in ("three-quarter", "profile", "off-camera", "side"))
    return replace(
        Pose(framing), turn=0.12 if turned else 0.0, clothes=_CLOTHES[chance("clothes", prompt) % len(_CLOTHES)]
    )


def draw(version: str, asked: dict[str, Any], scale: float, trained: Person | None = None) -> Image.Image:
    """One picture, at the size of its aspect ratio times `scale`, of whom the version was trained on."""
    width, height = SIZES[asked.get("aspect_ratio", "1:1")]
    size = (max(64, round(width * scale)), max(64, round(height * scale)))
    person, waxy = whom(version, asked, trained or CB)
    return _drawn(person, pose_of(str(asked["prompt"])), size, int(asked.get("seed") or 0), smooth=waxy).copy()


@lru_cache(maxsize=64)
def _drawn(person: Person, pose: Pose, size: tuple[int, int], seed: int, *, smooth: bool) -> Image.Image:
    """Drawn once: the same prompt at the same seed is asked for again and again."""
    return portrait(person, pose, size, seed, smooth=smooth)


def plain(asked: dict[str, Any]) -> Image.Image:
    """A quick picture that no other order has, for benches of the bot."""
    found = chance(asked["prompt"], asked.get("seed"))
    tint = (64 + found % 128, 64 + (found >> 8) % 128, 64 + (found >> 16) % 128)
    image = Image.new("RGB", (64, 64), tint)
    image.putpixel((found % 64, (found >> 6) % 64), (255, 255, 255))
    return image


def encode(image: Image.Image, asked: dict[str, Any]) -> tuple[bytes, str]:
    """The bytes in the format that was asked for, and its suffix; WebP, lossy, when none was."""
    suffix = asked.get("output_format", "webp")
    buffer = io.BytesIO()
    how = {"compress_level": 1} if suffix == "png" else {"quality": 80}
    image.save(buffer, FORMATS[suffix], **how)
    return buffer.getvalue(), suffix


def faults_of(asked: Any) -> list[str]:
    """What a trained Flux LoRA's schema does not allow, in the real one's words."""
    return [
        f"- input{''.join(f'.{part}' for part in fault.absolute_path)}: {fault.message[:200]}"
        for fault in _input_schema().iter_errors(asked)
    ]


@cache
def _input_schema() -> Draft202012Validator:
    """What a trained Flux LoRA takes: igorluzp/igorluzp's published input, 2025-01."""
    text = resources.files("bot.sandbox").joinpath("schemas/flux-lora.input.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))
