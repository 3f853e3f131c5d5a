"""`upscale`: cells through the photorealistic upscaler."""

from typing import Literal, get_args

from pydantic import field_validator

from pipeline.actions.action import Action, JobWords
from pipeline.request import AxisCode, Names, Spending, UpscaleMode, Upscaler, some_of


class UpscaleCells(Spending):
    """Pass cells through the photorealistic upscaler."""

    action: Literal["upscale"] = "upscale"
    run: str
    cells: Names | None = None
    which: Literal["failed", "passed"] | None = None
    """By the judge's word; null: whatever it says."""
    axes: tuple[AxisCode, ...] | None = None
    """With `which`: on these axes; null: on any bar."""
    vendor: Upscaler | None = None
    mode: UpscaleMode | None = None
    """Of Magnific's; null: skin."""
    scale: Literal[2, 4, 8] | None = None
    """How many times as wide; null: twice, where it enlarges at all."""

    @field_validator("axes")
    @classmethod
    def _all_is_null(cls, axes: tuple[AxisCode, ...] | None) -> tuple[AxisCode, ...] | None:
        return some_of(axes, get_args(AxisCode))


UPSCALE = Action(
    word="upscale",
    group="make",
    request=UpscaleCells,
    participles="upscaled, scaled up",
    phrases="""
        upscale, up scale, (pipe|put|run|send|pass|feed|push) … (through|to|into) [the] [photorealistic]
        upscaler, (pipe|put|run|send|pass|feed|push) … (through|to|into) [the] (magnific|clarity)
        [photorealistic] [upscaler|upscale|upscaling], run [the] [photorealistic] upscaler [on|over], run
        (magnific|clarity) (on|over), (blow|scale) up
    """,
    nominals="[an|the] upscale of, [an|the] upscaling of, upscaling",
    nouns="""
        bar bars axis vendor upscaled upscaling upscaler photorealistic on them version versions whichever of
        resolution higher bigger result results picture pictures
    """,
    light="upscaler, upscaling, [an] upscale of, upscale",
    not_before={"upscale": "results result of done"},
    sentence="upscale {which} {on_axes} {cells} {run} {vendor} {mode} {scale}",
    example=lambda place: UpscaleCells(run=place.run, cells=(place.label,), vendor="magnific"),
    ways=("pipe the outputs of {run} through the Magnific upscaler",),
    of_run=True,
    job=JobWords("upscale", "Upscaling", "Upscaled"),
)
