"""Plans and verdicts as tables."""

from bot.cli.terminal import Words, out
from handlers.blocks.kit import seconds
from pipeline.evidence.run_state import RunState
from pipeline.fixture.findings import Finding, Preflight, accounted, grouped
from pipeline.lab.files import change
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.record.job import Filed
from pipeline.wordlist import many


def print_plan(plan: Plan) -> None:
    """What will be done and what it costs."""
    table = Words(box=None, show_header=False)
    if training := plan.training:
        given = ", ".join(f"{name} {value}" for name, value in training.parameters.items())
        table.add_row("trains", f"{training.diff}; {training.preflight.fixture}")
        table.add_row("trainer", f"{training.trainer}:{training.version[:12]} ({given})")
        table.add_row("into", f"the private model {training.destination}; {training.estimate}")
        for row in preflight_rows(training.preflight):
            table.add_row(*row)
    if plan.making:
        table.add_row("makes", f"{plan.making.matrix} in runs/{plan.run}")
        if plan.training is None:
            table.add_row("difference", plan.making.diff)
        if not plan.making.entries:
            table.add_row("version", "what the training makes" if plan.training else plan.making.version)
        for entry in plan.making.entries:
            mark = f"; research only: {entry.research_only}" if entry.research_only else ""
            table.add_row(entry.row, f"{many(entry.images, 'picture')}, {entry.estimate} by {entry.counts}{mark}")
        for absent in plan.making.left_out:
            table.add_row("left out", f"{absent.name}: {absent.why}")
    if plan.judge:
        judge = plan.judge
        asked = (plan.request.cells if plan.request.action == "judge" else None) or plan.cells
        table.add_row("judge", f"runs/{plan.run}: {len(asked)} cells, {plan.votes} vote(s) each")
        table.add_row("buys", f"{many(plan.judged, 'call')}; {plan.stored} judgements are stored already")
        table.add_row("with", f"{judge.model}, rubric {judge.rubric}, against {judge.reference}")
    table.add_row("costs", f"{plan.estimate} ({plan.estimate.basis}), about {seconds(plan.took_s)}")
    for one in plan.unusable:
        table.add_row("unusable", f"{one.label}: {one.detail}")
    for note in plan.notes:
        table.add_row("note", note)
    out.print(table)


def _names(findings: tuple[Finding, ...]) -> str:
    names = ", ".join(one.about for one in findings)
    return names if len(findings) == 1 else f"{many(len(findings), 'photograph')} ({names})"


def preflight_rows(checked: Preflight) -> list[tuple[str, str]]:
    """A line for each thing that a fixture's pre-flight found."""
    found = grouped(checked.findings)
    said = [(some[0].level.value, f"{_names(some)}: {some[0].what}; {some[0].do}") for some in found] or [
        ("green", f"all {many(len(checked.photos), 'photograph')}")
    ]
    said += [("photographs", one) for one in accounted(checked)]
    return said if checked.faces_checked else [*said, ("unchecked", "faces")]


def print_standings(state: RunState) -> None:
    """A bake-off's rows, the best first; nothing of another run."""
    if not state.leaderboard:
        return
    table = Words(
        "#", "row", "Q1", "95 %, single look", "Q4", "pose", "refused", "technical", "$ a pass", "s", box=None
    )
    for one in state.leaderboard:
        counts = [f"{tally.passed}/{tally.scored}" for tally in (one.identity, one.photographic, one.pose)]
        price = "copied" if one.copied else "–" if one.passing_micros is None else dollars(one.passing_micros)
        took = "–" if one.seconds is None else f"{one.seconds:.0f}"
        lost = [str(one.refused), str(one.technical)]
        table.add_row(one.place, one.row, counts[0], one.identity.interval, *counts[1:], *lost, price, took)
    out.print(table)


def print_upscales(state: RunState, job: str | None = None) -> None:
    """Pictures beside cells, with what the judge saw before and after."""
    for one in state.upscales:
        if job is None or one.job == job:
            out.print(f"  {one.label}: {change(one)}{'; the cell now' if one.used else ''}")


def print_result(plan: Plan, filed: Filed) -> None:
    """What was made, the verdict with its evidence, and how to go on."""
    state, steps, verdict = filed.state, filed.steps, filed.state.verdict
    if plan.making:
        out.print(f"{filed.made} of {many(len(plan.making.images), 'image')} made in runs/{state.run}")
    if plan.training:
        out.print(f"trained {state.trained_version}")
    out.print(f"{state.sign} {state.said}: {state.reason}")
    if verdict.scored:
        out.print(state.evidence)
    print_standings(state)
    if state.after_all:
        out.print(state.after_all)
    if plan.action == "upscale":
        print_upscales(state)
        return
    for cell in state.cells:
        if cell.scores is None:
            out.print(f"  unscored {cell.cell.label}: {cell.outcome}")
    for step in steps:
        if not step.sentence:
            out.print(f"  next: {step.purpose}")
            continue
        out.print(f"  next: {step.sentence}  ({f'~{step.estimate}' if step.estimate.high_micros else 'free'})")
