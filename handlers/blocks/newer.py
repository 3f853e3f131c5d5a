"""Blocks that Slack rolls out in phases: each carries what stands in its place where a workspace lacks it."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from handlers.blocks.kit import Block

INSTEAD = "instead"
"""Under this key until the message leaves; no block of Slack's has it."""


def newer(block: Block, instead: list[Block]) -> Block:
    """A block of 2026, and what says the same to a workspace that does not take it yet."""
    return {**block, INSTEAD: instead}


def kinds(blocks: Iterable[Block]) -> frozenset[str]:
    """The newer ones among some blocks, by type."""
    return frozenset(block["type"] for block in blocks if INSTEAD in block)


def as_taken(blocks: Iterable[Block], lacking: AbstractSet[str]) -> tuple[Block, ...]:
    """As a workspace takes them that lacks some types."""
    taken: list[Block] = []
    for block in blocks:
        if INSTEAD not in block:
            taken.append(block)
        elif block["type"] in lacking:
            taken += block[INSTEAD]
        else:
            taken.append({name: value for name, value in block.items() if name != INSTEAD})
    return tuple(taken)
