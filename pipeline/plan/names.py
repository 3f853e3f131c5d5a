"""The names in a matrix: seeds that are fresh, ids of new prompts, labels, and the folder of a re-run."""

import re
from collections import Counter
from collections.abc import Collection

from pipeline.lab.run import Run
from pipeline.models import LABEL, digest
from pipeline.wordlist import words

FRESH_SEEDS = (19023, 555, 999, 2718, 31415, 1618)
"""Seeds to take first: the lab's own favourites."""
_RERUN = re.compile(r"^\d{8}-(?P<name>.+?)(?:-r\d+)?$")
_PLAIN = words("""
    a an the of in on at with and or to is her his their by from for into photo photograph photographic picture image
    portrait fashion catalog shot wearing natural sharp focus woman man person lighting clean studio backdrop
    expression neutral no makeup
""")
_ID_WORDS = 3
_ID_LENGTH = 28


def fresh_seeds(used: Collection[int], count: int) -> tuple[int, ...]:
    """Seeds that are not in `used`: the same ones whenever the same are used, so that a plan asked for twice is one
    plan.
    """
    found = [seed for seed in FRESH_SEEDS if seed not in used][:count]
    step = 0
    while len(found) < count:
        step += 1
        seed = int(digest(["seed", step])[:7], 16) % 100_000
        if seed not in used and seed not in found:
            found.append(seed)
    return tuple(found)


def prefix_of(run: Run) -> str:
    """What the run's labels begin with: `CB-LORA`."""
    found = Counter(match["prefix"] for cell in run.cells if (match := LABEL.match(cell.label)))
    return found.most_common(1)[0][0] if found else f"{(run.identity or 'X').upper()}-LORA"


def label(prefix: str, prompt_id: str, seed: int) -> str:
    return f"{prefix}-{prompt_id}-S{seed}"


def entrant_label(identity: str, row: str, prompt_id: str, seed: int | None, number: int) -> str:
    """Of a bake-off's cell: `CB-FLUXPULID-front-full-S42`, or `CB-SEEDREAM45-front-full-R1` where no seed is taken.

    Args:
        identity: The person's code.
        row: The maker, and with more photographs than one their number: `pulid+4`.
        prompt_id: Of the prompt.
        seed: None: its maker takes none.
        number: The how manieth cell of this prompt it is in its row.
    """
    short = re.sub(r"[^A-Z0-9]", "", row.upper().replace("+", "X"))
    return f"{identity.upper()}-{short}-{prompt_id}-{f'R{number}' if seed is None else f'S{seed}'}"


def bakeoff_name(identity: str, taken: Collection[str], today: str) -> str:
    """The folder of the next bake-off of a person: `20261123-cb-bakeoff-v1`."""
    pattern = re.compile(rf"\d{{8}}-{re.escape(identity)}-bakeoff-v(?P<number>\d+)")
    numbers = [int(match["number"]) for one in taken if (match := pattern.fullmatch(one))]
    return f"{today}-{identity}-bakeoff-v{max(numbers, default=0) + 1}"


def prompt_id(text: str, trigger: str | None, taken: Collection[str]) -> str:
    """A short name for a new prompt, of its first telling words: `seated-window-light`."""
    words = [
        word
        for word in re.findall(r"[a-z0-9]+", text.lower())
        if word not in _PLAIN and word != (trigger or "").lower() and not re.fullmatch(r"s\d+", word)
    ]
    stem = "-".join(words[:_ID_WORDS])[:_ID_LENGTH].strip("-") or "prompt"
    number = 1
    while (found := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return found


def rerun_name(parent: str, taken: Collection[str], today: str) -> str:
    """The folder of the next re-run: `20261123-cb-lora-v1-r1`.

    Args:
        parent: The run that is made again; of a re-run its own parent's name counts.
        taken: Names that are in use or promised.
        today: `20261123`.
    """
    found = _RERUN.match(parent)
    name = found["name"] if found else parent
    numbers = [
        int(match["number"])
        for one in taken
        if (match := re.fullmatch(rf"\d{{8}}-{re.escape(name)}-r(?P<number>\d+)", one))
    ]
    return f"{today}-{name}-r{max(numbers, default=0) + 1}"


def trained_name(identity: str, taken: Collection[str], today: str) -> tuple[str, str]:
    """The folder of the next training of a person, and what its labels begin with: `20261123-jd-lora-v1`, `JD-LORA`.

    Args:
        identity: The person's code.
        taken: Names that are in use or promised.
        today: `20261123`.
    """
    pattern = re.compile(rf"\d{{8}}-{re.escape(identity)}-lora-v(?P<number>\d+)(?:-.*)?")
    numbers = [int(match["number"]) for one in taken if (match := pattern.fullmatch(one))]
    number = max(numbers, default=0) + 1
    prefix = f"{identity.upper()}{'' if number == 1 else number}-LORA"
    return f"{today}-{identity}-lora-v{number}", prefix
