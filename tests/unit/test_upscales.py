"""Upscaled pictures that become cells, what a LoRA's row takes from a run, and what both may never mix up."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.errors import BadPicture, RequestError
from pipeline.lab.files import Look, MadeCell, Manifest, PromptRecord, Upscaled
from pipeline.lab.run import Run
from pipeline.makers import flux_lora
from pipeline.makers.maker import CellToMake
from pipeline.makers.registry import MAKERS
from pipeline.makers.upscale_prices import estimate_upscale, most_micros
from pipeline.pictures import sha256
from pipeline.plan.bakeoff_rows import Contest, lora_row
from pipeline.plan.inputs import Known
from pipeline.record.upscales import adopt, choose

RUN = "20260529-cb-lora-v1"
LABELS = ("CB-LORA-front-full-S42", "CB-LORA-front-full-S7301")
VERSION = f"lab/cb:{'a' * 64}"
PROMPT = "a photograph of TOKR"


def png(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (shade, 40, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def upscaled(label: str, maker: str, shade: int, parent: bytes, **more: Any) -> Upscaled:
    name = f"{label}.up-{maker}"
    return Upscaled(
        label=name,
        cell=label,
        state="made",
        maker=maker,
        image=f"runs/{RUN}/{name}.png",
        sha256=sha256(png(shade)),
        parent_sha256=sha256(parent),
        usd_micros=370_000,
        **more,
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two cells of the bot's own, each with a skin-enhanced picture beside it; the first with crystal's, too."""
    folder = tmp_path / "runs" / RUN
    folder.mkdir(parents=True)
    cells, ups = [], []
    for at, label in enumerate(LABELS):
        (folder / f"{label}.png").write_bytes(png(at))
        asked = flux_lora.asked(CellToMake(PROMPT, (42, 7301)[at], "1:1", dict(flux_lora.DEFAULTS)))
        cells.append(
            MadeCell(
                label=label,
                prompt_id="front-full",
                seed=(42, 7301)[at],
                state="made",
                version=VERSION,
                input=asked,
                image=f"runs/{RUN}/{label}.png",
                sha256=sha256(png(at)),
                usd_micros=12_000,
            )
        )
        ups.append(upscaled(label, "magnific-skin", 100 + at, png(at)))
        (folder / f"{label}.up-magnific-skin.png").write_bytes(png(100 + at))
    (folder / f"{LABELS[0]}.up-crystal.png").write_bytes(png(200))
    ups.append(upscaled(LABELS[0], "crystal", 200, png(0)))
    manifest = Manifest(
        run=RUN,
        trained_version=VERSION,
        prompts=(PromptRecord(id="front-full", text=PROMPT),),
        seeds=(42, 7301),
        inference={},
        cells=tuple(cells),
        upscales=tuple(ups),
    )
    (folder / "run.json").write_bytes(manifest.write())
    return Run(tmp_path, RUN)


def again(run: Run) -> Run:
    return Run(run.root, run.name)


def pixels_of(run: Run, label: str) -> bytes:
    return (run.path / f"{label}.png").read_bytes()


def any_of(_one: Upscaled) -> bool:
    return True


def skin(one: Upscaled) -> bool:
    return one.maker == "magnific-skin"


def test_what_is_meant_becomes_the_cell_and_what_was_there_stays_beside(run: Run) -> None:
    chosen = choose(run, None, skin)
    adopt(run, chosen.used)

    assert [pixels_of(run, label) for label in LABELS] == [png(100), png(101)]
    assert (run.path / f"{LABELS[0]}.1.png").read_bytes() == png(0)
    manifest = again(run).manifest
    assert manifest is not None
    assert [one.maker for one in manifest.upscales if one.used] == ["magnific-skin"] * 2
    # A picture that passes now cost both.
    assert {one.usd_micros for one in manifest.cells} == {382_000}


def test_of_several_the_latest_is_taken_and_one_can_follow_the_other(run: Run) -> None:
    first = choose(run, None, any_of)
    adopt(run, first.used)
    second = choose(again(run), None, skin)
    adopt(again(run), second.used)

    assert {one.cell: one.maker for one in first.used} == {LABELS[0]: "crystal", LABELS[1]: "magnific-skin"}
    assert [one.cell for one in second.used] == [LABELS[0]]
    assert second.left_out == ((LABELS[1], "it shows that picture already"),)
    manifest = again(run).manifest
    assert manifest is not None
    assert [(one.cell, one.maker) for one in manifest.upscales if one.used] == [
        (LABELS[0], "magnific-skin"),
        (LABELS[1], "magnific-skin"),
    ]


