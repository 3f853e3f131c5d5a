"""`bakeoff`: identity vendors against one reference photo."""

from typing import Literal, get_args

from pydantic import field_validator

from pipeline.actions.action import Action
from pipeline.request import IdentityVendor, Spending, some_of


class Bakeoff(Spending):
    """Single-photo identity vendors against one reference photo."""

    action: Literal["bakeoff"] = "bakeoff"
    reference: str
    vendors: tuple[IdentityVendor, ...] | None = None
    run: str | None = None
    """Whose prompts and seeds to use."""

    @field_validator("vendors")
    @classmethod
    def _all_is_null(cls, vendors: tuple[IdentityVendor, ...] | None) -> tuple[IdentityVendor, ...] | None:
        return some_of(vendors, get_args(IdentityVendor))


BAKEOFF = Action(
    word="bakeoff",
    group="make",
    request=Bakeoff,
    phrases="""
        (set up|make|give me|get) [a|the] [new] [vendor] bakeoff, (run|start|do|launch) [a|the] [vendor]
        bakeoff, bakeoff, bake off, (run|start|do|launch) [a|the] [new] bakeoff, (run|start|do|launch) [a|the]
        bake off, let … compete, pit … against each other
    """,
    nominals="""
        [a|the] bakeoff (of|between|with|on|for), [a|the] bake off (of|between|with), [a|the] bakeoff, [a|the]
        bake off
    """,
    light="bakeoff, bake off",
    nouns="""
        vs versus bakeoff photo vendors vendor identity single-photo face run between among against with bake
        test
    """,
    sentence="bakeoff {vendors} {against} {prompts_of}",
    example=lambda place: Bakeoff(reference=place.photo or "cb_4.jpg", vendors=("pulid", "flux-pulid"), run=place.run),
    ways=("bakeoff of all vendors but FASHN against cb_4.jpg, prompts and seeds of {run}",),
    built=False,
)
