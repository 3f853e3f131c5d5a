"""The rubrics that a lab can judge by: the one in force, and its own under `rubrics/`.

A lab's rubric is a text file, `rubrics/<any name>.md`, whose first line names it: `version: v3-2026-12-01`. Another
rubric is another judge: its judgements never mix with those of the one in force.
"""

from pipeline.errors import LabError, RequestError
from pipeline.judging.claude import Rubric, face_rubric, rubric
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.reading import read_bounded, words_of

FOLDER, MOST_BYTES, LEAST_CHARACTERS = "rubrics", 12_000, 200
"""Where they lie, and between which sizes a text can be a rubric for four axes."""


def own_rubrics(lab: Lab) -> tuple[Rubric, ...]:
    """The lab's own, by file name. Raises: LabError, naming the file that is none."""
    folder = inside(lab.root, FOLDER)
    found = []
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        relative = f"{FOLDER}/{path.name}"
        try:
            head, _, text = words_of(read_bounded(inside(lab.root, relative), MOST_BYTES)).partition("\n")
        except (OSError, UnicodeDecodeError):
            raise LabError(f"{relative} cannot be read as text.") from None
        version = head.removeprefix("version:").strip()
        if not head.startswith("version:") or not version or len(text.strip()) < LEAST_CHARACTERS:
            raise LabError(f"{relative} is no rubric: its first line is to be “version: …”, and the text beneath.")
        found.append(Rubric(version=version, text=text.strip() + "\n"))
    return tuple(found)


def rubric_named(lab: Lab, name: str | None) -> Rubric:
    """A rubric by its version, or the beginning of it: `v3` of `v3-2026-12-01`; None: the one in force.

    Raises: RequestError, naming those that there are; LabError.
    """
    if name is None:
        return rubric()
    every = (rubric(), *own_rubrics(lab))
    exact = [one for one in every if one.version == name]
    fits = exact or [one for one in every if one.version.startswith(f"{name}-")]
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(one.version for one in every)
    error = RequestError(f"There is {'more than one' if fits else 'no'} rubric {name!r}. Nothing was spent.")
    error.hint = f"There are: {known}. The lab's own lie in `{FOLDER}/`, each with “version: …” in its first line."
    raise error


def text_of(lab: Lab, sha256: str) -> str:
    """The words of a rubric that a plan was made with. Raises: LabError when they are others now."""
    for one in (rubric(), face_rubric(), *own_rubrics(lab)):
        if one.sha256 == sha256:
            return one.text
    raise LabError("The rubric changed after the plan was made.")
