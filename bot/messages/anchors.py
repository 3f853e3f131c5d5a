"""A job's own message, when what it shows has changed."""

from bot.bench import Bench
from bot.ledger import jobs, outbox


async def touch_anchor(bench: Bench, job_id: str) -> None:
    """The job's message no longer shows how far it is."""
    if await bench.ledger.run(outbox.touch, f"anchor:{job_id}"):
        await show_state(bench, job_id)


async def show_state(bench: Bench, job_id: str) -> None:
    """The job's state has changed, and with it, in the same transaction, what its message is to show."""
    for key in await bench.ledger.run(outbox.of_job, job_id):
        await bench.driver.kick("post", key)
    await bench.driver.kick("mark", job_id)


async def touch_others(bench: Bench, job_id: str) -> None:
    """What other jobs wait for has changed: one before them has ended, or waits for a person."""
    for other, _at in await bench.ledger.run(jobs.unfinished):
        if other != job_id:
            await touch_anchor(bench, other)
