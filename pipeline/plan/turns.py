"""In which order cells are made and judged."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def seed_by_seed(items: Iterable[Item], seed: Callable[[Item], int | None]) -> list[Item]:
    """All prompts of a seed, then those of the next: a job that is stopped leaves whole columns. Seeds and prompts keep
    the order that they have.
    """
    each = list(items)
    turns = {one: turn for turn, one in enumerate(dict.fromkeys(map(seed, each)))}
    return sorted(each, key=lambda one: turns[seed(one)])
