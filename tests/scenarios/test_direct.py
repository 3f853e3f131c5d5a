"""What people write to the bot alone, what it writes to them, and where else it listens."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.faults import Stage
from bot.sandbox.slack.workspace import direct_channel
from bot.sandbox.world import World
from tests.channel import RUN, Channel, Message, buttons, pictures, text
from tests.conftest import Start, speak_http
from tests.ledger import table
from tests.photographs import good
from tests.process import BotProcess

DANA, SAM = direct_channel("U0DANA"), direct_channel("U0SAM")
TRAIN = "in the labs channel: train a LoRA of JD from inputs/lora-jd-fixture"


def write(channel: Channel, words: str, person: str = "U0DANA", thread: str | None = None) -> str:
    return channel.world.people.write(person, words, thread, channel=direct_channel(person))


def said(channel: Channel) -> list[Message]:
    """What the bot wrote in the channel itself."""
    return [one for one in channel.workspace.from_bot() if "channel" not in one]


async def test_a_question_is_answered_where_it_was_written(channel: Channel, world: World) -> None:
    answer = await channel.reply(write(channel, "list runs"), RUN)

    assert answer["channel"] == DANA
    assert said(channel) == []
    assert world.slack.refused == []


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_job_goes_on_in_the_channel_in_that_persons_name(
    start: Start, world: World, root: Path, public: str, mode: str
) -> None:
    given = {} if mode == "socket" else {"slack_mode": "http", "port": int(public.rpartition(":")[2])}
    channel = await start(**given)
    if mode == "http":
        speak_http(world, public)
    asked = write(channel, f"judge runs/{RUN}")

    words = f"<@U0DANA> says in a direct message: `judge runs/{RUN}`"
    there = await channel.until(lambda: next((m for m in said(channel) if words in text(m)), None), words)
    await channel.result(there["ts"])
    pointer = await channel.reply(asked, "it goes on in")
    again = write(channel, "show it", thread=asked)

    assert there["ts"].replace(".", "") in text(pointer)
    assert await channel.until(lambda: RUN in text(channel.replies(asked)[-1]), "its card, there")
    assert [(one["asked_by"], one["channel"]) for one in table(root, "plans")] == [("U0DANA", "C0LABS")]
    assert again
    assert world.slack.refused == []


async def test_what_cannot_be_planned_is_refused_where_it_was_written(channel: Channel, root: Path) -> None:
    answer = await channel.reply(write(channel, f"extend runs/{RUN} with seed 42"), ":warning:")

    assert answer["channel"] == DANA
    assert said(channel) == []
    assert table(root, "plans") == []


async def test_an_approver_sees_the_plan_and_decides_there(channel: Channel, root: Path) -> None:
    asked = channel.say(TRAIN)
    told = await channel.until(lambda: channel.workspace.direct("U0SAM"), "the plan, to Sam")

    assert "up to $" in text(told[0])
    assert len(pictures(told[0])) == 1
    assert list(buttons(told[0]))[:2] == ["labs:open:approve" if "amber" in text(told[0]) else "labs:approve",
                                          "labs:open:deny"]  # fmt: skip
    channel.press(told[0], "labs:approve", "U0SAM")
    await channel.until(lambda: "waits no more: approved by <@U0SAM>" in text(told[0]), "that it is decided")
    await channel.result(asked)
    assert buttons(told[0]) == {}
    assert [one["decided_by"] for one in table(root, "jobs")] == ["U0SAM"]


async def test_a_denial_there_asks_why_and_stands_in_the_thread(channel: Channel, root: Path) -> None:
    asked = channel.say(TRAIN)
    told = await channel.until(lambda: channel.workspace.direct("U0SAM"), "the plan, to Sam")

    await channel.fill(told[0], "labs:open:deny", "U0SAM", reason="not before Monday")

    await channel.reply(asked, "Denied by <@U0SAM>: not before Monday")
    await channel.until(lambda: "denied by <@U0SAM>" in text(told[0]), "the end of the question")
    assert table(root, "charges") == []


async def test_the_picture_of_a_plan_is_deleted_once_it_is_decided(channel: Channel) -> None:
    asked = channel.say(TRAIN)
    told = await channel.until(lambda: channel.workspace.direct("U0SAM"), "the plan, to Sam")
    file_id = pictures(told[0])[0]["slack_file"]["id"]

    channel.say("deny", "U0SAM", asked)

    before_the_sweep = 30.0
    await channel.until(lambda: file_id in channel.workspace.deleted, "no photographs left behind", before_the_sweep)


async def test_a_guest_is_not_answered_there(channel: Channel) -> None:
    channel.workspace.members["U0KIM"] = {"is_restricted": True}
    write(channel, "list runs", "U0KIM")

    await channel.reply(write(channel, "list runs"), RUN)

    assert channel.workspace.direct("U0KIM")[0]["user"] == "U0KIM"


async def test_a_mention_elsewhere_is_told_where_to_ask(channel: Channel, root: Path) -> None:
    channel.workspace.others = frozenset({"C0OTHER"})
    channel.world.people.write("U0DANA", "<@U0LABSBOT> list runs", channel="C0OTHER")

    told = await channel.whisper("U0DANA", "I work in <#C0LABS>")

    assert told["channel"] == "C0OTHER"
    assert table(root, "inbox") == []


async def test_a_further_channel_has_its_own_threads(start: Start, world: World, root: Path) -> None:
    world.slack.workspace.others = frozenset({"C0SECOND"})
    channel = await start(also_channels=("C0SECOND",))
    asked = world.people.write("U0DANA", f"in the labs channel: judge runs/{RUN}", channel="C0SECOND")

    result = await channel.result(asked)

    assert result["channel"] == "C0SECOND"
    assert [one["channel"] for one in table(root, "plans")] == ["C0SECOND"]
    assert world.slack.refused == []


async def test_what_could_be_written_is_suggested_and_costs_nothing(channel: Channel, root: Path) -> None:
    channel.world.slack.sockets.open_home("U0DANA", "messages")
    prompts = await channel.until(lambda: channel.workspace.prompts.get(DANA), "suggestions")

    assert 0 < len(prompts) <= 4
    for one in prompts:
        answer = await channel.reply(write(channel, one["message"]), "")
        assert ":warning:" not in text(answer)
    assert said(channel) == []
    assert table(root, "plans") == []


async def test_a_workspace_without_that_view_goes_without(channel: Channel, world: World) -> None:
    channel.workspace.agents = False
    channel.world.slack.sockets.open_home("U0DANA", "messages")

    await channel.until(lambda: any("not_agent_app" in one for one in world.slack.refused), "the refusal")

    await channel.reply(write(channel, "list runs"), RUN)


async def test_it_says_that_it_reads_while_claude_does(channel: Channel, world: World) -> None:
    asked = write(channel, "could you maybe tell me how much money went away lately please")

    await channel.reply(asked, "")

    told = [call["args"] for call in world.slack.calls if call["method"] == "assistant.threads.setStatus"]
    assert [(one["channel_id"], one["thread_ts"]) for one in told] == [(DANA, asked)]
    assert channel.workspace.statuses == {}


async def test_photographs_of_a_message_are_trained_from_by_a_shortcut(channel: Channel, root: Path) -> None:
    posted = channel.say("here they are", files=[(f"IMG_{n}.jpg", good(n)) for n in range(3)])
    channel.world.slack.sockets.shortcut("U0DANA", "labs:train-this", channel.workspace.messages[posted])
    view = await channel.form()

    channel.world.people.submit("U0DANA", view["id"], {"whose": "ZZ"})

    await channel.reply(posted, "3 photographs of ZZ taken in")
    assert [one["identity"] for one in table(root, "incoming")] == ["zz"]


@pytest.mark.parametrize(
    ("number", "stage"), [(1, "before"), (1, "during"), (1, "after"), (2, "during"), (3, "during")]
)
async def test_a_kill_around_a_job_that_was_asked_for_alone_says_and_begins_it_once(
    world: World, root: Path, number: int, stage: Stage
) -> None:
    """Of the words in the channel, of the pointer to them, of the plan: none is there twice, and one job."""
    channel = Channel(world)
    hold = world.slack.faults.hold("chat.postMessage", stage, number)
    async with BotProcess(world, root) as bot:
        asked = write(channel, f"judge runs/{RUN}")
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root):
        there = await channel.until(lambda: [one for one in said(channel) if "says in a direct" in text(one)], "words")
        await channel.result(there[0]["ts"])
        await channel.settled(there[0]["ts"])
        await channel.reply(asked, "it goes on in")

    assert len([one for one in said(channel) if "says in a direct" in text(one)]) == 1
    assert len(channel.replies(there[0]["ts"])) == 3
    assert len(channel.replies(asked)) == 1
    assert len(table(root, "jobs")) == 1
    assert len(world.anthropic.asked) == 6
