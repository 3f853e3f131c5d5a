"""`labs settle`: decide, from a shell, about orders whose outcome nobody can tell."""

import asyncio
import time

import click

from bot.actions import decide
from bot.app import opened
from bot.cli.terminal import out, plainly, settings, shell_person
from bot.ledger import Ledger, LedgerBusy, decisions, jobs, order_holds
from bot.ledger.store import glance
from bot.settings.settings import Settings
from pipeline.errors import Forbidden, NotUnderstood


@click.command()
@click.argument("job")
@click.option("--retry", "choice", flag_value="retry", help="Order them once more.")
@click.option("--mark-failed", "choice", flag_value="mark failed", help="Leave them out.")
@plainly
def settle_command(job: str, choice: str | None) -> None:
    if choice is None:
        raise click.UsageError("Say --retry or --mark-failed.")
    read, again = settings(), choice == "retry"
    try:
        asyncio.run(_settle(read, job, again=again))
    except LedgerBusy:
        _beside(read, job, again=again)
    out.print("They are ordered again when the bot runs." if again else "They count as failed.")


async def _settle(read: Settings, job_id: str, *, again: bool) -> None:
    async with opened(read, slack=False) as bench:
        job = await decide.find_job(bench, job_id)
        await decide.settle_held(bench, job, shell_person(), again=again)


def _beside(read: Settings, job_id: str, *, again: bool) -> None:
    """Beside a running bot: one short write, which its next sweep acts on. For operators and who asked."""
    person = shell_person()
    job = glance(read.ledger_at, jobs.get, job_id)
    if job is None:
        raise NotUnderstood(f"There is no job {job_id!r}.", "`labs jobs` lists them.")
    if person != job.origin.person and person.removeprefix("shell:") not in read.operators:
        raise Forbidden("That is for operators, or for who asked for the job.", "Do it in Slack.")
    if again and person.removeprefix("shell:") not in read.operators:
        raise Forbidden("Beside a running bot only an operator orders again.", "Do it in Slack.")
    ledger = Ledger.open(read.ledger_at, exclusive=False)
    try:
        ledger.run_now(order_holds.retry if again else order_holds.give_up, job.id, time.time())
        what = "ordered again" if again else "marked failed"
        ledger.run_now(decisions.keep, person, what, job.id, None, time.time())
    finally:
        ledger.close()
