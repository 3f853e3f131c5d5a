"""`labs backup`."""

from pathlib import Path

import click

from bot.cli.terminal import out, plainly, settings
from bot.ledger.backup import backup
from pipeline.errors import NotUnderstood


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@plainly
def backup_command(file: Path) -> None:
    read = settings()
    if not read.ledger_path.is_file():
        raise NotUnderstood("There is no ledger yet, so there is nothing to copy.", "The first job makes it.")
    backup(read.ledger_path, file)
    out.print(f"Copied the ledger to {file.name}.")
