"""Plans and verdicts as tables."""

from rich.table import Table

from bot.cli.terminal import out
from pipeline.continuation import Step
from pipeline.plan import Plan
from pipeline.state import BADGES, RunState
from pipeline.summary import evidence


def print_plan(plan: Plan) -> None:
    """What will be done and what it costs."""
    table = Table(box=None, show_header=False)
    table.add_row("judge", f"runs/{plan.run}: {len(plan.cells)} cells, {plan.votes} vote(s) each")
    table.add_row("buys", f"{len(plan.calls)} calls; {plan.stored} judgements are stored already")
    table.add_row(
        "with", f"{plan.judge.model}, rubric {plan.judge.rubric}, against {plan.judge.reference}"
    )
    table.add_row("costs", f"{plan.estimate} ({plan.estimate.basis}), about {plan.took_s:.0f} s")
    for one in plan.unusable:
        table.add_row("unusable", f"{one.label}: {one.detail}")
    for note in plan.notes:
        table.add_row("note", note)
    out.print(table)


def print_result(state: RunState, steps: tuple[Step, ...]) -> None:
    """The verdict with its evidence, and how to go on."""
    verdict = state.verdict
    out.print(f"{BADGES[verdict.word]} {verdict.word}: {verdict.reason}")
    if verdict.scored:
        out.print(evidence(state))
    for cell in state.cells:
        if cell.scores is None:
            out.print(f"  unscored {cell.cell.label}: {cell.outcome}")
    for step in steps:
        out.print(
            f"  next: {step.sentence}  ({f'~{step.estimate}' if step.estimate.high_micros else 'free'})"
        )
