"""`status`: what is running."""

import asyncio

from bot.actions import decide
from bot.actions.action import Reply, Turn, speaks_of
from bot.actions.listing import job_line, run_line
from bot.bench import Bench
from bot.ledger import jobs, outbox_refusals
from bot.ledger.jobs import Job
from bot.messages.progress import progress as progress_of
from bot.messages.progress import spending_held
from bot.messages.render import anchor_view
from handlers.blocks import answers
from handlers.blocks.kit import context, seconds
from handlers.blocks.progress import waits_for_word
from handlers.blocks.standing import standing
from handlers.message import Message
from pipeline.actions.status import Status
from pipeline.surfaces import code


async def answer(bench: Bench, turn: Turn, request: Status) -> Reply:
    await speaks_of(bench, turn, request.run)
    if request.job:
        return Reply(await _how_it_is(bench, await decide.find_job(bench, request.job, active=False)))
    if request.run:
        return Reply(await _of_run(bench, request.run, turn.thread))
    held = await spending_held(bench)
    found = await bench.ledger.run(jobs.latest, 20, active=True)
    lines = []
    for job in found:
        progress = await progress_of(bench, job)
        left = f", about {seconds(progress.seconds_left)} left" if progress.seconds_left else ""
        over = progress.over
        lines.append(f"{await job_line(bench, job)} · {over} of {progress.total + progress.to_make}{left}")
        lines += [f":grey_question: waits for your word: {one}" for one in waits_for_word(progress.undecided)]
    message = answers.listing("Under way", lines, "Nothing is under way.")
    if refused := await bench.ledger.run(outbox_refusals.waiting_for_slack):
        why = ", ".join(sorted({one.reason or "" for one in refused}))
        said = f"{len(refused)} message{'s' if len(refused) > 1 else ''} wait for Slack, which says {code(why)}"
        message = message.model_copy(update={"blocks": (*message.blocks, context(said))})
    return Reply(message.model_copy(update={"blocks": (*message.blocks, context(held))}) if held else message)


async def _of_run(bench: Bench, name: str, thread: tuple[str, str] | None) -> Message:
    """The job that is at the run, or that this thread is about; else the run's verdict, and its last job in a line."""
    here = await bench.ledger.run(jobs.latest, 1, thread=thread) if thread else []
    found = await bench.ledger.run(jobs.latest, 1, run=name)
    if found and found[0].active:
        return await _how_it_is(bench, found[0])
    stands = await asyncio.to_thread(run_line, bench, name, set[str]())
    if here and here[0].plan.run == name:
        message = await _how_it_is(bench, here[0])
        return message.model_copy(update={"blocks": (*message.blocks, context(stands))})
    said = [stands, f"last job: {await job_line(bench, found[0])}"] if found else [stands]
    return answers.plain("\n".join(said))


async def _how_it_is(bench: Bench, job: Job) -> Message:
    """One line: the job's own message, with its buttons, stands where it was asked for."""
    return standing(await anchor_view(bench, job))
