"""`labs parse`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal import Words, out, plainly

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
@click.option(
    "--explain", "explained", is_flag=True, help="Show every chunk of the message: what it is, and what consumed it."
)
@click.option("--manual", is_flag=True, help="Print docs/requests.md: everything that can be asked.")
@click.argument("text", required=False)
@plainly
def parse_command(  # click hands over each option by name
    lab_root: Path | None, thread: str | None, batch: Path | None, text: str | None, *, explained: bool, manual: bool
) -> None:
    from bot.settings.environment import home_root  # noqa: PLC0415  # instant --help
    from handlers import markup  # noqa: PLC0415  # it takes what Slack delivers
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
                click.echo(parse(markup.plain(said["text"]), catalogue, said.get("thread")).model_dump_json())
        return
    if text is None:
        raise click.UsageError("TEXT or --batch is needed.")
    if explained:
        _print_evidence(explain(markup.plain(text), catalogue, thread))
        return
    click.echo(parse(markup.plain(text), catalogue, thread).model_dump_json(indent=2))


def _print_evidence(parsed: "Parsed") -> None:
    from pipeline.language.sentence import render  # noqa: PLC0415
    from pipeline.request import Ask, Talk  # noqa: PLC0415

    table = Words("words", "are", "consumed by", box=None)
    for one in parsed.evidence:
        table.add_row(one.words, one.kind, one.by or "[bold red]nobody[/]")
    if parsed.evidence:
        out.print(table)
    match parsed.request:
        case Talk():
            out.print("This is talk: the bot stays silent.")
        case Ask(missing=missing, why=why):
            out.print(f"Asked back: {', '.join(missing)}. {why or ''}".rstrip())
        case request:
            out.print(f"{request.action}: {render(request)}")
