"""Whoever waits is told why: in the terminal, at start, in a queue; and a stop is a stop in every state."""

from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.trainings import TrainingFate
from bot.sandbox.world import World
from tests.channel import RUN, Channel, text
from tests.conftest import FAST
from tests.ledger import lab_at
from tests.process import command

RERUN = ("run", "--yes", f"re-run runs/{RUN} with seed 5")
REFUSALS = {401: "Replicate refuses the token", 402: "out of credit", 403: "Replicate refuses the token"}


def environment(world: World, root: Path, **given: object) -> dict[str, str]:
    waits = {f"LABS_{name.upper()}": str(value) for name, value in {**FAST, **given}.items()}
    return waits | world.settings() | lab_at(root)


@pytest.mark.parametrize("status", list(REFUSALS))
async def test_a_terminal_says_that_the_account_needs_a_person(world: World, root: Path, status: int) -> None:
    world.replicate.faults.chance = lambda name: (
        Fault("answer", status=status, body={"detail": "no"}) if name == "predictions.create" else None
    )

    _status, said = await command(RERUN, environment(world, root), until=lambda said: "labs resume" in said)

    assert REFUSALS[status] in said
    assert world.replicate.ordered == []


async def test_a_terminal_ends_with_the_command_where_only_a_word_helps(world: World, root: Path) -> None:
    world.replicate.faults.chance = lambda name: Fault("hang up after") if name == "predictions.create" else None
    world.replicate.clock.ahead = 7200.0  # its listing cannot tell any more

    status, said = await command(RERUN, environment(world, root))

    assert status == 1
    assert "waits for a word" in said
    assert "labs settle" in said


async def test_a_training_in_the_queue_says_so_and_promises_no_minutes(channel: Channel, world: World) -> None:
    world.replicate.trainings.fates.append(TrainingFate(boot_s=1.0))
    asked = channel.say("in the labs channel: train a LoRA for a different identity from inputs/lora-jd-fixture")
    channel.press(await channel.plan(asked), "labs:approve", "U0SAM")

    queued = text(await channel.reply(asked, "in the vendor's queue since")).partition("in the vendor's queue")[2]

    assert "begins when a machine is free" in queued
    assert " left" not in queued.partition("\\n")[0]


WRONG = {
    "SLACK_APP_TOKEN": ("xapp-wrong", "Slack refuses SLACK_APP_TOKEN: invalid_auth"),
    "SLACK_BOT_TOKEN": ("xoxb-wrong", "Slack refuses SLACK_BOT_TOKEN: invalid_auth"),
    "LABS_CHANNEL": ("C0NOWHERE", "is no channel that the bot can see"),
}


@pytest.mark.parametrize("name", list(WRONG))
async def test_a_wrong_setting_is_named_at_start_and_by_the_doctor(world: World, root: Path, name: str) -> None:
    value, words = WRONG[name]
    wrong = environment(world, root) | {name: value}

    started = await command(("serve",), wrong)
    doctor = await command(("doctor",), wrong)

    assert started[0] == doctor[0] == 1
    for said in (started[1], doctor[1]):
        assert words in " ".join(said.split())
        assert "Traceback" not in said


async def test_a_stop_is_obeyed_while_slack_is_away(world: World, root: Path) -> None:
    asked = []

    def away(name: str) -> Fault:
        asked.append(name)
        return Fault("answer", status=503, body="away")

    world.slack.faults.chance = away

    status, said = await command(("serve",), environment(world, root), until=lambda _said: len(asked) > 1)

    assert status == 0, said
    assert "Traceback" not in said
