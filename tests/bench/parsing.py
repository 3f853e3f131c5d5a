"""The parser's speed: requests a minute on one core, and time against length for the worst texts that we know.

`uv run python -m tests.bench.parsing`
"""

import json
import random
import time
from pathlib import Path

from handlers.markup import plain
from pipeline.lab.catalogue import Catalogue
from pipeline.language.parse import parse

DATA = Path(__file__).parents[1] / "data"
WORST = (
    "seeds:\n", "seeds=", "seeds ", "swap seeds ", "more seeds ", "is ", "would ", "how is ", "run ", "what ", "not ",
    "judge ", "and judge ", "/", "1/", "-", "—", ":", ".", "1.", ".jpg", '"', "' ", "“", '" "', "prompt: ",
    "prompt: x\n", "<@U0DANA> ", "cb-lora-v1-", "front-full ", "CB-LORA-front-full-S42 ", "1, 2, 3, ", "[", "$1 ",
    "max $1 ", "instead of ", "--seeds ", "a=b ", "x ",
)  # fmt: skip
HEADS = ("", "judge cb-lora-v1 ", "extend cb-lora-v1 with ", "re-run mm lora with seeds ", "train JD ", "approve ")
SHORT, LONG = 5_000, 40_000


def main() -> None:
    """Print what the notes quote."""
    lab = Catalogue.model_validate_json((DATA / "requests-lab.json").read_text("utf-8"))
    said = [json.loads(line) for line in (DATA / "requests.jsonl").read_text("utf-8").splitlines()]
    parse("judge it", lab)
    began = time.perf_counter()
    for one in said * 3:
        parse(plain(one["text"]), lab, one["thread"])
    each = (time.perf_counter() - began) / (3 * len(said))
    print(
        f"{len(said)} kinds of request: {each * 1000:.2f} ms each, {60 / each:,.0f} a minute on one core (aim ≥ 20,000)"
    )
    print(_growth(lab))
    print(_random(lab))


def _seconds(text: str, lab: Catalogue) -> float:
    began = time.perf_counter()
    parse(text, lab, "20260529-cb-lora-v1")
    return time.perf_counter() - began


def _growth(lab: Catalogue) -> str:
    """The pattern whose time grows most from 5,000 to 40,000 characters, and the slowest at 40,000."""
    found = []
    for head in HEADS:
        for pattern in WORST:
            # Whole patterns: half a pattern can close a quotation that stays open in the longer text.
            short, long = (head + pattern * (size // len(pattern)) for size in (SHORT, LONG))
            quick = min(_seconds(short, lab) for _ in range(3))
            found.append((_seconds(long, lab), quick, head + pattern))
    slowest = max(found)
    steepest = max(found, key=lambda one: one[0] / one[1])
    return (
        f"{len(found)} patterns of {LONG:,} characters: slowest {slowest[0]:.2f} s ({slowest[2]!r}); steepest"
        f" {steepest[0] / steepest[1]:.0f} times the time for {LONG // SHORT} times the length ({steepest[2]!r})"
    )


def _random(lab: Catalogue) -> str:
    """20,000 random and adversarial texts of up to 2,000 characters."""
    source = random.Random(7)  # the same texts each time
    pieces = [*WORST, *"abcdefghij 0123456789\n", "seed ", "latest ", "runs/20260529-cb-lora-v1 ", "then judge "]
    worst, text = 0.0, ""
    for _ in range(20_000):
        made = "".join(source.choices(pieces, k=source.randint(1, 60)))[:2000]
        took = _seconds(made, lab)
        if took > worst:
            worst, text = took, made
    return f"20,000 random texts: slowest {worst * 1000:.0f} ms ({len(text)} characters)"


if __name__ == "__main__":
    main()
