"""Tables that can be sorted, and what stands in their place where a workspace has none: monospaced text."""

from collections.abc import Sequence

from handlers.blocks.kit import Block, section
from handlers.blocks.newer import newer

MOST_ROWS, PAGE = 200, 12
"""Of Slack's table, without its head; so many are shown at once."""

Cell = str | tuple[float, str]
"""Words, or a number that is sorted by with the words that show it."""


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[Cell]], instead: str) -> Block:
    """A table of up to `MOST_ROWS` rows. `instead`: the same as mrkdwn."""
    shown = [[_cell(one) for one in row] for row in (head, *rows[:MOST_ROWS])]
    made = {"type": "data_table", "caption": caption, "page_size": min(PAGE, max(1, len(rows))), "rows": shown}
    return newer({**made, "row_header_column_index": min(1, len(head) - 1)}, [section(instead)])


def _cell(one: Cell) -> Block:
    if isinstance(one, tuple):
        return {"type": "raw_number", "value": one[0], "text": one[1]}
    return {"type": "raw_text", "text": one or "–"}
