"""Commands that read the lab: `parse`, `show`, `render`."""

import json
from pathlib import Path

import click

from bot.cli.terminal import out, plainly, settings


@click.command()
@click.option(
    "--lab",
    "lab_root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The lab whose names count; by default LABS_ROOT.",
)
@click.option("--thread", help="The run that the message's thread is about.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON lines of text and thread, one answer a line.",
)
@click.argument("text", required=False)
@plainly
def parse_command(
    lab_root: Path | None, thread: str | None, batch: Path | None, text: str | None
) -> None:
    from bot.config import home_root  # noqa: PLC0415  # instant --help
    from pipeline.lab import Catalogue, Lab  # noqa: PLC0415
    from pipeline.parse import parse  # noqa: PLC0415

    root = lab_root or home_root()
    catalogue = Catalogue()
    if root is not None:
        lab = Lab(root)
        catalogue = lab.catalogue().model_copy(
            update={
                "labels": {
                    run: tuple(cell.label for cell in lab.run(run).cells) for run in lab.runs()
                }
            }
        )
    if batch is not None:
        for line in batch.read_text("utf-8").splitlines():
            if line.strip():
                said = json.loads(line)
                click.echo(parse(said["text"], catalogue, said.get("thread")).model_dump_json())
        return
    if text is None:
        raise click.UsageError("TEXT or --batch is needed.")
    click.echo(parse(text, catalogue, thread).model_dump_json(indent=2))


@click.command()
@click.argument("run")
@plainly
def show_command(run: str) -> None:
    from rich.table import Table  # noqa: PLC0415

    from pipeline.lab import Lab  # noqa: PLC0415
    from pipeline.models import Axis  # noqa: PLC0415
    from pipeline.state import BADGES, state_of  # noqa: PLC0415
    from pipeline.summary import evidence  # noqa: PLC0415

    state = state_of(Lab(settings().root).run(run.removeprefix("runs/").strip("/")))
    verdict = state.verdict
    out.print(
        f"{BADGES[verdict.word]} {verdict.word}: {state.title} (runs/{state.run}), {state.matrix}"
    )
    out.print(verdict.reason)
    if verdict.scored:
        out.print(evidence(state))
    table = Table("axis", "passed", "95 % interval", "evidence", box=None)
    for tally in verdict.tallies:
        table.add_row(
            tally.axis.title, f"{tally.passed}/{tally.scored}", tally.interval, tally.grade.value
        )
    out.print(table)
    cells = Table("cell", *[axis.code.upper() for axis in Axis], box=None)
    for cell in state.cells:
        shown = (
            [
                f"{cell.scores[axis].score:.2f} {'pass' if cell.scores[axis].passed else 'FAIL'}"
                for axis in Axis
            ]
            if cell.scores
            else [str(cell.outcome), "", "", ""]
        )
        cells.add_row(cell.cell.label, *shown)
    out.print(cells)


@click.command()
@click.argument("run")
@plainly
def render_command(run: str) -> None:
    from bot.ledger import money  # noqa: PLC0415
    from bot.ledger.reading import glance  # noqa: PLC0415
    from pipeline.lab import Lab  # noqa: PLC0415
    from pipeline.record import render_run  # noqa: PLC0415

    read = settings()
    found = Lab(read.root).run(run.removeprefix("runs/").strip("/"))
    spent = glance(read.ledger_path, money.spent_on_run, found.name) or 0
    charges, _took = glance(read.ledger_path, money.history, read.judge_model) or ((), ())
    state, _steps = render_run(found, spent, charges, read.judge_model)
    out.print(f"SUMMARY.md of runs/{state.run} says {state.verdict.word}.")
