"""A ledger that was restored from a backup: what was bought and posted since is not bought or posted again."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ledger.backup import backup
from bot.sandbox.world import World
from tests.channel import RUN, Channel, Message, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.outcomes import only_rerun
from tests.training import ALONE, approve

pytestmark = pytest.mark.in_file

ASK = f"in the labs channel: re-run runs/{RUN} with seeds [19023, 555, 999], then judge"
JUDGE = f"in the labs channel: judge runs/{RUN}"


def ended(root: Path, name: str, state: str, count: int) -> Callable[[], bool]:
    return lambda: sum(row["state"] == state for row in table(root, name)) >= count


def restore(root: Path, kept: Path, *, receipts: bool = True) -> None:
    """As the runbook says: the ledger is put aside, and the copy takes its place."""
    for end in ("", "-wal", "-shm"):
        (root / f"ledger.db{end}").unlink(missing_ok=True)
    shutil.copy(kept, root / "ledger.db")
    if not receipts:
        (root / ".labs/receipts.jsonl").unlink()


def told(channel: Channel) -> list[Message]:
    """What the channel hears of a ledger that is older than the lab."""
    return [one for one in channel.workspace.channel() if "older than the lab" in text(one)]


def twice(world: World, channel: Channel, asked: str) -> dict[str, int]:
    """What was ordered, judged and posted more than once."""
    orders = Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered)
    keys = Counter(
        message["metadata"]["event_payload"]["key"] for message in channel.replies(asked) if message.get("metadata")
    )
    return {
        "orders": orders.total() - len(orders),
        "judged": max(0, len(world.anthropic.asked) - len(orders or range(6))),
        "posts": keys.total() - len(keys),
    }


MOMENTS = {
    "planned": lambda root: ended(root, "outbox", "sent", 1),
    "ordered": lambda root: ended(root, "orders", "ordered", 3),
    "made": lambda root: ended(root, "orders", "made", 3),
    "judged": lambda root: ended(root, "calls", "judged", 4),
}


@pytest.mark.parametrize(
    ("moment", "receipts"), [("planned", False), ("ordered", True), ("made", False), ("judged", True)]
)
async def test_a_finished_job_is_not_bought_or_posted_again(
    start: Start, world: World, root: Path, tmp_path: Path, moment: str, receipts: bool
) -> None:
    """The copy is of a moment in the job's life; the job ends, and then the copy takes the ledger's place."""
    world.replicate.run_s = 0.2
    first: Channel = await start(image_concurrency=4)
    asked = first.say(ASK)
    await first.until(MOMENTS[moment](root), moment)
    backup(root / "ledger.db", tmp_path / "kept.db")
    await first.result(asked)
    await first.settled(asked)
    await first.stop()
    made = (root / "runs" / only_rerun(root) / "judge_output.json").read_bytes()
    restore(root, tmp_path / "kept.db", receipts=receipts)

    second: Channel = await start(image_concurrency=4)
    await second.until(ended(root, "jobs", "done", 1), "the job's end")
    await second.settled(asked)

    repeated = twice(world, second, asked)
    assert (repeated["orders"], repeated["posts"]) == (0, 0)
    if receipts:
        assert repeated["judged"] == 0
        assert (root / "runs" / only_rerun(root) / "judge_output.json").read_bytes() == made
    await second.until(lambda: told(second), "a word that the ledger is older")
    assert len(told(second)) == 1


async def test_a_job_that_the_ledger_never_knew_is_named_and_its_words_are_not_heard_again(
    start: Start, world: World, root: Path, tmp_path: Path
) -> None:
    first: Channel = await start()
    await first.reply(first.say("list runs"), RUN)
    backup(root / "ledger.db", tmp_path / "kept.db")
    asked = first.say(ASK)
    await first.result(asked)
    await first.settled(asked)
    (job,) = table(root, "jobs")
    spent = sum(row["used_micros"] for row in table(root, "budgets") if row["scope"].startswith("month"))
    await first.stop()
    restore(root, tmp_path / "kept.db")

    second: Channel = await start()
    await second.until(lambda: told(second), "a word that the ledger is older")
    assert job["id"] in text(told(second)[0])
    assert table(root, "jobs") == []
    assert [row["used_micros"] for row in table(root, "budgets") if row["scope"].startswith("month")] == [spent]

    again = second.say(ASK)
    await second.reply(again, "Exactly these images were made before")
    assert len(second.replies(asked)) == 2
    assert len(world.replicate.ordered) == 9
    assert len(world.anthropic.asked) == 9


async def test_a_start_on_the_same_ledger_says_nothing_of_a_backup(start: Start, root: Path) -> None:
    first: Channel = await start()
    asked = first.say(ASK)
    await first.result(asked)
    await first.settled(asked)
    await first.stop()

    second: Channel = await start()
    await second.reply(second.say("list runs"), RUN)

    assert table(root, "restores") == []
    assert told(second) == []


@pytest.mark.parametrize("receipts", [True, False], ids=["beside the lab", "without receipts"])
async def test_a_training_that_the_ledger_forgot_is_not_paid_again(
    start: Start, world: World, root: Path, tmp_path: Path, receipts: bool
) -> None:
    """Without receipts nobody can compare the photographs of the one at the vendor: a person looks."""
    first: Channel = await start()
    asked = await trained(first, root, tmp_path / "kept.db")
    await first.stop()
    restore(root, tmp_path / "kept.db", receipts=receipts)

    second: Channel = await start()
    second.say("approve", person="U0SAM", thread=asked)
    await second.until(ended(root, "jobs", "done" if receipts else "failed", 1), "the job's end")

    assert len(world.replicate.trainings.ordered) == 1
    month = [row["used_micros"] for row in table(root, "budgets") if row["scope"].startswith("month")]
    if receipts:
        assert month == [sum(row["usd_micros"] for row in charges(root))]
    if not receipts:
        await second.reply(asked, "lists a training alike since the plan")


async def trained(channel: Channel, root: Path, kept: Path) -> str:
    """A training to its end, with a copy of the ledger from before it was approved."""
    asked = channel.say(ALONE)
    await channel.plan(asked)
    backup(root / "ledger.db", kept)
    await approve(channel, asked)
    await channel.result(asked)
    await channel.settled(asked)
    return asked
