"""Public models of the sandbox's Replicate: what each takes, refuses, fails on, costs and draws.

How like each one draws is made up, so that a ranking follows from pictures; it says nothing about the real ones.
"""

import base64
import io
import json
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from PIL import Image

from bot.sandbox import likeness
from bot.sandbox.replicate import studio
from bot.sandbox.replicate.predictions import Fate


@dataclass(frozen=True)
class Exhibit:
    """One model."""

    likeness: float
    """0…1."""
    seconds: float
    """Of machine time, that it bills."""
    photo: str
    """The field of the (first) photograph."""
    blind: str | None = None
    """What it fails with where the photograph shows no face; None: it looks for none."""
    turns: bool = True
    """False: the face stays as it was photographed."""
    suffix: str = "png"
    """Of its pictures, where nobody asks for another."""
    upscales: bool = False


EXHIBITS = {
    "tencentarc/photomaker": Exhibit(0.42, 7.1, "input_image"),
    "zsxkib/instant-id": Exhibit(
        0.97, 25.6, "image", "Face detector could not find a face in the `image`. Please use another image.",
        turns=False, suffix="webp",
    ),
    "bytedance/pulid": Exhibit(0.74, 7.2, "main_face_image", "facexlib align face fail", suffix="webp"),
    "bytedance/flux-pulid": Exhibit(0.84, 20.7, "main_face_image", "facexlib align face fail", suffix="webp"),
    "lucataco/ip-adapter-faceid": Exhibit(0.55, 19.3, "face_image", "list index out of range"),
    "google/nano-banana-pro": Exhibit(0.97, 18.0, "image_input", suffix="jpg"),
    "black-forest-labs/flux-2-pro": Exhibit(0.95, 11.0, "input_images", suffix="webp"),
    "bytedance/seedream-4.5": Exhibit(0.92, 14.0, "image_input", suffix="jpg"),
    "qwen/qwen-image-edit-2511": Exhibit(0.88, 9.0, "image", suffix="webp"),
    "black-forest-labs/flux-kontext-max": Exhibit(0.86, 8.0, "input_image"),
    "philz1337x/clarity-upscaler": Exhibit(0.0, 12.8, "image", upscales=True),
    "philz1337x/crystal-upscaler": Exhibit(0.0, 6.0, "image", upscales=True),
    "zsxkib/seedvr2": Exhibit(0.0, 9.0, "media", upscales=True, suffix="webp"),
    "ideogram-ai/ideogram-character": Exhibit(0.9, 16.0, "character_reference_image"),
}  # fmt: skip


