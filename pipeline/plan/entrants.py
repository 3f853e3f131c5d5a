"""Who takes part in a bake-off, with how many photographs, and who cannot, and why."""

from typing import NamedTuple

from pipeline.actions.bakeoff import Bakeoff
from pipeline.fixture.facts import PhotoFacts
from pipeline.makers.maker import PICTURE, CellToMake, Entrant, Input, Maker
from pipeline.plan.consent import forbids
from pipeline.plan.entries import LeftOut
from pipeline.plan.inputs import Defaults, Known

_SAMPLE = CellToMake("a photograph of a woman", 42, "3:4", {}, ("0" * 64,), "woman")
_ADDRESS = "https://example.com/picture.jpg"


class Row(NamedTuple):
    """One maker with the photographs that it gets."""

    maker: Maker
    entrant: Entrant
    photos: tuple[str, ...]
    """Lab-relative, the reference first."""

    @property
    def name(self) -> str:
        """`pulid`; with more photographs than one `pulid+4`."""
        more = f"+{len(self.photos)}" if len(self.photos) > 1 else ""
        return f"{self.maker.name}{more}"

    @property
    def title(self) -> str:
        more = f", {len(self.photos)} photographs" if len(self.photos) > 1 else ""
        return f"{self.entrant.title}{more}"


def entrants(
    request: Bakeoff, facts: PhotoFacts, photos: tuple[str, ...], defaults: Defaults, known: Known
) -> tuple[list[Row], list[LeftOut]]:
    """The rows, and who is left out.

    Args:
        request: Who is asked for.
        facts: Of the reference.
        photos: Lab-relative: the reference, and behind it all others of the fixture that may be used.
        defaults: The lab's settings.
        known: Keys, and what models take today.
    """
    rows: list[Row] = []
    left_out = []
    for name in request.makers:
        maker = known.makers.named(name)
        if maker.entrant is None:
            continue
        if why := _forbids(maker, facts, defaults, known):
            left_out.append(LeftOut(name=name, why=why))
            continue
        rows.append(Row(maker, maker.entrant, photos[:1]))
        several = photos[: maker.entrant.most_references]
        if request.photo_set and len(several) > 1:
            rows.append(Row(maker, maker.entrant, several))
    return rows, left_out


def _forbids(maker: Maker, facts: PhotoFacts, defaults: Defaults, known: Known) -> str | None:
    """Why a maker takes no part; None: it does."""
    vendor = maker.vendor.name
    if why := forbids(vendor, facts, defaults.allowed):
        return why
    if vendor not in known.accounts:
        return f"there is no key for it ({vendor.upper()}_API_KEY)"
    schema = known.schemas.get(maker.model or "")
    return _changed(maker, schema) if schema is not None else None


def _changed(maker: Maker, schema: Input) -> str | None:
    """A model that does not take what it took when this was written is not guessed at."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # a tenth of a second, for bake-offs alone

    asked = _addressed(maker.asked(_SAMPLE))
    strange = sorted(set(asked) - set(schema.get("properties", {})))
    faults = [fault.message[:120] for fault in Draft202012Validator(schema).iter_errors(asked)]
    said = [f"it does not take {name!r} any more" for name in strange] + faults
    return f"its input has changed: {said[0]}" if said else None


def _addressed(asked: Input) -> Input:
    def one(value: object) -> object:
        if isinstance(value, dict) and PICTURE in value:
            return _ADDRESS
        return [one(each) for each in value] if isinstance(value, list) else value

    return {name: one(value) for name, value in asked.items()}
