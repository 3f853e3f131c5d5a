"""What the scenarios about trainings share."""

from pathlib import Path

from pipeline.lab import Lab

ASK = "in the labs channel: train a LoRA for a different identity from inputs/lora-jd-fixture"


def new_run(root: Path) -> str:
    """The run that is not of the sample lab."""
    found = [name for name in Lab(root).runs() if not name.startswith(("20260529", "20260612"))]
    assert len(found) == 1, found
    return found[0]
