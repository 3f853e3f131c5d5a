"""Photographs posted in a thread become a fixture: fetched, verified, and trained from once somebody gives the
facts.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any, ParamSpec, TypeVar

import stamina
from pydantic import ValidationError

from bot import logs
from bot.actions.action import Reply
from bot.bench import Bench
from bot.ledger import incoming
from bot.ledger.inbox import InboxRow
from bot.ledger.incoming import Incoming
from bot.ledger.jobs import Origin
from bot.messages.contact_sheets import Picture, sheet_of
from handlers.blocks import photos as blocks
from handlers.ports import Opening
from handlers.slack import Slack
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused
from handlers.slack_files import PostedFile
from pipeline.actions.train import TrainLora
from pipeline.errors import LabError, NotUnderstood, WrongField
from pipeline.fixture.facts import FixtureFacts, PhotoFacts
from pipeline.fixture.findings import Preflight
from pipeline.fixture.incoming import (
    MOST_FILES,
    Prepared,
    drop,
    file_fixture,
    fixture_name,
    folder_of,
    lab_of,
    leave_out,
    left_behind,
    prepare,
    stage,
)
from pipeline.fixture.preflight import preflight
from pipeline.plan.training import rules_of

FETCHES_AT_ONCE = 4
LEEWAY_S = 3600
"""A folder is given this much longer than its row: it is there before the row is."""
P = ParamSpec("P")
T = TypeVar("T")


async def _posted(slack: Slack, channel: str, thread_ts: str, until: str) -> list[Prepared]:
    """The thread's files, fetched. Raises: NotUnderstood."""
    posted = await _patiently(slack.posted_files, channel, thread_ts, until)
    if not posted:
        raise NotUnderstood(
            "There are no files in this thread. Nothing was started.",
            "Post the photographs here, then ask again: `train a LoRA of JD with these photos`.",
        )
    return await _fetched(slack, posted)


async def take_in(bench: Bench, row: InboxRow, origin: Origin, request: TrainLora) -> Reply:
    """Fetch the thread's photographs, look at them, and ask for the facts that allow their use. Raises: LabsError."""
    if bench.slack is None or origin.channel is None or origin.thread_ts is None:
        raise NotUnderstood(
            "Photographs come in through a Slack thread only.",
            "Put them into `inputs/lora-<id>-fixture/` and name that.",
        )
    identity = code_of(request.identity)
    await asyncio.to_thread(fixture_name, bench.lab, identity)
    files = await _posted(bench.slack, origin.channel, origin.thread_ts, row.ts)
    folder = folder_of(row.id, identity)
    staged = await asyncio.to_thread(stage, bench.lab, folder, identity, files)
    kept = tuple(one.kept_as for one in staged if one.kept_as)
    if not kept:
        await asyncio.to_thread(drop, bench.lab, folder)
        return Reply(blocks.none_usable(staged))
    found = Incoming(
        inbox_id=row.id,
        identity=identity,
        request=request,
        folder=folder,
        names=kept,
        person=row.person,
        channel=origin.channel,
        thread_ts=origin.thread_ts,
        state="waiting",
        at=bench.now(),
    )
    if not await bench.ledger.run(incoming.keep, found, row.received_at):
        await asyncio.to_thread(drop, bench.lab, folder)
        raise NotUnderstood(
            f"{identity.upper()} has taken the consent back meanwhile. None of these photographs is kept.",
            "Ask the person before you post them again.",
        )
    logs.get().info("photos.taken_in", kept=len(kept), refused=len(staged) - len(kept))
    checked, sheet = await _looked_at(bench, found)
    return Reply(blocks.taken_in(row.id, identity, staged, checked), [sheet])


