"""What the channel shows by itself, what one person alone is told, and what a form says before it closes."""

from pathlib import Path

import pytest

from bot.sandbox.slack.elements import NEWER
from bot.sandbox.world import World
from bot.settings.scopes import NEEDED
from tests.channel import ENDED, RUN, Channel, buttons, text
from tests.conftest import Start
from tests.ledger import table

JUDGE = f"in the labs channel: judge runs/{RUN}"
TRAIN = "in the labs channel: train a LoRA of JD from inputs/lora-jd-fixture"


@pytest.mark.parametrize("on", [True, False], ids=["by default", "switched off"])
async def test_verdicts_and_plans_that_wait_are_shown_in_the_channel_once(start: Start, world: World, on: bool) -> None:
    channel: Channel = await start(broadcast=on)
    plan = await channel.plan(channel.say(TRAIN))
    asked = channel.say(JUDGE)
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    shown = [one["ts"] for one in channel.workspace.from_bot() if one.get("subtype") == "thread_broadcast"]
    assert shown == ([plan["ts"], result["ts"]] if on else [])
    assert anchor["ts"] not in shown


async def test_a_plan_ends_as_one_line_that_leads_to_its_result(channel: Channel) -> None:
    asked = channel.say(JUDGE)
    result = await channel.result(asked)
    await channel.until(lambda: "|the result>" in text(channel.replies(asked)[0]), "the way to the result")
    anchor = channel.replies(asked)[0]

    assert [block["type"] for block in anchor["blocks"]] == ["section"]
    assert buttons(anchor) == ENDED
    assert f"p{result['ts'].replace('.', '')}?thread_ts={asked}" in text(anchor)
    assert "claude-sonnet-4-6" in await channel.planned(anchor)


async def test_a_refusal_is_told_to_who_asked_alone(channel: Channel) -> None:
    asked = channel.say(f"in the labs channel: extend runs/{RUN} with seed 42")

    told = await channel.whisper("U0DANA", ":warning:")

    assert told["thread_ts"] is None
    assert channel.replies(asked) == []


async def test_a_refusal_in_a_thread_is_told_there(channel: Channel) -> None:
    asked = channel.say(f"in the labs channel: show runs/{RUN}")
    await channel.reply(asked, "not judged yet")
    channel.say("in the labs channel: approve 123abc", "U0KIM", asked)

    told = await channel.whisper("U0KIM", "no job '123abc'")

    assert told["thread_ts"] == asked
    assert len(channel.replies(asked)) == 1


async def test_what_is_wrong_in_a_form_is_said_in_the_form(channel: Channel, root: Path) -> None:
    plan = await channel.plan(channel.say(TRAIN))
    channel.press(plan, "labs:open:change")
    view = await channel.form()

    channel.world.people.submit("U0DANA", view["id"], {"seeds": "as many as you can", "steps": "1200"})
    again = await channel.until(lambda: (seen := channel.world.people.view("U0DANA")) and seen.get("errors") and seen,
                                "the form with what is wrong")  # fmt: skip

    assert list(again["errors"]) == ["seeds"]
    assert again["state"]["values"]["steps"]["steps"]["value"] == "1200"
    assert len(table(root, "plans")) == 1
    channel.world.people.submit("U0DANA", again["id"], {"seeds": "7, 8", "steps": "1200"})
    second = await channel.until(
        lambda: next((one for one in channel.workspace.from_bot() if "seeds 7, 8" in text(one)), None), "the new plan"
    )
    assert "1200 steps" in text(second)


async def test_a_request_that_is_not_got_stays_in_its_form(channel: Channel, root: Path) -> None:
    channel.world.slack.sockets.command("U0DANA", "")
    view = await channel.form()
    channel.world.people.submit(
        "U0DANA", view["id"], {"action": "extend", "run": RUN, "more": "with the wrong trousers"}
    )

    again = await channel.until(lambda: (seen := channel.world.people.view("U0DANA")) and seen.get("errors") and seen,
                                "the form with what is wrong")  # fmt: skip

    assert list(again["errors"]) == ["more"]
    assert table(root, "inbox") == []
    assert channel.workspace.from_bot() == []


async def test_a_workspace_without_the_newer_blocks_is_asked_once(start: Start, world: World, root: Path) -> None:
    world.slack.workspace.lacks = NEWER
    channel: Channel = await start()
    for words in (f"in the labs channel: re-run runs/{RUN} with seed 5", JUDGE):
        await channel.result(channel.say(words))
    await channel.stop()
    again: Channel = await start()
    await again.result(again.say(f"in the labs channel: re-run runs/{RUN} with seed 6"))
    for _ in range(2):
        answer = await again.reply(again.say("in the labs channel: find the best seeds"), "single look")
        assert "```" in text(answer)

    assert world.slack.workspace.lacked == [{"plan"}, {"data_table"}]
    assert sorted(one["block"] for one in table(root, "lacks")) == ["data_table", "plan"]
    assert world.slack.refused == []


async def test_a_table_can_be_sorted_by_its_numbers(start: Start, world: World) -> None:
    world.slack.workspace.lacks = frozenset()
    channel: Channel = await start()
    await channel.result(channel.say(JUDGE))

    answer = await channel.reply(channel.say("in the labs channel: find the best seeds"), "single look")

    shown = next(block for block in answer["blocks"] if block["type"] == "data_table")
    assert [cell["text"] for cell in shown["rows"][0]] == ["#", "name", "passed", "single look"]
    assert [row[2]["type"] for row in shown["rows"][1:]] == ["raw_number", "raw_number"]


async def test_with_the_least_that_slack_may_grant_everything_else_works(start: Start, world: World) -> None:
    world.slack.scopes = frozenset(NEEDED)
    channel: Channel = await start(approval_above_usd=0.01)
    asked = channel.say(f"{JUDGE}")
    plan = await channel.plan(asked)
    assert "<@U0SAM>" in text(plan)

    channel.press(plan, "labs:approve", "U0SAM")
    await channel.result(asked)
    await channel.settled(asked)

    assert all("missing_scope" in one for one in world.slack.refused)


async def test_a_job_that_is_stopped_leaves_whole_columns(start: Start, root: Path) -> None:
    channel: Channel = await start(approval_above_usd=0.01)
    await channel.plan(channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 5, 6, then judge"))
    await channel.plan(channel.say(JUDGE))

    made = [one["label"].rpartition("-S")[2] for one in table(root, "orders")]
    judged = [one["label"].rpartition("-S")[2] for one in table(root, "calls")]
    assert made == ["5"] * 3 + ["6"] * 3
    assert [one for one in judged if one.isdigit()] == ["42"] * 3 + ["7301"] * 3
