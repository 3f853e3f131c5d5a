"""`labs pause` and `labs resume`."""

import time

import click

from bot.cli.terminal import out, plainly, require_operator, settings, shell_person
from bot.ledger import Ledger, decisions
from bot.ledger.store import exists
from bot.settings.settings import Settings


@click.command()
@click.option("--reason")
@plainly
def pause_command(reason: str | None) -> None:
    # Written at once, whoever owns the ledger: every intent looks at the switch in its own transaction.
    _switch(settings(), reason, on=True)


@click.command()
@plainly
def resume_command() -> None:
    read = settings()
    require_operator(read)
    _switch(read, None, on=False)


def _switch(read: Settings, reason: str | None, *, on: bool) -> None:
    person = shell_person()

    if not exists(read.ledger_at):
        Ledger.open(read.ledger_at).close()
    ledger = Ledger.open(read.ledger_at, exclusive=False)
    try:
        changed = ledger.run_now(decisions.turn, person, reason, time.time(), on=on)
    finally:
        ledger.close()
    out.print(f"Spending is {'paused' if on else 'on'}{'' if changed else ', as it was'}.")
