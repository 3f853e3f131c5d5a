"""Photographs posted in a thread become a fixture: fetched, verified, and trained from once somebody gives the facts."""

import asyncio
import re
from datetime import date
from typing import Any

from pydantic import ValidationError

from bot import logs
from bot.bench import Bench
from bot.ledger import incoming
from bot.ledger.inbox import InboxRow
from bot.ledger.incoming import Incoming
from bot.ledger.jobs import Origin
from handlers.blocks import photos as blocks
from handlers.ports import Opening
from handlers.slack import Message, SlackBusy, SlackLost, SlackRefused
from pipeline.errors import NotUnderstood
from pipeline.fixture.facts import FixtureFacts, PhotoFacts
from pipeline.fixture.incoming import drop, file_fixture, fixture_name, stage
from pipeline.requests import TrainLora

FETCHES_AT_ONCE = 4


async def take_in(bench: Bench, row: InboxRow, origin: Origin, request: TrainLora) -> Message:
    """Fetch the thread's photographs, and ask for the facts that allow their use. Raises: LabsError."""
    if bench.slack is None or origin.channel is None or origin.thread_ts is None:
        raise NotUnderstood("Photographs come in through a Slack thread only.", "Put them into `inputs/lora-<id>-fixture/` and name that.")  # fmt: skip
    identity = code_of(request.identity)
    await asyncio.to_thread(fixture_name, bench.lab, identity)
    posted = await bench.slack.posted_files(origin.channel, origin.thread_ts)
    if not posted:
        raise NotUnderstood("There are no files in this thread. Nothing was started.", "Post the photographs here, then ask again: `train a LoRA of JD with these photos`.")  # fmt: skip
    gate = asyncio.Semaphore(FETCHES_AT_ONCE)

    async def fetch(name: str, address: str) -> tuple[str, bytes | str]:
        async with gate:
            try:
                return name, await bench.slack.fetch(address)  # type: ignore[union-attr]  # checked above
            except (SlackRefused, SlackBusy, SlackLost) as error:
                return name, f"Slack did not give it: {error}"

    files = await asyncio.gather(*(fetch(name, address) for name, address in posted))
    folder = f".labs/incoming-{row.id}"
    staged = await asyncio.to_thread(stage, bench.lab, folder, identity, list(files))
    kept = tuple(one.kept_as for one in staged if one.kept_as)
    if not kept:
        await asyncio.to_thread(drop, bench.lab, folder)
        return blocks.none_usable(staged)
    found = Incoming(
        inbox_id=row.id, identity=identity, request=request, folder=folder, names=kept, person=row.person, channel=origin.channel,
        thread_ts=origin.thread_ts, state="waiting", at=bench.now(),
    )  # fmt: skip
    await bench.ledger.run(incoming.keep, found)
    logs.get().info("photos.taken_in", kept=len(kept), refused=len(staged) - len(kept))
    return blocks.facts_wanted(row.id, identity, staged)


def code_of(words: str | None) -> str:
    """A person's words as the code that names files: `Jane Doe` is `janedoe`. Raises: NotUnderstood."""
    code = re.sub(r"[^a-z0-9]", "", (words or "").lower())[:20]
    if not code:
        raise NotUnderstood("Whose photographs are these? Nothing was started.", "Name a short code, such as `jd`.")  # fmt: skip
    return code


async def form(bench: Bench, opening: Opening) -> dict[str, Any] | None:
    """The modal that asks for the facts; None when these photographs do not wait any more."""
    found = await _waiting(bench, opening.subject)
    if found is None:
        return None
    return blocks.facts_form(opening, found.identity, found.names, bench.settings.consent_bases)


async def _waiting(bench: Bench, subject: str) -> Incoming | None:
    found = await bench.ledger.run(incoming.get, int(subject)) if subject.isdigit() else None
    return found if found is not None and found.state == "waiting" else None


async def facts_given(bench: Bench, row: InboxRow) -> TrainLora:
    """File the fixture with its facts; the request that can be planned now. Raises: LabsError."""
    payload = row.payload or {}
    found = await _waiting(bench, str(payload.get("value", "")))
    if found is None:
        raise NotUnderstood("These photographs do not wait any more. Nothing was changed.", "Post them again, and ask again.")  # fmt: skip
    facts = _facts(found, payload.get("fields") or {}, row.person)
    name = await asyncio.to_thread(file_fixture, bench.lab, found.folder, found.identity, facts)
    await bench.ledger.run(incoming.is_now, found.inbox_id, "filed")
    logs.get().info("fixture.filed", fixture=name, photos=len(found.names))
    return found.request.model_copy(update={"photos": None, "fixture": f"inputs/{name}", "identity": found.identity})  # fmt: skip


def _facts(found: Incoming, fields: dict[str, Any], person: str) -> FixtureFacts:
    """Raises: NotUnderstood."""
    reference = fields.get("reference")
    try:
        everybody = PhotoFacts(
            source=fields.get("source"), author=fields.get("author"), licence=fields.get("licence"), consent=fields.get("consent"),
            consent_until=date.fromisoformat(fields["until"]) if fields.get("until") else None,
            vouched_by=f"{fields.get('vouched_by')} (written down by {person})",
        )  # fmt: skip
        return FixtureFacts(
            identity=found.identity, class_noun=fields.get("class_noun"), references=(reference,) if reference in found.names else (), all=everybody,
        )  # fmt: skip
    except (ValidationError, ValueError) as error:
        raise NotUnderstood(f"These facts cannot be kept: {type(error).__name__}. Nothing was changed.", "Press *Give the facts…* again.") from None  # fmt: skip


async def forget_old(bench: Bench) -> None:
    """Photographs without facts are not kept longer than a question stays open."""
    before = bench.now() - bench.settings.question_open_h * 3600
    for found in await bench.ledger.run(incoming.waiting, before):
        await drop_one(bench, found)


async def drop_one(bench: Bench, found: Incoming) -> None:
    if await bench.ledger.run(incoming.is_now, found.inbox_id, "dropped"):
        await asyncio.to_thread(drop, bench.lab, found.folder)
        logs.get().info("photos.dropped", photos=len(found.names))
