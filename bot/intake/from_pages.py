"""A sentence that was said where nobody else could see it: it is posted in the channel first, and answered there."""

import asyncio

from bot.bench import Bench
from bot.ledger import outbox
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from handlers.blocks import anything
from handlers.blocks.pages import said_elsewhere
from handlers.listeners.surfaces import SAYS_SLASH
from pipeline.actions.registry import BY_WORD
from pipeline.errors import NotUnderstood
from pipeline.language.parse import parse
from pipeline.request import Ask, Talk

ACTION = "labs:say:page"
FORM = "labs:form:else"
WHERE = {ACTION: "on a page of the lab", SAYS_SLASH: "with `/labs`", FORM: "in a form"}
"""By action id; only of what stands in no thread."""
LOOK_S = 0.3


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
