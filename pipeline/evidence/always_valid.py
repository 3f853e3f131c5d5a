"""Evidence that holds however often one looks: a pass rate tested against a bar after every cell, at no extra risk.

A mixture of likelihood ratios is a martingale (H. Robbins, 1970; Howard, Ramdas, McAuliffe and Sekhon, Annals of
Statistics 49(2), 2021): where the rate is not above the bar, `E_up` ever reaches 1/ALPHA with a probability of ALPHA at
most (Ville's inequality), whenever one stops. Counts alone decide; nothing is simulated.
"""

import math
from collections.abc import Callable
from functools import lru_cache

ALPHA = 0.025
"""The risk of a side: 1 in 40 that a rate at the bar is ever called above it, as much that it is called below."""
NEEDED = -math.log(ALPHA)
MOST_CELLS = 1000


def above(passed: int, scored: int, bar: float) -> float:
    """`ln E_up`: evidence that the rate is above the bar. Settled from `NEEDED` on.

    `E_up = (1/(1−b)) ∫_b^1 x^S (1−x)^(n−S) dx / (b^S (1−b)^(n−S))`, with S passes of n.
    """
    if bar <= 0:
        return math.inf  # every rate is
    if bar >= 1:
        return -math.inf
    return _of_mixture(passed, scored, bar) - math.log(1 - bar) + _tail(passed, scored, bar)


def below(passed: int, scored: int, bar: float) -> float:
    """`ln E_down`: evidence that the rate is below the bar; the same seen from the other end."""
    if bar >= 1:
        return math.inf if passed < scored else -math.inf
    if bar <= 0:
        return -math.inf
    return above(scored - passed, scored, 1 - bar)


def _of_mixture(passed: int, scored: int, bar: float) -> float:
    """`ln B(S+1, n−S+1)` over the likelihood at the bar."""
    failed = scored - passed
    beta = math.lgamma(passed + 1) + math.lgamma(failed + 1) - math.lgamma(scored + 2)
    return beta - passed * math.log(bar) - failed * math.log1p(-bar)


def _tail(passed: int, scored: int, bar: float) -> float:
    """`ln (1 − I_b(S+1, n−S+1))`: of n + 1 trials at the bar's rate, S at most succeed."""
    trials = scored + 1
    terms = [
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(bar)
        + (trials - k) * math.log1p(-bar)
        for k in range(passed + 1)
    ]
    highest = max(terms)
    return highest + math.log(math.fsum(math.exp(term - highest) for term in terms))


@lru_cache(maxsize=4096)
def strong(passed: int, scored: int, bar: float) -> bool:
    """Settled: above the bar."""
    return above(passed, scored, bar) >= NEEDED


@lru_cache(maxsize=4096)
def against(passed: int, scored: int, bar: float) -> bool:
    """Settled: below the bar."""
    return below(passed, scored, bar) >= NEEDED


def passes_to_strong(passed: int, scored: int, bar: float) -> int | None:
    """The fewest further passes after which it is settled; None where no number up to `MOST_CELLS` does."""
    return _fewest(lambda more: strong(passed + more, scored + more, bar))


def fails_to_against(passed: int, scored: int, bar: float) -> int | None:
    """The fewest further fails after which it is settled; None where no number up to `MOST_CELLS` does."""
    return _fewest(lambda more: against(passed, scored + more, bar))


def _fewest(settled: Callable[[int], bool]) -> int | None:
    """Each further cell of the kind moves the evidence the same way once it moves it at all."""
    if not settled(MOST_CELLS):
        return None
    low, high = -1, MOST_CELLS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settled(middle) else (middle, high)
    return high
