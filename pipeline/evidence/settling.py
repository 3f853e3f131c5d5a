"""How far a verdict is from settled: what may be ordered at once without ever ordering more than that takes."""

from pipeline.evidence import always_valid
from pipeline.evidence.verdict import Grade, Verdict
from pipeline.models import BARRED, Axis
from pipeline.wordlist import many

SETTLED = frozenset({Grade.STRONG, Grade.AGAINST})


def to_decision(verdict: Verdict) -> int:
    """The fewest further cells after which the verdict can be settled, one way or the other; 0: it is.

    Fewer are never enough, whatever they bring: so many may be under way together.
    """
    if verdict.grade in SETTLED or verdict.flag:
        return 0  # more cells by a judge that is not to be trusted settle nothing
    clean = verdict.more_cells if verdict.scored else always_valid.passes_to_strong(0, 0, verdict.threshold)
    ways = [clean, *(_fails(verdict, axis) for axis in BARRED)]
    return max(1, min((one for one in ways if one is not None), default=1))


def so_far(verdict: Verdict) -> str:
    """`Evidence so far: weak; 21 more cells that pass make it strong, 6 more fails settle it below 80 %.`."""
    if verdict.grade in SETTLED:
        return f"Evidence: {verdict.grade}."
    fails = min((one for axis in BARRED if (one := _fails(verdict, axis)) is not None), default=None)
    ways = [f"{many(verdict.more_cells, 'more cell')} that pass make it strong"] if verdict.more_cells else []
    ways += [f"{many(fails, 'more fail')} settle it below {100 * verdict.threshold:g} %"] if fails else []
    return f"Evidence so far: {verdict.grade}; {', '.join(ways)}."


def _fails(verdict: Verdict, axis: Axis) -> int | None:
    tally = verdict.tally(axis)
    return always_valid.fails_to_against(tally.passed, tally.scored, verdict.threshold)


def rounds(verdict: Verdict, prompts: int) -> int:
    """Seeds of every prompt that may be made at once."""
    return -(-to_decision(verdict) // max(1, prompts))
