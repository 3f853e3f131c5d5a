"""`bakeoff`: identity vendors against one reference photo."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pipeline.actions.action import Action, JobWords
from pipeline.makers.registry import MAKERS
from pipeline.request import Spending

CARD = tuple(one.name for one in MAKERS.entrants if one.entrant and one.entrant.card)
"""The six that the lab's card names."""
OTHERS = tuple(one.name for one in MAKERS.entrants if one.name not in CARD)
"""Those that came since."""
Names = Annotated[tuple[str, ...], Field(json_schema_extra={"items": {"type": "string", "enum": [*CARD, *OTHERS]}})]


class Bakeoff(Spending):
    """Single-photo identity vendors against one reference photo."""

    action: Literal["bakeoff"] = "bakeoff"
    reference: str
    vendors: Names | None = None
    """Of the card's six; null: all of them; none: the others alone."""
    others: Names = ()
    """Of those that came since."""
    photo_set: bool = False
    """Who takes several photographs runs a second time, with all of the fixture's."""
    run: str | None = None
    """Whose prompts and seeds to use; or an earlier bake-off, that gets more rows."""

    @model_validator(mode="before")
    @classmethod
    def _in_order(cls, given: Any) -> Any:
        """Each name once, in the makers' own order; all of the six, or nobody at all, is null."""
        if not isinstance(given, dict):
            return given
        others = _known(given.get("others") or (), OTHERS)
        six = given.get("vendors")
        if six is not None:
            six = _known(six, CARD)
            six = None if len(six) == len(CARD) or not (six or others) else six
        return {**given, "vendors": six, "others": others}

    @property
    def makers(self) -> tuple[str, ...]:
        """Who takes part, by name."""
        return (*(CARD if self.vendors is None else self.vendors), *self.others)


def _known(names: Iterable[str], every: tuple[str, ...]) -> tuple[str, ...]:
    if strangers := set(names) - set(every):
        raise ValueError(f"no such vendor: {min(strangers)}")
    return tuple(one for one in every if one in names)


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
        test rivals models contestants entrants
    """,
    sentence="bakeoff {who} {vendors} {against} {prompts_of} {photo_set}",
    example=lambda place: Bakeoff(reference=place.photo or "cb_4.jpg", vendors=("pulid", "flux-pulid"), run=place.run),
    ways=("bakeoff of all vendors but FASHN against cb_4.jpg, prompts and seeds of {run}",),
    job=JobWords("bake off", "Baking off", "Baked off"),
)
