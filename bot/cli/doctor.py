"""`labs doctor`: each line is ok, or what to do. Only calls that our scopes allow, and none that costs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import click

from bot.cli.keys import Check, vendor_keys
from bot.cli.terminal import FACE_EXTRA, out, plainly
from bot.intake.reachable import app_token_fault, channel_fault
from bot.ledger.faults import check
from bot.ledger.store import exists
from bot.settings.address import Address
from bot.settings.environment import looked_at
from bot.settings.needed import lacks
from bot.settings.scopes import MORE, NEEDED
from bot.settings.settings import Settings
from handlers.slack import Slack, open_client
from handlers.slack_errors import SlackRefused
from pipeline import prices
from pipeline.errors import LabsError
from pipeline.fixture.faces import weights
from pipeline.lab.lab import Lab

_AGAIN = "(manifest.yml has them) and install the app again"


@click.command()
@plainly
def doctor_command() -> None:
    read, wrong = looked_at()
    for one in wrong:
        out.print(f"MEND  {one}")
    bad = len(wrong) + asyncio.run(_all(read, " ".join(wrong)))
    if bad:
        raise click.ClickException(f"{bad} to mend.")


async def _all(read: Settings | None, wrong: str) -> int:
    """`wrong`: what has been said already."""
    bad = 0
    for one in lacks(read):
        if f"{one.name} " in wrong or f"{one.field}: " in wrong:
            continue
        needed = one.field != "replicate_api_token"
        bad += needed
        out.print(f"{'MEND' if needed else '    '}  {one.name} is not set: {one.what_for}. Where: {one.where}.")
    if read is None:
        return bad
    for checks in (_lab(read), _ledger(read), _slack(read), vendor_keys(read), _money(read)):
        async for what, todo in checks:
            bad += todo is not None
            out.print(f"{'ok  ' if todo is None else 'MEND'}  {what}{'' if todo is None else f': {todo}'}")
    return bad


async def _lab(read: Settings) -> AsyncIterator[Check]:
    lab = Lab(read.root)
    for name, found in (("runs", lab.runs()), ("inputs", lab.fixtures())):
        lacks = f"{name}/ is missing in LABS_ROOT: is it the lab's folder? `labs init DIR` makes one"
        yield f"lab folder: {len(found) or 'none yet'} in {name}/", None if (read.root / name).is_dir() else lacks
    broken = []
    for name in lab.runs():
        try:
            run = lab.run(name)
            _ = run.cells, run.manifest, run.log
        except LabsError as error:
            broken.append(f"{name}: {error}")
    yield "lab folder: every run can be read", "; ".join(broken) or None
    if not read.check_faces:
        yield "photographs: faces are not checked, by `check_faces`", None
    elif weights():
        yield "photographs: faces are found and measured", None
    else:
        yield f"photographs: faces are not checked; `{FACE_EXTRA}` adds it", None
    if isinstance(read.ledger_at, Path):
        yield (
            "ledger: its folder can be written (LABS_DB)",
            None if _writable(read.ledger_at.parent) else "give the bot's user the right to write there",
        )


def _kept_private(read: Settings) -> str | None:
    """What others on this machine could read of the ledger and the lab's hidden folder."""
    ledger = read.ledger_at
    ends = ("", "-wal", "-shm") if isinstance(ledger, Path) else ()
    files = [Path(f"{ledger}{end}") for end in ends]
    open_ = [one.name for one in files if one.is_file() and one.stat().st_mode & 0o077]
    hidden = read.root / ".labs"
    open_ += [".labs/"] if hidden.is_dir() and hidden.stat().st_mode & 0o077 else []
    return f"others can read {', '.join(open_)}: `chmod go-rwx` takes that away" if open_ else None


def _ledger_fault(path: Path) -> str | None:
    try:
        check(path)
    except LabsError as error:
        return f"{error} {error.hint}"
    return None


def _answers(where: Address) -> str | None:
    try:
        exists(where)
    except LabsError as error:
        return f"{error} {error.hint}"
    return None


def _writable(folder: Path) -> bool:
    try:
        (probe := folder / ".labs-doctor").touch()
        probe.unlink()
    except OSError:
        return False
    return True


async def _ledger(read: Settings) -> AsyncIterator[Check]:
    where = read.ledger_at
    if isinstance(where, Address):
        yield f"ledger: {where} answers, and is of this version", _answers(where)
    elif where.is_file():
        yield "ledger: whole, and of this version", _ledger_fault(where)
    yield "ledger and hidden folder: for the bot's own user alone", _kept_private(read)


async def _slack(read: Settings) -> AsyncIterator[Check]:
    if read.slack_bot_token is None:
        return
    async with aiohttp.ClientSession() as session:
        slack = Slack(
            open_client(
                read.slack_bot_token.get_secret_value(), read.slack_api_url or "https://slack.com/api/", session
            ),
            session,
        )
        try:
            _user, scopes = await slack.whoami()
        except SlackRefused as error:
            yield "Slack bot token", f"Slack refuses SLACK_BOT_TOKEN: {error.code}."
            return
        except LabsError as error:
            yield "Slack bot token", str(error)
            return
        yield "Slack bot token", None
        for found in _scopes(scopes):
            yield found
        if read.slack_app_token is not None:
            yield await _app_token(read.slack_app_token.get_secret_value(), slack)
        if read.channel is not None:
            yield await _channel(read.channel, slack)


def _scopes(granted: set[str] | frozenset[str]) -> Iterator[Check]:
    """What cannot be done without is to be mended; what else is missing is off, and said."""
    if not granted:  # Slack did not say
        return
    missing = sorted(NEEDED.keys() - granted)
    yield "Slack scopes", f"add {', '.join(missing)} {_AGAIN}" if missing else None
    for why in sorted({MORE[one] for one in MORE.keys() - granted}):
        lacking = ", ".join(sorted(one for one in MORE.keys() - granted if MORE[one] == why))
        yield f"Slack, off without {lacking}: {why}", None


async def _app_token(token: str, slack: Slack) -> Check:
    try:
        await slack.opens_socket(token)
    except SlackRefused as error:
        return "Slack app token", app_token_fault(error.code)
    except LabsError as error:
        return "Slack app token", str(error)
    return "Slack app token: a socket opens", None


async def _channel(channel: str, slack: Slack) -> Check:
    try:
        await slack.reads(channel)
    except SlackRefused as error:
        return "Slack channel", channel_fault(channel, error.code)
    except LabsError as error:
        return "Slack channel", str(error)
    return "Slack channel: the bot reads it, metadata included", None


async def _money(read: Settings) -> AsyncIterator[Check]:
    age = (datetime.now(UTC).date() - prices.AS_OF).days
    yield (
        f"prices: {age} days old",
        f"check pipeline/prices.py against the vendors' pages (older than {prices.STALE_AFTER_DAYS} days)"
        if age > prices.STALE_AFTER_DAYS
        else None,
    )
    if read.approvers:
        yield f"approvers: {len(read.approvers)}", None
