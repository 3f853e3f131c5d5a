"""The lab's own pages as values: every run in a row, every prompt with its pass rate, and what a successor needs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from pipeline.actions.matrix import ExtendMatrix
from pipeline.actions.registry import ACTIONS
from pipeline.actions.train import TRAIN, TrainLora
from pipeline.errors import LabError
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import tally_of
from pipeline.fixture.facts import read_facts
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.language import manual
from pipeline.language.sentence import render
from pipeline.models import BARRED, Axis, JudgedCell, Value
from pipeline.money import dollars
from pipeline.site.lab_facts import Gone, LabFacts
from pipeline.site.onward import IN_PLAN, GoOn, go_on
from pipeline.site.run_page import kind_of
from pipeline.site.shots import Shot, href_of, shot_of
from pipeline.site.states import States
from pipeline.site.thumbnails import known_thumbs

SOON_DAYS = 30
"""A consent that ends within these is named on the index."""


class Row(Value):
    """A run in the index."""

    run: str
    title: str
    identity: str
    date: str
    kind: str
    word: str
    grade: str
    q1: str
    q1_rate: float | None
    q4: str
    q4_rate: float | None
    cells: int
    spent: str
    spent_micros: int
    who: str
    parent: str
    judge: str
    crop: Shot | None
    words: str
    """Everything that a search looks through, in lower case."""


class Person(Value):
    """An identity's runs, newest first."""

    identity: str
    rows: tuple[Row, ...]
    trend: tuple[tuple[float, float], ...]
    """Q1 over its judged runs, oldest first: across and up, 0…1."""
    said: str


class Index(Value):
    """`site/index.html`."""

    facts: LabFacts
    people: tuple[Person, ...]
    unreadable: tuple[tuple[str, str], ...]
    """Runs that cannot be shown, with why."""
    ending: tuple[tuple[str, str], ...]
    """Fixtures whose consent ends soon, or ended: name and day."""
    pairs: tuple[tuple[str, str], ...]
    """Runs that there is a comparison of."""

    @property
    def gone(self) -> tuple[Gone, ...]:
        return self.facts.gone

    @property
    def month(self) -> str:
        return f"{dollars(self.facts.month_micros)} of {dollars(self.facts.month_limit_micros)}"

    @property
    def month_share(self) -> float:
        return min(1.0, self.facts.month_micros / max(1, self.facts.month_limit_micros))


def index_of(lab: Lab, seen: States, facts: LabFacts, pairs: Sequence[tuple[str, str]]) -> Index:
    """The index as the lab stands."""
    rows = [_row(lab, state, facts) for state in seen.states]
    by_person: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row.identity].append(row)
    people = [_person(identity, own) for identity, own in by_person.items()]
    people.sort(key=lambda one: max((row.date, row.run) for row in one.rows), reverse=True)
    ending = _ending(lab, date.fromisoformat(facts.today))
    return Index(facts=facts, people=tuple(people), unreadable=seen.unreadable, ending=ending, pairs=tuple(pairs))


def _person(identity: str, rows: list[Row]) -> Person:
    judged = [row for row in rows if row.q1_rate is not None]
    last = max(1, len(judged) - 1)
    trend = tuple((at / last, row.q1_rate or 0.0) for at, row in enumerate(judged)) if len(judged) > 1 else ()
    said = " → ".join(row.q1 for row in judged[-4:])
    return Person(identity=identity.upper(), rows=tuple(reversed(rows)), trend=trend, said=said)


def _row(lab: Lab, state: RunState, facts: LabFacts) -> Row:
    run, verdict = Run(lab.root, state.run), state.verdict
    one = verdict.tally(Axis.IDENTITY)
    single = not state.leaderboard and verdict.scored > 0
    shown = {axis: f"{tally.passed}/{tally.scored}" for axis in BARRED for tally in [verdict.tally(axis)]}
    who = (run.manifest.asked_by if run.manifest else None) or ""
    spent = facts.spent.get(state.run, 0)
    prompts = dict.fromkeys(cell.cell.prompt or "" for cell in state.cells)
    makers = dict.fromkeys(cell.cell.maker or "" for cell in state.cells)
    words = [state.run, state.title, state.identity or "", state.said, state.reason, who, state.parent or ""]
    words += [state.model or "", verdict.grade.value, *prompts, *makers]
    return Row(
        run=state.run,
        title=state.title,
        identity=state.identity or "",
        date=state.date or "",
        kind=kind_of(state),
        word=state.said,
        grade=verdict.grade.value if single else "",
        q1=shown[Axis.IDENTITY] if single else "–",
        q1_rate=one.rate if single else None,
        q4=shown[Axis.PHOTOGRAPHIC] if single else "–",
        q4_rate=verdict.tally(Axis.PHOTOGRAPHIC).rate if single else None,
        cells=len(state.cells),
        spent=dollars(spent) if spent else "–",
        spent_micros=spent,
        who=who,
        parent=state.parent or "",
        judge=state.model or "",
        crop=_crop(run, state),
        words=" ".join(" ".join(words).lower().split()),
    )


