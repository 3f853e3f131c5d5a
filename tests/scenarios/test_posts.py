"""What stands in the thread: pictures, edits, answers; each once, whatever Slack does."""

import io
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.lab import draw_run
from bot.sandbox.world import World
from handlers.slack_errors import LONGEST_WAIT_S, wait_of
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, Message, pictures, text
from tests.conftest import Start

ASK = f"in the labs channel: judge runs/{RUN}"
LIMITED = Fault("answer", status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "1"})


async def test_a_lost_answer_to_a_post_is_read_back_not_posted_again(channel: Channel, world: World) -> None:
    world.slack.faults.add("chat.postMessage", Fault("hang up after"))

    asked = channel.say(ASK)
    await channel.result(asked)
    await channel.settled(asked)

    assert len(channel.replies(asked)) == 2


async def test_a_post_that_never_arrived_is_posted_once_more(channel: Channel, world: World) -> None:
    world.slack.faults.add("chat.postMessage", Fault("hang up before"))

    asked = channel.say(ASK)
    await channel.result(asked)
    await channel.settled(asked)

    assert len(channel.replies(asked)) == 2


async def test_a_busy_slack_is_waited_for(channel: Channel, world: World) -> None:
    world.slack.faults.add("chat.postMessage", LIMITED)
    world.slack.faults.add("chat.update", LIMITED)
    world.slack.faults.add("files.getUploadURLExternal", LIMITED)

    asked = channel.say(ASK)
    await channel.result(asked)
    await channel.settled(asked)

    assert len(channel.replies(asked)) == 2


async def test_a_picture_that_slack_does_not_finish_goes_into_the_thread_as_a_file(start: Start, world: World) -> None:
    world.slack.workspace.file_delay_s = 3600
    channel: Channel = await start(file_wait_s=0.01)

    asked = channel.say(ASK)
    result = await channel.result(asked)
    shared = await channel.until(
        lambda: [message for message in channel.replies(asked) if message.get("files")], "the shared grid"
    )

    assert pictures(result) == []
    assert "follows as a file" in text(result)
    assert len(shared) == 1


async def test_a_file_that_slack_calls_ready_and_then_refuses_goes_into_the_thread(
    channel: Channel, world: World
) -> None:
    refused = Fault(
        "answer",
        status=200,
        body={
            "ok": False,
            "error": "invalid_blocks",
            "errors": ["invalid slack file [json-pointer:/blocks/2/slack_file]"],
        },
    )
    asked = channel.say(ASK)
    await channel.reply(asked, "Starts in a moment")
    world.slack.faults.add("chat.postMessage", refused)

    result = await channel.result(asked)
    await channel.until(
        lambda: [message for message in channel.replies(asked) if message.get("files")], "the shared grid"
    )

    assert pictures(result) == []


async def test_the_originals_are_shared_once_however_often_they_are_asked_for(channel: Channel, root: Path) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)

    channel.choose(result, "Originals, and a zip")
    channel.choose(result, "Originals, and a zip")
    await channel.until(lambda: len(with_files(channel, asked)) == 2, "the originals")
    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    packed, pictures = sorted(with_files(channel, asked), key=lambda one: len(one["files"]))
    assert [file["name"].endswith("-originals.zip") for file in packed["files"]] == [True]
    assert len(pictures["files"]) == 6
    content = channel.workspace.files[packed["files"][0]["id"]].content
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 6
    assert list((root / ".labs").glob("*.zip")) == []


async def test_the_whole_sheet_and_the_data_come_as_files(channel: Channel, root: Path) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)
    await channel.settled(asked)

    channel.choose(result, "The whole sheet")
    await channel.until(lambda: len(with_files(channel, asked)) == 1, "the sheet")
    channel.choose(result, "Data: JSON and CSV")
    await channel.until(lambda: len(with_files(channel, asked)) == 2, "the data")

    sheet, data = with_files(channel, asked)
    assert [file["name"] for file in sheet["files"]] == [f"{RUN}-grid.png"]
    assert f"{RUN}-judge_output.json" in [file["name"] for file in data["files"]]
    written = channel.workspace.files[data["files"][0]["id"]].content
    assert written == (root / f"runs/{RUN}/judge_output.json").read_bytes()


def with_files(channel: Channel, asked: str) -> list[Message]:
    return [message for message in channel.replies(asked) if message.get("files")]


