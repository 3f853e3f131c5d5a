"""What is odd about a prompt: warnings for the person who asks, never changes."""

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.lab.run import Run
from pipeline.wordlist import words

CLASS_NOUNS = words("""
    woman man girl boy person lady gentleman male female guy child kid teenager actress actor model grandmother
    grandfather mother father
""")
LONGEST = 1600
"""Characters. The model reads 512 tokens; at about four characters a token, and with care for long words, this much."""
SHORTEST = 15
_TRIGGER = re.compile(r"\b[A-Z][A-Z0-9_]{2,29}\b")


def trigger_of(run: Run) -> str | None:
    """The word that calls the trained person: as the run's file says, else the one in capitals that all its prompts
    hold.
    """
    trainer = run.manifest.trainer if run.manifest else None
    recorded = (trainer.parameters or {}).get("trigger_word") if trainer else None
    if isinstance(recorded, str) and recorded:
        return recorded
    prompts = {cell.prompt for cell in run.cells if cell.prompt}
    words = Counter(word for prompt in prompts for word in set(_TRIGGER.findall(prompt)))
    common = [word for word, count in words.items() if count == len(prompts)]
    return common[0] if len(common) == 1 else None


def lint(prompts: Iterable[str], trigger: str | None) -> tuple[str, ...]:
    """A line for each thing that is odd, naming how many prompts have it."""
    texts = list(dict.fromkeys(prompts))
    missing = [text for text in texts if trigger and not _holds(text, trigger)]
    classless = [text for text in texts if text not in missing and not _has_class(text)]
    found = []
    name = trigger or "the person"
    if missing:
        found.append(
            f"{_say(missing, texts, 'lacks', 'lack')} the trigger word {trigger}: the trained person will not appear."
        )
    if classless:
        found.append(
            f"{_say(classless, texts, 'does not say', 'do not say')} what {name} is: “{trigger or 'TOKR'} woman” or"
            f" “{trigger or 'TOKR'} man” keeps the model from guessing."
        )
    if long := [text for text in texts if len(text) > LONGEST]:
        found.append(
            f"{_say(long, texts, 'is', 'are')} longer than {LONGEST} characters: the model may not read the end."
        )
    if short := [text for text in texts if len(text) < SHORTEST]:
        found.append(
            f"{_say(short, texts, 'is', 'are')} shorter than {SHORTEST} characters: the pictures will vary widely."
        )
    return tuple(found)


def _holds(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def _has_class(text: str) -> bool:
    return bool(CLASS_NOUNS & set(re.findall(r"[a-z]+", text.lower())))


def _say(some: list[str], texts: list[str], one: str, several: str) -> str:
    """`The prompt lacks`, `1 of 3 prompts lacks`, `2 of 3 prompts lack`."""
    if len(texts) == 1:
        return f"The prompt {one}"
    return f"{len(some)} of {len(texts)} prompts {one if len(some) == 1 else several}"
