"""`labs backup`."""

from pathlib import Path

import click

from bot.cli.terminal import out, plainly, settings
from bot.ledger.backup import backup
from bot.settings.address import Address
from pipeline.errors import NotUnderstood


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@plainly
def backup_command(file: Path) -> None:
    read = settings()
    where = read.ledger_at
    if isinstance(where, Address):
        raise NotUnderstood(
            f"The ledger lies at {where}, whose own tools copy it.", "`pg_dump --format=custom`: docs/runbook.md."
        )
    if not where.is_file():
        raise NotUnderstood("There is no ledger yet, so there is nothing to copy.", "The first job makes it.")
    backup(where, file)
    out.print(f"Copied the ledger to {file.name}.")
