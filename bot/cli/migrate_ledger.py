"""`labs migrate-ledger`: a drained ledger to another place, checked row by row."""

import contextlib
from pathlib import Path

import click

from bot.cli.terminal import out, plainly, require_operator, settings
from bot.ledger import Ledger, move
from bot.ledger.database import Database
from bot.ledger.store import exists
from bot.settings.address import Address
from pipeline.errors import NotUnderstood


@click.command()
@click.argument("target")
@plainly
def migrate_ledger_command(target: str) -> None:
    read = settings()
    require_operator(read)
    source, place = read.ledger_at, _place(target)
    if not exists(source):
        raise NotUnderstood("There is no ledger yet, so there is nothing to move.", f"Set LABS_DB to {place}.")
    # As the only engine of either: nobody is at work on them meanwhile.
    with contextlib.closing(Ledger.open(source)) as old:
        if busy := old.run_now(move.under_way):
            raise NotUnderstood(
                f"The bot ended in the middle of something: {', '.join(busy)}. Nothing was moved.",
                "Start it once more, and stop it with SIGTERM: it then records what came of them.",
            )
        given = old.run_now(move.everything)
        with contextlib.closing(Ledger.open(place)) as new:
            count = new.run_now(moved, given)
    tables = sum(bool(found) for found in given.values())
    out.print(f"Moved {count:,} rows of {tables} tables to {place}, and read each back: they are the same.")
    out.print(f"Set LABS_DB to it, and start. The old ledger at {source} is as it was: put it aside.")


def moved(db: Database, given: move.Rows) -> int:
    """How many rows were written, and read back. Raises: NotMoved."""
    count = move.fill(db, given)
    if (renumber := getattr(db, "renumber", None)) is not None:
        renumber()
    return count


def _place(said: str) -> Path | Address:
    """Raises: NotUnderstood."""
    if "://" not in said:
        return Path(said)
    try:
        return Address.read(said)
    except ValueError as error:
        raise NotUnderstood(f"{said.partition('@')[2] or said!r}: {error}.", "Nothing was moved.") from error
