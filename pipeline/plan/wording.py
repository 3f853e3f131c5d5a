"""Other words in a run's prompts, the pictures else the same: what the person is, or plainer ones."""

import re

from pipeline.errors import LabError, RequestError
from pipeline.fixture.facts import read_facts
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.models import Value
from pipeline.plan.lint import CLASS_NOUNS, trigger_of
from pipeline.request import LONGEST_PROMPT, Wording

PLAIN = "unretouched photograph, natural skin texture, visible pores, film grain"


class Changed(Value):
    """A run's prompts in other words."""

    prompts: dict[str, str]
    """By id; those that say it already stay as they are."""
    diff: str


def reworded(run: Run, prompts: dict[str, str], wording: Wording) -> Changed:
    """Raises: RequestError when nothing would change, or nobody says what the person is."""
    if wording == "plain":
        changed = {one: text if PLAIN in text else f"{text.rstrip('. ')}, {PLAIN}" for one, text in prompts.items()}
        return _checked(prompts, changed, f"prompts end with “{PLAIN}”")
    trigger, noun = trigger_of(run), class_noun(run)
    if trigger is None or noun is None:
        error = RequestError(f"Nothing says what the person of {run.name!r} is. Nothing was spent.")
        error.hint = "`labs facts inputs/… --class-noun woman` writes it down."
        raise error
    named = {
        one: text if says_class(text) else re.sub(rf"\b{re.escape(trigger)}\b", f"{trigger} {noun}", text, count=1)
        for one, text in prompts.items()
    }
    return _checked(prompts, named, f"prompts say “{trigger} {noun}”")


def says_class(text: str) -> bool:
    """Whether a prompt says what the person is: a woman, a man."""
    return bool(CLASS_NOUNS & set(re.findall(r"[a-z]+", text.lower())))


def class_noun(run: Run) -> str | None:
    """What the run's person is, as the fixture's file says."""
    recorded = run.manifest.fixture if run.manifest else None
    try:
        facts = read_facts(Lab(run.root), recorded.path) if recorded else None
    except LabError:
        return None
    return facts.class_noun if facts else None


def _checked(before: dict[str, str], after: dict[str, str], diff: str) -> Changed:
    if before == after:
        error = RequestError("The prompts say so already. Nothing was spent.")
        error.hint = "Other seeds make other pictures."
        raise error
    if any(len(text) > LONGEST_PROMPT for text in after.values()):
        raise RequestError(f"A prompt would be longer than {LONGEST_PROMPT:,} characters. Nothing was spent.")
    return Changed(prompts=after, diff=diff)
