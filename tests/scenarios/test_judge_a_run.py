"""The main job, from the words in #labs to the grid and the verdict in the thread."""

import io
import json
import re
import sys
from pathlib import Path

import yaml
from PIL import Image

from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.files import JudgeOutput
from pipeline.lab.lab import Lab
from pipeline.language.parse import parse
from pipeline.request import Ask, Talk
from tests.channel import CARD_SENTENCE, RUN, Channel, buttons, pictures, text
from tests.conftest import Start

REPOSITORY = Path(__file__).parents[2]


async def test_the_cards_sentence_leads_to_the_grid_and_the_verdict(channel: Channel, world: World, root: Path) -> None:
    world.anthropic.latency_s = 0.15

    asked = channel.say(CARD_SENTENCE)
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    assert "PROCEED" in text(result)
    assert "44–97 %" in text(result)
    assert "Q1 identity 5/6" in text(result)
    assert "CB-LORA-front-full-S7301" in text(result)
    assert "<@U0DANA>" in text(result)
    assert "simulated" in text(result)
    assert anchor["updates"] >= 2
    assert "labs:cancel" not in buttons(anchor)
    assert len(channel.replies(asked)) == 2
    picture = pictures(result)[0]
    file = channel.workspace.files[picture["slack_file"]["id"]]
    assert Image.open(io.BytesIO(file.content)).width > 1000
    assert "CB-LORA-front-full-S7301 fails Q1" in picture["alt_text"]
    assert len(world.anthropic.asked) == 6
    assert world.slack.refused == []
    run = Lab(root).run(RUN)
    assert state_of(run).verdict.word is Word.PROCEED
    output = run.output
    assert output is not None
    assert output.judge is not None
    assert (output.model, output.reference) == ("claude-sonnet-4-6", "inputs/lora-cb-fixture/cb_4.jpg")
    assert (
        JudgeOutput.read((run.path / "judge_output.json").read_bytes(), "it").write()
        == (run.path / "judge_output.json").read_bytes()
    )
    assert list(json.loads((run.path / "judge_output.json").read_bytes()))[:6] == [
        "judge_version",
        "model",
        "judged_at",
        "reference",
        "cells",
        "summary",
    ]
    assert (run.summary or "").startswith("# ✅ PROCEED: CB LoRA identity validation")
    assert len(run.log) == 6
    assert run.manifest is not None
    assert run.manifest.judges == (output.judge,)


async def test_the_plan_is_shown_before_money_moves(start: Start, world: World) -> None:
    channel: Channel = await start(grace_s=30)

    asked = channel.say(CARD_SENTENCE)
    anchor = await channel.reply(asked, "Starts in a moment")

    said = text(anchor)
    for words in ("6 cells", "claude-sonnet-4-6", "cb_4.jpg", "list price of", "$0.0"):
        assert words in said
    assert "labs:cancel" in buttons(anchor)
    assert world.anthropic.asked == []


async def test_every_sentence_the_bot_prints_is_understood_by_it(channel: Channel, root: Path) -> None:
    result = await channel.result(channel.say(CARD_SENTENCE))

    catalogue = Lab(root).catalogue()
    sentences = re.findall(r"• `([^`]+)`", await channel.details(result))

    assert len(sentences) >= 3
    for sentence in sentences:
        read = parse(f"in the labs channel: {sentence}", catalogue)
        assert not isinstance(read, Ask | Talk), sentence
        assert RUN in sentence


async def test_the_first_call_fills_the_cache_and_the_others_read_it(channel: Channel, world: World) -> None:
    await channel.result(channel.say(CARD_SENTENCE))

    writes = [call["usage"]["cache_creation_input_tokens"] for call in world.anthropic.asked]
    reads = [call["usage"]["cache_read_input_tokens"] for call in world.anthropic.asked]
    assert writes[0] > 0
    assert sum(writes[1:]) == 0
    assert reads[0] == 0
    assert all(reads[1:])


