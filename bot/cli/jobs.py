"""`labs jobs`."""

from datetime import UTC, datetime

import click

from bot.cli.terminal import Words, out, plainly, settings
from bot.ledger import decisions, jobs
from bot.ledger.store import glance


@click.command()
@click.option("--audit", is_flag=True, help="Who decided what, and why.")
@click.option("--limit", default=20, show_default=True)
@plainly
def jobs_command(limit: int, *, audit: bool) -> None:
    from handlers.blocks.plans import count, subject  # noqa: PLC0415

    read = settings()
    if audit:
        table = Words("when", "who", "what", "on", "reason", box=None)
        for made in glance(read.ledger_at, decisions.latest, limit) or []:
            table.add_row(_when(made.at), made.person, made.what, made.subject, made.reason or "")
    else:
        table = Words("job", "state", "what", "buys", "estimate", "asked by", "when", box=None)
        for job in glance(read.ledger_at, jobs.latest, limit) or []:
            table.add_row(
                job.id,
                job.shown,
                subject(job.plan),
                count(job.plan),
                str(job.plan.estimate),
                job.origin.person,
                _when(job.created_at),
            )
    out.print(table if table.row_count else "Nothing yet.")


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