@cache
def _published() -> dict[str, Any]:
    text = resources.files("bot.sandbox").joinpath("schemas/replicate-models.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def by_version(version: str) -> str | None:
    """The model of a public version, 64 hex digits; official ones are never ordered so."""
    return next((name for name, one in _published().items() if one["version"] == version and not one["official"]), None)


def is_official(model: str) -> bool:
    return bool(_published().get(model, {}).get("official"))


def shown(model: str) -> dict[str, Any] | None:
    """A public model as `GET /v1/models/{owner}/{name}` shows it; None of one that is not here."""
    one = _published().get(model)
    if one is None:
        return None
    owner, _, name = model.partition("/")
    version = {
        "id": one["version"],
        "created_at": "2026-10-01T08:00:00Z",
        "cog_version": "0.16.0",
        "openapi_schema": {"components": one["components"]},
    }
    return {
        "url": f"https://replicate.com/{model}",
        "owner": owner,
        "name": name,
        "description": None,
        "visibility": "public",
        "github_url": None,
        "paper_url": None,
        "license_url": None,
        "run_count": 1,
        "cover_image_url": None,
        "default_example": None,
        "latest_version": version,
    }


def faults_of(model: str, asked: Any) -> list[str]:
    """What the published schema does not allow; an unknown field is none of it."""
    return [
        f"- input{''.join(f'.{part}' for part in fault.absolute_path)}: {fault.message[:200]}"
        for fault in _validator(model).iter_errors(asked)
    ]


@cache
def _validator(model: str) -> Draft202012Validator:
    one = _published()[model]
    schema = {**one["components"]["schemas"]["Input"], "components": one["components"], "additionalProperties": False}
    schema["properties"] = {
        name: {**part, "maxItems": part["x-max-items"]} if "x-max-items" in part else part
        for name, part in schema["properties"].items()
    }
    return Draft202012Validator(schema)


def photo_of(model: str, asked: dict[str, Any]) -> str:
    """The address of the first photograph; empty where none was given."""
    given = asked.get(EXHIBITS[model].photo)
    first = given[0] if isinstance(given, list) and given else given
    return first if isinstance(first, str) else ""


def inside(address: str) -> bytes | None:
    """The bytes of a `data:` address."""
    head, comma, body = address.partition(",")
    return base64.b64decode(body) if comma and head.startswith("data:") else None


def fate_of(model: str, asked: dict[str, Any], photo: bytes | None, given: Fate) -> Fate:
    """What becomes of an order, where nothing else was put in its way."""
    exhibit = EXHIBITS[model]
    single = _published()[model]["components"]["schemas"]["Output"].get("type") == "string"
    fate = replace(given, billed_s=exhibit.seconds if given.billed_s is None else given.billed_s)
    if single and given.shape == "picture":
        fate = replace(fate, shape="single")
    if given.status != "succeeded":
        return fate
    said = _fails(model, asked, photo, exhibit)
    return replace(fate, status="failed", error=said) if said else fate


def _fails(model: str, asked: dict[str, Any], photo: bytes | None, exhibit: Exhibit) -> str | None:
    if photo is None or likeness.opened(photo) is None:
        return "cannot identify image file"
    if model == "tencentarc/photomaker" and len(re.findall(r"\bimg\b", str(asked["prompt"]))) != 1:
        return "Cannot find the trigger word 'img' in the text prompt"
    if model == "lucataco/ip-adapter-faceid" and not asked.get("agree_to_research_only"):
        return "You must agree to use this model only for research. It is not for commercial use."
    if model == "bytedance/flux-pulid" and asked.get("output_format") == "jpg":
        return "'JPG'"
    return exhibit.blind if exhibit.blind and not likeness.shows_a_face(photo) else None


def draw(model: str, asked: dict[str, Any], photo: bytes, scale: float) -> Image.Image:
    """One picture, drawn from the photograph's pixels."""
    exhibit = EXHIBITS[model]
    if exhibit.upscales:
        return likeness.upscaled(photo, round(float(asked.get("scale_factor", 1))), grain_too=True)
    return drawn(model, asked, photo, scale, exhibit.likeness, turns=exhibit.turns)


def drawn(model: str, asked: dict[str, Any], photo: bytes, scale: float, like: float, *, turns: bool) -> Image.Image:
    """One picture as like as its model draws, a little more or less by prompt and seed."""
    chance = studio.chance(model, asked["prompt"], asked.get("seed"))
    like = max(0.0, min(1.0, like + (chance % 21 - 10) / 100))
    width, height = _size(model, asked, photo)
    size = (max(64, round(width * scale)), max(64, round(height * scale)))
    waxy = chance % 7 == 0
    seed = int(asked.get("seed") or chance % 1000)
    return likeness.portray(photo, like, studio.pose_of(str(asked["prompt"])), size, seed, smooth=waxy, turns=turns)


def _size(model: str, asked: dict[str, Any], photo: bytes) -> tuple[int, int]:
    """By what was asked for; of InstantID by the photograph, of PhotoMaker always the same."""
    if model == "tencentarc/photomaker":
        return 1024, 1024
    for wide, high in (("width", "height"), ("image_width", "image_height")):
        if wide in asked:
            return int(asked[wide]), int(asked[high])
    if asked.get("aspect_ratio") in studio.SIZES:
        return studio.SIZES[asked["aspect_ratio"]]
    with Image.open(io.BytesIO(photo)) as image:
        share = 1280 / max(image.size)
        return round(image.width * share) // 64 * 64, round(image.height * share) // 64 * 64


def suffix_of(model: str, asked: dict[str, Any]) -> str:
    return str(asked.get("output_format") or EXHIBITS[model].suffix)