async def test_every_call_and_block_passes_the_labs_contract_checkers(channel: Channel, world: World) -> None:
    asked = channel.say(CARD_SENTENCE)
    result = await channel.result(asked)
    await channel.settled(asked)
    channel.choose(result, "Originals, and a zip")
    await channel.until(lambda: any(message.get("files") for message in channel.replies(asked)), "the originals")
    unknown = channel.say("<@U0LABSBOT> judge runs/20260529-cb-lora-v9")
    await channel.reply(unknown, "is no run here")

    sys.path.insert(0, str(REPOSITORY / "tests/contract/slack"))
    import check_blocks
    import check_calls

    # Without `at`: the tests run faster than people do, and the rate checks are for people's time.
    problems, scopes = check_calls.check({"method": call["method"], "args": call["args"]} for call in world.slack.calls)
    lacks, unused = check_calls.check_scopes(yaml.safe_load((REPOSITORY / "manifest.yml").read_text()), scopes)
    assert problems == []
    assert lacks == []
    # Messages to one person alone are in test_notices.py, links in test_pages.py.
    later = {"app_mentions:read", "assistant:write", "commands", "im:history", "im:write", "links:read", "links:write"}
    assert set(unused) <= later
    for message in channel.replies(asked):
        assert check_blocks.check_message({"text": message["text"], "blocks": message["blocks"] or None}) == []


async def test_a_redelivered_and_doubled_message_is_one_job(channel: Channel, world: World) -> None:
    asked = channel.say(f"<@U0LABSBOT> judge runs/{RUN}")
    message = channel.workspace.messages[asked]
    for _ in range(3):
        world.slack.sockets.event({**message, "channel": "C0LABS", "channel_type": "channel"})

    await channel.result(asked)
    await channel.settled(asked)

    assert len(channel.replies(asked)) == 2
    assert len(world.anthropic.asked) == 6


async def test_talk_and_other_channels_stay_unanswered(channel: Channel, world: World) -> None:
    talk = [
        "we should train CB tomorrow",
        "the judge was wrong about seed 7301",
        "don't judge this yet",
        "thanks everyone!",
        "I'd rather extend the deadline than the matrix, honestly",
    ]
    heard = [channel.say(words) for words in talk]
    world.people.write("U0DANA", f"judge runs/{RUN}", channel="C0OTHER")

    asked = channel.say(f"show runs/{RUN}")
    await channel.reply(asked, "not judged yet")

    assert [channel.replies(ts) for ts in heard] == [[]] * len(talk)
    assert world.anthropic.asked == []


async def test_an_unknown_run_gets_the_nearest_names_as_buttons(channel: Channel, world: World) -> None:
    asked = channel.say("<@U0LABSBOT> judge runs/20260529-cb-lora-v3 with cb_4.jpg as the identity reference")
    answer = await channel.reply(asked, "is no run here")

    assert RUN in text(answer)
    assert world.anthropic.asked == []
    channel.press(answer, "labs:choose:0")
    await channel.result(asked)


async def test_an_edited_request_gets_one_line_and_an_edited_remark_none(channel: Channel, world: World) -> None:
    asked = channel.say(f"show runs/{RUN}")
    remark = channel.say("good morning")
    await channel.reply(asked, "not judged yet")
    world.people.edit(asked, "show runs/20260612-cb-lora-v2")
    world.people.edit(asked, "show runs/20260612-cb-lora-v2 please")
    world.people.edit(remark, "good evening")

    await channel.reply(asked, "Post it again")
    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    assert sum("Post it again" in text(message) for message in channel.told(asked)) == 1
    assert channel.replies(remark) == []


async def test_a_reference_of_somebody_else_is_asked_about_first(channel: Channel, world: World) -> None:
    asked = channel.say(f"in the labs channel: judge runs/{RUN} with jd_1.jpg as the identity reference")
    doubt = await channel.reply(asked, "the run is of CB")

    assert "jd_1.jpg lies in inputs/lora-jd-fixture" in text(doubt)
    assert world.anthropic.asked == []

    channel.press(doubt, "labs:do:0")
    await channel.result(asked)
    assert len(world.anthropic.asked) == 6
