"""What requests are made of: bounds, lists, and what every request that may cost money can carry."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from pipeline.models import MAX_SEED, Value

MOST_SEEDS = 60


MOST_PROMPTS = 20


LONGEST_PROMPT = 2000


Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


Seeds = Annotated[tuple[Seed, ...], Field(min_length=1, max_length=MOST_SEEDS)]


SeedCount = Annotated[int, Field(ge=1, le=MOST_SEEDS)]


Prompt = Annotated[str, Field(min_length=1, max_length=LONGEST_PROMPT)]


Names = Annotated[tuple[str, ...], Field(min_length=1)]


AxisCode = Literal["q1", "q2", "q3", "q4"]


Wording = Literal["class-noun", "plain"]


Upscaler = Literal["magnific", "clarity", "crystal", "seedvr2"]


UpscaleMode = Literal["skin", "precision", "creative"]


_T = TypeVar("_T")


def some_of(chosen: tuple[_T, ...] | None, every: tuple[_T, ...]) -> tuple[_T, ...] | None:
    """What is chosen, in the order of all there is; null for all, and for none."""
    kept = tuple(one for one in every if one in (chosen or ()))
    return None if len(kept) in {0, len(every)} else kept


class Spending(Value):
    """What every request that may cost money can carry."""

    dry_run: bool = False
    cap_usd: Annotated[float, Field(gt=0)] | None = None
    """A limit that the person sets for this request; it can only lower the lab's own."""
    stated_usd: float | None = None
    """A price that the text mentions: a note, never a limit."""
    without_controls: bool = False
    """What it judges takes no photographs along by which one sees whether the judge knows the face."""


class ThenJudge(Spending):
    """What makes images, and may have them judged in the same breath."""

    then_judge: bool = False


class Ask(Value):
    """A request in which something is missing: the bot asks back and does nothing."""

    action: Literal["ask"] = "ask"
    missing: Names
    """Names of the fields that are missing, or `action`."""
    about: str | None = None
    """The words that were not understood, e.g. a misspelt run."""
    why: str | None = None
    """A sentence for the person, where "it is missing" is not the reason."""
    draft: dict[str, Any] = Field(default_factory=dict)
    """What was understood: the action, and the fields that are clear."""
    choices: tuple[str, ...] = ()
    """What fits, where several do (runs, mostly)."""


class Talk(Value):
    """People talking. The bot stays silent."""

    action: Literal["none"] = "none"
