"""What the thread sees of a fixture: its contact sheet, and why it cannot be trained from."""

import asyncio
from pathlib import Path, PurePosixPath

from bot.bench import Bench
from handlers.blocks.photos import not_ready as not_ready_message
from handlers.message import Message
from pipeline import pictures
from pipeline.errors import BadPicture, FixtureNotReady, LabError
from pipeline.fixture.findings import Preflight
from pipeline.grid.contact import alt_text, contact_sheet
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, make_folder, write_whole
from pipeline.lab.run import Run
from pipeline.models import digest
from pipeline.plan.plan import Plan
from pipeline.plan.reference import look, prepare

Picture = tuple[str, str, str]
"""Lab-relative path, name in Slack, alternative text."""


async def sheet_of(bench: Bench, checked: Preflight, lab: Lab | None = None) -> Picture:
    """The contact sheet in the lab's hidden folder; drawn unless it is there from an earlier plan.

    `lab`: where the fixture lies, when that is not the lab's own folder yet.
    """
    name = f"{checked.fixture.rpartition('/')[2]}-{digest(checked.model_dump(mode='json'))[:10]}.jpg"
    sheet = bench.lab.root / ".labs" / name
    if not sheet.is_file():
        await asyncio.to_thread(_draw, (lab or bench.lab).root, checked, sheet)
    return f".labs/{name}", name, alt_text(checked)


def _draw(root: Path, checked: Preflight, sheet: Path) -> None:
    photos = {}
    for photo in checked.photos:
        if not photo.allowed:
            continue  # whose consent is lacking is not shown to the channel either
        try:
            photos[photo.name] = pictures.read(inside(root, f"{checked.fixture}/{photo.name}"))
        except (BadPicture, LabError):
            continue
    make_folder(sheet.parent)
    write_whole(sheet, contact_sheet(checked, photos))


async def reference_of(bench: Bench, made: Plan) -> list[Picture]:
    """The photograph of a bake-off as it is sent, in the lab's hidden folder; none where nothing is sent."""
    sent = made.making.references if made.making else ()
    if not sent:
        return []
    first = sent[0]
    # Named after the fixture: the run is not there yet, and whoever takes the consent back must find it.
    fixture = PurePosixPath(first.source).parts[1]
    shown = bench.lab.root / ".labs" / f"{fixture}-reference-{first.sha256[:10]}.jpg"

    def draw() -> None:
        make_folder(shown.parent)
        write_whole(shown, prepare(look(Run(bench.lab.root, made.run), first.source, bench.measurer), first.framing))

    if not shown.is_file():
        await asyncio.to_thread(draw)
    name = first.source.rpartition("/")[2]
    return [(f".labs/{shown.name}", f"reference-{name}", f"{name} as it is sent: {first.framing.value}")]


async def not_ready(bench: Bench, error: FixtureNotReady) -> tuple[Message, list[Picture]]:
    """The pre-flight of a fixture that cannot be trained from, with its contact sheet."""
    assert isinstance(error.preflight, Preflight)  # noqa: S101  # made by `plan_training`
    message = not_ready_message(error, error.preflight)
    return message, [await sheet_of(bench, error.preflight)]
