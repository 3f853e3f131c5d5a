"""Who is told what beside the thread: approvers, watchers; once, and not in quiet hours."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.sandbox.wire import decoded
from bot.sandbox.world import World
from bot.settings.waits import end_of_span
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import table

REPOSITORY = Path(__file__).parents[2]
JUDGE = f"in the labs channel: judge runs/{RUN}"
TRAIN = "in the labs channel: train a LoRA of JD from inputs/lora-jd-fixture"


async def test_an_approver_hears_of_a_plan_that_waits_and_who_asked_does_not(start: Start, world: World) -> None:
    channel = await start(approvers=("U0SAM", "U0DANA"))
    asked = channel.say(TRAIN)
    await channel.plan(asked)
    told = await channel.until(lambda: channel.workspace.direct("U0SAM"), "a message to Sam")

    assert "A plan waits for an approval: train a LoRA of JD" in text(told[0])
    assert f"archives/C0LABS/p{asked.replace('.', '')}" in text(told[0])
    assert len(told) == 1
    assert channel.workspace.direct("U0DANA") == []

    channel.say("deny", "U0SAM", asked)
    await channel.until(lambda: "waits no more: denied by <@U0SAM>" in text(told[0]), "its end")


async def test_watchers_hear_the_verdict_once_and_again_only_when_it_changes(channel: Channel, world: World) -> None:
    elsewhere = channel.say(f"<@U0LABSBOT> tell me when runs/{RUN} has a verdict", "U0SAM")
    await channel.reply(elsewhere, "You will hear of the verdict")
    await channel.result(channel.say(JUDGE))
    told = await channel.until(lambda: channel.workspace.direct("U0SAM"), "a message to Sam")
    again = channel.say(f"{JUDGE} --repeats 2")
    await channel.result(again)
    more = channel.say(f"in the labs channel: extend runs/{RUN} with 3 more seeds")
    await channel.result(more)
    changed = await channel.until(
        lambda: len(channel.workspace.direct("U0SAM")) > 1 and channel.workspace.direct("U0SAM"), "the changed verdict"
    )

    assert "PROCEED (weak)" in text(told[-1])
    assert "INCOMPLETE" in text(changed[0])
    assert "It was PROCEED (weak)." in text(changed[0])
    assert len(changed) == 2
    assert channel.workspace.direct("U0DANA") == []
    assert world.slack.refused == []


async def test_a_watcher_in_the_jobs_own_thread_is_mentioned_there(channel: Channel) -> None:
    asked = channel.say(f"{JUDGE} --dry-run")
    await channel.reply(asked, "Dry run")
    channel.say("tell me when this is done", "U0SAM", asked)
    await channel.reply(asked, "You will hear of the verdict")
    channel.say("judge it", thread=asked)
    result = await channel.result(asked)

    assert "<@U0DANA> <@U0SAM>" in text(result)
    assert channel.workspace.direct("U0SAM") == []


async def test_who_unwatches_hears_nothing(channel: Channel, root: Path) -> None:
    said = channel.say(f"<@U0LABSBOT> watch runs/{RUN}", "U0SAM")
    await channel.reply(said, "You will hear")
    channel.say(f"<@U0LABSBOT> unwatch runs/{RUN}", "U0SAM", said)
    await channel.reply(said, "You no longer watch")
    await channel.result(channel.say(JUDGE))

    assert table(root, "watches") == []
    assert channel.workspace.direct("U0SAM") == []


async def test_in_quiet_hours_a_message_to_one_person_waits(start: Start, root: Path) -> None:
    now = datetime.now(UTC)
    span = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    channel = await start(quiet_hours=span)
    await channel.plan(channel.say(TRAIN))

    waiting = [one for one in table(root, "outbox") if one["key"].startswith("waits:")]
    assert [one["state"] for one in waiting] == ["pending"]
    assert waiting[0]["due_at"] > now.timestamp() + 3000
    assert channel.workspace.direct("U0SAM") == []


async def test_the_thread_is_reminded_before_a_plan_expires(start: Start, world: World) -> None:
    channel = await start(approval_expires_h=8 / 3600, remind_before_h=6 / 3600)
    asked = channel.say(TRAIN)
    reminder = await channel.reply(asked, "still waits for a decision")
    assert "<@U0SAM>" in text(reminder)
    await channel.reply(asked, "Nobody decided in time")

    await channel.until(lambda: "waits no more: expired" in text(reminder), "the reminder's end")
    assert sum("still waits" in text(one) for one in channel.replies(asked)) == 0
    assert world.replicate.trainings.ordered == []


async def test_every_call_of_a_notice_is_one_that_the_manifest_allows(channel: Channel, world: World) -> None:
    plan = await channel.plan(channel.say(TRAIN))
    await channel.until(lambda: channel.workspace.direct("U0SAM"), "a message to Sam")
    channel.press(plan, "labs:open:change")
    await channel.form()

    sys.path.insert(0, str(REPOSITORY / "tests/contract/slack"))
    import check_blocks
    import check_calls

    calls = [{"method": call["method"], "args": call["args"]} for call in world.slack.calls]
    problems, scopes = check_calls.check(calls)
    manifest = yaml.safe_load((REPOSITORY / "manifest.yml").read_text())
    lacks, unused = check_calls.check_scopes(manifest, scopes)
    assert problems == []
    assert lacks == []
    assert "im:write" not in unused
    for call in world.slack.calls:
        if call["method"] in {"chat.postMessage", "chat.update"}:
            message = {"text": call["args"]["text"], "blocks": decoded(call["args"]["blocks"])}
            assert check_blocks.check_message(message) == []
        if call["method"] == "views.open":
            assert check_blocks.check_view(decoded(call["args"]["view"])) == []


@pytest.mark.parametrize(
    ("span", "now", "end"),
    [
        ("22:00-07:00", "23:30", "07:00 tomorrow"),
        ("22:00-07:00", "06:59", "07:00"),
        ("22:00-07:00", "07:00", None),
        ("22:00-07:00", "21:59", None),
        ("12:00-13:00", "12:00", "13:00"),
        ("12:00-13:00", "13:00", None),
        (None, "03:00", None),
    ],
)
def test_quiet_hours_end_when_they_say(span: str | None, now: str, end: str | None) -> None:
    day = datetime(2026, 11, 23, tzinfo=UTC)
    local = day.replace(hour=int(now[:2]), minute=int(now[3:]))
    expected = 0.0
    if end is not None:
        late = day + timedelta(days="tomorrow" in end)
        expected = late.replace(hour=int(end[:2]), minute=int(end[3:5])).timestamp()

    assert end_of_span(span, local) == expected


async def test_a_run_that_is_still_to_be_made_can_be_watched(channel: Channel, world: World) -> None:
    asked = channel.say(TRAIN)
    plan = await channel.plan(asked)
    run = text(plan).split("the new run `")[1].split("`")[0]
    said = channel.say(f"<@U0LABSBOT> tell me when {run} has a verdict", "U0KIM")
    await channel.reply(said, "It has none yet")
    channel.press(plan, "labs:approve", "U0SAM")
    await channel.result(asked)
    told = await channel.until(lambda: channel.workspace.direct("U0KIM"), "a message to Kim")

    assert len(told) == 1
    assert run in text(told[0])


async def test_who_watches_what_will_not_come_hears_so_once(start: Start, world: World, root: Path) -> None:
    channel: Channel = await start()
    asked = channel.say(TRAIN)
    await channel.plan(asked)
    run = table(root, "plans")[0]["run"]
    elsewhere = channel.say(f"<@U0LABSBOT> tell me when runs/{run} has a verdict", "U0KIM")
    await channel.reply(elsewhere, "You will hear of the verdict")
    channel.say("deny because of the price", "U0SAM", asked)
    await channel.reply(asked, "is denied")
    await channel.stop()
    again: Channel = await start()
    told = await again.until(lambda: world.slack.workspace.direct("U0KIM"), "a message to Kim")

    assert f"There will be no verdict of runs/{run}" in text(told[0])
    assert table(root, "watches") == []
