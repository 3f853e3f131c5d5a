"""A run's page as one value: what its folder says, and what only the ledger knows."""

from collections.abc import Mapping

from pipeline.advice.next_steps import Prices, Step
from pipeline.evidence.clusters import blamed
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import PROCEED_THRESHOLD, Word
from pipeline.lab.run import Run
from pipeline.models import BARRED, Axis, Value
from pipeline.money import dollars
from pipeline.record.summary import ORDER, PERSONS, sections
from pipeline.site.cells import CellView, cell_views
from pipeline.site.matrix import Matrix, matrix_of
from pipeline.site.onward import GoOn
from pipeline.site.shots import Shot, href_of, shot_of
from pipeline.site.thumbnails import FindFace, Thumb, pictures_of, thumbnails


class RunFacts(Value):
    """What only the ledger, or the lab as a whole, knows of a run."""

    spent_micros: int
    prices: Prices
    steps: tuple[Step, ...]
    job: str = ""
    """The latest that ended."""
    ended_at: str = ""
    """When that was; aware UTC, ISO 8601."""
    children: tuple[str, ...] = ()
    simulated: bool = False


class AxisRow(Value):
    """One axis of the verdict, with what its interval's picture needs."""

    code: str
    title: str
    passed: int
    scored: int
    low: float
    high: float
    bar: float | None
    """None: the verdict does not ask for it."""
    single_look: str
    grade: str


class Rank(Value):
    """A bake-off's row."""

    place: str
    row: str
    identity: str
    photographic: str
    pose: str
    refused: int
    technical: int
    price: str
    seconds: str


class RunPage(Value):
    """Everything that the page shows."""

    run: str
    title: str
    word: str
    kind: str
    """Its sign: `proceed`, `iterate`, `incomplete`, `race` of a bake-off, or `none`."""
    reason: str
    evidence: str
    after_all: str
    matrix_said: str
    axes: tuple[AxisRow, ...]
    controls: str
    people: tuple[str, ...]
    faces: str
    blamed: tuple[str, ...]
    spent: str
    parent: str
    children: tuple[str, ...]
    simulated: bool
    facts: tuple[tuple[str, str], ...]
    stamp: str
    matrix: Matrix
    ranks: tuple[Rank, ...]
    reference: Shot | None
    reference_name: str
    steps: tuple[GoOn, ...]
    notes: tuple[tuple[str, str], ...]
    """A person's sections of SUMMARY.md: heading, and words as written."""
    files: tuple[str, ...]
    bar: float
    """The score from which an axis passes."""
    makers: tuple[str, ...]
    """Of a bake-off."""

    @property
    def cells(self) -> tuple[CellView, ...]:
        return tuple(cell for row in self.matrix.rows for cell in row.cells if cell is not None)

    @property
    def counts(self) -> dict[str, int]:
        """How many cells each filter shows."""
        cells = self.cells
        found = {axis.code: sum(axis.code in cell.fails for cell in cells) for axis in Axis}
        found["unscored"] = sum(not cell.marks for cell in cells)
        found["near"] = sum(cell.near for cell in cells)
        found["disagree"] = sum(bool(cell.disagree) for cell in cells)
        return found


def run_page(
    run: Run, state: RunState, facts: RunFacts, find_face: FindFace | None = None, *, whole: bool = False
) -> RunPage:
    """The page of a run as it stands; makes the thumbnails that it shows. CPU and disk. Raises: LabError.

    `whole`: thumbnails that it does not show are deleted.
    """
    thumbs = thumbnails(run, pictures_of(run), find_face, whole=whole)
    cells = cell_views(run, state, thumbs, facts.prices)
    return RunPage(
        run=run.name,
        title=state.title,
        word=state.said,
        kind=kind_of(state),
        reason=state.reason,
        evidence=state.evidence,
        after_all=state.after_all,
        matrix_said=state.matrix,
        axes=_axes(state),
        controls=state.controls.said if state.controls else "",
        people=tuple(state.people.sentences) if state.people else (),
        faces=state.faces_said,
        blamed=tuple(one.said for one in blamed(state.cells)),
        spent=dollars(facts.spent_micros),
        parent=state.parent or "",
        children=facts.children,
        simulated=facts.simulated,
        facts=_facts(state),
        stamp=_stamp(state, facts),
        matrix=matrix_of(state, cells),
        ranks=_ranks(state),
        reference=_reference(run, state, thumbs),
        reference_name=(state.reference or "").rpartition("/")[2],
        steps=tuple(_step(step) for step in facts.steps),
        notes=_notes(run),
        files=state.files,
        bar=state.pass_threshold,
        makers=tuple(one.row for one in state.leaderboard),
    )


