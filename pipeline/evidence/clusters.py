"""Cells of one seed share a cause: an interval that counts seeds as well as cells, and what it takes to blame one."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipeline.evidence.wilson import Z_95, wilson
from pipeline.models import BARRED, Axis, JudgedCell, Value

FEWEST = 5
"""Seeds from which on their differences say anything of what other seeds would do."""
BLAMED_BELOW = 0.05


def by_seed(cells: Iterable[JudgedCell], axis: Axis) -> dict[int, list[bool]]:
    """Passes and fails of each seed."""
    found: defaultdict[int, list[bool]] = defaultdict(list)
    for cell in cells:
        if cell.scores is not None and cell.cell.seed is not None:
            found[cell.cell.seed].append(cell.scores[axis].passed)
    return dict(found)


def clustered(groups: Sequence[Sequence[bool]]) -> tuple[float, float] | None:
    """The 95 % interval of a pass rate over groups that each share a cause; None below `FEWEST` groups.

    Wilson's interval at the number of cells that independent ones would have been worth: the cluster-robust variance of
    the mean (E. Miller, arXiv:2411.00640, §2.2, with the factor G/(G − 1) for few groups) over the binomial one, and
    Student's quantile for the groups (E. Korn and B. Graubard, Survey Methodology 24, 1998). Never more than there are.
    """
    count = len(groups)
    if count < FEWEST:
        return None
    scored = sum(map(len, groups))
    passed = sum(map(sum, groups))
    rate = passed / scored
    binomial = rate * (1 - rate) / scored
    robust = sum((sum(group) - rate * len(group)) ** 2 for group in groups) / scored**2 * count / (count - 1)
    effect = max(1.0, robust / binomial) if binomial else 1.0
    worth = scored / effect * (Z_95 / _student(count - 1)) ** 2
    return wilson(rate * worth, worth)


def _student(freedom: int) -> float:
    """Student's two-sided 95 % quantile, by Abramowitz and Stegun 26.7.5; from 4 degrees of freedom within 0.3 %."""
    z = Z_95
    terms = ((z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384)
    return z + math.fsum(term / freedom**power for power, term in enumerate(terms, 1))


class Blamed(Value):
    """A seed or a prompt that fails more than chance would have it."""

    axis: Axis
    kind: str
    """`seed` or `prompt`."""
    name: str
    failed: int
    scored: int
    chance: float
    """How often chance alone would do this to any of them (after Holm)."""

    @property
    def said(self) -> str:
        """`Q1: seed 7301 fails beyond chance (6 of 6, p 0.001 over all seeds and prompts)`."""
        odds = "below 0.001" if self.chance < 0.001 else f"{self.chance:.3f}"
        return (
            f"{self.axis.code.upper()}: {self.kind} {self.name} fails beyond chance ({self.failed} of {self.scored}, p"
            f" {odds} over all seeds and prompts)"
        )


def blamed(cells: Sequence[JudgedCell]) -> tuple[Blamed, ...]:
    """Seeds and prompts that fail Q1 or Q4 beyond chance.

    Each by the exact permutation test of its fails against the others', a seed within the prompts and a prompt within
    the seeds, one-sided; all of them corrected together (S. Holm, Scandinavian Journal of Statistics 6, 1979).
    """
    tests = [one for axis in BARRED for one in _tests(cells, axis)]
    found, worst = [], 0.0
    for at, one in enumerate(sorted(tests, key=lambda test: test.chance)):
        worst = max(worst, min(1.0, one.chance * (len(tests) - at)))
        if worst < BLAMED_BELOW:
            found.append(one.model_copy(update={"chance": worst}))
    return tuple(found)


def _tests(cells: Sequence[JudgedCell], axis: Axis) -> list[Blamed]:
    seen = [
        (str(one.cell.seed), one.cell.prompt_id, not one.scores[axis].passed)
        for one in cells
        if one.scores is not None and one.cell.seed is not None
    ]
    by_prompt = [(prompt, seed, failed) for seed, prompt, failed in seen]
    return [*_against_others(seen, "seed", axis), *_against_others(by_prompt, "prompt", axis)]


def _against_others(seen: Iterable[tuple[str, str, bool]], kind: str, axis: Axis) -> list[Blamed]:
    """Each of a kind, named first, within the layers named second."""
    own: defaultdict[str, dict[str, Counter[bool]]] = defaultdict(dict)
    layers: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for name, layer, bad in seen:
        own[name].setdefault(layer, Counter())[bad] += 1
        layers[layer][bad] += 1
    if len(own) == 1:
        return []  # there is nothing to compare it with
    tests = []
    for name, mine in own.items():
        failed = sum(one[True] for one in mine.values())
        scored = sum(one.total() for one in mine.values())
        chance = _chance(mine, layers, failed)
        tests.append(Blamed(axis=axis, kind=kind, name=name, failed=failed, scored=scored, chance=chance))
    return tests


def _chance(mine: Mapping[str, Counter[bool]], layers: Mapping[str, Counter[bool]], failed: int) -> float:
    """How often as many fails, or more, would fall on these cells if a layer's fails fell on any of its cells."""
    spread = [1.0]
    for layer, own in mine.items():
        all_of, drawn = layers[layer].total(), own.total()
        bad = layers[layer][True]
        here = [math.comb(bad, k) * math.comb(all_of - bad, drawn - k) for k in range(min(bad, drawn) + 1)]
        whole = math.comb(all_of, drawn)
        added = [0.0] * (len(spread) + len(here) - 1)
        for at, before in enumerate(spread):
            for k, ways in enumerate(here):
                added[at + k] += before * ways / whole
        spread = added
    return min(1.0, math.fsum(spread[failed:]))


def seeds_said(cells: Sequence[JudgedCell], axis: Axis) -> str:
    """What its seeds tell of a run: how sure one can be with so many, and which are to blame; empty where none failed.

    As in `Counted by seed (10 of them), Q1 identity is 65–94 % likely. Q1: seed 7301 fails beyond chance (6 of 6, …).`
    """
    groups = by_seed(cells, axis)
    if not groups or all(map(all, groups.values())):
        return ""
    if len(groups) < FEWEST:
        return f"{len(groups)} seed{'s' if len(groups) > 1 else ''}: too few to tell a bad seed from bad luck."
    low, high = clustered(list(groups.values())) or (0.0, 1.0)
    whole = f"Counted by seed ({len(groups)} of them), {axis.title} lies at {low * 100:.0f}–{high * 100:.0f} %."
    return " ".join([whole, *(f"{one.said}." for one in blamed(cells))])
