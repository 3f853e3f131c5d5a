"""`train`: a LoRA of a person, or a run trained again."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action, JobWords
from pipeline.request import Names, Seeds, ThenJudge


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
    without_photos: Names | None = None
    """Photographs of the fixture that are left out, by file name."""
    seeds: Seeds | None = None
    """Of the matrix after it; null: the lab's, or those of the run that is trained again."""
    without: tuple[Literal["matrix", "judge"], ...] | None = None
    """What is struck of the parts that come after the training."""


TRAIN = Action(
    word="train",
    group="make",
    request=TrainLora,
    participles="trained, retrained",
    phrases="""
        train, retrain, re train, (start|launch|run|begin|do|make|kick off) [a|the|another] [new] [lora]
        (training|retraining|retrain), train [up] [a|the] [new] lora, redo the training (of|for|on),
        (create|make|build) (a|another) [new] lora (of|for|from), (begin|start) (to train|training)
    """,
    nouns="""
        lora new model person someone identity different training train retraining fixture photos pictures
        images version character run again it fresh from photos pictures images
    """,
    nominals="""
        [a|the] [new] [lora] training (of|for|on), [a|the] [new] [lora] training, [a|the] (retrain|retraining)
        (of|for|on), [a|the] (retrain|retraining), training [a|the] [new] lora, training
    """,
    light="[lora] training, training run, retraining, retrain, retraining of, retrain of",
    not_before={"retrain": "of", "train": "of station tickets"},
    sentence=(
        "{training} {fixture} {photos} {identity} {steps} {lora_rank} {trigger_word} {without_photos} {seeds} {without}"
    ),
    needs=("fixture run photos",),
    example=lambda place: TrainLora(fixture=f"inputs/{place.fixture}", steps=1000, lora_rank=16),
    ways=("retrain {run} with 2000 steps and rank 32", "train JD"),
    job=JobWords("train", "Training", "Trained"),
)
