"""What faces say of a run's cells beside the judge: never a word of the verdict, but each cell on which they differ."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from statistics import median

from pipeline.lab.face_report import FaceReport
from pipeline.models import Axis, JudgedCell, Value
from pipeline.wordlist import many

STRANGER = 0.45
"""Below this a face is far below anybody's own band: with three photographs to compare with, of 119,604 pairs of
different people one came to more (YuNet and SFace, measured 2026-11; of generated pictures few were measured)."""
COPY = 0.9
"""From here on a face may be a copy of one single photograph."""
FEWEST = 3
"""Photographs of the person that the likeness is measured against."""
_NAMED = 6


class Side(StrEnum):
    """Where a cell lies against the likeness of the person's photographs with each other."""

    INSIDE = "inside"
    BELOW = "below"
    FAR = "far below"


def side_of(report: FaceReport, likeness: float) -> Side:
    """Where a likeness lies."""
    if likeness < min(STRANGER, report.band[0]):
        return Side.FAR
    return Side.INSIDE if likeness >= report.band[0] else Side.BELOW


class FaceLine(Value):
    """One cell."""

    label: str
    height: int
    likeness: float | None
    share: float | None
    """Of the middle of the person's own band."""
    side: Side | None
    why: str
    judge_passes: bool | None
    copy_of: str | None

    @property
    def differs(self) -> bool:
        """The judge and the face contradict each other."""
        return (self.side is Side.FAR and self.judge_passes is True) or (
            self.side is Side.INSIDE and self.judge_passes is False
        )


def lines_of(report: FaceReport, cells: Sequence[JudgedCell], pictures: Mapping[str, str]) -> tuple[FaceLine, ...]:
    """A line for each cell whose picture is the one that was measured.

    Args:
        report: The run's.
        cells: With the judge's scores.
        pictures: SHA-256 of the cells' pictures, by label.
    """
    found = []
    for cell in cells:
        label = cell.cell.label
        face = report.cells.get(label)
        if face is None or pictures.get(label) != face.sha256:
            continue
        found.append(
            FaceLine(
                label=label,
                height=face.height,
                likeness=face.likeness,
                share=face.likeness / report.middle if face.likeness is not None and report.middle > 0 else None,
                side=None if face.likeness is None else side_of(report, face.likeness),
                why=face.why,
                judge_passes=cell.scores[Axis.IDENTITY].passed if cell.scores else None,
                copy_of=face.copy_of,
            )
        )
    return tuple(found)


def said(report: FaceReport, lines: Sequence[FaceLine], who: str) -> str:
    """`Faces (a second opinion): 4 of 6 cells inside CB's own band, 1 far below, 1 not measured. They contradict …`."""
    if not lines:
        return ""
    counts = [f"{sum(one.side is Side.INSIDE for one in lines)} of {many(len(lines), 'cell')} inside {who}'s own band"]
    counts += [f"{number} {side.value}" for side in (Side.BELOW, Side.FAR) if (number := _count(lines, side))]
    unmeasured = sum(one.side is None for one in lines)
    counts += [f"{unmeasured} not measured"] if unmeasured else []
    band = f"{report.band[0]:.2f}–{report.band[1]:.2f} among {many(len(report.photos), 'photograph')}"
    parts = [f"Faces, a second opinion: {', '.join(counts)} ({band})."]
    differ = [f"{one.label} (face {one.likeness or 0:.2f}, the judge {_judge(one)})" for one in lines if one.differs]
    if differ:
        more = f" and {len(differ) - _NAMED} more" if len(differ) > _NAMED else ""
        parts.append(f"They contradict the judge on {', '.join(differ[:_NAMED])}{more}: look at these.")
    copies = [f"{one.label} of {one.copy_of}" for one in lines if one.copy_of]
    parts += [f"Perhaps a copy: {', '.join(copies[:_NAMED])}."] if copies else []
    return " ".join(parts)


def _judge(line: FaceLine) -> str:
    return "passes" if line.judge_passes else "fails"


def _count(lines: Sequence[FaceLine], side: Side) -> int:
    return sum(one.side is side for one in lines)


def band_of(against_the_others: Sequence[float]) -> tuple[tuple[float, float], float]:
    """The band and its middle, of each photograph against the mean of the others."""
    return (round(min(against_the_others), 3), round(max(against_the_others), 3)), round(median(against_the_others), 3)
