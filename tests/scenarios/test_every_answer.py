"""Every refusal that Slack's methods publish, and every status of the vendor: nothing dead, stuck or reserved after."""

import json
from collections import Counter
from itertools import cycle
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from handlers.slack_codes import Refusal, meaning
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.training import ALONE, approve

HERE = "in the labs channel:"
METHODS = json.loads((Path(__file__).parents[1] / "contract/slack/methods.json").read_text())
STATUSES = (
    400,
    401,
    402,
    403,
    404,
    405,
    406,
    408,
    409,
    410,
    413,
    415,
    418,
    422,
    423,
    425,
    429,
    431,
    451,
    500,
    501,
    502,
    503,
    504,
    507,
    508,
    520,
    522,
    524,
    529,
)
"""Of RFC 9110 and its relatives those that an API or a proxy before it answers with, and Cloudflare's."""
OF_TRAINING = ("files.create", "models.create", "trainings.create", "trainings.get", "files.delete")
ONE_EACH = (
    (400, "files.create"),
    (529, "models.create"),
    (500, "trainings.create"),
    (404, "trainings.get"),
    (429, "files.delete"),
)
"""Of each kind one (refused, missing, busy, broken, away), and each call once."""
FEW = 4
"""Refusals of one meaning that are tried."""
SEEDS = ", ".join(str(one) for one in range(600, 610))


def settled_books(root: Path) -> None:
    """What must hold after any storm."""
    orders, booked = table(root, "orders"), charges(root)
    assert {one["state"] for one in table(root, "jobs")} <= {"done", "canceled"}
    assert {one["state"] for one in booked} <= {"charged", "released", "unknown"}
    spent = sum(one["usd_micros"] for one in booked if one["state"] != "released")
    assert {one["used_micros"] for one in table(root, "budgets")} <= {spent}
    assert {one["state"] for one in orders} <= {"made", "failed", "canceled"}


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("chat.postMessage", "list runs"),
        ("chat.update", f"judge runs/{RUN}"),
        ("files.getUploadURLExternal", f"judge runs/{RUN}"),
        ("files.completeUploadExternal", f"judge runs/{RUN}"),
    ],
)
async def test_every_refusal_that_slack_publishes_is_outlived(
    start: Start, world: World, root: Path, method: str, words: str, long: bool
) -> None:
    """Of each meaning a few, with `--long` every one: edits alone are forty a minute, and these are a hundred."""
    channel: Channel = await start(probe_s=0.01)
    world.slack.posts_in_5_s = 1000
    editing = method == "chat.update"
    kinds: dict[Refusal, list[str]] = {}
    for one in METHODS[method]["errors"]:
        kinds.setdefault(meaning(one, editing=editing), []).append(one)
    kinds.pop(Refusal.TARGET, None)
    names = [one for alike in kinds.values() for one in (alike if long else alike[:FEW])]
    storm = [Fault("answer", status=200, body={"ok": False, "error": name}) for name in names]
    turns = cycle([True, False])  # each is met by a message of its own, as long as waits are short
    world.slack.faults.chance = lambda call: storm.pop() if call == method and storm and next(turns) else None
    asked = []

    while storm:
        asked.append(channel.say(f"{HERE} {words}"))
        await channel.until(lambda: _answered(root, method) >= len(asked), f"its end; {len(storm)} refusals are left")

    await channel.until(lambda: {one["state"] for one in table(root, "outbox")} == {"sent"}, "all that was to be said")
    assert len(asked) <= 2 * len(names)
    settled_books(root)


def _answered(root: Path, method: str) -> int:
    """Requests whose job is done, or, of those without a job, whose answer was said."""
    of, over = ("outbox", "sent") if method == "chat.postMessage" else ("jobs", "done")
    return sum(one["state"] == over for one in table(root, of))


@pytest.mark.parametrize("call", ["predictions.create", "predictions.list", "predictions.get", "delivery"])
async def test_every_status_of_the_vendor_is_outlived(start: Start, world: World, root: Path, call: str) -> None:
    channel: Channel = await start(probe_s=0.02, settle_order_s=0.05, look_again_s=0.01)
    storm = list(STATUSES)

    def fault(name: str) -> Fault | None:
        if name != call or not storm:
            return None
        return Fault("answer", status=storm.pop(), body={"detail": "Something of this status", "title": "Status"})

    world.replicate.faults.chance = fault
    asked = channel.say(f"{HERE} re-run runs/{RUN} with seeds [{SEEDS}]")
    await channel.until(lambda: {one["state"] for one in table(root, "jobs")} == {"done"}, "the job's end")
    result = await channel.result(asked)

    assert storm == [] or call in {"predictions.list", "predictions.get"}  # a job needs few of these
    made = sum(one["state"] == "made" for one in table(root, "orders"))
    assert (f"{made} of 30 images made" if made < 30 else "30 images made") in text(result)
    assert max(Counter((one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered).values()) == 1
    settled_books(root)


async def test_every_status_to_a_cancel_is_outlived(start: Start, world: World, root: Path) -> None:
    world.replicate.run_s = 30
    channel: Channel = await start(probe_s=0.02, settle_order_s=0.05, look_again_s=0.01)
    asked = channel.say(f"{HERE} re-run runs/{RUN} with seeds [{SEEDS}]")
    anchor = await channel.reply(asked, "being made")
    storm, turns = list(STATUSES), cycle([True, False])
    world.replicate.faults.chance = lambda name: (
        Fault("answer", status=storm.pop()) if name == "predictions.cancel" and storm and next(turns) else None
    )

    channel.press(anchor, "labs:cancel")
    await channel.settled(asked, "what is finished is kept")

    assert {one.status(world.replicate.clock()) for one in world.replicate.ordered} == {"canceled"}
    settled_books(root)


@pytest.mark.slow
async def test_every_status_to_a_training_is_outlived(start: Start, world: World, root: Path, long: bool) -> None:
    """What ends one training is met by the next, until a status of each kind was met; with `--long` each, by each."""
    channel: Channel = await start(
        probe_s=0.02,
        settle_order_s=0.05,
        look_again_s=0.01,
        training_look_s=0.01,
        budget_month_usd=1000,
        budget_person_day_usd=1000,
    )
    world.replicate.trainings.run_s = 0.05
    storm = [(status, call) for call in OF_TRAINING for status in STATUSES] if long else list(ONE_EACH)
    turns = cycle([True, False])

    def fault(name: str) -> Fault | None:
        if not storm or storm[-1][1] != name or not next(turns):
            return None
        return Fault("answer", status=storm.pop()[0], body={"detail": "Something of this status"})

    world.replicate.faults.chance = fault
    asked, over, most = 0, {"done", "failed", "canceled"}, 2 * len(storm)
    while storm and asked < most:
        asked += 1
        await approve(channel, channel.say(f"{ALONE} with {500 + asked} steps"))
        await channel.until(lambda: {one["state"] for one in table(root, "jobs")} <= over, "its end")

    assert storm == []
    await channel.until(lambda: world.replicate.shelf.files == {}, "no photographs at the vendor")
    made = Counter(one.input["steps"] for one in world.replicate.trainings.ordered)
    assert max(made.values()) == 1
    assert {one["state"] for one in charges(root)} <= {"charged", "released", "unknown"}
    spent = sum(one["usd_micros"] for one in charges(root) if one["state"] != "released")
    assert {one["used_micros"] for one in table(root, "budgets")} <= {spent}
