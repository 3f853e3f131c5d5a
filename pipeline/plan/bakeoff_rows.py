"""A bake-off's rows: who makes them, each cell with what is asked for it, and what they cost."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from pipeline import pictures
from pipeline.errors import BadPicture
from pipeline.lab.filing import MadeImage, find
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers import flux_lora
from pipeline.makers.maker import CellToMake, Input, Maker, fingerprint
from pipeline.models import OWN_LORA, Cell
from pipeline.plan import names
from pipeline.plan.cells import usable
from pipeline.plan.copies import found_before
from pipeline.plan.entrants import Row
from pipeline.plan.entries import Entry, MadeBy
from pipeline.plan.inputs import Known
from pipeline.plan.plan import PlannedImage
from pipeline.plan.reference import Prepared

_LORA_LABEL = "trained"
"""In its cells' labels: `CB-LORA-…` is the run's own."""


class Contest(NamedTuple):
    """What everybody gets alike."""

    run: str
    """Where the cells go."""
    source: Run
    """Whose prompts and seeds they are."""
    before: Run | None
    """The bake-off so far, that gets more rows."""
    identity: str
    prompts: Mapping[str, str]
    """With the trigger word, by id."""
    seeds: tuple[int, ...]
    aspects: Mapping[str, str]
    """The shape of each prompt's pictures."""
    trigger: str | None
    noun: str | None = None
    """What the person is; None: nobody says."""
    about_photos: list[str] = []  # noqa: RUF012  # never changed
    strangers: bool = False
    """The prompts are of another person's run."""

    @property
    def version(self) -> str | None:
        """The trained version of the source run."""
        recorded = self.source.manifest.trained_version if self.source.manifest else None
        return recorded or (self.source.training.version if self.source.training else None)

    def plainly(self, prompt_id: str) -> str:
        """A prompt for who never heard of the trigger word; and as the judge reads it, of whoever's picture."""
        text, noun = self.prompts[prompt_id], self.noun or "person"
        if not self.trigger:
            return text
        named = rf"(?:\b[Aa]n? )?\b{re.escape(self.trigger)}\b(?:[ ,]+(?:a |the )?{re.escape(noun)}\b)?"
        return re.sub(named, f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}", text)


class Filled(NamedTuple):
    """A row with its cells."""

    entry: Entry
    images: tuple[PlannedImage, ...]
    kept: tuple[str, ...] = ()
    """Labels of those that are there already."""


def row_of(contest: Contest, row: Row, sent: Mapping[tuple[str, str], tuple[Prepared, ...]], known: Known) -> Filled:
    """One maker's cells."""
    maker, history = row.maker, known.of_maker(row.maker.name)
    each = maker.price.estimate(1, history.charges, len(row.photos))
    images, kept = [], []
    for prompt_id in contest.prompts:
        for number, seed in enumerate(contest.seeds, 1):
            at = seed if maker.seeds else None
            label = names.entrant_label(contest.identity, row.name, prompt_id, at, number)
            if contest.before is not None and usable(contest.before, f"runs/{contest.run}/{label}.png"):
                kept.append(label)
                continue
            aspect = contest.aspects[prompt_id]
            shown = tuple(one.sha256 for one in sent[row.name, aspect])
            noun = contest.noun or "person"
            asked = maker.asked(CellToMake(contest.plainly(prompt_id), seed, aspect, {}, shown, noun))
            again = "" if maker.seeds else f"repeat {number}"
            by = MadeBy(
                maker=maker.name,
                vendor=maker.vendor.name,
                version=maker.model or "",
                row=row.name,
                high_micros=each.high_micros,
            )
            images.append(_image(contest, label, prompt_id, at, asked, by, again))
    return _with_copies(contest, row.name, row.title, maker, images, kept, known, len(row.photos))


