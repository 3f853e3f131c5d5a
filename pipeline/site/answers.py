"""Every answer of every judge on a cell, and whether it is about the picture that is there."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePosixPath

from pipeline.evidence.run_state import RunState
from pipeline.judging.claude import fingerprint, settle
from pipeline.lab.run import Run
from pipeline.models import Axis, Judgement, Scores, Value


class Earlier(Value):
    """One answer of a judge."""

    judge: str
    """Model, rubric and reference."""
    at: str
    scores: str
    """`Q1 0.83 pass, …`."""
    stands: bool
    """It is the judge that the run's verdict is by."""
    now: bool
    """Of the picture that is there; else of one before it."""


def is_of(vote: Judgement, sha256: str, prompt: str) -> bool:
    """Whether an answer is about the picture that is there."""
    return vote.fingerprint == fingerprint(vote.judge, sha256, prompt, vote.vote)


JudgeName = tuple[str, str, str]


def by_judge(state: RunState, votes: Sequence[Judgement]) -> list[tuple[JudgeName, Scores]]:
    """What each judge's votes settle to, the latest judge last."""
    ordered = sorted(votes, key=_name)
    found = []
    for name, group in groupby(ordered, key=_name):
        settled = settle([vote.scores for vote in group], state.pass_threshold)
        if isinstance(settled, Scores):
            found.append((name, settled))
    return found


def _name(vote: Judgement) -> JudgeName:
    return vote.judge.model, vote.judge.rubric, vote.judge.reference


def history(run: Run, state: RunState, votes: Sequence[Judgement], current: Sequence[Judgement]) -> tuple[Earlier, ...]:
    stands = run.output.judge if run.output else None
    found = []
    for vote in sorted(votes, key=lambda one: one.judged_at, reverse=True):
        scores = ", ".join(
            f"{axis.code.upper()} {vote.scores[axis].score:.2f}"
            f" {'pass' if vote.scores[axis].score >= state.pass_threshold else 'fail'}"
            for axis in Axis
        )
        reference = PurePosixPath(vote.judge.reference).name
        name = f"{vote.judge.model}, rubric {vote.judge.rubric}, against {reference}"
        found.append(
            Earlier(judge=name, at=vote.judged_at, scores=scores, stands=vote.judge == stands, now=vote in current)
        )
    return tuple(found)
