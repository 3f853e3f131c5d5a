"""Where an answer goes: the thread, one person alone in the channel, or the conversation with them."""

from bot.actions.action import Reply
from bot.bench import Bench
from bot.ledger import inbox
from bot.ledger.answers import answer
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from handlers.blocks import answers
from handlers.listeners.places import is_direct
from handlers.message import Message
from pipeline.errors import LabsError, NotUnderstood


def direct_origin(row: InboxRow) -> Origin:
    """Where what was heard is answered."""
    channel = None if row.kind == "shell" else row.channel
    return Origin(person=row.person, channel=channel, thread_ts=row.thread_ts or row.ts)


async def refuse(bench: Bench, row: InboxRow, origin: Origin, error: LabsError, *, alone: bool) -> None:
    """Why nothing came of it: to who said it in the channel alone, and where they see it at once.

    A thread that nobody has answered in shows no word to one person alone; the channel does.
    """
    if row.kind == "message" and row.thread_ts is None and not is_direct(origin.channel):
        origin = origin.model_copy(update={"thread_ts": None})
    whom = row.person if alone or row.kind == "message" or not origin.thread_ts else None
    await say(bench, row, origin, answers.problem(error), alone=whom)


async def tell(bench: Bench, row: InboxRow, origin: Origin, reply: Reply) -> None:
    """Answer as an action wants it."""
    await say(
        bench,
        row,
        origin,
        reply.message,
        reply.files,
        alone=row.person if reply.alone or not origin.thread_ts else None,
    )


async def say(
    bench: Bench,
    row: InboxRow,
    origin: Origin,
    message: Message,
    files: list[tuple[str, str, str]] | None = None,
    *,
    alone: str | None = None,
) -> None:
    """Answer in the thread, or there to one person alone, and settle what was heard, together."""
    where = (origin.channel, origin.thread_ts)
    body = message.model_dump_json()
    to = None if is_direct(origin.channel) else alone  # there nobody else reads along
    key = await bench.ledger.run(answer, row.id, *where, body, bench.now(), files, alone=to)
    if key:
        await bench.driver.kick("post", key)


async def apologise(bench: Bench, inbox_id: int) -> None:
    """Something broke that nobody foresaw: say so in the thread, once."""
    row = await bench.ledger.run(inbox.get, inbox_id)
    if row is None or row.state != "new":
        return
    origin = direct_origin(row)
    error = NotUnderstood(
        "Something went wrong here that I did not foresee. Nothing was started.",
        "Whoever runs the bot finds it in the log as `advance.failed`.",
    )
    await say(bench, row, origin, answers.problem(error))
