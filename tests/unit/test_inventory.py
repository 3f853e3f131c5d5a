"""Of a fixture's folder every entry is accounted for by name: a photograph, a caption, or named with its cause."""

import base64
import codecs
import io
import os
import random
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.fixture.captions import caption_text
from pipeline.fixture.findings import Preflight, Rules, accounted
from pipeline.fixture.inventory import LITTER, inventory
from pipeline.fixture.measures import Measurer
from pipeline.fixture.packing import normalised
from pipeline.fixture.preflight import preflight
from pipeline.judging.sent import for_judge
from pipeline.lab.lab import Lab
from pipeline.models import Value
from pipeline.prices import MODELS
from tests.photographs import as_jpeg, good, heic, with_profile

RULES = Rules(bases=("release",), today=date(2026, 11, 27))
FACTS = b'[all]\nlicence = "CC0"\nconsent = "release"\nvouched_by = "Ana"\n'
ENDINGS = (
    ".jpg",
    ".JPG",
    ".png",
    ".webp",
    ".heic",
    ".gif",
    ".tiff",
    ".dng",
    ".txt",
    ".TXT",
    ".caption",
    ".pdf",
    ".md",
    "",
)
CONTENTS = (
    good(1)[:400],
    b"",
    b"hello",
    b"\xff\xfeh\0i\0",
    "Grüße".encode("cp1252"),
    b"\0\1\2",
    b"PK\x03\x04",
    b"x" * 30_000,
)


class Folder(Value):
    """A lab with one fixture."""

    root: Path

    @property
    def path(self) -> Path:
        return self.root / "inputs/lora-jd-fixture"

    def look(self) -> Preflight:
        return preflight(Lab(self.root), "inputs/lora-jd-fixture", RULES, Measurer())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(root=tmp_path)
    made.path.mkdir(parents=True)
    (made.path / "fixture.toml").write_bytes(FACTS)
    for number in (1, 2):
        (made.path / f"jd_{number}.jpg").write_bytes(good(number))
    return made


def said(checked: Preflight) -> str:
    """All that a plan says of a fixture."""
    findings = [f"{one.about} {one.what}" for one in checked.findings]
    photos = [photo.name for photo in checked.photos]
    return "\n".join([*findings, *photos, *checked.captions.values(), *checked.left_out, *accounted(checked)])


def test_of_two_hundred_odd_files_each_is_accounted_for_by_name(folder: Folder) -> None:
    chance = random.Random(13)
    for number in range(200):
        name = f"{chance.choice(('jd', 'x', '.x', 'ünï', 'a b', '10_jd woman'))}_{number}{chance.choice(ENDINGS)}"
        (folder.path / name).write_bytes(chance.choice(CONTENTS))
    (folder.path / "more").mkdir()
    (folder.path / "more/jd_9.jpg").write_bytes(good(3))
    (folder.path / "link.jpg").symlink_to("jd_1.jpg")
    os.mkfifo(folder.path / "pipe.jpg")
    (folder.path / ".DS_Store").write_bytes(b"x")

    found = inventory(Lab(folder.root), "lora-jd-fixture")
    words = said(folder.look())

    for path in folder.path.iterdir():
        known = path.name in {"fixture.toml", *found.texts} or path.name.lower() in LITTER
        used_as_text = path.name in found.texts
        assert known or path.name in words or path.name.startswith(".x"), path.name
        assert not used_as_text or path.name in words or caption_text(path.read_bytes())[0] in words, path.name


def test_pictures_in_folders_are_named(folder: Folder) -> None:
    (folder.path / "more").mkdir()
    for number in (3, 4, 5):
        (folder.path / f"more/jd_{number}.jpg").write_bytes(good(number))

    assert "more 3 pictures lie in it and are not looked at" in said(folder.look())


@pytest.mark.parametrize(
    ("content", "words", "how"),
    [
        ("JDKR in a café".encode(), "JDKR in a café", None),
        (codecs.BOM_UTF8 + b"JDKR", "JDKR", None),
        ("JDKR in a café".encode("utf-16"), "JDKR in a café", "UTF-16"),
        ("JDKR in a café".encode("utf-16-be"), "JDKR in a café", "UTF-16"),
        ("JDKR “soft” café".encode("cp1252"), "JDKR “soft” café", "Windows-1252"),
        ("JDKR in a cafe\u0301 ".encode(), "JDKR in a café", None),
    ],
)
def test_a_caption_is_read_however_it_was_written(content: bytes, words: str, how: str | None) -> None:
    assert caption_text(content) == (words, how)


