"""The settings of trainings."""

import re
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from pipeline.makers.flux_lora import ASPECTS
from pipeline.makers.trainers import TrainerName

_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
MATRIX_PROMPTS = {
    "front-full": (
        "a full-body fashion catalog photograph of {person}, standing front-facing on a clean studio backdrop, wearing"
        " a white tank top and grey shorts, natural studio lighting, sharp focus"
    ),
    "upper-front": (
        "an upper-body fashion catalog photograph of {person}, front-facing on a clean studio backdrop, wearing a white"
        " tank top, natural studio lighting, sharp focus"
    ),
    "3q-side": (
        "a three-quarter side fashion photograph of {person}, standing on a clean studio backdrop, looking off-camera,"
        " wearing a neutral grey dress, soft natural lighting"
    ),
}
"""The lab's first matrix, with who the person is said in full."""


class TrainingSettings(BaseSettings):
    """What a training, and the matrix after it, rest on."""

    trainer: TrainerName = Field(
        default="ostris/flux-dev-lora-trainer", description="The model on Replicate that trains LoRAs."
    )
    replicate_owner: str | None = Field(
        default=None,
        description="Who owns the trained models; by default the token's own account.",
        examples=["our-lab"],
    )
    matrix_prompts: dict[str, str] = Field(
        default=MATRIX_PROMPTS, description="Prompts of the matrix after a training; `{person}` is who was trained."
    )
    matrix_seeds: tuple[int, ...] = Field(
        default=(42, 7301), min_length=1, description="Seeds of the matrix after a training."
    )
    matrix_aspect: str = Field(default="3:4", description="Width to height of its pictures.")
    consent_bases: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("self", "release", "public-figure-internal-evaluation"),
        description="What may allow the use of a person's photographs.",
    )
    consent_vendors: dict[str, tuple[str, ...]] = Field(
        default={},
        description="Which consent basis allows which further vendors to see a photograph.",
        examples=[{"release": ["fashn"]}],
    )
    check_faces: bool = Field(
        default=True, description="Look for faces in the photographs, where the face extra is installed."
    )

    @field_validator("matrix_prompts")
    @classmethod
    def _names_the_person(cls, value: dict[str, str]) -> dict[str, str]:
        if not value or any("{person}" not in text for text in value.values()):
            raise ValueError("every prompt must hold {person}")
        return value

    @field_validator("replicate_owner")
    @classmethod
    def _owner_name(cls, value: str | None) -> str | None:
        if value and not _OWNER.fullmatch(value):
            raise ValueError("it is no owner at Replicate: as in replicate.com/OWNER")
        return value

    @field_validator("matrix_aspect")
    @classmethod
    def _known_shape(cls, value: str) -> str:
        if value not in ASPECTS:
            raise ValueError(f"no such shape; known: {', '.join(ASPECTS)}")
        return value
