"""How far two who looked agree beyond chance, and what a judge's count says once its errors are known."""

import math
from collections import Counter
from collections.abc import Sequence

from pipeline.evidence.wilson import Z_95
from pipeline.models import Value

FEWEST_OF_A_CLASS = 10
"""People's passes, and fails, from which on the judge's errors are known well enough to correct for."""
LITTLE_BETTER_THAN_A_COIN = 1.1
"""Sensitivity and specificity together; a coin has 1."""


class Kappa(Value):
    """Cohen's kappa of two who said pass or fail of the same things (J. Cohen, 1960), with its base rates."""

    n: int
    agree: int
    first_passed: int
    second_passed: int
    value: float | None
    """None where it is not defined: `why` says it."""
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def said(self) -> str:
        """`kappa 0.58 (0.21–0.95), agree on 17 of 20; they pass 12 and 13`."""
        head = f"agree on {self.agree} of {self.n}; they pass {self.first_passed} and {self.second_passed}"
        if self.value is None:
            return f"kappa undefined ({self.why}), {head}"
        return f"kappa {self.value:.2f} ({self.low or 0:.2f}–{self.high or 0:.2f}), {head}"


def kappa(pairs: Sequence[tuple[bool, bool]]) -> Kappa:
    """The 95 % interval by the standard error of Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969)."""
    n = len(pairs)
    seen = Counter(pairs)
    first, second = seen[True, True] + seen[True, False], seen[True, True] + seen[False, True]
    found = {"n": n, "agree": seen[True, True] + seen[False, False], "first_passed": first, "second_passed": second}
    if not n:
        return Kappa.model_validate(found | {"value": None, "why": "nothing was labelled by both"})
    if first in {0, n} or second in {0, n}:
        return Kappa.model_validate(found | {"value": None, "why": "one of them said the same of everything"})
    p = {key: seen[key] / n for key in ((True, True), (True, False), (False, True), (False, False))}
    row = {True: first / n, False: 1 - first / n}
    column = {True: second / n, False: 1 - second / n}
    agreed = p[True, True] + p[False, False]
    by_chance = row[True] * column[True] + row[False] * column[False]
    value = (agreed - by_chance) / (1 - by_chance)
    apart = 1 - value
    same = math.fsum(p[one, one] * (1 - (row[one] + column[one]) * apart) ** 2 for one in (True, False))
    crossed = apart**2 * math.fsum(p[i, j] * (column[i] + row[j]) ** 2 for i, j in ((True, False), (False, True)))
    variance = (same + crossed - (value - by_chance * apart) ** 2) / (n * (1 - by_chance) ** 2)
    half = Z_95 * math.sqrt(max(0.0, variance))
    ends = {"low": max(-1.0, value - half), "high": min(1.0, value + half)}
    return Kappa.model_validate(found | {"value": value} | ends)


def alpha(units: Sequence[Sequence[bool]]) -> float | None:
    """Krippendorff's alpha, nominal, of several people (Content Analysis, 2004); None where it is not defined.

    Args:
        units: What was said of each thing, by whoever said anything of it.
    """
    told = [unit for unit in units if len(unit) > 1]
    n = sum(map(len, told))
    passed = sum(map(sum, told))
    if n < 2 or passed in {0, n}:
        return None
    disagreed = math.fsum(2 * sum(unit) * (len(unit) - sum(unit)) / (len(unit) - 1) for unit in told) / n
    expected = 2 * passed * (n - passed) / (n * (n - 1))
    return 1 - disagreed / expected


class Corrected(Value):
    """A pass rate as people would have it, from a judge's count and its errors."""

    sensitivity: float
    """Of what people pass, the share that the judge passes."""
    specificity: float
    """Of what people fail, the share that the judge fails."""
    people_passed: int = 0
    people_failed: int = 0
    rate: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""
    """Why there is none."""

    @property
    def said(self) -> str:
        """`corrected for the judge's errors 92 % (74–100 %)`, or why not."""
        if self.rate is None:
            return f"not corrected for the judge's errors: {self.why}"
        ends = f"{(self.low or 0) * 100:.0f}–{(self.high or 0) * 100:.0f} %"
        return (
            f"corrected for the judge's errors {self.rate:.0%} ({ends}; it passes {self.sensitivity:.0%} of what people"
            f" pass and fails {self.specificity:.0%} of what they fail)"
        )


def corrected(passed: int, scored: int, pairs: Sequence[tuple[bool, bool]]) -> Corrected:
    """Rogan and Gladen's rate (1978), with the interval that carries both uncertainties.

    That is Lang and Reiczigel's (Preventive Veterinary Medicine 113, 2014), as Lee, Zeng, Jeong, Sohn and Lee take it
    over for judges (arXiv:2511.21140): adjusted counts, the delta method, and a shift for its skew.

    Args:
        passed: By the judge, of the cells that are reported on.
        scored: How many those are.
        pairs: (the judge passes, people pass) of cells that were labelled blind.
    """
    good, bad = [judge for judge, person in pairs if person], [judge for judge, person in pairs if not person]
    m1, m0 = len(good), len(bad)
    sensitivity = sum(good) / m1 if m1 else 0.0
    specificity = sum(not one for one in bad) / m0 if m0 else 0.0
    known = Corrected(sensitivity=sensitivity, specificity=specificity, people_passed=m1, people_failed=m0, rate=None)
    lacking = [
        f"{FEWEST_OF_A_CLASS - have} more that people {word}"
        for have, word in ((m1, "pass"), (m0, "fail"))
        if have < FEWEST_OF_A_CLASS
    ]
    if lacking:
        return known.model_copy(update={"why": f"it takes blind labels of {' and '.join(lacking)}"})
    if sensitivity + specificity <= LITTLE_BETTER_THAN_A_COIN or not scored:
        return known.model_copy(update={"why": "the judge is hardly better than a coin here"})
    rate = (passed / scored + specificity - 1) / (sensitivity + specificity - 1)
    low, high = _interval(passed, scored, (sum(good), m1), (sum(not one for one in bad), m0))
    return known.model_copy(update={"rate": min(1.0, max(0.0, rate)), "low": low, "high": high})


def _interval(passed: int, scored: int, good: tuple[int, int], bad: tuple[int, int]) -> tuple[float, float]:
    z2 = Z_95**2
    n, p = scored + z2, (passed + z2 / 2) / (scored + z2)
    m1, q1 = good[1] + 2, (good[0] + 1) / (good[1] + 2)
    m0, q0 = bad[1] + 2, (bad[0] + 1) / (bad[1] + 2)
    apart = q0 + q1 - 1
    theta = (p + q0 - 1) / apart
    shift = 2 * z2 * (theta * q1 * (1 - q1) / m1 - (1 - theta) * q0 * (1 - q0) / m0)
    variance = p * (1 - p) / n + (1 - theta) ** 2 * q0 * (1 - q0) / m0 + theta**2 * q1 * (1 - q1) / m1
    half = Z_95 * math.sqrt(variance) / abs(apart)
    return min(1.0, max(0.0, theta + shift - half)), min(1.0, max(0.0, theta + shift + half))
