"""What stands across a bake-off: every prompt, and within it as many cells as its fullest row has."""

from typing import NamedTuple

from pipeline.evidence.run_state import RunState
from pipeline.models import JudgedCell

MOST = 10
"""Beyond this there is a picture for each prompt."""


class Column(NamedTuple):
    """The n-th cell of a prompt in every row."""

    prompt_id: str
    number: int
    seed: int | None
    """None: no row of it has a seed."""


def columns_of(state: RunState) -> tuple[Column, ...]:
    """In the order in which the rows name them."""
    seeds: dict[str, list[int]] = {}
    most: dict[str, int] = {}
    for row in state.leaderboard:
        for prompt_id, own in _by_prompt(state, row.row).items():
            known = seeds.setdefault(prompt_id, [])
            known += [cell.cell.seed for cell in own if cell.cell.seed is not None and cell.cell.seed not in known]
            most[prompt_id] = max(most.get(prompt_id, 0), len(own))
    return tuple(
        Column(name, number, seeds[name][number] if number < len(seeds[name]) else None)
        for name, count in most.items()
        for number in range(count)
    )


def contests(state: RunState) -> tuple[tuple[Column, ...], ...]:
    """The columns of each picture: one, or one for each prompt."""
    every = columns_of(state)
    if len(every) <= MOST:
        return (every,) if every else ()
    names = dict.fromkeys(column.prompt_id for column in every)
    return tuple(tuple(column for column in every if column.prompt_id == name) for name in names)


def _by_prompt(state: RunState, row: str) -> dict[str, list[JudgedCell]]:
    found: dict[str, list[JudgedCell]] = {}
    for cell in state.cells:
        if cell.cell.maker == row:
            found.setdefault(cell.cell.prompt_id, []).append(cell)
    return {name: sorted(own, key=_place) for name, own in found.items()}


def _place(cell: JudgedCell) -> str:
    """Its seed or its number, as its label ends."""
    return cell.cell.label.rpartition("-")[2][1:].zfill(12)


def at(state: RunState, row: str, column: Column) -> JudgedCell | None:
    """The cell of a row under a column: by its seed, and where the row takes none by its number."""
    own = _by_prompt(state, row).get(column.prompt_id, [])
    by_seed = [one for one in own if one.cell.seed is not None and one.cell.seed == column.seed]
    if by_seed:
        return by_seed[0]
    without = [one for one in own if one.cell.seed is None]
    return without[column.number] if column.number < len(without) else None
