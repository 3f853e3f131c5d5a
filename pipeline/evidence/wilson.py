"""The interval of a pass rate, as a single look at a number of cells that was fixed before."""

import math

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


def wilson(passed: float, scored: float) -> tuple[float, float]:
    """Wilson's 95 % score interval of a pass rate (E. B. Wilson, JASA 22, 1927). Nothing known: 0 to 1."""
    if not scored:
        return 0.0, 1.0
    rate, z2 = passed / scored, Z_95**2
    centre = (rate + z2 / (2 * scored)) / (1 + z2 / scored)
    half = Z_95 / (1 + z2 / scored) * math.sqrt(rate * (1 - rate) / scored + z2 / (4 * scored**2))
    return max(0.0, centre - half), min(1.0, centre + half)
