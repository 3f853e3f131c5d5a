"""What a shell asks for: read, planned at a glance, or handed to the process that owns the ledger."""

import time
import uuid
from typing import TYPE_CHECKING, cast

from bot.cli.terminal import out, shell_person
from bot.ledger import Ledger, inbox
from bot.settings.settings import Settings
from handlers.ports import Heard
from pipeline.actions.registry import Actionable, JobRequest, JobRequests
from pipeline.errors import FixtureNotReady, NotUnderstood
from pipeline.request import Ask, Talk

if TYPE_CHECKING:
    from pipeline.fixture.findings import Preflight
    from pipeline.plan.plan import Plan


def read_request(read: Settings, text: str) -> Actionable | Talk:
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.language.parse import parse  # noqa: PLC0415
    from pipeline.language.question import question  # noqa: PLC0415

    catalogue = Lab(read.root).catalogue()
    said = f"in the labs channel: {text}"
    request = parse(said, catalogue)
    if isinstance(request, Ask):
        asked = question(request, said, catalogue)
        choices = "".join(f"\n  {choice.sentence}" for choice in asked.choices)
        hint = asked.hint.replace("Answer here in the thread", "Say it again").replace(
            ", or press a button", ", for example"
        )
        raise NotUnderstood(asked.words, f"{hint}{choices}")
    return request


def job_request(read: Settings, text: str) -> JobRequest:
    request = read_request(read, text)
    if not isinstance(request, JobRequests):
        raise NotUnderstood(
            f"I understand this as “{request.action}”, which is no job. Nothing was spent.",
            "`labs --help` lists what a shell can do: show, jobs, pause, approve.",
        )
    return request


def plan_at_a_glance(read: Settings, request: JobRequest) -> "Plan":
    """Plan with a glance at a ledger that another process may own."""
    from bot.cli.tables import preflight_rows  # noqa: PLC0415
    from bot.ledger import past  # noqa: PLC0415
    from bot.shop import SHOP  # noqa: PLC0415
    from pipeline.fixture.measures import Measurer  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.plan.planner import plan_request  # noqa: PLC0415

    measurer = Measurer.opened(faces=read.check_faces)
    day = read.day(time.time())
    lab = past.Lab(read.judge_model, SHOP.makers, read.trainer, day, measurer, SHOP.accounts(read))
    known = past.known(past.glances(read.ledger_at), request, lab)
    try:
        return plan_request(Lab(read.root), request, read.defaults, known)
    except FixtureNotReady as error:
        checked = cast("Preflight", error.preflight)
        for level, said in preflight_rows(checked):
            out.print(f"{level}: {said}")
        raise


def put_into_inbox(read: Settings, text: str) -> int:
    """Say something to the process that owns the ledger; the row's id."""
    heard = Heard(channel="shell", ts=uuid.uuid4().hex, kind="shell", person=shell_person(), text=text)
    ledger = Ledger.open(read.ledger_at, exclusive=False)
    try:
        return ledger.run_now(inbox.hear, heard, time.time()) or 0
    finally:
        ledger.close()
