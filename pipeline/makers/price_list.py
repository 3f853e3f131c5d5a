"""What every maker costs by its vendor's list, in one readable page."""

from pipeline.makers.maker import Maker
from pipeline.makers.registry import MAKERS

_HEAD = """# Prices

By the vendors' own lists, one dated line a maker; each stands in the maker's file (`pipeline/makers/`). `labs prices`
prints this page. Once the ledger holds six pictures of a maker, plans are priced by those instead.

| maker | model | counts | a unit | a picture | read | licence |
|---|---|---|---|---|---|---|
"""


def price_list() -> str:
    """As Markdown."""
    makers = (MAKERS.matrix, *(one for one in MAKERS.every if one is not MAKERS.matrix))
    return _HEAD + "".join(map(_line, makers))


def _line(maker: Maker) -> str:
    usual, low, high = (_usd(micros) for micros in maker.price.usual)
    each = usual if low == high else f"{usual} ({low}–{high})"
    unit = _usd(maker.price.unit_micros)
    if maker.price.reference_micros:
        unit += f", and {_usd(maker.price.reference_micros)} a further photograph"
    model, _, version = (maker.model or "the run's trained version").partition(":")
    mark = maker.entrant.research_only if maker.entrant else None
    licence = f"{maker.licence}{f'; **research only: {mark}**' if mark else ''}"
    pinned = f"{model} @ {version[:12]}" if version else model
    cells = [maker.name, pinned, maker.price.basis.value, unit, each, maker.price.as_of.isoformat(), licence]
    return f"| {' | '.join(cells)} |\n"


def _usd(micros: int) -> str:
    return f"${micros / 1_000_000:.6f}".rstrip("0").rstrip(".") if micros % 10_000 else f"${micros / 1_000_000:.2f}"