async def _looked_at(bench: Bench, found: Incoming) -> tuple[Preflight, Picture]:
    """The pre-flight of what waits, but for what its facts will say, and the contact sheet."""
    small = lab_of(bench.lab, found.inbox_id)

    def look() -> Preflight:
        training = bench.settings.defaults.training
        if training is None:
            raise LookupError("photographs are looked at with the lab's settings for trainings")
        rules = rules_of(bench.lab, training, date.fromisoformat(bench.settings.day(bench.wall())))
        rules = rules.model_copy(update={"facts_to_come": True})
        return preflight(small, f"inputs/lora-{found.identity}-fixture", rules, bench.measurer, identity=found.identity)

    checked = await asyncio.to_thread(look)
    return checked, await sheet_of(bench, checked, small)


async def leave_form(bench: Bench, opening: Opening) -> dict[str, Any]:
    """The modal that asks which ones are not to be used. Raises: NotUnderstood when these wait no more."""
    found = await _waiting(bench, opening.subject)
    if found is None:
        raise _wait_no_more()
    checked, _sheet = await _looked_at(bench, found)
    return blocks.leave_form(opening, found.identity, checked)


async def left_out(bench: Bench, row: InboxRow) -> Reply:
    """Leave some of what waits out, and show the rest anew. Raises: LabsError."""
    payload = row.payload or {}
    subject, fields = str(payload.get("value", "")), payload.get("fields") or {}
    names = [name for field, some in fields.items() if field.startswith("out") for name in some or ()]
    if not subject.isdigit():
        raise _wait_no_more()
    found = await bench.ledger.run(incoming.leave_out, int(subject), names, row.id, row.person)
    if found is None:
        raise _wait_no_more()
    await bench.driver.kick("post", f"answer:{found.inbox_id}")
    if not found.names:
        await drop_one(bench, found)
        return Reply(blocks.all_left_out())
    await asyncio.to_thread(leave_out, bench.lab, found.folder, names)
    logs.get().info("photos.left_out", left=len(names), kept=len(found.names))
    checked, sheet = await _looked_at(bench, found)
    return Reply(blocks.taken_in(found.inbox_id, found.identity, (), checked), [sheet])


async def _fetched(slack: Slack, posted: Sequence[PostedFile]) -> list[Prepared]:
    """The files, read one after the other, so that a few at most lie in memory; of those that did not come, why."""
    gate = asyncio.Semaphore(FETCHES_AT_ONCE)

    async def fetch(file: PostedFile) -> Prepared:
        if file.address is None:
            return Prepared(name=file.name, cause=file.why)
        async with gate:
            try:
                content = await _patiently(slack.fetch, file.address)
            except (SlackRefused, SlackBusy, SlackLost) as error:
                return Prepared(name=file.name, cause=f"Slack did not give it: {error}")
            return await asyncio.to_thread(prepare, file.name, content)

    files = await asyncio.gather(*(fetch(one) for one in posted[:MOST_FILES]))
    return [*files, *(Prepared(name=one.name, cause=f"more than {MOST_FILES} at once") for one in posted[MOST_FILES:])]


