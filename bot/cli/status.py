"""`labs status`: the word, or with `--processes` who is at work on a ledger that several share."""

import time

import click

from bot.cli.terminal import Words, out, plainly, settings
from bot.cli.words import words_command
from bot.clock import steady
from bot.ledger import processes, workload
from bot.ledger.database import Database
from bot.ledger.processes import Process
from bot.ledger.store import glance
from bot.settings.settings import Settings
from handlers.blocks.kit import seconds
from pipeline.errors import NotUnderstood

LOOK_S = 3.2
"""Between two looks at who beats: two beats, and a little."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--processes", "who", is_flag=True)
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
@plainly
def status_command(context: click.Context, who: bool, rest: tuple[str, ...]) -> None:  # noqa: FBT001  # an option
    if not who:
        context.invoke(words_command("status"), rest=rest)
        return
    _processes(settings())


def _processes(read: Settings) -> None:
    before = {one.boot: one.beats for one in _listed(read)}
    if before:
        time.sleep(LOOK_S)
    found, owned = _listed(read), glance(read.ledger_at, workload.owned) or {}
    if glance(read.ledger_at, lambda _db: True) is None:
        raise NotUnderstood("There is no ledger yet.", "`labs serve` makes it.")
    table = Words("process", "host", "version", "since", "beats", "is at", box=None)
    for one in found:
        beats = "yes" if one.beats > before.get(one.boot, -1) else "silent"
        since = f"{seconds(time.time() - one.started_at)} ago"
        table.add_row(
            f"{one.boot} (pid {one.pid})", one.host, one.version, since, beats, _said(owned.pop(one.boot, {}))
        )
    for boot, what in owned.items():
        table.add_row(boot, "-", "-", "-", "not on the list", _said(what))
    if table.row_count:
        out.print(table)
    else:
        out.print("No process says that it is at work: the ledger is a file, which one process owns, or nobody runs.")
    due = glance(read.ledger_at, workload.oldest_due, steady()) or {}
    late = [f"{table} {seconds(waited)}" for table, waited in due.items() if waited >= 1]
    out.print(f"The oldest row that is due has waited: {', '.join(late) or 'none waits'}.")


def _listed(read: Settings) -> list[Process]:
    return glance(read.ledger_at, _if_kept) or []


def _if_kept(db: Database) -> list[Process]:
    """A ledger of before this was kept has no list."""
    return processes.listed(db) if "processes" in db.table_names() else []


def _said(what: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in what.items()) or "nothing just now"
