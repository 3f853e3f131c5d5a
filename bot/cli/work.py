"""Commands that plan, spend and decide: `plan`, `run`, `jobs`, `approve`, `pause`, `resume`, `backup`."""

import asyncio
import getpass
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import logs
from bot.cli.terminal import out, plainly, settings
from bot.config import Settings
from bot.ledger import Ledger, LedgerBusy, decisions, inbox, jobs
from bot.ledger.reading import glance
from bot.ledger.store import backup
from handlers.ports import Heard
from pipeline.errors import LabsError, NotUnderstood
from pipeline.requests import Ask, JudgeRun, Request


def shell_person() -> str:
    """Who is at this shell; known to the OS, not to a text."""
    return f"shell:{getpass.getuser()}"


def _read(read: Settings, text: str) -> Request:
    from pipeline.lab import Lab, nearest  # noqa: PLC0415
    from pipeline.parse import parse  # noqa: PLC0415

    lab = Lab(read.root)
    request = parse(f"in the labs channel: {text}", lab.catalogue())
    if isinstance(request, Ask):
        names = nearest(request.about or "", lab.runs()) if "run" in request.missing else []
        hint = (
            f"Did you mean {' or '.join(names)}?" if names else "`judge runs/<run>` judges a run."
        )
        raise NotUnderstood(
            f"That is not clear: {', '.join(request.missing)} is missing. Nothing was spent.", hint
        )
    return request


def _judge_request(read: Settings, text: str) -> JudgeRun:
    request = _read(read, text)
    if not isinstance(request, JudgeRun):
        raise NotUnderstood(
            f"I understand this as “{request.action}”, which a shell cannot do yet. Nothing was spent.",
            "`judge runs/<run>` judges a run.",
        )
    return request


@click.command()
@click.argument("text")
@plainly
def plan_command(text: str) -> None:
    from bot.cli.tables import print_plan  # noqa: PLC0415
    from bot.ledger import calls, money  # noqa: PLC0415
    from pipeline.lab import Lab  # noqa: PLC0415
    from pipeline.plan import History, plan_judge  # noqa: PLC0415

    read = settings()
    request = _judge_request(read, text)
    stored = glance(read.ledger_path, calls.stored, request.run) or []
    charges, took = glance(read.ledger_path, money.history, request.model or read.judge_model) or (
        (),
        (),
    )
    known = frozenset(judgement.fingerprint for judgement in stored)
    print_plan(
        plan_judge(
            Lab(read.root), request, read.defaults, known, History(charges=charges, took_s=took)
        )
    )


@click.command()
@click.option("--yes", is_flag=True, help="Start what needs no approval, without asking.")
@click.argument("text")
@plainly
def run_command(text: str, *, yes: bool) -> None:
    from bot.cli.running import run_here  # noqa: PLC0415

    read = settings()
    logs.configure("error", console=True)
    request = _judge_request(read, text)
    try:
        asyncio.run(run_here(read, request, shell_person(), yes=yes))
    except LedgerBusy:
        _hand_over(read, text, yes=yes)


def _hand_over(read: Settings, text: str, *, yes: bool) -> None:
    """`labs serve` owns the ledger: put the request into its inbox, and follow the job without touching it."""
    from bot.cli.running import follow  # noqa: PLC0415

    if not yes:
        raise NotUnderstood(
            "`labs serve` is at work on this lab, and would start this at once.",
            "Say --yes, or look first with `labs plan`.",
        )
    heard = Heard(
        channel="shell", ts=uuid.uuid4().hex, kind="shell", person=shell_person(), text=text
    )
    ledger = Ledger.open(read.ledger_path, exclusive=False)
    try:
        inbox_id = ledger.run_now(inbox.hear, heard, time.time())
    finally:
        ledger.close()
    follow(read, inbox_id or 0)


@click.command()
@click.option("--audit", is_flag=True, help="Who decided what, and why.")
@click.option("--limit", default=20, show_default=True)
@plainly
def jobs_command(limit: int, *, audit: bool) -> None:
    from rich.table import Table  # noqa: PLC0415

    read = settings()
    if audit:
        table = Table("when", "who", "what", "on", "reason", box=None)
        for made in glance(read.ledger_path, decisions.latest, limit) or []:
            table.add_row(_when(made.at), made.person, made.what, made.subject, made.reason or "")
    else:
        table = Table("job", "state", "run", "calls", "estimate", "asked by", "when", box=None)
        for job in glance(read.ledger_path, jobs.latest, limit) or []:
            table.add_row(
                job.id,
                job.state,
                job.plan.run,
                str(len(job.plan.calls)),
                str(job.plan.estimate),
                job.origin.person,
                _when(job.created_at),
            )
    out.print(table if table.row_count else "Nothing yet.")


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _tell(read: Settings, words: str) -> None:
    """Do something small here, or through the running `labs serve`."""
    from bot.cli.running import decide_here  # noqa: PLC0415

    person = shell_person()
    try:
        asyncio.run(decide_here(read, words, person))
    except LedgerBusy:
        ledger = Ledger.open(read.ledger_path, exclusive=False)
        try:
            ledger.run_now(
                inbox.hear,
                Heard(
                    channel="shell", ts=uuid.uuid4().hex, kind="shell", person=person, text=words
                ),
                time.time(),
            )
        finally:
            ledger.close()
        out.print("Handed to the running bot; `labs jobs --audit` shows what came of it.")


@click.command()
@click.argument("job")
@plainly
def approve_command(job: str) -> None:
    read = settings()
    if shell_person().removeprefix("shell:") not in read.operators:
        raise NotUnderstood(
            "You are not one of the operators who may approve from a shell.",
            "Approve in Slack, or add your OS user to `operators` in labs.toml.",
        )
    _tell(read, f"approve {job}")


@click.command()
@click.option("--reason")
@plainly
def pause_command(reason: str | None) -> None:
    _tell(settings(), f"pause spending{f' because {reason}' if reason else ''}")


@click.command()
@plainly
def resume_command() -> None:
    _tell(settings(), "resume spending")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@plainly
def backup_command(file: Path) -> None:
    read = settings()
    if not read.ledger_path.is_file():
        raise LabsError("There is no ledger yet, so there is nothing to copy.")
    backup(read.ledger_path, file)
    out.print(f"Copied the ledger to {file.name}.")
