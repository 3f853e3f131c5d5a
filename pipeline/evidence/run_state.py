"""One state of a run, of which every surface (message, SUMMARY.md, picture, terminal) is a rendering."""

import contextlib
from collections import Counter
from collections.abc import Container
from datetime import datetime
from typing import Any

from pydantic import Field

from pipeline.errors import BadPicture, LabError, UnknownReference
from pipeline.evidence.clusters import seeds_said
from pipeline.evidence.controls import Controls, controls_of
from pipeline.evidence.leaderboard import TOLD_APART, Standing, leaderboard, standings
from pipeline.evidence.people import People, people_of
from pipeline.evidence.second_opinion import FaceLine, lines_of
from pipeline.evidence.second_opinion import said as second_opinion
from pipeline.evidence.verdict import PROCEED_THRESHOLD, Verdict, Word, decide
from pipeline.lab.files import FruitlessJudging, JudgeOutput, Upscaled
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.models import PASS_THRESHOLD, Cause, JudgedCell, Unscored, Value
from pipeline.pictures import pixels, read, sha256
from pipeline.surfaces import unmarked_down


class RunState(Value):
    """What is known of a run now."""

    run: str
    title: str
    date: str | None
    identity: str | None
    cells: tuple[JudgedCell, ...]
    verdict: Verdict
    judge_version: str | None = None
    model: str | None = None
    reference: str | None = None
    judged_at: str | None = None
    trained_version: str | None = None
    training_minutes: int | None = None
    parent: str | None = None
    files: tuple[str, ...] = ()
    cell_sizes: tuple[tuple[int, int], ...] = ()
    """Every width and height that its pictures have: what a judge's call on them costs follows from that."""
    reference_size: tuple[int, int] | None = None
    """Of the photograph that the next judging compares with."""
    votes: dict[str, int] = Field(default_factory=dict)
    """Stored votes of the judge that its verdict is by, by label; none where that is no judge of ours."""
    fruitless: FruitlessJudging | None = None
    upscales: tuple[Upscaled, ...] = ()
    """Pictures beside its cells."""
    leaderboard: tuple[Standing, ...] = ()
    """Of a bake-off: its rows, the best first."""
    pass_threshold: float = PASS_THRESHOLD
    """The score from which an axis passes, where its judge's file says another one than is usual."""
    controls: Controls | None = None
    """Of the judging that its verdict is by; None: it had none."""
    people: People | None = None
    """What people said of its cells; None: nobody said anything."""
    faces: tuple[FaceLine, ...] = ()
    """A second opinion on its cells' faces; empty where nobody measured them."""
    faces_said: str = ""
    judged_here: bool = False
    """By this lab's own judge: other tools know no controls."""
    older: Verdict | None = None
    """The verdict that stands in the run's files, where this state is that of a judging that brought none."""

    @property
    def after_all(self) -> str:
        """What a judging without a usable answer leaves to be said; empty where there was none."""
        if self.fruitless is None:
            return ""
        tried = self.fruitless
        if self.older is not None:
            date = f" of {self.judged_at[:10]}" if self.judged_at else ""
            return (
                f"None of this job's {len(tried.unscored)} answers could be used. The older verdict{date} stays in the"
                f" run's files: {self.older.word}, {self.older.reason}"
            )
        return (
            f"This verdict is older than the latest judging (job {tried.job}, {tried.judge.model}), of which none of"
            f" the {len(tried.unscored)} answers could be used."
        )

    @property
    def sign(self) -> str:
        """For people, before everything that is said of it."""
        return "🏁" if self.leaderboard and self.verdict.scored else badge(self.verdict)

    @property
    def said(self) -> str:
        """What it is or came to, in a word: several makers' pictures have no verdict together."""
        return "bake-off" if self.leaderboard and self.verdict.scored else self.verdict.said

    @property
    def reason(self) -> str:
        """What its word rests on."""
        return standings(self.leaderboard) if self.leaderboard and self.verdict.scored else self.verdict.reason

    @property
    def evidence(self) -> str:
        """How far that carries."""
        if self.leaderboard and self.verdict.scored:
            return TOLD_APART
        parts = [self.verdict.evidence, seeds_said(self.cells, self.verdict.weaker)]
        if self.verdict.scored and self.judged_here:
            parts.append(self.controls.said if self.controls else "No controls.")
        parts += [self.people.said] if self.people else []
        parts += [self.faces_said] if self.faces_said else []
        return " ".join(part for part in parts if part)

    @property
    def matrix(self) -> str:
        """`6 cells (3 prompts × 2 seeds)`."""
        prompts = len({cell.cell.prompt_id for cell in self.cells})
        seeds = len({cell.cell.seed for cell in self.cells})
        if self.leaderboard:
            return f"{len(self.cells)} cell{_s(len(self.cells))} ({len(self.leaderboard)} rows)"
        shape = (
            f" ({prompts} prompt{_s(prompts)} × {seeds} seed{_s(seeds)})" if prompts * seeds == len(self.cells) else ""
        )
        return f"{len(self.cells)} cell{_s(len(self.cells))}{shape}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


