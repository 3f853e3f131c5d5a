"""Pictures that were made before, and are still there: copied, not paid again."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.lab.filing import MadeImage, find
from pipeline.plan.inputs import Known
from pipeline.plan.plan import PlannedImage


def found_before(root: Path, images: Sequence[PlannedImage], known: Known) -> list[MadeImage | None]:
    """Where each picture lies by now. One that a redo put aside is found beside its cell."""
    made = known.made([one.fingerprint for one in images])
    there = {
        name: next((found for place in places if (found := find(root, place))), None) for name, places in made.items()
    }
    return [there.get(one.fingerprint) for one in images]
