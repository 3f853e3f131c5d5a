"""`faces.json`: what was measured of the faces in a run's pictures. Figures alone, never a template of a person."""

from pydantic import ValidationError

from pipeline.models import Value

FILE = "faces.json"


class CellFace(Value):
    """What was measured of one cell's picture."""

    sha256: str
    """Of the picture."""
    height: int
    """Of the face, in pixels; 0: none was found."""
    likeness: float | None = None
    """Cosine to what the person's photographs have in common; None: not measured, `why` says why."""
    why: str = ""
    copy_of: str | None = None
    """The photograph that it may be a copy of."""


class FaceReport(Value):
    """The whole file."""

    engine: str
    photos: tuple[str, ...]
    """File names that the likeness is measured against; the judge's reference is none of them."""
    band: tuple[float, float]
    """The least and the most of each of these photographs against the others."""
    middle: float
    cells: dict[str, CellFace]


def read_report(content: bytes) -> FaceReport | None:
    """None where it is no report of ours: it is measured anew."""
    try:
        return FaceReport.model_validate_json(content)
    except ValidationError:
        return None