def test_asked_twice_nothing_changes_and_it_is_said(run: Run) -> None:
    adopt(run, choose(run, None, skin).used)

    with pytest.raises(RequestError, match="shows that picture already"):
        choose(again(run), None, skin)


def test_a_cell_that_was_made_anew_is_not_replaced(run: Run) -> None:
    (run.path / f"{LABELS[0]}.png").write_bytes(png(9))

    chosen = choose(run, None, skin)

    assert [one.cell for one in chosen.used] == [LABELS[1]]
    assert chosen.left_out == ((LABELS[0], "it was made anew since it was upscaled"),)
    with pytest.raises(RequestError, match="made anew since"):
        choose(run, [LABELS[0]], skin)


def test_one_changed_file_changes_no_cell(run: Run) -> None:
    (run.path / f"{LABELS[1]}.up-magnific-skin.png").write_bytes(png(55))

    with pytest.raises(BadPicture):
        choose(run, None, skin)

    assert [pixels_of(run, label) for label in LABELS] == [png(0), png(1)]


def test_a_drifted_face_is_used_only_by_name(run: Run) -> None:
    manifest = run.manifest
    assert manifest is not None
    lost = {
        "before": {"q1_identity": Look(score=0.8, passed=True)},
        "after": {"q1_identity": Look(score=0.6, passed=False)},
    }
    ups = tuple(one.model_copy(update=lost) if one.cell == LABELS[0] else one for one in manifest.upscales)
    (run.path / "run.json").write_bytes(manifest.model_copy(update={"upscales": ups}).write())

    every, named = choose(again(run), None, skin), choose(again(run), [LABELS[0]], skin)

    assert [one.cell for one in every.used] == [LABELS[1]]
    assert "the face drifted" in every.left_out[0][1]
    assert [one.cell for one in named.used] == [LABELS[0]]


def contest(run: Run) -> Contest:
    return Contest("r", run, None, "cb", {"front-full": PROMPT}, (42, 7301), {"front-full": "1:1"}, "TOKR", "woman")


KNOWN = Known(stored=lambda _names: set())


def test_the_loras_row_takes_what_its_version_made_and_no_upscaled_picture(run: Run) -> None:
    adopt(run, choose(run, [LABELS[0]], skin).used)

    row = lora_row(contest(again(run)), KNOWN)

    assert row is not None
    copies = [image.copy_of for image in row.images]
    assert [one and one.sha256 for one in copies] == [sha256(png(0)), sha256(png(1))]
    assert copies[0] is not None
    assert copies[0].image.endswith(f"{LABELS[0]}.1.png")


def test_a_picture_that_was_made_otherwise_is_ordered_as_everybody_elses(run: Run) -> None:
    manifest = run.manifest
    assert manifest is not None
    other = manifest.cells[0].model_copy(update={"input": {**(manifest.cells[0].input or {}), "guidance_scale": 9}})
    changed = manifest.model_copy(update={"cells": (other, manifest.cells[1])})
    (run.path / "run.json").write_bytes(changed.write())

    row = lora_row(contest(again(run)), KNOWN)

    assert row is not None
    assert [image.copy_of is None for image in row.images] == [True, False]


def test_a_picture_that_nobody_wrote_down_is_copied_and_priced_for_nobody_else(run: Run) -> None:
    on_record = lora_row(contest(run), KNOWN)
    manifest = run.manifest
    assert manifest is not None
    (run.path / "run.json").write_bytes(manifest.model_copy(update={"cells": ()}).write())

    row = lora_row(contest(again(run)), KNOWN)

    assert row is not None
    assert on_record is not None
    assert all(image.copy_of for image in row.images)
    # The ledger must never give them away for what that version makes.
    assert not {one.fingerprint for one in row.images} & {one.fingerprint for one in on_record.images}


@pytest.mark.parametrize(
    ("name", "size", "scale", "micros"),
    [
        ("crystal", (1000, 1000), 2, 50_000),
        ("crystal", (1000, 1000), 4, 200_000),
        ("crystal", (1500, 2000), 2, 200_000),
        ("magnific-skin", (1000, 1000), 1, 370_000),
        ("magnific-precision", (1000, 1000), 8, 2_720_000),
        ("clarity", (1000, 1000), 2, 30_000),
        ("clarity", (1000, 1000), 4, 120_000),
        ("seedvr2", (300, 300), 1, 0),
    ],
)
def test_a_larger_picture_is_never_priced_as_a_small_one(
    name: str, size: tuple[int, int], scale: int, micros: int
) -> None:
    maker = MAKERS.named(name)

    most = most_micros(maker, size, scale, ())

    assert most == (micros or maker.price.usual[2])
    assert estimate_upscale(maker, [most, most], ()).high_micros == 2 * most
