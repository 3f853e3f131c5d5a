"""A bake-off's table, for a thread."""

from collections.abc import Sequence

from handlers.blocks.kit import Block, clip
from handlers.blocks.tables import Cell, table
from pipeline.evidence.leaderboard import Standing
from pipeline.evidence.run_state import RunState
from pipeline.models import Cause, Unscored
from pipeline.money import dollars
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

_NAME = 20
"""Letters of a row's name; longer ones lose their middle."""


def standings(rows: Sequence[Standing]) -> Block:
    """The rows, the best first."""
    head = ["#", "row", "Q1 face", "Q4 photographic", "Q2 pose", "$ a pass", "s"]
    return table("Rows of one number cannot be told apart", head, [_cells(one) for one in rows], as_text(rows))


def _cells(one: Standing) -> list[Cell]:
    shares = [
        (tally.rate or 0, f"{tally.passed}/{tally.scored}") for tally in (one.identity, one.photographic, one.pose)
    ]
    price: Cell = "–" if one.passing_micros is None else (one.passing_micros / 1e6, dollars(one.passing_micros))
    took: Cell = "–" if one.seconds is None else (one.seconds, f"{one.seconds:.0f}")
    known = ["–" if words.endswith("/0") else (rate, words) for rate, words in shares]
    return [str(one.place), one.row, *known, "copied" if one.copied else price, took]


def as_text(rows: Sequence[Standing]) -> str:
    """The same as mrkdwn."""
    head = f"#  {'row':<{_NAME}} Q1   Q4   pose $/pass   s"
    return "\n".join(["```", head, *map(_line, rows), "```"])


def _line(one: Standing) -> str:
    price = "copied" if one.copied else "–" if one.passing_micros is None else dollars(one.passing_micros)
    took = "–" if one.seconds is None else f"{one.seconds:.0f}"
    shares = [f"{tally.passed}/{tally.scored}" for tally in (one.identity, one.photographic, one.pose)]
    q1, q4, pose = (share if not share.endswith("/0") else "–" for share in shares)
    return f"{one.place}  {_short(one.row):<{_NAME}} {q1:<4} {q4:<4} {pose:<4} {price:>6} {took:>3}"


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 8]}…{name[-7:]}"


def lacks(state: RunState) -> list[str]:
    """Rows whose cells have no score, with the cause: refused apart from technical."""
    said = []
    for row in state.leaderboard:
        causes: dict[str, int] = {}
        for cell in state.cells:
            if cell.cell.maker == row.row and isinstance(cell.outcome, Unscored):
                causes[_cause(cell.outcome)] = causes.get(_cause(cell.outcome), 0) + 1
        said += [f"• {code(row.row)} {many(count, 'cell')}: {mrkdwn(clip(why, 200))}" for why, count in causes.items()]
    return said


def _cause(outcome: Unscored) -> str:
    if outcome.cause in {Cause.FILTERED, Cause.REFUSED}:
        return f"refused: {outcome}"
    return str(outcome)
