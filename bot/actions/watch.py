"""Who wants to hear of a run's verdict."""

import asyncio

from bot.actions.action import Reply, Turn
from bot.bench import Bench
from bot.ledger import jobs, watches
from bot.messages.notices import in_vain
from handlers.blocks import answers
from handlers.blocks.notices import verdict_of
from pipeline.actions.watch import Watch
from pipeline.errors import NotUnderstood
from pipeline.evidence.run_state import RunState, state_of
from pipeline.evidence.verdict import Word
from pipeline.surfaces import code


async def answer(bench: Bench, turn: Turn, request: Watch) -> Reply:
    """Begin or end watching a run; what is known of it now. Raises: LabsError."""
    if request.action == "unwatch":
        gone = await bench.ledger.run(watches.unwatch, request.run, turn.row.person)
        said = "You do not watch" if not gone else "You no longer watch"
        return Reply(answers.plain(f"{said} {code(f'runs/{request.run}')}."))
    state = await _state(bench, request.run)
    known = verdict_of(state) if state and state.verdict.word is not Word.IN_FLIGHT else None
    where = (turn.origin.channel, turn.origin.thread_ts)
    await bench.ledger.run(watches.watch, request.run, turn.row.person, where, known, bench.now())
    now = f" Now it says {known}." if known else " It has none yet."
    return Reply(
        answers.plain(
            f"You will hear of the verdict of {code(f'runs/{request.run}')} once it is in, and whenever it changes: by"
            f" a mention in its job's thread if that is this one, else by a message to you alone.{now}"
        )
    )


async def _state(bench: Bench, run: str) -> RunState | None:
    """The run as it stands; None while a job is about to make it."""
    promised = await bench.ledger.run(jobs.promised_runs)
    if run in promised and run not in await asyncio.to_thread(bench.lab.runs):
        return None
    if not run:
        raise NotUnderstood("Which run?", "`list runs` shows them.")
    return await asyncio.to_thread(lambda: state_of(bench.lab.run(run)))


async def end_in_vain(bench: Bench) -> None:
    """Who watches a run that will not come hears so, and of no other run that gets its name later."""
    every = await bench.ledger.run(watches.watched)
    # In this order: a job that ends in between has left its run.
    promised = await bench.ledger.run(jobs.promised_runs)
    there = {*promised, *await asyncio.to_thread(bench.lab.runs)} if every else set()
    told = [(one, in_vain(bench, one)) for one in every if one.run not in there]
    if not told:
        return
    await bench.ledger.run(watches.end, told, bench.now())
    for _one, notice in told:
        await bench.driver.kick("post", notice.key)