def kind_of(state: RunState) -> str:
    """The sign that stands for a run's word."""
    if state.leaderboard and state.verdict.scored:
        return "race"
    return "none" if state.verdict.word is Word.IN_FLIGHT else state.verdict.word.value.lower()


def _reference(run: Run, state: RunState, thumbs: Mapping[str, Thumb]) -> Shot | None:
    """The photograph; its own file stays where it is, the page shows a copy."""
    if not state.reference:
        return None
    found = shot_of(thumbs.get(state.reference), href_of(run.name, state.reference))
    return found.model_copy(update={"href": found.large}) if found else None


def _axes(state: RunState) -> tuple[AxisRow, ...]:
    if state.leaderboard or not state.verdict.scored:
        return ()
    return tuple(
        AxisRow(
            code=tally.axis.code,
            title=tally.axis.title,
            passed=tally.passed,
            scored=tally.scored,
            low=tally.low,
            high=tally.high,
            bar=state.verdict.threshold if tally.axis in BARRED else None,
            single_look=tally.interval,
            grade=tally.grade.value,
        )
        for tally in state.verdict.tallies
    )


def _facts(state: RunState) -> tuple[tuple[str, str], ...]:
    minutes = f"{state.training_minutes} min" if state.training_minutes else ""
    bar = (
        f"Q1 and Q4 at {100 * state.verdict.threshold:g} % of the cells, each from a score of {state.pass_threshold:g}"
    )
    if state.verdict.threshold != PROCEED_THRESHOLD:
        bar += f" (usual: {100 * PROCEED_THRESHOLD:g} %)"
    told = [
        ("Identity", (state.identity or "").upper()),
        ("Trained version", state.trained_version or ""),
        ("Training took", minutes),
        ("Judge", f"{state.model}, rubric {state.judge_version}" if state.model else ""),
        ("Reference", state.reference or ""),
        ("Judged", state.judged_at or ""),
        ("The bar", bar),
    ]
    return tuple((name, value) for name, value in told if value)


def _stamp(state: RunState, facts: RunFacts) -> str:
    """When what the page shows came about."""
    at = facts.ended_at or state.judged_at or ""
    job = f"job {facts.job}" if facts.job else "no job of this bot"
    when = f", {at[:16].replace('T', ' ')} UTC" if at else ""
    return f"As of {job}{when}"


def _ranks(state: RunState) -> tuple[Rank, ...]:
    return tuple(
        Rank(
            place=one.place,
            row=one.row,
            identity=f"{one.identity.passed}/{one.identity.scored} ({one.identity.interval})",
            photographic=f"{one.photographic.passed}/{one.photographic.scored} ({one.photographic.interval})",
            pose=f"{one.pose.passed}/{one.pose.scored}",
            refused=one.refused,
            technical=one.technical,
            price=dollars(one.passing_micros) if one.passing_micros is not None else "–",
            seconds=f"{one.seconds:.0f}" if one.seconds is not None else "–",
        )
        for one in state.leaderboard
    )


def _step(step: Step) -> GoOn:
    price = str(step.estimate) if step.estimate.high_micros else "free"
    return GoOn(sentence=step.sentence, price=price if step.sentence else "", purpose=step.purpose)


def _notes(run: Run) -> tuple[tuple[str, str], ...]:
    """A person's sections, without their headings; empty ones are left out."""
    kept = sections((run.summary or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    found = []
    for name, text in kept.items():
        words = text.partition("\n")[2].strip("\r\n")
        if (name in PERSONS or name not in ORDER) and words.strip():
            found.append((name, words))
    return tuple(found)
