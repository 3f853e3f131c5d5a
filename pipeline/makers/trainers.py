"""The trainers that the lab may use: what each takes, what it says while it works, what it costs.

Figures: parameters and defaults from the published input schema of ostris/flux-dev-lora-trainer (version e440909d…,
2024-10-15);
seconds from Replicate's own page (1,000 steps with 20 images: about 20 minutes), a public log (1.05 s a step) and the
lab's first run (1,000 steps, 35 minutes); machine prices from replicate.com/pricing, read 2026-11.
"""

import math
import re
from collections.abc import Sequence
from typing import Any, Literal

from pipeline.makers.vendors import H100_MICROS_S
from pipeline.models import Value
from pipeline.money import Estimate
from pipeline.prices import AS_OF, quantile

Parameters = dict[str, Any]
ENOUGH_TRAININGS = 3
"""From so many trainings of ours on, the ledger prices the next better than a list."""


class Trainer(Value):
    """A model on Replicate that trains LoRAs."""

    model: str
    version: str
    """64 hex digits: pinned, so that a plan and its training are of one program."""
    defaults: Parameters
    steps: str
    """Its name for the number of steps."""
    rank: str | None
    """Its name for the rank; None: it has no such setting."""
    micros_s: int
    """Micro-dollars a second of its machine."""
    seconds_a_step: tuple[float, float, float]
    """Usual, least, most; the start included."""
    start_s: float = 0.0
    """Seconds that even the shortest training takes."""


OSTRIS = Trainer(
    model="ostris/flux-dev-lora-trainer",
    version="e440909d3512c31646ee2e0c7d6f6f4923224863a6a10c494606e79fb5844497",
    defaults={
        "steps": 1000,
        "lora_rank": 16,
        "learning_rate": 0.0004,
        "batch_size": 1,
        "resolution": "512,768,1024",
        "autocaption": True,
        "caption_dropout_rate": 0.05,
        "optimizer": "adamw8bit",
        "cache_latents_to_disk": False,
    },
    steps="steps",
    rank="lora_rank",
    micros_s=H100_MICROS_S,
    seconds_a_step=(1.2, 1.05, 2.1),
    start_s=120.0,
)
FAST = Trainer(
    model="replicate/fast-flux-trainer",
    version="8b10794665aed907bb98a1a5324cd1d3a8bea0e9b31e65210967fb9c9e2e08ed",
    defaults={"training_steps": 1000, "lora_type": "subject"},
    steps="training_steps",
    rank=None,
    micros_s=8 * H100_MICROS_S,
    seconds_a_step=(0.12, 0.1, 0.2),
    start_s=20.0,
)
TRAINERS = {trainer.model: trainer for trainer in (OSTRIS, FAST)}
TrainerName = Literal["ostris/flux-dev-lora-trainer", "replicate/fast-flux-trainer"]


def training_charge(model: str, seconds: float) -> int:
    """What so many machine seconds of a trainer cost, in micro-dollars, rounded up."""
    return math.ceil(seconds * TRAINERS.get(model, OSTRIS).micros_s)


class PastTraining(Value):
    """What an earlier training of ours came to."""

    steps: int
    usd_micros: int
    took_s: float


def estimate_training(trainer: Trainer, steps: int, history: Sequence[PastTraining]) -> tuple[Estimate, float]:
    """The price of one training, and the seconds it takes: from trainings of ours, else by the list."""
    # The start costs the same whatever follows it: only trainings of about this length tell the price of a step.
    per_step = [one for one in history if one.steps / 2 <= steps <= one.steps * 2]
    if len(per_step) >= ENOUGH_TRAININGS:
        costs = sorted(math.ceil(one.usd_micros * steps / one.steps) for one in per_step)
        took = sorted(one.took_s * steps / one.steps for one in per_step)
        middle, low, high = (quantile(costs, q) for q in (0.5, 0.1, 0.9))
        # Few trainings say little about the worst one: a fifth more than the most expensive tenth.
        estimate = Estimate(
            usd_micros=middle,
            low_micros=low,
            high_micros=max(middle, high) * 6 // 5,
            basis=f"from {len(per_step)} trainings",
        )
        return estimate, took[len(took) // 2]
    usual, least, most = (max(trainer.start_s, steps * each) for each in trainer.seconds_a_step)
    estimate = Estimate(
        usd_micros=math.ceil(usual * trainer.micros_s),
        low_micros=math.ceil(least * trainer.micros_s),
        high_micros=math.ceil(most * trainer.micros_s),
        basis=f"list price of {AS_OF.isoformat()}",
    )
    return estimate, usual


class TrainingProgress(Value):
    """How far a training is, by its own log."""

    percent: int
    step: int
    steps: int
    seconds_left: float | None = None


_LINE = re.compile(r"(\d+)%\|[^|\n]*\|\s*(\d+)/(\d+)\s*\[([^<\n]+)<([^,\n]+)")
"""A line of tqdm: `flux_train_replicate:  83%|████████▎ | 2482/3000 [43:27<09:04,  1.05s/it, lr: …]`."""
_TAIL = 4000


def read_progress(logs: str | None) -> TrainingProgress | None:
    """The last line of progress in a trainer's log; None where there is none yet."""
    found = None
    for found in _LINE.finditer((logs or "")[-_TAIL:]):  # noqa: B007  # the last one counts
        pass
    if found is None:
        return None
    percent, step, steps, _gone, left = found.groups()
    return TrainingProgress(percent=min(100, int(percent)), step=int(step), steps=int(steps), seconds_left=_clock(left))


def _clock(said: str) -> float | None:
    """`09:04` and `1:09:04` as seconds; None for `?`."""
    parts = said.strip().split(":")
    if not 1 < len(parts) < 4 or not all(part.isdigit() for part in parts):
        return None
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds


_FAILURES = (
    ("must be a zip file", "The vendor could not open the photographs' archive. Ask again; it is packed anew."),
    ("must be provided", "The vendor found no photographs. Ask again; they are uploaded anew."),
    ("out of memory", "Ask for a lower rank, or for fewer pixels."),
    (
        "nsfw",
        "The vendor's safety filter took the photographs. Look through them, and ask again without the doubtful ones.",
    ),
    ("no images", "The vendor found no photographs that it can read. Look at the fixture, and ask again."),
    ("interrupted", "The vendor's machine was taken away. Ask again."),
)


def what_to_do(reason: str) -> str:
    """What a person can do about a training's failure, by the vendor's words."""
    said = reason.lower()
    return next(
        (hint for sign, hint in _FAILURES if sign in said),
        "The vendor's words say what it did not like; ask again once that is mended.",
    )
