"""A message that the grammar cannot read goes to Claude, once: intent, call, outcome, each on disk before the next."""

import asyncio
import time

from bot import logs
from bot.bench import Bench
from bot.intake.assistant import show_reading
from bot.ledger import inbox, jobs, money, readings
from bot.ledger.inbox import InboxRow
from bot.work.purchase import for_sure
from pipeline.errors import OutcomeUnknown, VendorError
from pipeline.lab.catalogue import Catalogue
from pipeline.language.interpret import Context, Interpretation, ReadCall, read_answer, read_call
from pipeline.language.parse import seen
from pipeline.language.sentence import render
from pipeline.money import micros
from pipeline.prices import charge

MOST_SAID, LONGEST_SAID = 8, 300


async def interpret(
    bench: Bench, row: InboxRow, text: str, catalogue: Catalogue, thread_run: str | None
) -> Interpretation | None:
    """What Claude takes a message for, when all of it holds in this lab.

    None when there is no key, no budget, no answer in time, or no sense in it: the message is then asked about.
    """
    settings = bench.settings
    if bench.anthropic is None or not settings.reader_budget_day_usd:
        return None
    context = await _context(bench, row, text, catalogue, thread_run)
    call = read_call(settings.reader_model, text, catalogue, context)
    refusal = await bench.ledger.run(readings.intend, row.id, _terms(bench, row.person, call), bench.now())
    if refusal == "asked before":
        answer = await bench.ledger.run(readings.answer, row.id)
    elif refusal is not None:
        return None
    else:
        await show_reading(bench, row)
        answer = await _ask(bench, row.id, call)
    return read_answer(answer, text, catalogue, context) if answer is not None else None


async def _context(bench: Bench, row: InboxRow, text: str, catalogue: Catalogue, thread_run: str | None) -> Context:
    """The thread as the ledger knows it, and what the grammar made of the message."""
    own = await asyncio.to_thread(seen, text, catalogue, thread_run, bench.bot_user)
    if not row.thread_ts:
        return Context(thread_run=thread_run, seen=own)
    thread = (row.channel, row.thread_ts)
    before = await bench.ledger.run(inbox.said_in, *thread, row.id, MOST_SAID)
    found = await bench.ledger.run(jobs.latest, 1, thread=thread, active=True)
    waiting = render(found[0].plan.request) if found and found[0].state == "waiting" else None
    said = tuple(f"{person}: {words[:LONGEST_SAID]}" for person, words in before)
    return Context(thread_run=thread_run, said=said, waiting=waiting, seen=own)


def _terms(bench: Bench, person: str, call: ReadCall) -> readings.Terms:
    """Booked under the person's day, the lab's month, and a day's budget of its own."""
    own = money.Scope(
        name=f"reader:{bench.settings.day(bench.wall())}",
        limit_micros=micros(bench.settings.reader_budget_day_usd),
        words="the day's budget for reading messages",
    )
    return readings.Terms(
        person=person, model=call.model, estimate_micros=call.estimate_micros, counters=(*bench.counters(person), own)
    )


async def _ask(bench: Bench, inbox_id: int, call: ReadCall) -> str | None:
    """The paid call, of which the intent is on disk; its answer, when it is whole."""
    assert bench.anthropic is not None  # noqa: S101  # asked by the caller
    clock = time.monotonic()
    try:
        answer = await bench.anthropic.interpret(call, bench.settings.reader_timeout_s)
    except OutcomeUnknown as error:
        paid = money.Charge(state="unknown", usd_micros=call.estimate_micros, reason=str(error))
        await for_sure(bench, readings.settle, inbox_id, paid, None, bench.now())
        return None
    except VendorError as error:
        free = money.Charge(state="released", usd_micros=0, reason=str(error))
        await for_sure(bench, readings.settle, inbox_id, free, None, bench.now())
        return None
    took = round(time.monotonic() - clock, 3)
    paid = money.Charge(
        state="charged",
        usd_micros=charge(call.model, answer.usage),
        usage=answer.usage,
        request_id=answer.request_id,
        took_s=took,
    )
    text = answer.text if answer.stop_reason == "end_turn" else None
    await for_sure(bench, readings.settle, inbox_id, paid, text, bench.now())
    logs.get().info("message.read", model=call.model, usd_micros=paid.usd_micros, took_s=took)
    return text
