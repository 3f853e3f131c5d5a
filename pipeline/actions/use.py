"""`use`: upscaled pictures become the cells."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value
from pipeline.request import Names, UpscaleMode, Upscaler


class UseUpscaled(Value):
    """Make upscaled pictures the cells; what was there is kept beside them."""

    action: Literal["use"] = "use"
    run: str
    cells: Names | None = None
    """Null: every cell that has one, but those whose face drifted."""
    vendor: Upscaler | None = None
    """Whose; null: the latest of each cell, whoever's."""
    mode: UpscaleMode | None = None
    scale: Literal[2, 4, 8] | None = None


USE = Action(
    word="use",
    group="make",
    request=UseUpscaled,
    phrases="""
        (use|take|adopt|keep) the upscaled [ones|cells|pictures|images|versions|results|one|cell|picture|version]
    """,
    nouns="upscaled versions pictures cells of for in",
    sentence="use the upscaled {cells} {run} {vendor} {mode} {scale}",
    example=lambda place: UseUpscaled(run=place.run, cells=(place.label,), vendor="magnific", mode="skin"),
    of_run=True,
)
