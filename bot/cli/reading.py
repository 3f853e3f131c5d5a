"""Commands that read the lab: `parse`, `show`, `render`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal import out, plainly, settings

if TYPE_CHECKING:
    from pipeline.language.parse import Parsed


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
@click.option("--explain", "explained", is_flag=True, help="Show which words made what of the request.")
@click.option("--manual", is_flag=True, help="Print docs/requests.md: everything that can be asked.")
@click.argument("text", required=False)
@plainly
def parse_command(  # click hands over each option by name
    lab_root: Path | None, thread: str | None, batch: Path | None, text: str | None, *, explained: bool, manual: bool
) -> None:
    from bot.settings.environment import home_root  # noqa: PLC0415  # instant --help
    from pipeline.lab.catalogue import Catalogue  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.language.parse import explain, parse  # noqa: PLC0415

    if manual:
        from pipeline.language.manual import page  # noqa: PLC0415

        click.echo(page(), nl=False)
        return
    root = lab_root or home_root()
    catalogue = Lab(root).catalogue() if root is not None else Catalogue()
    if batch is not None:
        for line in batch.read_text("utf-8").splitlines():
            if line.strip():
                said = json.loads(line)
                click.echo(parse(said["text"], catalogue, said.get("thread")).model_dump_json())
        return
    if text is None:
        raise click.UsageError("TEXT or --batch is needed.")
    if explained:
        _print_evidence(explain(text, catalogue, thread))
        return
    click.echo(parse(text, catalogue, thread).model_dump_json(indent=2))


def _print_evidence(parsed: "Parsed") -> None:
    from rich.table import Table  # noqa: PLC0415

    from pipeline.language.sentence import render  # noqa: PLC0415
    from pipeline.request import Ask, Talk  # noqa: PLC0415

    table = Table("words", "mean", box=None)
    for one in parsed.evidence:
        table.add_row(one.words, one.means)
    if parsed.evidence:
        out.print(table)
    match parsed.request:
        case Talk():
            out.print("This is talk: the bot stays silent.")
        case Ask(missing=missing):
            out.print(f"Asked back: {', '.join(missing)}.")
        case request:
            out.print(f"{request.action}: {render(request)}")


@click.command()
@click.argument("run")
@plainly
def show_command(run: str) -> None:
    from rich.table import Table  # noqa: PLC0415

    from pipeline.evidence.run_state import BADGES, state_of  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.models import Axis  # noqa: PLC0415
    from pipeline.record.summary import evidence  # noqa: PLC0415

    state = state_of(Lab(settings().root).run(run.removeprefix("runs/").strip("/")))
    verdict = state.verdict
    out.print(f"{BADGES[verdict.word]} {verdict.word}: {state.title} (runs/{state.run}), {state.matrix}")
    out.print(verdict.reason)
    if verdict.scored:
        out.print(evidence(state))
    table = Table("axis", "passed", "95 % interval", "evidence", box=None)
    for tally in verdict.tallies:
        table.add_row(tally.axis.title, f"{tally.passed}/{tally.scored}", tally.interval, tally.grade.value)
    out.print(table)
    cells = Table("cell", *[axis.code.upper() for axis in Axis], box=None)
    for cell in state.cells:
        shown = (
            [f"{cell.scores[axis].score:.2f} {'pass' if cell.scores[axis].passed else 'FAIL'}" for axis in Axis]
            if cell.scores
            else [str(cell.outcome), "", "", ""]
        )
        cells.add_row(cell.cell.label, *shown)
    out.print(cells)


@click.command()
@click.argument("run")
@plainly
def render_command(run: str) -> None:
    from bot.ledger import money, remedies, trainings  # noqa: PLC0415
    from bot.ledger.store import glance  # noqa: PLC0415
    from pipeline.advice.next_steps import Prices  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.makers.trainers import TRAINERS  # noqa: PLC0415
    from pipeline.prices import IMAGE_MODEL  # noqa: PLC0415
    from pipeline.record.job import render_run  # noqa: PLC0415

    read = settings()
    found = Lab(read.root).run(run.removeprefix("runs/").strip("/"))
    spent = glance(read.ledger_path, money.spent_on_run, found.name) or 0
    judging, _took = glance(read.ledger_path, money.history, read.judge_model) or ((), ())
    images, _took = glance(read.ledger_path, money.history, IMAGE_MODEL) or ((), ())
    past = glance(read.ledger_path, trainings.history, read.trainer) or ()
    prices = Prices(
        judging=judging,
        images=images,
        trainer=TRAINERS[read.trainer],
        trainings=past,
        learnt=glance(read.ledger_path, remedies.cases) or {},
    )
    state, _steps = render_run(found, spent, prices, read.judge_model)
    out.print(f"SUMMARY.md of runs/{state.run} says {state.verdict.word}.")
