"""Who makes pictures: the upscaler of an upscale, the rows of a bake-off."""

from typing import get_args

from pipeline.actions.bakeoff import CARD, OTHERS
from pipeline.language.fields.filling import Filling
from pipeline.request import Upscaler

_UPSCALERS = get_args(Upscaler)


def vendor(filling: Filling) -> str | None:
    """The upscaler named; one that upscales nothing is asked about."""
    strange = [one for one in filling.free("vendor") if one.value not in _UPSCALERS]
    if strange:
        filling.take("vendor", "vendor")
        filling.lack("vendor", filling.said(strange[0]))
        return None
    for one in filling.free("vendor"):
        if filling.before(one) in {"for", "full", "more", "better"}:
            filling.lack("vendor", filling.said(one))  # a purpose, perhaps
    found: str | None = filling.one("vendor", "vendor")
    return found


def scale(filling: Filling) -> int | None:
    found: int | None = filling.one("scale", "scale", int)
    return found


def vendors(filling: Filling) -> tuple[str, ...] | None:
    """Of the card's six those that take part; null for all of them. The others are noted beside it."""
    every = (*CARD, *OTHERS)
    filling.take("vendors", "all_vendors")
    six = bool(filling.take("vendors", "six_vendors"))
    for one in filling.free("whole"):
        if one.value in {("vendors", float(len(every))), ("vendors", float(len(CARD)))}:
            six, one.by = six or one.value[1] == len(CARD), "vendors"
    found = filling.take("vendors", "vendor")
    strange = [one for one in found if one.value not in every]
    if strange:
        filling.lack("vendors", filling.said(strange[0]))
    named = {one.value for one in found if not one.excluded} | (set(CARD) if six else set())
    left_out = {one.value for one in found if one.excluded}
    chosen = [one for one in every if (one in named if named else True) and one not in left_out]
    if (left_out and named and not six) or not chosen:
        filling.lack("vendors")  # all of them are left out
    filling.values["others"] = tuple(one for one in chosen if one in OTHERS)
    kept = tuple(one for one in chosen if one in CARD)
    return None if len(kept) == len(CARD) or not chosen else kept


def others(filling: Filling) -> tuple[str, ...]:
    """As `vendors` noted them."""
    noted: tuple[str, ...] = filling.values["others"]
    return noted


def photo_set(filling: Filling) -> bool:
    return bool(filling.take("photo_set", "photo_set"))
