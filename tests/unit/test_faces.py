"""The pre-flight's faces, found by the real detector in drawn people."""

from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from bot.sandbox.drawing import CB
from bot.sandbox.fixtures import photograph
from pipeline.fixture.facts import FixtureFacts, PhotoFacts
from pipeline.fixture.findings import Level, Preflight, Rules
from pipeline.fixture.measures import Measurer
from pipeline.fixture.preflight import preflight
from pipeline.lab.lab import Lab

RULES = Rules(bases=("self",), today=date(2026, 11, 23))
ALLOWED = PhotoFacts(licence="CC0", consent="self", vouched_by="Ana")
WALL = (210, 206, 200)


def beside(width: int, *people: tuple[int, int]) -> Image.Image:
    """A wall with photographs of drawn people on it, each by its number and its height."""
    wall, x = Image.new("RGB", (width, width), WALL), 40
    for number, height in people:
        shot = photograph(CB, number)
        shot = shot.resize((shot.width * height // shot.height, height), Image.Resampling.LANCZOS)
        wall.paste(shot, (x, width - height))
        x += shot.width + 40
    return wall


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Preflight:
    root = tmp_path_factory.mktemp("lab")
    folder = root / "inputs/lora-cb-fixture"
    folder.mkdir(parents=True)
    for name, image in {
        "one": photograph(CB, 22),
        "back": beside(1000),
        "two": beside(1500, (22, 800), (28, 700)),
        "passer-by": beside(1500, (22, 1000), (28, 400)),
        "far": beside(2000, (22, 220)),
    }.items():
        image.save(folder / f"{name}.jpg", quality=92)
    (folder / "fixture.toml").write_bytes(FixtureFacts(class_noun="woman", all=ALLOWED).write())
    return preflight(Lab(root), "inputs/lora-cb-fixture", RULES, Measurer.opened(faces=True))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one", None),
        ("back", "no face is found in it"),
        ("two", "2 faces are in it"),
        ("passer-by", None),
        ("far", "px high where the trainer sees it"),
    ],
)
def test_what_is_said_of_a_photographs_faces(checked: Preflight, name: str, said: str | None) -> None:
    photo = next(one for one in checked.photos if one.name == f"{name}.jpg")
    faces = [one for one in photo.findings if "face" in one.what]

    assert [one.level for one in faces] == ([] if said is None else [Level.AMBER])
    assert all(said in one.what for one in faces if said)


def test_faces_are_checked_only_when_somebody_looks(checked: Preflight, tmp_path: Path) -> None:
    folder = tmp_path / "inputs/lora-cb-fixture"
    folder.mkdir(parents=True)
    photograph(CB, 22).save(folder / "one.jpg")

    unseen = preflight(Lab(tmp_path), "inputs/lora-cb-fixture", RULES, Measurer.opened(faces=False))

    assert (checked.faces_checked, unseen.faces_checked) == (True, False)
