"""`bakeoff`: identity vendors against one reference photo."""

from typing import Literal, get_args

from pydantic import field_validator

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import makers, settings, targets
from pipeline.language.slots.spending import priced
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


def bakeoff(reading: Reading) -> Fields:
    price = priced(reading)
    fields: Fields = {"action": "bakeoff", "reference": settings.reference(reading)}
    fields["vendors"] = makers.vendors(reading)
    fields["run"] = targets.one_run(reading, needed=False)
    if fields["reference"] is None:
        reading.lack("reference")
    return fields | price


BAKEOFF = Action(
    word="bakeoff",
    request=Bakeoff,
    phrases="""
        bakeoff, bake off, (run|start|do|launch) [a|the] [new] bakeoff, (run|start|do|launch) [a|the] bake off
    """,
    nominals="[a|the] bakeoff, [a|the] bake off",
    light="bakeoff, bake off",
    sentence="bakeoff {vendors} {against} {prompts_of}",
    read=bakeoff,
    example=lambda place: Bakeoff(reference=place.photo, vendors=("pulid", "flux-pulid"), run=place.run),
    ways=("bakeoff of all vendors but FASHN against cb_4.jpg, prompts and seeds of {run}",),
    built=False,
)
