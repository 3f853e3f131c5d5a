"""`status`: what is running."""

from bot.actions import decide
from bot.actions.action import Reply, Turn, speaks_of
from bot.actions.listing import job_line
from bot.bench import Bench
from bot.ledger import jobs
from bot.messages.render import anchor_view, spending_held
from bot.messages.render import progress as progress_of
from handlers.blocks import answers
from handlers.blocks.anchor import anchor
from handlers.blocks.kit import context, seconds
from pipeline.actions.status import Status


async def answer(bench: Bench, turn: Turn, request: Status) -> Reply:
    await speaks_of(bench, turn, request.run)
    if request.job or request.run:
        job = await decide.find_job(bench, request.job, run=request.run, active=False)
        return Reply(anchor(await anchor_view(bench, job)))
    held = await spending_held(bench)
    found = await bench.ledger.run(jobs.latest, 20, active=True)
    lines = []
    for job in found:
        progress = await progress_of(bench, job)
        left = f", about {seconds(progress.seconds_left)} left" if progress.seconds_left else ""
        over = progress.done + progress.made + progress.failed
        lines.append(f"{job_line(job)} · {over} of {progress.total + progress.to_make}{left}")
    message = answers.listing("Under way", lines, "Nothing is under way.")
    return Reply(message.model_copy(update={"blocks": (*message.blocks, context(held))}) if held else message)