async def test_edits_are_few_and_the_last_one_arrives(start: Start, world: World) -> None:
    world.slack.workspace.lacks = frozenset()  # an edit that is refused once goes twice
    channel: Channel = await start(edit_every_s=0.5, judge_concurrency=1)
    world.anthropic.latency_s = 0.05

    asked = channel.say("in the labs channel: judge runs/20260612-cb-lora-v2")
    anchor = await channel.settled(asked)

    edits = [call["at"] for call in world.slack.calls if call["method"] == "chat.update"]
    assert len(edits) >= 2
    assert all(after - before >= 0.45 for before, after in pairwise(edits))
    assert "Done in" in text(anchor)


async def test_a_deleted_message_stops_no_job(channel: Channel, world: World) -> None:
    world.anthropic.latency_s = 0.1
    asked = channel.say(ASK)
    anchor = await channel.reply(asked, "Starts in a moment")
    del channel.workspace.messages[anchor["ts"]]

    result = await channel.result(asked)

    assert "PROCEED" in text(result)


async def test_show_list_status_spend_and_help_answer_at_once(channel: Channel) -> None:
    await channel.result(channel.say(ASK))

    for words, answer in (
        (f"show runs/{RUN}", "PROCEED"),
        ("list runs", "not judged yet"),
        ("list fixtures", "12 photos"),
        ("<@U0LABSBOT> list jobs", "done"),
        ("<@U0LABSBOT> what's running?", "Nothing is under way"),
        ("<@U0LABSBOT> how much have we spent this month?", "for 6 calls"),
        ("<@U0LABSBOT> help", "What I can do"),
        (f"extend runs/{RUN} with 7 more seeds, then judge", "21 new images"),
        ("<@U0LABSBOT> make it less plastic", "I did not understand"),
        ("judge it", "Which run?"),
    ):
        await channel.reply(channel.say(words), answer)


async def test_the_grid_can_be_shown_again(channel: Channel, root: Path) -> None:
    before = {path.name for path in Lab(root).run(RUN).path.iterdir()}

    answer = await channel.reply(channel.say(f"show the grid of runs/{RUN}"), "not judged yet")

    assert len(pictures(answer)) == 1
    assert {path.name for path in Lab(root).run(RUN).path.iterdir()} == before


async def test_prompts_that_stand_nowhere_are_asked_for_once(channel: Channel, root: Path, world: World) -> None:
    name = "20260701-cb-lora-v3"
    draw_run(root, name, "CB3-LORA", (42,), {})
    (root / "runs" / name / "run.json").unlink()

    asked = channel.say(f"judge runs/{name} with cb_4.jpg as the identity reference")
    await channel.reply(asked, "Answer in this thread")
    channel.say(
        'front-full: "a full-body photo of TOKR"\nupper-front: “an upper-body photo of TOKR”\n3q-side: a three-quarter'
        " side photo of TOKR, looking off-camera",
        thread=asked,
    )
    await channel.result(asked)

    assert len(world.anthropic.asked) == 3
    assert [cell.prompt for cell in Lab(root).run(name).cells] == [
        "a full-body photo of TOKR",
        "an upper-body photo of TOKR",
        "a three-quarter side photo of TOKR, looking off-camera",
    ]


async def test_a_matrix_above_sixty_cells_is_one_picture_and_a_sheet_for_each_prompt(
    channel: Channel, root: Path, world: World
) -> None:
    world.anthropic.look = False
    draw_run(root, "20260801-cb-lora-v4", "CB4-LORA", tuple(range(1, 22)), {}, size=(96, 128))

    result = await channel.result(channel.say("in the labs channel: judge runs/20260801-cb-lora-v4"))

    assert len(pictures(result)) == 1
    assert len(list((root / "runs/20260801-cb-lora-v4").glob("grid-*"))) == 3
    assert len(world.anthropic.asked) == 63


@pytest.mark.parametrize("body", [b"<html>sign in</html>", None, [], "ok", {"ok": True}, {"ok": "yes", "ts": 7}])
@pytest.mark.parametrize("kind", ["answer", "answer after"])
async def test_an_answer_of_another_shape_is_lost_and_read_back(
    channel: Channel, world: World, body: object, kind: Literal["answer", "answer after"]
) -> None:
    """A proxy's page, or half an answer: posted or not, the thread tells."""
    odd = Fault(kind, status=200, body=body)
    world.slack.faults.add("chat.postMessage", odd)
    world.slack.faults.add("chat.update", odd)
    world.slack.faults.add("conversations.replies", odd)

    await channel.reply(asked := channel.say("list runs"), "Runs, newest first")

    assert len(channel.replies(asked)) == 1


@pytest.mark.parametrize("wait", ["1e9", "inf", "nan", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
def test_a_wait_is_bounded_whatever_slack_says(wait: str) -> None:
    assert 0 <= wait_of(wait) <= LONGEST_WAIT_S
