"""Whatever the judge answers, or does not: unscored with its cause, never a fail, and never paid for more than said."""

from pathlib import Path

import pytest

from bot.ledger.store import glance
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests.answers import error, message, said
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import charges

ASK = f"in the labs channel: judge runs/{RUN}"


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (message("I would rather not compare these.", "refusal"), "the judge refused"),
        (message("", "refusal"), "the judge refused"),
        (message('{"q1_identity": {"reason": "', "max_tokens"), "the answer was cut off"),
        (message("not JSON at all"), "not in the form asked for"),
        (
            message({"q1_identity": {"reason": "only one", "conclusion": "meets", "score": 0.9}}),
            "not in the form asked for",
        ),
        (message(said(1.4)), "outside 0–1"),
        (message(said(0.3, "meets")), "contradict"),
        (message(said(q4_photographic={"reason": "Wax.", "conclusion": "misses", "score": 0.9})), "contradict"),
        (error(413, "request_too_large"), "rejected the request"),
    ],
)
async def test_an_unusable_answer_is_unscored_with_its_cause(
    channel: Channel, world: World, root: Path, fault: Fault, cause: str
) -> None:
    world.anthropic.faults.add("messages", fault)

    result = await channel.result(channel.say(ASK))

    assert "*Unscored*" in text(result)
    assert cause in text(result)
    state = state_of(Lab(root).run(RUN))
    assert state.verdict.scored == 5
    assert state.verdict.tallies[0].unscored == 1
    assert cause in next(str(cell.outcome) for cell in state.cells if cell.scores is None)


@pytest.mark.parametrize(
    "faults",
    [
        [error(429, "rate_limit_error", {"retry-after": "0.05"})],
        [error(529, "overloaded_error")],
        [error(529, "overloaded_error"), error(429, "rate_limit_error", {"retry-after": "0"})],
    ],
)
async def test_a_busy_vendor_is_asked_again_and_costs_nothing_extra(
    channel: Channel, world: World, root: Path, faults: list[Fault]
) -> None:
    world.anthropic.faults.add("messages", *faults)

    result = await channel.result(channel.say(ASK))

    assert "*Unscored*" not in text(result)
    assert len(world.anthropic.asked) == 6
    found = charges(root)
    assert sum(charge["state"] == "charged" for charge in found) == 6
    assert sum(charge["state"] == "released" for charge in found) == len(faults)
    assert all(charge["usd_micros"] == 0 for charge in found if charge["state"] == "released")


@pytest.mark.parametrize("fault", [Fault("hang up after"), Fault("garbage"), error(500, "api_error")])
async def test_a_lost_answer_is_asked_for_once_more_and_both_are_on_the_books(
    channel: Channel, world: World, root: Path, fault: Fault
) -> None:
    world.anthropic.faults.add("messages", fault)

    result = await channel.result(channel.say(ASK))

    assert "*Unscored*" not in text(result)
    assert "answers that were lost" in text(result)
    found = charges(root)
    assert sum(charge["state"] == "charged" for charge in found) == 6
    assert sum(charge["state"] == "unknown" for charge in found) == 1
    assert all(charge["usd_micros"] > 0 for charge in found)


async def test_an_answer_lost_twice_is_held_and_said(channel: Channel, world: World, root: Path) -> None:
    lost = Fault("hang up after")
    world.anthropic.faults.add("messages", lost, lost)

    result = await channel.result(channel.say(ASK))

    assert "the answer was lost: twice" in text(result)
    assert len(world.anthropic.asked) == 7
    assert sum(charge["state"] == "unknown" for charge in charges(root)) == 2


async def test_a_dear_lost_answer_is_never_repeated(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(repeat_unknown_below_usd="0.001")
    world.anthropic.faults.add("messages", Fault("hang up after"))

    result = await channel.result(channel.say(ASK))

    assert "too dear to ask again by itself" in text(result)
    assert len(world.anthropic.asked) == 6


async def test_a_vendor_out_of_credit_pauses_itself_says_so_and_goes_on(
    channel: Channel, world: World, root: Path
) -> None:
    world.anthropic.faults.add("messages", *[error(402, "billing_error")] * 2)

    asked = channel.say(ASK)
    held = await channel.reply(asked, "out of credit")
    result = await channel.result(asked)

    assert held["ts"] == channel.replies(asked)[0]["ts"]
    assert "PROCEED" in text(result)
    assert len(world.anthropic.asked) == 6


async def test_a_vendor_that_is_busy_for_an_hour_loses_no_verdict(start: Start, world: World) -> None:
    """Compressed: a hundred refusals, which is far more than an hour brings."""
    channel: Channel = await start()
    world.anthropic.faults.add("messages", *[error(429, "rate_limit_error", {"retry-after": "0"})] * 100)

    asked = channel.say(ASK)
    result = await channel.result(asked)

    assert "PROCEED" in text(result)
    away = [one for one in channel.replies(asked) if "has answered no order since" in text(one)]
    assert len([one for one in away if one["ts"] != channel.replies(asked)[0]["ts"]]) == 1


async def test_a_vendor_that_stays_busy_is_given_up_with_its_cause(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(give_up_h=0.0001)
    world.anthropic.faults.add("messages", *[error(429, "rate_limit_error", {"retry-after": "0"})] * 600)

    result = await channel.result(channel.say(ASK))

    assert "stayed unavailable" in text(result)
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.INCOMPLETE


async def test_calls_are_bounded(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(judge_concurrency=2)
    world.anthropic.latency_s = 0.05

    await channel.result(channel.say("in the labs channel: judge runs/20260612-cb-lora-v2"))

    assert len(world.anthropic.asked) == 12
    assert world.anthropic.most_at_once <= 2


async def test_no_judgement_is_bought_twice(channel: Channel, world: World, root: Path) -> None:
    first = channel.say(ASK)
    await channel.result(first)

    again = channel.say(ASK)
    result = await channel.result(again)

    assert len(world.anthropic.asked) == 6
    assert "6 stored before" in text(result)
    assert "--repeats 2" in text(result)
    votes = channel.say(f"{ASK} --repeats 2")
    await channel.result(votes)
    assert len(world.anthropic.asked) == 12
    output = Lab(root).run(RUN).output
    assert output is not None
    assert [len(cell.q1_identity.votes or []) for cell in output.cells] == [2] * 6


async def test_a_missing_and_a_damaged_image_are_unscored_and_the_rest_is_judged(
    channel: Channel, world: World, root: Path
) -> None:
    folder = Lab(root).run(RUN).path
    (folder / "CB-LORA-front-full-S42.png").unlink()
    damaged = folder / "CB-LORA-3q-side-S42.png"
    damaged.write_bytes(damaged.read_bytes()[:4000])

    result = await channel.result(channel.say(ASK))

    assert "is missing" in text(result)
    assert "damaged or cut off" in text(result)
    assert len(world.anthropic.asked) == 4


async def test_an_image_that_changed_after_the_plan_is_not_judged(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start(grace_s=0.6)
    folder = Lab(root).run(RUN).path

    asked = channel.say(ASK)
    await channel.reply(asked, "Starts in a moment")
    (folder / "CB-LORA-front-full-S42.png").write_bytes((folder / "CB-LORA-upper-front-S7301.png").read_bytes())
    result = await channel.result(asked)

    assert "changed after the plan was made" in text(result)
    assert len(world.anthropic.asked) == 5


def test_the_ledger_can_be_read_without_one(tmp_path: Path) -> None:
    assert glance(tmp_path / "none.db", lambda db: db) is None
