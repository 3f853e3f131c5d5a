"""Commands that plan, spend and decide: `plan`, `run`, `jobs`, `approve`, `pause`, `resume`, `backup`."""

import asyncio
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bot import logs
from bot.cli.terminal import out, plainly, settings, shell_person
from bot.ledger import Ledger, LedgerBusy, decisions, inbox, jobs
from bot.ledger.store import backup, glance
from bot.settings.settings import Settings
from handlers.ports import Heard
from pipeline.actions.judge import JudgeRun
from pipeline.actions.matrix import ExtendMatrix, RedoCells, RerunMatrix
from pipeline.actions.registry import Actionable, JobRequest
from pipeline.actions.train import TrainLora
from pipeline.errors import FixtureNotReady, NotUnderstood
from pipeline.request import Ask, Talk

if TYPE_CHECKING:
    from pipeline.fixture.findings import Preflight
    from pipeline.plan.plan import Plan


def _read(read: Settings, text: str) -> Actionable | Talk:
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.language.parse import parse  # noqa: PLC0415
    from pipeline.language.question import question  # noqa: PLC0415
    from pipeline.language.sentence import slack  # noqa: PLC0415

    catalogue = Lab(read.root).catalogue()
    said = slack(f"in the labs channel: {text}")
    request = parse(said, catalogue)
    if isinstance(request, Ask):
        asked = question(request, said, catalogue)
        choices = "".join(f"\n  {choice.sentence}" for choice in asked.choices)
        hint = asked.hint.replace("Answer here in the thread", "Say it again").replace(
            ", or press a button", ", for example"
        )
        raise NotUnderstood(asked.words, f"{hint}{choices}")
    return request


def _job_request(read: Settings, text: str) -> JobRequest:
    request = _read(read, text)
    if not isinstance(request, JudgeRun | RerunMatrix | ExtendMatrix | RedoCells | TrainLora):
        raise NotUnderstood(
            f"I understand this as “{request.action}”, which is no job. Nothing was spent.",
            "`labs --help` lists what a shell can do: show, jobs, pause, approve.",
        )
    return request


def _plan(read: Settings, request: JobRequest) -> "Plan":
    """Plan with a glance at a ledger that another process may own."""
    from bot.cli.tables import preflight_rows  # noqa: PLC0415
    from bot.ledger import judgements, money, orders, trainings  # noqa: PLC0415
    from pipeline.fixture.measures import Measurer  # noqa: PLC0415
    from pipeline.lab.filing import MadeImage  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.plan.inputs import History, Known  # noqa: PLC0415
    from pipeline.plan.planner import plan_request  # noqa: PLC0415
    from pipeline.prices import IMAGE_MODEL  # noqa: PLC0415

    def past(model: str) -> History:
        charges, took = glance(read.ledger_path, money.history, model) or ((), ())
        return History(charges=charges, took_s=took)

    def stored(fingerprints: list[str]) -> set[str]:
        return glance(read.ledger_path, judgements.known, fingerprints) or set()

    def made(fingerprints: list[str]) -> dict[str, tuple[MadeImage, ...]]:
        return glance(read.ledger_path, orders.made_before, fingerprints) or {}

    judging = request.model if isinstance(request, JudgeRun) and request.model else read.judge_model
    known = Known(
        stored=stored,
        made=made,
        judging=past(judging),
        images=past(IMAGE_MODEL),
        taken=tuple(glance(read.ledger_path, jobs.promised_runs) or ()),
        today=read.day(time.time()).replace("-", ""),
        trainings=glance(read.ledger_path, trainings.history, read.trainer) or (),
        trained=lambda fingerprint: glance(read.ledger_path, trainings.before, fingerprint),
        measurer=Measurer.opened(faces=read.check_faces),
    )
    try:
        return plan_request(Lab(read.root), request, read.defaults, known)
    except FixtureNotReady as error:
        checked = cast("Preflight", error.preflight)
        for level, said in preflight_rows(checked):
            out.print(f"{level}: {said}")
        raise


