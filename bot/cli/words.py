"""Jobs and questions in words, as in Slack: `labs spend`, `labs list runs`, `labs train a LoRA of JD`."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

import click

from bot import logs
from bot.cli.request import read_request
from bot.cli.run import start
from bot.cli.terminal import out, plainly, settings, shell_person
from bot.settings.settings import Settings
from pipeline.actions.registry import Actionable, JobRequests
from pipeline.errors import NotUnderstood
from pipeline.request import Talk

if TYPE_CHECKING:
    from bot.actions.action import Turn

LOOKS = frozenset({"show", "list", "status", "spend", "help", "compare", "find"})
"""What is answered from what is there, whoever owns the ledger."""


def words_command(first: str) -> click.Command:
    """The command that says `first` and what follows it."""

    @click.command(first, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    @plainly
    def say(rest: tuple[str, ...]) -> None:
        yes = "--yes" in rest
        text = " ".join([first, *(one for one in rest if one != "--yes")])
        _do(settings(), text, yes=yes)

    return say


def _do(read: Settings, text: str, *, yes: bool) -> None:
    logs.configure("error", console=True)
    request = read_request(read, text)
    if isinstance(request, Talk):
        raise NotUnderstood(f"“{text}” is no request.", "`labs help` lists what can be asked.")
    if isinstance(request, JobRequests):
        start(read, text, request, yes=yes)
    elif request.action in LOOKS:
        out.print(asyncio.run(_looked(read, text, request)))
    else:
        raise NotUnderstood(
            f"I understand this as “{request.action}”, which a shell has a command of its own for, or only Slack has.",
            "`labs --help` lists the commands: approve, pause, resume, settle.",
        )


def _turn(text: str) -> "Turn":
    """What was typed, as if it had come in through the channel."""
    from bot.actions.action import Turn  # noqa: PLC0415
    from bot.ledger.inbox import InboxRow  # noqa: PLC0415
    from bot.ledger.jobs import Origin  # noqa: PLC0415

    person = shell_person()
    row = InboxRow(
        id=0,
        channel="shell",
        ts="0",
        kind="shell",
        person=person,
        text=text,
        state="new",
        job_id=None,
        received_at=time.time(),
    )
    return Turn(row, Origin(person=person))


async def _looked(read: Settings, text: str, request: Actionable) -> str:
    from bot.actions import compare, find, listing, show, spend, status  # noqa: PLC0415  # not the registry: it needs every SDK
    from bot.actions import help as helping  # noqa: PLC0415
    from bot.actions.action import Answer  # noqa: PLC0415
    from bot.bench import Bench  # noqa: PLC0415
    from bot.driver.local import LocalDriver  # noqa: PLC0415
    from bot.ledger import Ledger  # noqa: PLC0415
    from bot.ledger.store import exists  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415

    answers: dict[str, Answer] = {
        "show": show.answer,
        "list": listing.answer,
        "status": status.answer,
        "spend": spend.answer,
        "help": helping.answer,
        "compare": compare.answer,
        "find": find.answer,
    }
    if not exists(read.ledger_at):
        Ledger.open(read.ledger_at).close()  # a new lab: an empty one is made
    ledger = Ledger.open(read.ledger_at, exclusive=False)
    try:
        bench = Bench(settings=read, ledger=ledger, lab=Lab(read.root), driver=LocalDriver())
        reply = await answers[request.action](bench, _turn(text), request)
    finally:
        ledger.close()
    if reply is None:
        return ""
    files = [f"[{read.root / path}]" for path, _name, _alt in reply.files]
    return "\n".join([*_lines(reply.message.blocks), *files])


def _lines(blocks: Any) -> list[str]:
    """A message's blocks as words."""
    from handlers.markup import unmarked  # noqa: PLC0415

    said = []
    for block in blocks:
        parts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        said += [unmarked(one["text"]).replace("*", "") for one in parts if isinstance(one, dict) and _words(one)]
    return said


def _words(one: dict[str, Any]) -> bool:
    return one.get("type") in {"mrkdwn", "plain_text"} and isinstance(one.get("text"), str)
