"""`labs approve`."""

import asyncio

import click

from bot.cli.request import put_into_inbox
from bot.cli.terminal import out, plainly, require_operator, settings, shell_person
from bot.ledger import LedgerBusy


@click.command()
@click.argument("job")
@plainly
def approve_command(job: str) -> None:
    from bot.cli.follow import approve_here  # noqa: PLC0415

    read, person = settings(), shell_person()
    require_operator(read)
    try:
        asyncio.run(approve_here(read, job, person))
    except LedgerBusy:
        put_into_inbox(read, f"approve {job}")
        out.print("Handed to the running bot; `labs jobs --audit` shows what came of it.")