@click.command()
@click.argument("text")
@plainly
def plan_command(text: str) -> None:
    from bot.cli.tables import print_plan  # noqa: PLC0415
    from pipeline.money import micros  # noqa: PLC0415

    read = settings()
    request = _job_request(read, text)
    made = _plan(read, request)
    print_plan(made)
    if request.cap_usd is not None and made.estimate.high_micros > micros(request.cap_usd):
        out.print(f"It would not start: it may cost more than your ${request.cap_usd:g}.")


@click.command()
@click.option("--yes", is_flag=True, help="Start what needs no approval, without asking.")
@click.argument("text")
@plainly
def run_command(text: str, *, yes: bool) -> None:
    from bot.cli.follow import run_here  # noqa: PLC0415

    read = settings()
    logs.configure("error", console=True)
    request = _job_request(read, text)
    try:
        asyncio.run(run_here(read, request, shell_person(), yes=yes))
    except LedgerBusy:
        _hand_over(read, text, yes=yes)


def _hand_over(read: Settings, text: str, *, yes: bool) -> None:
    """`labs serve` owns the ledger: put the request into its inbox, and follow the job without touching it."""
    from bot.cli.follow import follow  # noqa: PLC0415

    if not yes:
        raise NotUnderstood(
            "`labs serve` is at work on this lab, and would start this at once.",
            "Say --yes, or look first with `labs plan`.",
        )
    follow(read, _put_into_inbox(read, text))


def _put_into_inbox(read: Settings, text: str) -> int:
    """Say something to the process that owns the ledger; the row's id."""
    heard = Heard(channel="shell", ts=uuid.uuid4().hex, kind="shell", person=shell_person(), text=text)
    ledger = Ledger.open(read.ledger_path, exclusive=False)
    try:
        return ledger.run_now(inbox.hear, heard, time.time()) or 0
    finally:
        ledger.close()


@click.command()
@click.option("--audit", is_flag=True, help="Who decided what, and why.")
@click.option("--limit", default=20, show_default=True)
@plainly
def jobs_command(limit: int, *, audit: bool) -> None:
    from rich.table import Table  # noqa: PLC0415

    from handlers.blocks.plans import count, subject  # noqa: PLC0415

    read = settings()
    if audit:
        table = Table("when", "who", "what", "on", "reason", box=None)
        for made in glance(read.ledger_path, decisions.latest, limit) or []:
            table.add_row(_when(made.at), made.person, made.what, made.subject, made.reason or "")
    else:
        table = Table("job", "state", "what", "buys", "estimate", "asked by", "when", box=None)
        for job in glance(read.ledger_path, jobs.latest, limit) or []:
            table.add_row(
                job.id,
                job.state,
                subject(job.plan),
                count(job.plan),
                str(job.plan.estimate),
                job.origin.person,
                _when(job.created_at),
            )
    out.print(table if table.row_count else "Nothing yet.")


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


@click.command()
@click.argument("job")
@plainly
def approve_command(job: str) -> None:
    from bot.cli.follow import approve_here  # noqa: PLC0415

    read, person = settings(), shell_person()
    _require_operator(read)
    try:
        asyncio.run(approve_here(read, job, person))
    except LedgerBusy:
        _put_into_inbox(read, f"approve {job}")
        out.print("Handed to the running bot; `labs jobs --audit` shows what came of it.")


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
    _require_operator(read)
    _switch(read, None, on=False)


def _switch(read: Settings, reason: str | None, *, on: bool) -> None:
    person = shell_person()

    if not read.ledger_path.is_file():
        Ledger.open(read.ledger_path).close()
    ledger = Ledger.open(read.ledger_path, exclusive=False)
    try:
        changed = ledger.run_now(decisions.turn, person, reason, time.time(), on=on)
    finally:
        ledger.close()
    out.print(f"Spending is {'paused' if on else 'on'}{'' if changed else ', as it was'}.")


def _require_operator(read: Settings) -> None:
    if shell_person().removeprefix("shell:") not in read.operators:
        raise NotUnderstood(
            "You are not one of the operators.", "Do it in Slack, or add your OS user to `operators` in labs.toml."
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@plainly
def backup_command(file: Path) -> None:
    read = settings()
    if not read.ledger_path.is_file():
        raise NotUnderstood("There is no ledger yet, so there is nothing to copy.", "The first job makes it.")
    backup(read.ledger_path, file)
    out.print(f"Copied the ledger to {file.name}.")
