"""A job's own message, when what it shows has changed."""

from bot.bench import Bench
from bot.ledger import outbox


async def touch_anchor(bench: Bench, job_id: str) -> None:
    """The job's message no longer shows how far it is."""
    if await bench.ledger.run(outbox.touch, f"anchor:{job_id}"):
        await show_state(bench, job_id)


async def show_state(bench: Bench, job_id: str) -> None:
    """The job's state has changed, and with it, in the same transaction, what its message is to show."""
    await bench.driver.kick("post", f"anchor:{job_id}")
