"""A job's own message, when what it shows has changed."""

from bot.bench import Bench
from bot.ledger import outbox


async def touch_anchor(bench: Bench, job_id: str) -> None:
    """The job's message no longer shows what is."""
    if await bench.ledger.run(outbox.touch, f"anchor:{job_id}"):
        await bench.driver.kick("post", f"anchor:{job_id}")
