"""Controls: real photographs judged like cells, so that one sees whether this judge knows this face.

A photograph of the person must pass Q1, one of somebody else must fail it. Their judgements are no cells: they never
change the word, and a wrong one takes the evidence down to *inconclusive*.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from pipeline.lab.files import ControlEntry, JudgeOutput
from pipeline.models import Axis, Judgement, Value

_LABEL = "control:"


def label_of(identity: str, photo: str, *, same: bool) -> str:
    """`control:same:cb:cb_7.jpg`, where a cell has its label.

    Args:
        identity: Whose photograph it is.
        photo: Its lab-relative path.
        same: Whether that is the person whom the run is of.
    """
    return f"{_LABEL}{'same' if same else 'other'}:{identity}:{PurePosixPath(photo).name}"


def is_control(label: str) -> bool:
    """Whether a judge's call, or its answer, is about a control."""
    return label.startswith(_LABEL)


def entry_of(judgement: Judgement) -> ControlEntry:
    """A control's answer, as `judge_output.json` keeps it; the judge's words about somebody else stay out of it."""
    _control, kind, identity, photo = judgement.label.split(":", 3)
    score = judgement.scores[Axis.IDENTITY]
    same = kind == "same"
    return ControlEntry(
        photo=photo,
        identity=identity,
        same_person=same,
        score=score.score,
        passed=score.passed,
        right=score.passed == same,
    )


class Controls(Value):
    """What a judging's controls came to."""

    right: int
    scored: int
    right_so_far: int
    """With this judge, rubric and reference, over all runs of the lab."""
    scored_so_far: int
    unanswered: int = 0
    """Asked about without a usable answer: neither right nor wrong."""
    flag: str = ""
    """What a wrong one says about the verdict, as in `… it took JD for CB (jd_3.jpg, Q1 0.83)`."""

    @property
    def said(self) -> str:
        """`Controls 4 of 4 right (20 of 20 with this judge and reference so far).`."""
        lost = f", {self.unanswered} without a usable answer" if self.unanswered else ""
        if not self.scored:
            return f"Controls: none of {self.unanswered} got a usable answer."
        so_far = f"{self.right_so_far} of {self.scored_so_far} with this judge and reference so far"
        return f"Controls {self.right} of {self.scored} right{lost} ({so_far})."


def flag_of(entries: Sequence[ControlEntry], identity: str | None) -> str:
    """What wrong controls say about a verdict; empty where none is wrong."""
    who = (identity or "the person").upper()
    wrong = [_wrong(one, who) for one in entries if not one.right]
    if not wrong:
        return ""
    tail = "Try another reference, rubric or judge's model before anything else."
    return f"The judge is not to be trusted here: {'; '.join(wrong)}. {tail}"


def controls_of(output: JudgeOutput | None, identity: str | None) -> Controls | None:
    """A run's controls, as its file has them; None where it had none."""
    entries = (output.controls if output else None) or []
    unanswered = (output.controls_unanswered if output else None) or 0
    if output is None or not (entries or unanswered):
        return None
    so_far = output.controls_so_far or (sum(one.right for one in entries), len(entries))
    return Controls(
        right=sum(one.right for one in entries),
        scored=len(entries),
        right_so_far=so_far[0],
        scored_so_far=so_far[1],
        unanswered=unanswered,
        flag=flag_of(entries, identity),
    )


def _wrong(one: ControlEntry, who: str) -> str:
    where = f"({one.photo}, Q1 {one.score:.2f})"
    if one.same_person:
        return f"it did not know {who} on a photograph of {who} {where}"
    return f"it took {one.identity.upper()} for {who} {where}"


def so_far(judgements: Iterable[Judgement]) -> tuple[int, int]:
    """Right and scored controls among judgements, each photograph once."""
    each = {one.fingerprint: entry_of(one) for one in judgements if is_control(one.label)}
    return sum(one.right for one in each.values()), len(each)
