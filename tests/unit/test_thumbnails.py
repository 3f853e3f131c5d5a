"""Small copies follow their originals: made once, made anew of what changed, gone with what went."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import LabError
from pipeline.lab.run import Run
from pipeline.pictures import pixels
from pipeline.site.thumbnails import INDEX, Box, forget, known_thumbs, thumbnails
from tests.judged import judged_run, picture

RUN = "20260529-cb-lora-v1"
CELL = f"runs/{RUN}/CB-LORA-p-S1.png"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return judged_run(tmp_path, RUN, {"p": "TOKR"}, (1, 2))


def images(run: Run) -> list[str]:
    return [cell.image for cell in run.cells]


def test_three_sizes_are_made_once(run: Run) -> None:
    made = thumbnails(run, images(run))
    times = {path: path.stat().st_mtime_ns for path in (run.path / "thumbs").iterdir()}

    again = thumbnails(run, images(run))

    widths = [(pixels(run.path / name) or (0, 0))[0] for name in made[CELL].files]
    assert widths == [160, 240, 240]  # never larger than the original
    assert again == made == known_thumbs(run)
    assert {path: path.stat().st_mtime_ns for path in (run.path / "thumbs").iterdir()} == times


def test_a_changed_picture_gets_new_ones_and_the_old_ones_go(run: Run) -> None:
    before = thumbnails(run, images(run))[CELL]
    (run.root / CELL).write_bytes(picture(99, (260, 320)))

    after = thumbnails(run, images(run), whole=True)[CELL]

    assert after.sha256 != before.sha256
    there = {f"thumbs/{path.name}" for path in (run.path / "thumbs").glob("*.webp")}
    assert not there & set(before.files)
    assert set(after.files) <= there


def test_a_face_is_looked_for_once_there_is_somebody_who_looks(run: Run) -> None:
    looked = []

    def find(image: Image.Image) -> Box | None:
        looked.append(image.size)
        return (0.25, 0.1, 0.75, 0.5)

    without = thumbnails(run, images(run))[CELL]
    with_face = thumbnails(run, images(run), find)[CELL]
    thumbnails(run, images(run), find)

    assert without.face is None
    assert with_face.face == (0.25, 0.1, 0.75, 0.5)
    assert len(looked) == 2


@pytest.mark.parametrize(
    "content", [b"{", b"[]", json.dumps({"pictures": {CELL: {"size": 1, "mtime_ns": 1, "sha256": "../../x"}}}).encode()]
)
def test_an_odd_index_is_made_anew(run: Run, content: bytes) -> None:
    (run.path / "thumbs").mkdir()
    (run.path / "thumbs" / INDEX).write_bytes(content)

    assert set(thumbnails(run, images(run))) == set(images(run))


def test_what_is_no_picture_has_none(run: Run) -> None:
    (run.root / CELL).write_bytes(b"no picture")

    assert CELL not in thumbnails(run, [*images(run), f"runs/{RUN}/missing.png"])


def test_a_run_that_is_gone_does_not_come_back(run: Run) -> None:
    shutil.rmtree(run.path)

    with pytest.raises(LabError):
        thumbnails(run, [CELL])

    assert not run.path.exists()


def test_who_only_looks_at_some_takes_nothing_away(run: Run) -> None:
    every = thumbnails(run, images(run), whole=True)

    thumbnails(run, [CELL])

    assert known_thumbs(run) == every
    assert all((run.path / name).is_file() for thumb in every.values() for name in thumb.files)


def test_small_copies_of_somebody_who_withdrew_are_forgotten_in_other_runs(run: Run) -> None:
    photo = run.root / "inputs/lora-jd-fixture/jd_1.jpg"
    photo.parent.mkdir()
    photo.write_bytes(picture(50))
    theirs = thumbnails(run, [*images(run), "inputs/lora-jd-fixture/jd_1.jpg"], whole=True)
    (run.path / "thumbs/written.json").write_bytes(b"[]")

    assert forget(run, {"inputs/lora-jd-fixture", "runs/20260101-jd-lora-v1"})

    gone = theirs["inputs/lora-jd-fixture/jd_1.jpg"]
    assert not [name for name in gone.files if (run.path / name).exists()]
    assert set(known_thumbs(run)) == set(images(run))
    assert not (run.path / "thumbs/written.json").exists()  # its page is written anew
    assert not forget(run, {"inputs/lora-jd-fixture"})
