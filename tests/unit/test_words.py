"""One glossary for people: what it calls by another name is said in no message and no modal."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOWN = sorted((ROOT / "tests/data/blocks").glob("*.json"))
GIVEN = "clean cells|class noun|\\(bar\\)|\\d calls"
"""What a lab once read, and should not again."""

KEPT = "Q1: class noun"
"""Of a step that an older ledger holds: what was said stays as it was said."""


def never() -> list[str]:
    """The last column of the glossary."""
    rows = [line.split("|")[1:-1] for line in (ROOT / "docs/words.md").read_text("utf-8").splitlines() if "|" in line]
    said = [row[2] for row in rows if len(row) == 3 and row[2].strip() not in {"never", "means", "---"}]
    words = [
        word.strip() for cell in said[: [row[0].strip() for row in rows].index("sign")] for word in cell.split(",")
    ]
    return [word for word in words if word]


def words_of(node: object) -> list[str]:
    """What people read of blocks: no names of blocks, no values behind buttons."""
    if isinstance(node, list):
        return [word for one in node for word in words_of(one)]
    if not isinstance(node, dict):
        return []
    kept = {name: one for name, one in node.items() if name in {"text", "alt_text", "title", "caption"}}
    return [one for one in kept.values() if isinstance(one, str)] + words_of(list(node.values()))


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_no_message_says_what_the_glossary_calls_otherwise(path: Path) -> None:
    said = "\n".join(words_of(json.loads(path.read_text("utf-8"))))
    assert said
    said = said.replace(KEPT, "")
    wrong = [word for word in never() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said, re.IGNORECASE)]
    assert not wrong
    assert not re.search(GIVEN, said)


def test_the_glossary_is_read() -> None:
    assert {"clean cells", "calls", "changed into", "class noun", "sweep"} <= set(never())
