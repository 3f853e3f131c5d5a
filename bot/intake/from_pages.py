"""A sentence that somebody said on a page: it is posted in the channel first, in their name, and answered there."""

from bot.bench import Bench
from bot.ledger import outbox
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from handlers.blocks.pages import said_on_page
from pipeline.errors import NotUnderstood

ACTION = "labs:say:page"
LOOK_S = 0.3


async def origin_of(bench: Bench, row: InboxRow, origin: Origin) -> Origin:
    """Where a row's answer goes; without a thread: the words of a page do not stand in the channel yet.

    Raises: NotUnderstood.
    """
    if (row.payload or {}).get("action_id") != ACTION:
        return origin
    key = f"page:{row.id}"
    post = await bench.ledger.run(outbox.get, key)
    if post is None:
        body = said_on_page(row.person, str((row.payload or {}).get("value", ""))).model_dump_json()
        await bench.ledger.run(outbox.put, key, "answer", row.channel, None, bench.now(), body=body)
        await bench.driver.kick("post", key)
    if post is not None and post.state == "dead":
        raise NotUnderstood("What was said on a page could not be posted.", "Say it in the channel.")
    return origin.model_copy(update={"thread_ts": post.ts if post else None})