async def _patiently(call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """A free call, again while Slack asks us to wait: a photograph is not lost to a busy minute."""
    async for attempt in stamina.retry_context(on=(SlackBusy, SlackLost), attempts=5, timeout=60):
        with attempt:
            return await call(*args, **kwargs)
    raise AssertionError("stamina raises the last error itself")


def code_of(words: str | None) -> str:
    """A person's words as the code that names files: `Jane Doe` is `janedoe`. Raises: NotUnderstood."""
    code = re.sub(r"[^a-z0-9]", "", (words or "").lower())[:20]
    if not code:
        raise NotUnderstood("Whose photographs are these? Nothing was started.", "Name a short code, such as `jd`.")
    return code


async def form(bench: Bench, opening: Opening) -> dict[str, Any]:
    """The modal that asks for the facts. Raises: NotUnderstood when these photographs do not wait any more."""
    found = await _waiting(bench, opening.subject)
    if found is None:
        raise _wait_no_more()
    return blocks.facts_form(opening, found.identity, found.names, bench.settings.consent_bases)


async def _waiting(bench: Bench, subject: str) -> Incoming | None:
    found = await bench.ledger.run(incoming.get, int(subject)) if subject.isdigit() else None
    return found if found is not None and found.state == "waiting" else None


def _wait_no_more() -> NotUnderstood:
    return NotUnderstood(
        "These photographs do not wait any more. Nothing was changed.", "`list fixtures` shows whether they are filed."
    )


async def facts_given(bench: Bench, row: InboxRow) -> tuple[TrainLora, str]:
    """File the fixture with its facts; the request that can be planned now, and who asked for it. Raises: LabsError.

    Who fills in the facts vouches for them; it is not they who ask for the training.
    """
    payload = row.payload or {}
    subject = str(payload.get("value", ""))
    found = await bench.ledger.run(incoming.get, int(subject)) if subject.isdigit() else None
    again = found is not None and found.state == "filed" and found.filed_by == row.id
    if found is None or (found.state != "waiting" and not again):
        raise _wait_no_more()
    facts = facts_of(found, payload.get("fields") or {}, row.person)
    today = date.fromisoformat(bench.settings.day(bench.wall()))
    if lacking := facts.all.lacks(bench.settings.consent_bases, today):
        raise NotUnderstood(
            f"With these facts nothing may be trained: {lacking}. The photographs go on waiting.",
            "Press *Give the facts…* again.",
        )
    try:
        name = await asyncio.to_thread(file_fixture, bench.lab, found.folder, found.identity, facts)
    except LabError:
        now = await bench.ledger.run(incoming.get, found.inbox_id)
        if now is None or now.state == "waiting" or now.filed_by == row.id:
            raise
        raise NotUnderstood(
            "Somebody else gave the facts of these photographs just now; theirs stand. Nothing was changed.",
            "`list fixtures` shows the fixture.",
        ) from None
    await bench.ledger.run(incoming.filed, found.inbox_id, row.id)
    await bench.driver.kick("post", f"answer:{found.inbox_id}")
    logs.get().info("fixture.filed", fixture=name, photos=len(found.names))
    request = found.request.model_copy(update={"photos": None, "fixture": f"inputs/{name}", "identity": found.identity})
    return request, found.person


def facts_of(found: Incoming, fields: dict[str, Any], person: str) -> FixtureFacts:
    """What a person filled in about photographs. Raises: WrongField."""
    reference = fields.get("reference")
    try:
        everybody = PhotoFacts(
            source=fields.get("source"),
            author=fields.get("author"),
            licence=fields.get("licence"),
            consent=fields.get("consent"),
            consent_until=date.fromisoformat(fields["until"]) if fields.get("until") else None,
            vouched_by=f"{fields.get('vouched_by')} (written down by {person})",
        )
        return FixtureFacts(
            identity=found.identity,
            class_noun=fields.get("class_noun"),
            references=(reference,) if reference in found.names else (),
            all=everybody,
        )
    except (ValidationError, ValueError) as error:
        wrong = error.errors(include_url=False, include_input=False)[0] if isinstance(error, ValidationError) else None
        field = str(wrong["loc"][0]) if wrong and wrong["loc"] else "until"
        raise WrongField(
            field,
            f"That cannot be kept: {wrong['msg'] if wrong else 'it is no date'}. Nothing was changed.",
            "Press *Give the facts…* again.",
        ) from None


async def forget_old(bench: Bench) -> None:
    """Photographs without facts are not kept longer than a question stays open."""
    before = bench.now() - bench.settings.question_open_h * 3600
    for found in await bench.ledger.run(incoming.waiting, before):
        await drop_one(bench, found)
    for folder in await asyncio.to_thread(left_behind, bench.lab, before - LEEWAY_S):
        await asyncio.to_thread(drop, bench.lab, folder)


async def drop_one(bench: Bench, found: Incoming) -> None:
    if await bench.ledger.run(incoming.is_now, found.inbox_id, "dropped"):
        await asyncio.to_thread(drop, bench.lab, found.folder)
        logs.get().info("photos.dropped", photos=len(found.names))
