"""Faces as a second opinion: measured by the real network on drawn people, so the plumbing, not the eyes, is tested."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from bot.sandbox.drawing import CB
from bot.sandbox.fixtures import photograph
from pipeline.evidence.run_state import state_of
from pipeline.evidence.second_opinion import Side, lines_of, said, side_of
from pipeline.fixture.face_network import FaceReader, cosine, face_reader, mean_of, tilt_of
from pipeline.fixture.faces import Face
from pipeline.fixture.measures import Measurer
from pipeline.lab.face_report import CellFace, FaceReport
from pipeline.lab.lab import Lab
from pipeline.plan.consent import ConsentRules
from pipeline.record.faces import look_at_faces
from tests.channel import RUN
from tests.unit.test_evidence import judged

PHOTOS = Path(__file__).parents[1] / "data/photos"
RULES = ConsentRules(bases=("self",), allowed={}, today=date(2026, 11, 27))


@pytest.fixture(scope="module")
def reader() -> FaceReader:
    found = face_reader()
    assert found is not None
    return found


def test_a_face_is_read_or_it_is_said_why_not(reader: FaceReader) -> None:
    shot = photograph(CB, 22)
    seen, again = reader.read(shot), reader.read(shot)
    assert seen.vector is not None
    assert again.vector is not None
    assert cosine(seen.vector, again.vector) == pytest.approx(1)
    assert cosine(mean_of([seen.vector, again.vector]), seen.vector) == pytest.approx(1)
    assert reader.read(Image.new("RGB", (300, 300), (200, 200, 200))).why == "no face is found"
    small = shot.resize((shot.width // 12, shot.height // 12))
    assert "px high, 48 are needed" in reader.read(small).why
    leaning = Face(height=90, points=((40.0, 40.0), (60.0, 60.0), (50.0, 60.0), (45.0, 70.0), (55.0, 75.0)))
    assert tilt_of(leaning) == pytest.approx(45)


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [("grant_1860s", "lee_1864", 0.294), ("grant_1860s", "lincoln_1863", 0.358), ("lee_1864", "lincoln_1863", 0.175)],
)
def test_real_faces_come_to_the_figures_that_the_limits_were_measured_with(
    reader: FaceReader, one: str, other: str, likeness: float
) -> None:
    """A copy shrunk to whole pixels, stretched by a fraction of one, moves a likeness by up to 0.04."""
    seen = []
    for name in (one, other):
        with Image.open(PHOTOS / f"{name}.jpg") as photo:
            seen.append(reader.read(photo.convert("RGB")).vector)
    assert seen[0] is not None
    assert seen[1] is not None
    assert cosine(seen[0], seen[1]) == pytest.approx(likeness, abs=0.002)


def test_a_run_is_measured_once_and_copies_are_named(drawn_lab: Path, tmp_path: Path, reader: FaceReader) -> None:
    root = Path(shutil.copytree(drawn_lab, tmp_path / "lab"))
    lab, measurer = Lab(root), Measurer.opened(faces=True)
    cell = next(iter(lab.run(RUN).cells))
    with Image.open(root / "inputs/lora-cb-fixture/cb_2.jpg") as copied:
        copied.save(root / cell.image)

    assert look_at_faces(lab, lab.run(RUN), reader, measurer, RULES) is None
    first = (root / "runs" / RUN / "faces.json").read_bytes()
    report = lab.run(RUN).faces
    assert report is not None
    assert "cb_4.jpg" not in report.photos  # the judge compares with it
    assert report.cells[cell.label].copy_of == "cb_2.jpg"
    assert side_of(report, report.band[0]) is Side.INSIDE
    assert "vector" not in json.loads(first)
    assert "Perhaps a copy: " in state_of(lab.run(RUN)).faces_said
    assert look_at_faces(lab, lab.run(RUN), reader, measurer, RULES) is None
    assert (root / "runs" / RUN / "faces.json").read_bytes() == first

    facts = root / "inputs/lora-cb-fixture/fixture.toml"
    facts.write_text(facts.read_text().replace('consent = "self"\n', ""))
    assert "it takes 3 photographs" in (look_at_faces(lab, lab.run(RUN), reader, measurer, RULES) or "")


def test_what_contradicts_the_judge_is_named_and_changes_no_word() -> None:
    cells = [judged("p", 1, True), judged("p", 2, False), judged("p", 3, True), judged("p", 4, True)]
    faces = {
        cells[0].cell.label: CellFace(sha256="a", height=80, likeness=0.2),
        cells[1].cell.label: CellFace(sha256="b", height=80, likeness=0.8),
        cells[2].cell.label: CellFace(sha256="c", height=80, likeness=0.6),
        cells[3].cell.label: CellFace(sha256="old", height=20, why="the face is 20 px high, 48 are needed"),
    }
    report = FaceReport(engine="x", photos=("1.jpg", "2.jpg", "3.jpg"), band=(0.72, 0.86), middle=0.8, cells=faces)
    pictures = {one.cell.label: faces[one.cell.label].sha256 for one in cells} | {cells[3].cell.label: "new"}
    lines = lines_of(report, cells, pictures)

    assert [one.side for one in lines] == [Side.FAR, Side.INSIDE, Side.BELOW]
    assert [one.differs for one in lines] == [True, True, False]
    assert lines[0].share == pytest.approx(0.25)
    assert said(report, lines, "CB") == (
        "Faces, a second opinion: 1 of 3 cells inside CB's own band, 1 below, 1 far below (0.72–0.86 among 3"
        " photographs). They contradict the judge on A-B-p-S1 (face 0.20, the judge passes), A-B-p-S2 (face 0.80, the"
        " judge fails): look at these."
    )
