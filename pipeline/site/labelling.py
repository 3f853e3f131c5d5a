"""The labelling page: one picture after the other, with the reference and the prompt alone."""

from collections.abc import Sequence

from pipeline.lab.run import Run
from pipeline.models import Axis, Cell, Value
from pipeline.site.pages import render
from pipeline.site.shots import Shot, href_of, shot_of
from pipeline.site.thumbnails import references_of, thumbnails

ASKS = {
    Axis.IDENTITY: "Is this the person of the reference?",
    Axis.POSE: "Is the pose what the words ask for?",
    Axis.FRAMING: "Is the framing what the words ask for?",
    Axis.PHOTOGRAPHIC: "Does it look like a photograph?",
}


class Shown(Value):
    """One picture that is asked about."""

    cell: str
    """Its label, which the page is not told."""
    prompt: str
    shot: Shot


def shown_of(run: Run, cells: Sequence[Cell]) -> tuple[tuple[Shown, ...], Shot | None]:
    """Pictures that can be shown, and the reference. Makes thumbnails where they are missing. Raises: LabError."""
    reference = next(reversed(references_of(run)), None)
    thumbs = thumbnails(run, [*(cell.image for cell in cells), *([reference] if reference else [])])
    found = []
    for cell in cells:
        shot = shot_of(thumbs.get(cell.image), href_of(run.name, cell.image))
        if shot is not None:
            found.append(Shown(cell=cell.label, prompt=cell.prompt or "", shot=shot))
    return tuple(found), shot_of(thumbs.get(reference), "") if reference else None


def label_html(run: Run, shown: Sequence[Shown], reference: Shot | None, sitting: str, token: str) -> bytes:
    """The page. Neither a label nor a seed stands in it: its pictures are named by what is in them."""
    data = {
        "pictures": [{"image": one.shot.large, "prompt": one.prompt} for one in shown],
        "axes": [{"code": axis.code, "title": axis.title, "asks": ASKS[axis]} for axis in Axis],
        "sitting": sitting,
        "token": token,
    }
    return render("label.html.j2", ("page.js", "label.js"), run=run.name, reference=reference, data=data)
