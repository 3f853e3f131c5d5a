"""What a vendor's answer amounts to, and pictures that are put in their place."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import VendorRejected
from pipeline.lab.filing import place
from pipeline.makers.flux_lora import MAKER as FLUX_LORA
from pipeline.makers.outcome import (
    Prediction,
    Verified,
    inline,
    may_order_again,
    read_prediction,
    same_order,
    verify,
    why_ended,
)
from pipeline.models import Cause, Unscored

VERSION = "thor-reef/cb:" + "1" * 64
TIMES = {"started_at": "2026-11-23T10:00:00Z", "completed_at": "2026-11-23T10:00:08.500Z"}


def picture(colour: str = "grey", kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("said", "micros"),
    [
        ({"status": "succeeded", "metrics": {"predict_time": 7.9}}, 12_048),
        ({"status": "succeeded", **TIMES}, 12_963),
        ({"status": "canceled", "metrics": {"predict_time": 2.0}}, 3_050),
        ({"status": "canceled"}, 0),
        ({"status": "aborted", "metrics": {}}, 0),
        ({"status": "failed", "metrics": {"predict_time": 1}, **TIMES}, 1_525),
        ({"status": "succeeded", "started_at": "2026-11-23T10:00:00Z"}, None),
    ],
)
def test_a_charge_is_machine_seconds_on_an_h100(said: dict[str, object], micros: int | None) -> None:
    assert FLUX_LORA.price.charge(Prediction.model_validate({"id": "a", **said})) == micros


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"status": "failed", "error": "NSFW content detected"}, Cause.FILTERED),
        ({"status": "failed", "error": "CUDA out of memory"}, Cause.FAILED),
        ({"status": "failed", "error": None}, Cause.FAILED),
        ({"status": "failed", "error": {"code": 3}}, Cause.FAILED),
        ({"status": "canceled"}, Cause.DROPPED),
    ],
)
def test_why_there_is_no_image(said: dict[str, object], cause: Cause) -> None:
    assert why_ended(Prediction.model_validate({"id": "a", **said})).cause is cause


def test_only_what_cost_nothing_is_ordered_again() -> None:
    interrupted = {"id": "a", "status": "failed", "error": "Prediction interrupted; please retry (code: PA)"}

    assert may_order_again(Prediction(id="a", status="aborted"))
    assert may_order_again(Prediction.model_validate(interrupted))
    paid = interrupted | {"metrics": {"predict_time": 3.0}}
    assert not may_order_again(Prediction.model_validate(paid))
    assert not may_order_again(Prediction(id="a", status="failed", error="CUDA out of memory"))


def test_an_order_is_known_by_version_and_input() -> None:
    asked = {"prompt": "x", "seed": 1}

    def seen(**changed: object) -> Prediction:
        return Prediction.model_validate(
            {"id": "a", "status": "starting", "version": "1" * 64, "input": asked} | changed
        )

    assert same_order(seen(input=asked | {"extra": 1}), VERSION, asked) is True
    assert same_order(seen(version="2" * 64), VERSION, asked) is False
    assert same_order(seen(input=asked | {"seed": 2}), VERSION, asked) is False
    assert same_order(seen(input={}), VERSION, asked) is None


def test_answers_that_are_no_predictions_are_none() -> None:
    assert read_prediction({"results": []}) is None
    assert read_prediction("x") is None
    assert read_prediction({"id": "a", "status": "aborted", "news": 1}) is not None


def test_outputs_of_any_form_become_png_or_a_cause() -> None:
    webp = verify(picture(kind="WEBP"), "x")
    assert isinstance(webp, Verified)
    assert webp.content.startswith(b"\x89PNG")
    png = verify(picture(), "x")
    assert isinstance(png, Verified)
    assert png.content == picture()
    black = verify(picture("black"), "x")
    assert isinstance(black, Unscored)
    assert black.cause is Cause.FILTERED
    assert isinstance(verify(b"<html>", "x"), Unscored)
    assert isinstance(verify(picture()[:60], "x"), Unscored)


def test_inline_outputs_are_decoded_and_damaged_ones_refused() -> None:
    said = "data:image/png;base64," + base64.b64encode(picture()).decode()

    assert inline(said) == picture()
    assert inline("https://replicate.delivery/x.png") is None
    with pytest.raises(VendorRejected):
        inline(said[:-3])


def test_a_picture_takes_its_place_and_the_older_ones_stay_beside(tmp_path: Path) -> None:
    folder = tmp_path / "runs/r"
    for colour in ("red", "red", "green", "green", "blue"):
        place(tmp_path, "runs/r/A-B-c-S1.png", picture(colour))

    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert kept == {
        "A-B-c-S1.png": picture("blue"),
        "A-B-c-S1.1.png": picture("red"),
        "A-B-c-S1.2.png": picture("green"),
    }


def test_a_picture_of_another_kind_is_put_aside(tmp_path: Path) -> None:
    folder = tmp_path / "runs/r"
    folder.mkdir(parents=True)
    (folder / "A-B-c-S1.jpg").write_bytes(picture("red", "JPEG"))

    for _ in range(2):
        place(tmp_path, "runs/r/A-B-c-S1.png", picture("blue"))

    assert {path.name for path in folder.iterdir()} == {"A-B-c-S1.png", "A-B-c-S1.1.jpg"}
