"""Money is integer micro-dollars; people see dollars, rounded up."""

from decimal import ROUND_CEILING, Decimal

from pipeline.models import Value

MICROS = 1_000_000
CENT = 10_000


def micros(usd: Decimal | float | str) -> int:
    """Dollars to micro-dollars, rounded up: an estimate never promises too little."""
    return int((Decimal(str(usd)) * MICROS).to_integral_value(ROUND_CEILING))


def dollars(usd_micros: int) -> str:
    """`$0.07`: rounded up to the cent, so that nothing that costs is shown as free."""
    cents = -(-usd_micros // CENT)
    return f"${cents // 100:,}.{cents % 100:02d}"


def as_said(usd: float) -> str:
    """A person's own limit as it was said: `$1.90`, and `$0.005` unrounded, since it would not hold at $0.01."""
    return f"${usd:,.2f}" if round(usd, 2) == usd else f"${usd:,.6f}".rstrip("0")


class Estimate(Value):
    """What a plan will cost: the median, a range, and what both rest on."""

    usd_micros: int
    low_micros: int
    high_micros: int
    """Limits and budgets use this upper end."""
    basis: str

    def __str__(self) -> str:
        if self.high_micros == 0:
            return "$0.00"
        middle, low, high = (dollars(m) for m in (self.usd_micros, self.low_micros, self.high_micros))
        return middle if low == high else f"{middle} ({low}–{high})"
