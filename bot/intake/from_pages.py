"""A sentence that was said where nobody else could see it: it is posted in the channel first, and answered there.

Of what is written to the bot alone this holds of jobs; everything else is answered where it was written.
"""

import asyncio

from bot.bench import Bench
from bot.ledger import inbox, outbox
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from bot.plan_inputs import plan
from handlers.blocks import anything
from handlers.blocks.notices import link
from handlers.blocks.pages import goes_on, said_elsewhere
from handlers.listeners.places import is_direct
from handlers.listeners.surfaces import SAYS_SLASH
from pipeline.actions.registry import BY_WORD, Actionable, JobRequests
from pipeline.errors import NotUnderstood
from pipeline.language.parse import parse
from pipeline.language.sentence import render
from pipeline.request import Ask, Talk

ACTION = "labs:say:page"
FORM = "labs:form:else"
WHERE = {ACTION: "on a page of the lab", SAYS_SLASH: "with `/labs`", FORM: "in a form"}
"""By action id; only of what stands in no thread."""
LOOK_S = 0.3


class NotYetSaid(Exception):  # no error: it is dealt with again in a moment
    """The words do not stand in the channel yet."""


async def place_of(bench: Bench, row: InboxRow, origin: Origin, request: Actionable) -> Origin:
    """Where a request goes on: a job in the channel, also one that was asked for in a conversation with the bot.

    Raises: NotYetSaid; LabsError, where no plan can be made of it.
    """
    if not is_direct(origin.channel) or bench.settings.channel is None:
        return origin
    if not isinstance(request, JobRequests) or request.dry_run or getattr(request, "photos", None) == "thread":
        return origin
    key, sentence = f"page:{row.id}", render(request)
    post = await bench.ledger.run(outbox.get, key)
    if post is None:
        await plan(bench, request)  # what cannot be planned is refused where it was asked for
        body = said_elsewhere(row.person, "in a direct message", sentence).model_dump_json()
        await bench.ledger.run(outbox.put, key, "answer", bench.settings.channel, None, bench.now(), body=body)
        await bench.driver.kick("post", key)
        raise NotYetSaid
    if post.state == "dead":
        raise NotUnderstood("What you asked for could not be posted in the channel. Nothing was started.", "Ask there.")
    if post.ts is None:
        raise NotYetSaid
    where = link(bench.team_url, post.channel, post.ts)
    here, body = row.thread_ts or row.ts, goes_on(where).model_dump_json()
    if request.run:
        await bench.ledger.run(inbox.speaks_of, row.id, request.run)
    await bench.ledger.run(outbox.put, f"moved:{row.id}", "answer", row.channel, here, bench.now(), body=body)
    await bench.driver.kick("post", f"moved:{row.id}")
    return Origin(person=origin.person, channel=post.channel, thread_ts=post.ts)


async def origin_of(bench: Bench, row: InboxRow, origin: Origin) -> Origin | None:
    """Where a row's answer goes; None: its words do not stand in the channel yet. Without a thread its person alone is
    answered. Raises: NotUnderstood.
    """
    payload = row.payload or {}
    where = WHERE.get(str(payload.get("action_id", "")))
    if where is None or row.thread_ts is not None:
        return origin
    fields = payload.get("fields")
    sentence = anything.sentence(fields) if fields else str(payload.get("value", ""))
    key = f"page:{row.id}"
    post = await bench.ledger.run(outbox.get, key)
    if post is None:
        if await _is_small(bench, row, sentence):
            return origin.model_copy(update={"thread_ts": None})
        body = said_elsewhere(row.person, where, sentence).model_dump_json()
        await bench.ledger.run(outbox.put, key, "answer", row.channel, None, bench.now(), body=body)
        await bench.driver.kick("post", key)
        return None
    if post.state == "dead":
        raise NotUnderstood("What you said could not be posted in the channel.", "Say it there.")
    return origin.model_copy(update={"thread_ts": post.ts}) if post.ts else None


async def _is_small(bench: Bench, row: InboxRow, sentence: str) -> bool:
    """Behind `/labs`: a question that costs nothing is nobody else's concern; talk, too."""
    if (row.payload or {}).get("action_id") != SAYS_SLASH:
        return False
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    request = await asyncio.to_thread(parse, f"in the labs channel: {sentence}", catalogue)
    if isinstance(request, Ask | Talk):
        return isinstance(request, Talk)
    return BY_WORD[request.action].answered_at_once