def _crop(run: Run, state: RunState) -> Shot | None:
    """The first picture in which the judge knew the person; else the first. None before its page was written."""
    thumbs = known_thumbs(run)
    passing = [one for one in state.cells if one.scores is not None and one.scores[Axis.IDENTITY].passed]
    for cell in (*passing[:1], *state.cells):
        found = shot_of(thumbs.get(cell.cell.image), href_of(run.name, cell.cell.image))
        if found is not None:
            return found
    return None


def _ending(lab: Lab, today: date) -> tuple[tuple[str, str], ...]:
    found = []
    for fixture in lab.fixtures():
        try:
            facts = read_facts(lab, fixture)
        except LabError:
            continue
        until = [
            one.consent_until for one in ([facts.all, *facts.photos.values()] if facts else ()) if one.consent_until
        ]
        if until and (min(until) - today).days <= SOON_DAYS:
            found.append((fixture, min(until).isoformat()))
    return tuple(found)


class Rate(Value):
    """How often a prompt passes both bars, for one identity and one judge."""

    identity: str
    judge: str
    passed: int
    scored: int
    interval: str
    runs: tuple[str, ...]
    go_on: GoOn | None


class PromptRow(Value):
    """One prompt, over all runs."""

    prompt_id: str
    text: str
    rates: tuple[Rate, ...]


class Prompts(Value):
    """`site/prompts.html`."""

    facts: LabFacts
    standard: tuple[GoOn, ...]
    prompts: tuple[PromptRow, ...]


def prompts_of(lab: Lab, seen: States, facts: LabFacts) -> Prompts:
    """Every prompt that stands in a run, the most used first; counts are pooled within one judge alone."""
    cells: defaultdict[tuple[str, str], list[tuple[RunState, JudgedCell]]] = defaultdict(list)
    for state in seen.states:
        for cell in () if state.leaderboard else state.cells:
            # One picture counts once, however many runs show it.
            if cell.cell.prompt and cell.cell.label not in seen.copies[state.run]:
                cells[cell.cell.prompt_id, cell.cell.prompt].append((state, cell))
    rows = [PromptRow(prompt_id=key[0], text=key[1], rates=_rates(own)) for key, own in cells.items()]
    rows.sort(key=lambda row: -sum(rate.scored for rate in row.rates))
    return Prompts(facts=facts, standard=_standard(lab, seen), prompts=tuple(rows))


def _rates(own: Sequence[tuple[RunState, JudgedCell]]) -> tuple[Rate, ...]:
    groups: defaultdict[tuple[str, str], list[tuple[RunState, JudgedCell]]] = defaultdict(list)
    for state, cell in own:
        judge = f"{state.model} ({state.judge_version})" if state.model else ""
        groups[state.identity or "", judge].append((state, cell))
    return tuple(_rate(identity, judge, found) for (identity, judge), found in groups.items())


def _rate(identity: str, judge: str, found: Sequence[tuple[RunState, JudgedCell]]) -> Rate:
    cells = [cell for _state, cell in found]
    weaker = min((tally_of(axis, cells, 1.0) for axis in BARRED), key=lambda one: one.low)
    runs = tuple(dict.fromkeys(state.run for state, _cell in found))
    latest, text = found[-1][0], found[-1][1].cell.prompt or ""
    seeds = tuple(dict.fromkeys(cell.cell.seed for cell in latest.cells if cell.cell.seed is not None))
    asked = {"run": latest.run, "prompts": (text,), "seeds": seeds[:2] or (42,), "then_judge": True}
    return Rate(
        identity=identity.upper(),
        judge=judge,
        passed=weaker.passed,
        scored=weaker.scored,
        interval=weaker.interval,
        runs=runs,
        go_on=go_on(ExtendMatrix, asked, IN_PLAN, "") if latest.trained_version else None,
    )


def _standard(lab: Lab, seen: States) -> tuple[GoOn, ...]:
    """Sentences of this lab, of its latest run that was trained; the price is in each one's plan."""
    trained = [state.run for state in seen.states if state.trained_version and not state.leaderboard]
    if not trained:
        return ()
    catalogue = lab.catalogue()
    made = manual.examples(trained[-1], catalogue)
    own = (lab.run(trained[-1]).identity or "").lower()
    others = [name for name in catalogue.fixtures if own not in name.lower().split("-")]
    untrained = [name for name in others if not {*name.lower().split("-")} & {state.identity for state in seen.states}]
    for name in (untrained or others)[-1:]:
        made[TRAIN.word] = TrainLora(fixture=f"inputs/{name}")
    asked = sorted((one for one in ACTIONS if one.pays), key=lambda one: one is not TRAIN)
    return tuple(
        GoOn(
            sentence=render(made[one.word]),
            price=IN_PLAN,
            purpose="Train a LoRA for a different identity" if one is TRAIN else one.meaning,
        )
        for one in asked
    )
