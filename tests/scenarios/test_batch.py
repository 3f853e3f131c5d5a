"""A run judged as a message batch: half the price, sent once, found again, called off, answered one by one."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.ledger.backup import backup
from bot.sandbox.faults import Fault, Stage
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.process import BotProcess
from tests.scenarios.test_restored import restore

ASK = f"in the labs channel: judge runs/{RUN} as a batch"


def taken(world: World) -> list[int]:
    """Sizes of the batches that Anthropic has."""
    return [len(one.requests) for one in world.anthropic.batches.held]


async def test_it_costs_half_and_says_what_a_batch_is(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()
    world.anthropic.batches.run_s = 1.0
    asked = channel.say(ASK)
    await channel.reply(asked, "At Anthropic as a batch since")
    result = await channel.result(asked)

    assert taken(world) == [6]
    assert "Proceed" in text(result)
    planned = await channel.planned(await channel.settled(asked))
    assert "half, as a batch" in planned
    assert "at half the price: answered mostly within an hour" in planned
    usage = [one["usage"] for one in world.anthropic.asked]
    each = [
        3 * one["input_tokens"]
        + 15 * one["output_tokens"]
        + 3.75 * one["cache_creation_input_tokens"]
        + 0.3 * one["cache_read_input_tokens"]
        for one in usage
    ]
    paid = [row["usd_micros"] for row in charges(root)]
    assert sorted(paid) == sorted(-(-round(one * 1000) // 2000) for one in each)
    assert {row["state"] for row in charges(root)} == {"charged"}
    assert [row["took_s"] for row in charges(root)] == [None] * 6  # what it waited tells nothing of a call
    assert world.slack.refused == []


async def test_the_same_is_not_bought_again_either_way(channel: Channel, world: World) -> None:
    await channel.result(channel.say(ASK))
    await channel.reply(channel.say(ASK), "stored")
    await channel.reply(channel.say(ASK.removesuffix(" as a batch")), "stored")

    assert taken(world) == [6]
    assert len(world.anthropic.asked) == 6


@pytest.mark.parametrize(
    ("fault", "batches"),
    [
        pytest.param(Fault("hang up before"), 1, id="never arrived"),
        pytest.param(Fault("hang up after"), 1, id="answer lost"),
        pytest.param(Fault("garbage"), 1, id="answer unreadable"),
        pytest.param(Fault("answer", 529, {"type": "error", "error": {"type": "overloaded_error"}}), 1, id="busy"),
        pytest.param(Fault("answer after", 500, {}), 1, id="error after it was taken"),
    ],
)
async def test_a_sending_that_goes_wrong_pays_once(
    channel: Channel, world: World, root: Path, fault: Fault, batches: int
) -> None:
    world.anthropic.faults.add("batches.create", fault)
    await channel.result(channel.say(ASK))

    assert taken(world) == [6] * batches
    assert len(world.anthropic.asked) == 6
    assert sum(row["state"] == "charged" for row in charges(root)) == 6


async def test_another_ones_batch_of_the_same_size_is_not_taken_for_ours(
    channel: Channel, world: World, root: Path
) -> None:
    other = channel.say(ASK.replace("as a batch", "using claude-haiku-4-5 as a batch"))
    await channel.result(other)
    stranger = world.anthropic.batches.held[0]
    world.anthropic.faults.add("batches.create", Fault("hang up before"))
    for call in stranger.requests:
        call["custom_id"] = f"other-{call['custom_id'][:40]}"
    stranger.id = "msgbatch_of_somebody_else"
    stranger.results = {f"other-{name[:40]}": one for name, one in stranger.results.items()}
    await channel.result(channel.say(ASK))

    assert taken(world) == [6, 6]
    assert table(root, "batches")[-1]["vendor_id"] == world.anthropic.batches.held[0].id


async def test_what_is_not_answered_is_named_and_costs_nothing(channel: Channel, world: World, root: Path) -> None:
    world.anthropic.batches.ends_as = {1: {"type": "expired"}, 2: {"type": "canceled"}}
    result = await channel.result(channel.say(ASK))

    said = text(result) + await channel.details(result)
    assert "did not answer the batch within a day" in said
    states = [row["state"] for row in charges(root)]
    assert (states.count("charged"), states.count("released")) == (4, 2)


async def test_the_vendors_own_fault_goes_into_the_next_batch(channel: Channel, world: World, root: Path) -> None:
    fault: dict[str, Any] = {"type": "error", "error": {"type": "api_error", "message": "Internal"}}
    world.anthropic.batches.ends_as = {3: {"type": "errored", "error": fault}}
    await channel.result(channel.say(ASK))

    assert sorted(taken(world)) == [1, 6]
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED


async def test_a_busy_vendor_takes_none_of_the_tries_after_its_own_fault(
    channel: Channel, world: World, root: Path
) -> None:
    fault: dict[str, Any] = {"type": "error", "error": {"type": "api_error", "message": "Internal"}}
    busy = Fault("answer", 429, {"type": "error", "error": {"type": "rate_limit_error"}}, {"retry-after": "0.05"})
    world.anthropic.faults.add("batches.create", *[busy] * 3)
    world.anthropic.batches.ends_as = {number: {"type": "errored", "error": fault} for number in (3, 7)}
    await channel.result(channel.say(ASK))

    assert sorted(taken(world)) == [1, 1, 6]
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED


async def test_after_three_faults_of_the_vendor_a_call_ends_without_an_answer(channel: Channel, world: World) -> None:
    fault: dict[str, Any] = {"type": "error", "error": {"type": "api_error", "message": "Internal"}}
    world.anthropic.batches.ends_as = {number: {"type": "errored", "error": fault} for number in (3, 7, 8)}
    result = await channel.result(channel.say(ASK))

    assert sorted(taken(world)) == [1, 1, 6]
    assert "api_error" in text(result) + await channel.details(result)


async def test_a_cancel_reaches_the_vendor_and_keeps_what_was_answered(
    channel: Channel, world: World, root: Path
) -> None:
    world.anthropic.batches.run_s = 1.5
    asked = channel.say(ASK)
    message = await channel.reply(asked, "At Anthropic as a batch since")
    channel.choose(message, "Cancel")
    await channel.settled(asked, "anceled")

    assert world.anthropic.batches.held[0].called_off is not None
    assert world.anthropic.asked == []
    assert {row["state"] for row in charges(root)} == {"released"}
    assert {row["used_micros"] for row in table(root, "budgets")} == {0}


async def test_a_cancel_that_comes_too_late_ends_the_job_all_the_same(
    channel: Channel, world: World, root: Path
) -> None:
    world.anthropic.batches.run_s = 1.0
    refusal = {"type": "error", "error": {"type": "invalid_request_error", "message": "The batch has ended."}}
    world.anthropic.faults.add("batches.cancel", *[Fault("answer", 400, refusal)] * 20)
    asked = channel.say(ASK)
    message = await channel.reply(asked, "At Anthropic as a batch since")
    channel.choose(message, "Cancel")
    await channel.settled(asked, "anceled")

    assert sum(row["state"] == "charged" for row in charges(root)) == 6
    assert not [row for row in charges(root) if row["state"] == "reserved"]


async def test_a_vendor_that_forgets_it_for_a_moment_is_asked_again(channel: Channel, world: World) -> None:
    gone = Fault("answer", 404, {"type": "error", "error": {"type": "not_found_error", "message": "no such batch"}})
    world.anthropic.faults.add("batches.retrieve", gone, gone)
    await channel.result(channel.say(ASK))

    assert taken(world) == [6]


@pytest.mark.parametrize("call", ["batches.retrieve", "batches.results", "batches.list"])
@pytest.mark.parametrize("status", [401, 429, 500, 503, 200])
async def test_every_status_of_a_look_is_outlived(channel: Channel, world: World, call: str, status: int) -> None:
    body = {"type": "error", "error": {"type": "api_error", "message": "no"}}
    world.anthropic.faults.add(call, Fault("answer", status, body))
    if call == "batches.list":
        world.anthropic.faults.add("batches.create", Fault("hang up after"))
    await channel.result(channel.say(ASK))

    assert taken(world) == [6]
    assert len(world.anthropic.asked) == 6


@pytest.mark.parametrize("stage", ["before", "during", "after"])
@pytest.mark.parametrize("call", ["batches.create", "batches.retrieve", "batches.results"])
async def test_a_kill_around_a_call_pays_once_and_loses_nothing(
    world: World, root: Path, call: str, stage: Stage
) -> None:
    channel = Channel(world)
    hold = world.anthropic.faults.hold(call, stage, 1)
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.result(asked)
        await channel.settled(asked)

    assert taken(world) == [6]
    assert len(world.anthropic.asked) == 6
    assert len(channel.replies(asked)) == 2
    assert sum(row["state"] == "charged" for row in charges(root)) == 6
    assert {row["used_micros"] for row in table(root, "budgets")} == {sum(row["usd_micros"] for row in charges(root))}
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_a_look_at_the_list_sends_nothing_again(world: World, root: Path, stage: Stage) -> None:
    channel = Channel(world)
    world.anthropic.faults.add("batches.create", Fault("hang up after"))
    hold = world.anthropic.faults.hold("batches.list", stage, 1)
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.result(asked)

    assert taken(world) == [6]
    assert len(world.anthropic.asked) == 6
    assert sum(row["state"] == "charged" for row in charges(root)) == 6


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_calling_it_off_still_calls_it_off(world: World, root: Path, stage: Stage) -> None:
    channel = Channel(world)
    world.anthropic.batches.run_s = 60.0
    hold = world.anthropic.faults.hold("batches.cancel", stage, 1)
    async with BotProcess(world, root) as bot:
        asked = channel.say(ASK)
        channel.choose(await channel.reply(asked, "At Anthropic as a batch since"), "Cancel")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        await channel.settled(asked, "anceled")

    assert taken(world) == [6]
    assert world.anthropic.asked == []
    assert {row["state"] for row in charges(root)} == {"released"}


async def test_a_restored_ledger_takes_up_the_batch_that_it_has_forgotten(
    start: Start, world: World, root: Path, tmp_path: Path
) -> None:
    world.anthropic.batches.run_s = 2.0
    before: Channel = await start(grace_s=1.0)
    asked = before.say(ASK)
    await before.until(lambda: table(root, "jobs"), "a job")
    backup(root / "ledger.db", tmp_path / "kept.db")
    await before.reply(asked, "At Anthropic as a batch since")
    await before.stop()
    restore(root, tmp_path / "kept.db")

    again: Channel = await start(grace_s=0.05)
    await again.result(asked)

    assert taken(world) == [6]
    assert len(world.anthropic.asked) == 6
