"""`labs show`."""

import click

from bot.cli.terminal import Words, out, plainly, settings


@click.command()
@click.argument("run")
@plainly
def show_command(run: str) -> None:
    from bot.cli.tables import print_standings  # noqa: PLC0415
    from pipeline.evidence.run_state import state_of  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.models import Axis  # noqa: PLC0415

    state = state_of(Lab(settings().root).run(run.removeprefix("runs/").strip("/")))
    verdict = state.verdict
    out.print(f"{state.sign} {state.said}: {state.title} (runs/{state.run}), {state.matrix}")
    out.print(state.reason)
    if verdict.scored:
        out.print(state.evidence)
    print_standings(state)
    if state.after_all:
        out.print(state.after_all)
    table = Words("axis", "passed", "95 %, as a single look", "however often you look", box=None)
    for tally in verdict.tallies:
        table.add_row(tally.axis.title, f"{tally.passed}/{tally.scored}", tally.interval, tally.grade.value)
    out.print(table)
    cells = Words("cell", *[axis.code.upper() for axis in Axis], box=None)
    for cell in state.cells:
        shown = (
            [f"{cell.scores[axis].score:.2f} {'pass' if cell.scores[axis].passed else 'FAIL'}" for axis in Axis]
            if cell.scores
            else [str(cell.outcome), "", "", ""]
        )
        cells.add_row(cell.cell.label, *shown)
    out.print(cells)
