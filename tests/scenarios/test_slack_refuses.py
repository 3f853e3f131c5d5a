"""What Slack refuses: tried again while somebody can mend it, sent another way where there is one, never in silence."""

import json
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from handlers import slack_codes
from handlers.slack_codes import Refusal, meaning
from tests.channel import ENDED, RUN, Channel, buttons, moment, pictures, text
from tests.conftest import Start
from tests.ledger import table

ASK = f"in the labs channel: judge runs/{RUN}"
METHODS = json.loads((Path(__file__).parents[1] / "contract/slack/methods.json").read_text())
POSTING = METHODS["chat.postMessage"]["errors"]
EDITING = METHODS["chat.update"]["errors"]


def refuses(*codes: str) -> list[Fault]:
    return [Fault("answer", status=200, body={"ok": False, "error": code}) for code in codes]


def test_every_name_of_the_table_is_one_of_slacks() -> None:
    known = {error for method in METHODS.values() for error in method["errors"]}
    general = set(slack_codes.GENERAL)

    assert slack_codes.NAMED - known - general == set()


def test_a_refusal_that_ends_a_message_is_about_whom_it_goes_to_alone() -> None:
    """All others are tried again, or go another way: no paid verdict ends with a name that nobody thought of."""
    ends = {code for code in [*POSTING, "never_heard_of"] if meaning(code, editing=False) is Refusal.TARGET}

    assert ends <= {"messages_tab_disabled", "user_not_found", "user_disabled", "cannot_dm_bot", "user_not_visible"}
    assert meaning("never_heard_of", editing=False) is meaning("never_heard_of", editing=True) is Refusal.WAIT


async def test_what_somebody_can_mend_waits_is_named_and_arrives(start: Start, world: World) -> None:
    channel: Channel = await start(probe_s=0.3)
    world.anthropic.latency_s = 0.1
    asked = channel.say(ASK)
    anchor = await channel.reply(asked, "of 6")
    world.slack.faults.add("chat.postMessage", *refuses("is_archived", "token_revoked", "no_such_name_yet"))

    named = await channel.reply(asked, "Its result cannot be posted: Slack says")
    await channel.result(asked)
    settled = await channel.settled(asked)

    assert named["ts"] == anchor["ts"]
    assert "cannot be posted" not in text(await channel.until(lambda: _without(settled, "cannot be posted"), "its end"))
    assert len(channel.replies(asked)) == 2


def _without(message: dict[str, object], words: str) -> dict[str, object] | None:
    return None if words in text(message) else message


@pytest.mark.parametrize("code", ["msg_blocks_too_long", "invalid_metadata_format", "block_mismatch"])
async def test_what_slack_does_not_take_of_a_message_goes_in_plain_words(
    channel: Channel, world: World, code: str
) -> None:
    world.slack.faults.add("chat.postMessage", *refuses(code))

    answer = await channel.reply(channel.say("list runs"), "Runs, newest first")

    assert answer["blocks"] == []


async def test_a_result_whose_picture_is_refused_comes_with_a_file(channel: Channel, world: World) -> None:
    asked = channel.say(ASK)
    await channel.reply(asked, "Starts in a moment")
    world.slack.faults.add("chat.postMessage", *refuses("slack_connect_file_link_sharing_blocked"))

    assert pictures(await channel.result(asked)) == []
    await channel.until(lambda: [one for one in channel.replies(asked) if one.get("files")], "the grid as a file")


async def test_a_locked_thread_is_answered_in_the_channel(channel: Channel, world: World) -> None:
    world.slack.faults.add("chat.postMessage", *refuses("restricted_action_thread_locked"))

    channel.say("list runs")

    said = await channel.until(
        lambda: [one for one in channel.workspace.messages.values() if one.get("bot_id")], "an answer"
    )
    assert said[0].get("thread_ts") is None


@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed"])
async def test_another_message_takes_the_place_of_one_that_cannot_be_edited(
    start: Start, world: World, code: str
) -> None:
    channel: Channel = await start(grace_s=1)
    asked = channel.say(ASK)
    first = await channel.reply(asked, "Starts in a moment")
    world.slack.faults.add("chat.update", *refuses(code))

    await channel.result(asked)
    done = await channel.settled(asked)

    assert done["ts"] != first["ts"]
    assert sum("Done in" in text(one) for one in channel.replies(asked)) == 1


async def test_an_edit_that_failed_is_made_again(channel: Channel, world: World) -> None:
    world.slack.faults.add("chat.update", *refuses("update_failed", "rate_limited", "ekm_access_denied"))
    asked = channel.say(ASK)

    done = await channel.settled(asked)

    assert buttons(done) == ENDED


async def test_nothing_is_bought_for_a_plan_that_nobody_can_see(start: Start, world: World, root: Path) -> None:
    """Slack takes the plan's message never: who asked hears of it alone, nothing starts, and its money is free."""
    channel: Channel = await start(probe_s=0.05, unposted_s=1)
    world.slack.workspace.refusing["C0LABS"] = "not_in_channel"
    channel.say(ASK)

    told = await channel.until(
        lambda: [one for one in channel.workspace.messages.values() if "cannot post about your request" in text(one)],
        "a message to who asked",
    )
    await channel.until(lambda: [row["state"] for row in table(root, "jobs")] == ["failed"], "the job's end")

    assert told[0]["channel"] == "D0DANA"
    assert world.anthropic.asked == []
    assert all(row["used_micros"] == 0 for row in table(root, "budgets"))


async def test_a_decision_is_seen_at_once_and_a_second_click_hears_so_alone(start: Start, world: World) -> None:
    channel: Channel = await start(approval_above_usd="0.01", edit_every_s=30)
    world.anthropic.latency_s = 1.0
    asked = channel.say(ASK)
    plan = await channel.plan(asked)

    channel.press(plan, "labs:approve", "U0SAM")
    channel.press(plan, "labs:approve", "U0SAM")
    await channel.until(lambda: "labs:approve" not in buttons(plan), "the buttons' end", seconds=5)
    told = await channel.whisper("U0SAM", "does not wait for a decision any more")

    assert "Decided by: <@U0SAM>." in text(told)
    assert len(channel.replies(asked)) == 1


async def test_who_may_not_decide_gets_no_modal_that_asks(start: Start, world: World) -> None:
    channel: Channel = await start(approval_above_usd="0.01")
    plan = await channel.plan(channel.say(ASK))

    channel.press(plan, "labs:open:deny", "U0KIM")
    view = await channel.form("U0KIM")

    assert "submit" not in view
    assert "Only an approver decides that." in json.dumps(view)
    assert "<@U0SAM>" in json.dumps(view)


async def test_originals_asked_for_again_are_pointed_to(channel: Channel) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)
    channel.choose(result, "Originals, and a zip")
    await channel.until(lambda: sum(bool(one.get("files")) for one in channel.replies(asked)) == 2, "the originals")

    channel.choose(result, "Originals, and a zip")

    await channel.whisper("U0DANA", "asked for already")
    await moment(0.05)
    assert sum(bool(one.get("files")) for one in channel.replies(asked)) == 2
