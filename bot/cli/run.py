"""`labs run`."""

import asyncio

import click

from bot import logs
from bot.cli.request import job_request, plan_at_a_glance, put_into_inbox
from bot.cli.terminal import plainly, settings, shell_person
from bot.ledger import LedgerBusy
from bot.settings.settings import Settings
from pipeline.actions.registry import JobRequest
from pipeline.errors import NotUnderstood


@click.command()
@click.option("--yes", is_flag=True, help="Start what needs no approval, without asking.")
@click.argument("text")
@plainly
def run_command(text: str, *, yes: bool) -> None:
    read = settings()
    logs.configure("error", console=True)
    start(read, text, job_request(read, text), yes=yes)


def start(read: Settings, text: str, request: JobRequest, *, yes: bool) -> None:
    """Do what was asked here, or have the running bot do it, and follow it to its end. Raises: LabsError."""
    from bot.cli.follow import run_here  # noqa: PLC0415

    _sure(read, request, yes=yes)
    try:
        asyncio.run(run_here(read, request, shell_person(), yes=yes))
    except LedgerBusy:
        _hand_over(read, text, yes=yes)


def _sure(read: Settings, request: JobRequest, *, yes: bool) -> None:
    """What may be a slip is asked about, whatever was said before. Raises: NotUnderstood."""
    if request.dry_run or getattr(request, "reference", None) is None:
        return
    if not (doubts := " ".join(plan_at_a_glance(read, request).doubts)):
        return
    if yes:
        raise NotUnderstood(f"{doubts} Nothing was started.", "Without --yes you are asked whether it is meant so.")
    click.confirm(f"{doubts} Is it meant so?", abort=True)


def _hand_over(read: Settings, text: str, *, yes: bool) -> None:
    """`labs serve` owns the ledger: put the request into its inbox, and follow the job without touching it."""
    from bot.cli.follow import follow  # noqa: PLC0415

    if not yes:
        raise NotUnderstood(
            "`labs serve` is at work on this lab, and would start this at once.",
            "Say --yes, or look first with `labs plan`.",
        )
    follow(read, put_into_inbox(read, text))
