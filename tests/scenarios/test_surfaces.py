"""The ways into the bot beside its channel: `/labs`, shortcuts, and each person's own page."""

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.faults import Stage
from bot.sandbox.world import World
from tests.channel import RUN, Channel, Message, text
from tests.conftest import Start, speak_http
from tests.ledger import table
from tests.process import BotProcess


def said_elsewhere(channel: Channel) -> list[Message]:
    return [one for one in channel.workspace.from_bot() if "says with `/labs`" in text(one)]


async def home_of(channel: Channel, person: str, words: str) -> str:
    """What somebody's own page says, once it says so."""
    channel.world.slack.sockets.open_home(person)
    found: str = await channel.until(
        lambda: (
            (told := json.dumps(channel.workspace.homes.get(person, {}), ensure_ascii=False)) and words in told and told
        ),
        f"{words!r} on the page of {person}",
    )
    return found


async def test_a_free_question_is_answered_to_who_asked_alone(channel: Channel) -> None:
    channel.world.slack.sockets.command("U0DANA", "list runs")

    told = await channel.whisper("U0DANA", RUN)

    assert told["thread_ts"] is None
    assert channel.workspace.from_bot() == []


async def test_a_request_is_said_in_the_channel_first_and_answered_there(channel: Channel, root: Path) -> None:
    channel.world.slack.sockets.command("U0DANA", f"judge runs/{RUN}", "C0OTHER")

    (said,) = await channel.until(lambda: said_elsewhere(channel), "what was said")
    await channel.result(said["ts"])
    await channel.settled(said["ts"])

    assert f"<@U0DANA> says with `/labs`: `judge runs/{RUN}`" in text(said)
    assert [(one["asked_by"], one["thread_ts"]) for one in table(root, "plans")] == [("U0DANA", said["ts"])]


@pytest.mark.parametrize("way", ["command", "shortcut", "home"])
async def test_the_form_opens_from_everywhere_and_its_request_stands_in_the_channel(channel: Channel, way: str) -> None:
    sockets = channel.world.slack.sockets
    match way:
        case "command":
            sockets.command("U0DANA", "")
        case "shortcut":
            sockets.shortcut("U0DANA", "labs:new")
        case _:
            await home_of(channel, "U0DANA", "New request")
            found = channel.workspace.homes["U0DANA"]
            sockets.press_view("U0DANA", found, {"action_id": "labs:open:else", "value": "labs:new"})
    view = await channel.form()

    channel.world.people.submit("U0DANA", view["id"], {"action": "show", "run": RUN, "more": ""})

    said = await channel.until(
        lambda: next((one for one in channel.workspace.from_bot() if "says in a form" in text(one)), None), "the words"
    )
    await channel.reply(said["ts"], "not judged yet")


async def test_a_shortcut_on_a_message_speaks_in_its_thread(channel: Channel, root: Path) -> None:
    asked = channel.say(f"in the labs channel: show runs/{RUN}")
    card = await channel.reply(asked, "not judged yet")

    channel.world.slack.sockets.shortcut("U0KIM", "labs:judge-this", card)
    await channel.result(asked)
    await channel.settled(asked)

    assert [one["asked_by"] for one in table(root, "plans")] == ["U0KIM"]


async def test_a_page_of_ones_own_says_what_waits_runs_and_was(start: Start, world: World) -> None:
    channel: Channel = await start(approval_above_usd="0.01")
    assert "Nothing waits for your word" in await home_of(channel, "U0SAM", "Waits for you")
    asked = channel.say(f"in the labs channel: judge runs/{RUN}")
    plan = await channel.plan(asked)

    waits = await home_of(channel, "U0SAM", "waiting for an approval")
    mine = await home_of(channel, "U0DANA", "Under way for you")
    channel.press(plan, "labs:approve", "U0SAM")
    await channel.settled(asked)
    over = await home_of(channel, "U0DANA", "PROCEED")

    assert "Nothing waits for your word" not in waits
    assert "archives/C0LABS/p" in waits
    assert "Nothing waits for your word" in mine
    assert "waiting for an approval" in mine
    assert "$0.04 of $200.00" in over
    assert "judge runs/" in over
    assert world.slack.refused == []


async def test_an_open_page_follows_without_a_click(channel: Channel) -> None:
    await home_of(channel, "U0DANA", "No run of yours yet")

    await channel.settled(channel.say(f"in the labs channel: judge runs/{RUN}"))

    await channel.until(lambda: "PROCEED" in json.dumps(channel.workspace.homes["U0DANA"]), "the verdict on the page")
    calls = [one for one in channel.world.slack.calls if one["method"] == "views.publish"]
    shown = [json.dumps(one["args"]["view"], sort_keys=True) for one in calls]
    assert all(one != other for one, other in itertools.pairwise(shown))  # never the same twice


async def test_guests_have_no_page_and_no_form(channel: Channel) -> None:
    channel.workspace.members["U0KIM"] = {"is_restricted": True}
    channel.world.slack.sockets.open_home("U0KIM")
    channel.world.slack.sockets.command("U0KIM", "")
    channel.world.slack.sockets.command("U0KIM", f"judge runs/{RUN}")

    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "under way")

    assert channel.workspace.homes == {}
    assert channel.world.people.view("U0KIM") is None
    assert said_elsewhere(channel) == []


async def test_it_all_works_over_http(start: Start, world: World, public: str) -> None:
    speak_http(world, public)
    channel: Channel = await start(slack_mode="http", port=int(public.rpartition(":")[2]))
    world.slack.sockets.command("U0DANA", "list runs")
    await channel.whisper("U0DANA", RUN)
    world.slack.sockets.command("U0DANA", "")
    await channel.form()
    await home_of(channel, "U0DANA", "New request")


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_what_was_said_with_a_command_says_it_once(world: World, root: Path, stage: Stage) -> None:
    channel = Channel(world)
    hold = world.slack.faults.hold("chat.postMessage", stage, 1)
    async with BotProcess(world, root) as bot:
        world.slack.sockets.command("U0DANA", f"judge runs/{RUN}")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        found: list[Any] = await channel.until(lambda: said_elsewhere(channel), "what was said")
        await channel.result(found[0]["ts"])
        await channel.settled(found[0]["ts"])

    assert len(said_elsewhere(channel)) == 1
    assert len(table(root, "jobs")) == 1