@pytest.mark.parametrize("content", [b"", b"  \n", b"\x81\x8d", b"JDKR\x07"])
def test_what_is_no_caption_says_why(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"empty|no text|no way"):
        caption_text(content)


def test_a_caption_of_two_photographs_is_neithers_and_one_of_none_is_named(folder: Folder) -> None:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(good(3))).save(buffer, "PNG")
    (folder.path / "jd_1.png").write_bytes(buffer.getvalue())
    (folder.path / "jd_1.txt").write_text("JDKR one")
    (folder.path / "jd_2.jpg.txt").write_text("JDKR two")
    (folder.path / "jd_7.TXT").write_text("JDKR seven")

    checked = folder.look()

    assert checked.captions == {"jd_2.jpg": "JDKR two"}
    assert "jd_1.jpg and jd_1.png share its name" in said(checked)
    assert "jd_7.TXT this caption is not used: no photograph has this name" in said(checked)


def test_colours_are_brought_to_srgb_everywhere(folder: Folder) -> None:
    content = with_profile((200, 40, 30), 1.0)
    (folder.path / "jd_3.jpg").write_bytes(content)

    decoded = pictures.decode_photograph(content, "jd_3.jpg")
    packed = Image.open(io.BytesIO(normalised(content, "jd_3.jpg")))
    sent = for_judge(content, "jd_3.jpg", next(iter(MODELS.values())))

    assert decoded.image.getpixel((5, 5))[1] > 150  # type: ignore[index]  # three bands; red was meant as green
    assert packed.getpixel((5, 5))[1] > 150  # type: ignore[index]
    assert "icc_profile" not in packed.info
    shown = Image.open(io.BytesIO(base64.b64decode(sent.base64)))
    assert shown.getpixel((5, 5)) == decoded.image.getpixel((5, 5))
    assert "icc_profile" not in shown.info
    assert "its colours are converted from" in said(folder.look())


def test_a_profile_that_cannot_be_read_is_named(folder: Folder) -> None:
    (folder.path / "jd_3.jpg").write_bytes(as_jpeg(Image.new("RGB", (900, 900), "teal"), icc_profile=b"no profile"))

    assert "jd_3.jpg its colour profile cannot be read" in said(folder.look())


def test_a_telephones_picture_is_read(folder: Folder) -> None:
    (folder.path / "jd_3.heic").write_bytes(heic(5))

    checked = folder.look()

    assert "it is read from HEIF" in said(checked)
    assert checked.photos[2].sha256 is not None


def test_sixty_megapixels_are_brought_down_and_more_name_the_limit(folder: Folder) -> None:
    (folder.path / "jd_3.jpg").write_bytes(as_jpeg(Image.new("RGB", (9504, 6336), "teal")))

    assert "it is brought down from 60 megapixels" in said(folder.look())
    with pytest.raises(BadPicture, match="50,000,000 is the most"):
        pictures.decode(as_jpeg(Image.new("RGB", (9504, 6336), "teal")), "x.jpg")


@pytest.mark.parametrize("orientation", [0, 1, 99])
def test_an_orientation_that_turns_nothing_is_not_put_right(folder: Folder, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    (folder.path / "jd_3.jpg").write_bytes(as_jpeg(Image.open(io.BytesIO(good(3))), exif=exif))

    assert "turned upright" not in said(folder.look())


def test_a_name_is_the_same_however_its_accents_are_stored(folder: Folder) -> None:
    (folder.path / "jd_e\u0301.jpg").write_bytes(good(3))  # as a Mac stores it
    (folder.path / "fixture.toml").write_bytes(b'\xef\xbb\xbfreferences = ["jd_\xc3\xa9.jpg"]\n' + FACTS)

    checked = folder.look()

    assert [photo.name for photo in checked.photos if photo.reference] == ["jd_e\u0301.jpg"]
    assert "no such file" not in said(checked)
