"""What a matrix left in the lab, for tests that look."""

from pathlib import Path

from pipeline.lab.lab import Lab
from pipeline.models import Cause, Unscored


def only_rerun(root: Path) -> str:
    """The one re-run of the lab."""
    (name,) = [one for one in Lab(root).runs() if one.endswith("-r1")]
    return name


def missing(root: Path) -> set[Cause]:
    """Why cells of the re-run have no image."""
    outcomes = [cell.outcome for cell in Lab(root).run(only_rerun(root)).judged_cells()]
    causes = {one.cause for one in outcomes if isinstance(one, Unscored)}
    return causes - {Cause.NOT_JUDGED}