BADGES = {Word.PROCEED: "✅", Word.ITERATE: "🔁", Word.INCOMPLETE: "⚠️", Word.IN_FLIGHT: "⏳"}
NOT_YET = "▫️"
"""Of a run that nobody has judged, and no job is at: ⏳ would promise that one is."""


def badge(verdict: Verdict) -> str:
    """The sign for people; files keep the card's."""
    return BADGES[verdict.word] if verdict.at_work or verdict.word is not Word.IN_FLIGHT else NOT_YET


def headline(state: RunState) -> str:
    """`✅ PROCEED · CB LoRA v1`, for people."""
    if state.leaderboard:
        return f"🏁 {state.title}: {led_by(state)}"
    word = state.verdict.said
    return f"{badge(state.verdict)} {word[:1].upper()}{word[1:]} · {state.title}"


def state_of(run: Run, *, in_flight: bool = False, sized: bool = True) -> RunState:
    """The run's state as its own files give it. Raises: LabError when one of them cannot be read.

    `sized`: look at the pictures, too, of which prices follow, and whether what people and faces said is of these;
    without, no picture is opened.
    """
    cells = run.judged_cells()
    summary = run.output.summary if run.output else None
    threshold = summary.proceed_threshold if summary and summary.proceed_threshold is not None else PROCEED_THRESHOLD
    output, training = run.output, run.training
    controls = controls_of(output, run.identity)
    return RunState(
        run=run.name,
        title=title_of(run),
        date=run.date,
        identity=run.identity,
        cells=cells,
        verdict=decide(cells, threshold, in_flight=in_flight).flagged(controls.flag if controls else ""),
        controls=controls,
        people=_people(run, cells, threshold) if sized and run.opinions else None,
        **_judging(output),
        **(_faces(run, cells) if sized else {}),
        trained_version=(training.version if training else None)
        or (run.manifest.trained_version if run.manifest else None),
        training_minutes=_minutes(training.training_result or {}) if training else None,
        parent=run.manifest.parent if run.manifest else None,
        cell_sizes=sizes_of(run) if sized else (),
        reference_size=_reference_size(run) if sized else None,
        votes=Counter(vote.label for vote in run.log if output and output.judge and vote.judge == output.judge),
        fruitless=run.manifest.fruitless if run.manifest else None,
        leaderboard=_leaderboard(run, cells, threshold),
        upscales=run.manifest.upscales if run.manifest else (),
        files=tuple(
            name
            for name in ("judge_output.json", "training_state.json", "run.json", "judgements.jsonl")
            if (run.path / name).is_file()
        ),
    )


def _judging(output: JudgeOutput | None) -> dict[str, Any]:
    """By whom a run was judged, when, and by which bar a score passes."""
    if output is None:
        return {}
    said = {name: getattr(output, name) for name in ("judge_version", "model", "reference", "judged_at")}
    return said | {"pass_threshold": output.pass_threshold or PASS_THRESHOLD, "judged_here": output.judge is not None}


def _people(run: Run, cells: tuple[JudgedCell, ...], threshold: float) -> People | None:
    return people_of(cells, run.opinions, _hashes(run, {one.cell for one in run.opinions}), threshold)