def lora_row(contest: Contest, known: Known) -> Filled | None:
    """The trained version's own cells, copied from its run where they are there; None where there is no version."""
    maker, version = known.makers.matrix, contest.version
    if version is None or maker.model is not None or contest.strangers:
        return None
    settings, _known = flux_lora.settings_of(contest.source)
    each = maker.price.estimate(1, known.images.charges)
    own = {(cell.prompt_id, cell.seed): cell for cell in contest.source.cells}
    images, kept = [], []
    for prompt_id, text in contest.prompts.items():
        for number, seed in enumerate(contest.seeds, 1):
            label = names.entrant_label(contest.identity, _LORA_LABEL, prompt_id, seed, number)
            if contest.before is not None and usable(contest.before, f"runs/{contest.run}/{label}.png"):
                kept.append(label)
                continue
            asked = maker.asked(CellToMake(text, seed, contest.aspects[prompt_id], settings))
            by = MadeBy(
                maker=maker.name, vendor=maker.vendor.name, version=version, row=OWN_LORA, high_micros=each.high_micros
            )
            there, again = _there(contest.source, own.get((prompt_id, seed)), version, asked)
            image = _image(contest, label, prompt_id, seed, asked, by, again)
            images.append(image.model_copy(update={"copy_of": there}))
    title = f"LoRA of {contest.source.name}"
    return _with_copies(contest, OWN_LORA, title, maker, images, kept, known, 1)


def _image(
    contest: Contest, label: str, prompt_id: str, seed: int | None, asked: Input, by: MadeBy, again: str = ""
) -> PlannedImage:
    return PlannedImage(
        label=label,
        prompt_id=prompt_id,
        prompt=contest.plainly(prompt_id),
        seed=seed,
        image=f"runs/{contest.run}/{label}.png",
        input=asked,
        fingerprint=fingerprint(by.version, asked, again),
        by=by,
    )


def _there(run: Run, cell: Cell | None, version: str, asked: Input) -> tuple[MadeImage | None, str]:
    """The trained version's own picture of a cell, where it lies in its run and can be looked at.

    Returns: The picture, as the version made it, not as an upscaler left it; and what sets it apart in the books where
    nobody wrote down how it was made.
    """
    if cell is None:
        return None, ""
    manifest = run.manifest
    record = next((one for one in manifest.cells if one.label == cell.label), None) if manifest else None
    if record is not None and (record.version, record.input) != (version, asked):
        return None, ""
    used = next((one for one in manifest.upscales if one.cell == cell.label and one.used), None) if manifest else None
    found = find(run.root, MadeImage(image=cell.image, sha256=used.parent_sha256)) if used else _lies(run, cell.image)
    return found, f"as it lies there {found.sha256}" if found and record is None else ""


def _lies(run: Run, image: str) -> MadeImage | None:
    try:
        content = pictures.read(inside(run.root, image))
        pictures.decode(content, image)
    except BadPicture:
        return None
    return MadeImage(image=image, sha256=pictures.sha256(content)) if pictures.is_png(content) else None


def _with_copies(
    contest: Contest,
    row: str,
    title: str,
    maker: Maker,
    images: list[PlannedImage],
    kept: list[str],
    known: Known,
    photos: int,
) -> Filled:
    made = tuple(
        image if image.copy_of else image.model_copy(update={"copy_of": found})
        for image, found in zip(images, found_before(contest.source.root, images, known), strict=True)
    )
    to_order = sum(image.copy_of is None for image in made)
    entrant = maker.entrant
    no_seed = () if maker.seeds else ("takes no seed: its pictures are numbered",)
    entry = Entry(
        row=row,
        title=title,
        images=len(made),
        to_order=to_order,
        estimate=maker.price.estimate(to_order, known.of_maker(maker.name).charges, photos),
        counts=maker.price.basis.value,
        licence=maker.licence,
        cannot=(*no_seed, *(entrant.cannot if entrant else ())),
        research_only=entrant.research_only if entrant else None,
    )
    return Filled(entry, made, tuple(kept))
