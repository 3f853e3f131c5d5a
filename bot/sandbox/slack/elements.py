"""What can be pressed in a message or a view, wherever in its blocks it stands."""

from collections.abc import Iterator
from typing import Any

Block = dict[str, Any]

NEWER = frozenset(
    {
        "alert",
        "card",
        "carousel",
        "container",
        "context_actions",
        "data_table",
        "data_visualization",
        "plan",
        "task_card",
    }
)
"""Blocks of 2026, which reach workspaces one after the other."""


def elements(blocks: list[Block]) -> Iterator[tuple[Block, Block]]:
    """Each element that can be pressed or chosen from, with its block, in order."""
    for block in blocks:
        yield from (
            (block, one) for one in block.get("elements", []) if block["type"] in {"actions", "context_actions"}
        )
        if "accessory" in block and "action_id" in block["accessory"]:
            yield block, block["accessory"]
        cards = block.get("elements", []) if block["type"] == "carousel" else [block] if block["type"] == "card" else []
        yield from ((card, one) for card in cards for one in card.get("actions", []))
        yield from elements(block.get("child_blocks", []))