def _faces(run: Run, cells: tuple[JudgedCell, ...]) -> dict[str, Any]:
    if run.faces is None:
        return {}
    lines = lines_of(run.faces, cells, _hashes(run, set(run.faces.cells)))
    return {"faces": lines, "faces_said": second_opinion(run.faces, lines, (run.identity or "the person").upper())}


def _hashes(run: Run, labels: Container[str]) -> dict[str, str]:
    """Of cells' pictures as they are, by label; of those alone that can be read."""
    found = {}
    for cell in run.cells:
        if cell.label in labels:
            with contextlib.suppress(BadPicture, LabError):
                found[cell.label] = sha256(read(inside(run.root, cell.image)))
    return found


def _leaderboard(run: Run, cells: tuple[JudgedCell, ...], threshold: float) -> tuple[Standing, ...]:
    if run.manifest is None or not run.manifest.bakeoff:
        return ()
    return leaderboard(cells, {one.label: one for one in run.manifest.cells}, threshold)


def led_by(state: RunState) -> str:
    """`lora leads, 6 of 6 look like CB`; where several cannot be told apart, their number."""
    first = [one for one in state.leaderboard if one.group == 1]
    if not first:
        return "not judged yet"
    best = first[0].identity
    if not best.passed:
        return "nobody passes Q1"
    tied = f" (with {len(first) - 1} more that cannot be told apart)" if len(first) > 1 else ""
    return f"{first[0].row} leads, Q1 {best.passed} of {best.scored}{tied}"


def sizes_of(run: Run) -> tuple[tuple[int, int], ...]:
    """Every width and height that a run's pictures have, from their first bytes."""
    return tuple(sorted({size for cell in run.cells if (size := size_of(run, cell.image))}))


def _reference_size(run: Run) -> tuple[int, int] | None:
    try:
        return size_of(run, Lab(run.root).reference(run, None))
    except UnknownReference:
        recorded = run.output.reference if run.output else None
        return size_of(run, recorded) if recorded else None


def of_fruitless(state: RunState) -> RunState:
    """A run as its latest judging left it, where that brought no usable answer: its causes, not the older verdict."""
    tried = state.fruitless
    if tried is None:
        return state
    not_judged = Unscored(cause=Cause.NOT_JUDGED)
    cells = tuple(
        JudgedCell(cell=one.cell, outcome=tried.unscored.get(one.cell.label, not_judged)) for one in state.cells
    )
    verdict = decide(cells, state.verdict.threshold)
    judge = {"model": tried.judge.model, "judge_version": tried.judge.rubric, "reference": tried.judge.reference}
    return state.model_copy(update={"cells": cells, "verdict": verdict, "older": state.verdict, **judge})


def size_of(run: Run, image: str) -> tuple[int, int] | None:
    """Of a picture that is there. Turned or not, it is as many tokens."""
    try:
        return pixels(inside(run.root, image))
    except LabError:
        return None


def title_of(run: Run) -> str:
    """The title that a person gave the run; else one made of its name: `CB LoRA v1`."""
    if run.manifest and run.manifest.title:
        return run.manifest.title
    for line in (run.summary or "").splitlines():
        if line.startswith("# "):
            plain = line[2:].strip().encode("utf-8", "replace").decode()
            return unmarked_down(_without_badge(plain)) or run.name
    words = run.name.split("-")[1:] or [run.name]
    return " ".join({"lora": "LoRA"}.get(word, word.upper() if at == 0 else word) for at, word in enumerate(words))


def _without_badge(title: str) -> str:
    for badge in BADGES.values():
        title = title.removeprefix(badge).lstrip()
    for word in Word:
        title = title.removeprefix(word.value).lstrip(" :—–-")
    return title


def _minutes(result: dict[str, object]) -> int | None:
    try:
        started, ended = (datetime.fromisoformat(str(result[key])) for key in ("started_at", "completed_at"))
    except (KeyError, ValueError, TypeError):  # missing, no date, or one with a zone and one without
        return None
    return round((ended - started).total_seconds() / 60)
