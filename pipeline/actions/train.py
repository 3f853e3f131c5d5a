"""`train`: a LoRA of a person, or a run trained again."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action, JobWords
from pipeline.language.idioms import FROM_THREAD, STRUCK
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import settings, targets
from pipeline.language.slots.seeds import read_seeds
from pipeline.language.slots.spending import priced, then_judged
from pipeline.language.slots.training import (
    names_a_run,
    nothing_dropped,
    of_posted_photos,
    spoken_identity,
    stated_identity,
)
from pipeline.request import Seeds, ThenJudge


class TrainLora(ThenJudge):
    """Train a LoRA of a person, or train a run again with other settings. Always needs approval.

    Steps 3–6000 and rank 1–128 are what the trainer takes (ostris/flux-dev-lora-trainer, its input schema).
    """

    action: Literal["train"] = "train"
    fixture: str | None = None
    """`inputs/NAME`."""
    photos: Literal["thread"] | None = None
    """The photographs that were posted in the thread, which become a fixture first."""
    run: str | None = None
    """The run that is trained again."""
    identity: str | None = None
    steps: Annotated[int, Field(ge=3, le=6000)] | None = None
    lora_rank: Annotated[int, Field(ge=1, le=128)] | None = None
    trigger_word: Annotated[str, Field(pattern=r"^\w{2,30}$")] | None = None
    seeds: Seeds | None = None
    """Of the matrix after it; null: the lab's, or those of the run that is trained again."""
    without: tuple[Literal["matrix", "judge"], ...] | None = None
    """What is struck of the parts that come after the training."""


def train(reading: Reading) -> Fields:
    """A new identity from a fixture; or a run trained again, when it is named or the verb says so."""
    price = priced(reading)
    if any(one.means == "no training" for one in reading.evidence):
        reading.lack("action", why="Train, or use the existing version? Say one of them.")
    fields: Fields = {"action": "train", "then_judge": then_judged(reading)}
    fields["steps"], fields["lora_rank"] = settings.steps(reading), settings.lora_rank(reading)
    fields["trigger_word"] = settings.trigger_word(reading)
    fields["without"] = tuple(means for _start, _end, means in reading.take_phrases(STRUCK, "without")) or None
    seeds = read_seeds(reading)
    fields["seeds"] = tuple(seeds.new) or None
    if seeds.old or seeds.unclear or seeds.count is not None:
        reading.lack("seeds", why="The seeds of the matrix after a training are named one by one.")
    if reading.take_phrases(FROM_THREAD, "photos"):
        return of_posted_photos(reading, fields) | price
    fields["fixture"] = targets.fixture(reading)
    stated = stated_identity(reading)
    again = reading.verb_word.startswith("re") or names_a_run(reading)
    unclear = "fixture" in reading.missing
    if again and not unclear:
        fields["run"] = targets.one_run(reading, needed=fields["fixture"] is None)
        fields["identity"] = stated
    elif not unclear:
        fields["identity"] = stated or spoken_identity(reading, fields["fixture"])
        if fields["fixture"] is None and fields["identity"]:
            fields["fixture"] = targets.identity_fixture(reading, fields["identity"])
        elif fields["fixture"] is None:
            reading.lack("fixture")
    nothing_dropped(reading)
    return fields | price


TRAIN = Action(
    word="train",
    request=TrainLora,
    phrases="train, retrain, re train, (start|launch|run|begin|do) [a] [new] [lora] training",
    nominals="[a|the] [new] [lora] training, [a|the] retrain, retraining, training",
    light="[lora] training, training run",
    not_before={"retrain": "of", "train": "of station tickets"},
    sentence="{training} {fixture} {photos} {identity} {steps} {lora_rank} {trigger_word} {seeds} {without}",
    read=train,
    example=lambda place: TrainLora(fixture=f"inputs/{place.fixture}", steps=1000, lora_rank=16),
    ways=("retrain {run} with 2000 steps and rank 32", "train JD"),
    job=JobWords("train", "Training", "Trained"),
)
