"""Cells of a bake-off made once more, each by its own maker and as it was asked for."""

from pathlib import Path

from pipeline import pictures
from pipeline.errors import BadPicture, RequestError
from pipeline.lab.files import MadeCell
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers.maker import fingerprint, pictures_in
from pipeline.models import OWN_LORA
from pipeline.money import Estimate
from pipeline.plan.cells import CellsToMake
from pipeline.plan.consent import must_be_lent
from pipeline.plan.entries import MadeBy
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.plan import Making, PlannedImage
from pipeline.plan.reference import FOLDER
from pipeline.prices import add
from pipeline.wordlist import many


def making_again(lab: Lab, run: Run, wanted: CellsToMake, defaults: Defaults, known: Known) -> Making:
    """What is ordered again.

    Raises: RequestError for a cell that nobody knows how to make again, or whose photograph its vendor may not see.
    """
    rules = defaults.consent(known.day)
    before = {one.label: one for one in run.manifest.cells} if run.manifest else {}
    images = []
    for cell in wanted.cells:
        made = before.get(cell.label)
        if made is None or made.input is None or made.maker is None or made.version is None:
            raise RequestError(f"Nothing says how {cell.label!r} was made. Nothing was spent.")
        _must_be_there(run, made)
        image = _image(run, made, cell.prompt or "", known)
        if image.by is not None:
            must_be_lent(lab, run, image.by.vendor, pictures_in(made.input), rules)
        images.append(image)
    matrix = known.makers.matrix
    return Making(
        maker=matrix.name,
        vendor=matrix.vendor.name,
        version="",
        images=tuple(images),
        matrix=many(len(images), "new image"),
        diff=wanted.diff,
        settings={},
        estimate=add(*(_price(image, known) for image in images)),
    )


def _image(run: Run, made: MadeCell, prompt: str, known: Known) -> PlannedImage:
    row = made.maker or ""
    maker = known.makers.matrix if row == OWN_LORA else known.makers.named(row.partition("+")[0])
    photos = len(set(pictures_in(made.input)))
    high = maker.price.estimate(1, known.of_maker(maker.name).charges, photos).high_micros
    by = MadeBy(maker=maker.name, vendor=maker.vendor.name, version=made.version or "", row=row, high_micros=high)
    again = f"again {_hash(run, made.image)}"
    return PlannedImage(
        label=made.label,
        prompt_id=made.prompt_id,
        prompt=prompt,
        seed=made.seed,
        image=str(Path(made.image).with_suffix(".png")),
        input=made.input or {},
        fingerprint=fingerprint(by.version, made.input or {}, again),
        by=by,
    )


def _price(image: PlannedImage, known: Known) -> Estimate:
    maker = known.makers.named(image.by.maker) if image.by else known.makers.matrix
    return maker.price.estimate(1, known.of_maker(maker.name).charges, len(set(pictures_in(image.input))))


def _must_be_there(run: Run, made: MadeCell) -> None:
    """The photographs that went along lie in the run's folder; deleted, nothing is made from them again."""
    for sha256 in pictures_in(made.input):
        if not (run.path / FOLDER / f"{sha256[:16]}.jpg").is_file():
            raise RequestError(f"The photograph that {made.label!r} was made from is gone. Nothing was spent.")


def _hash(run: Run, image: str) -> str:
    try:
        return pictures.sha256(pictures.read(inside(run.root, image)))
    except BadPicture:
        return ""
