"""What an attack on the first version found; each is a test that failed then."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.terminal import shell_person
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests.answers import error
from tests.channel import RUN, Channel, text
from tests.conftest import Start
from tests.ledger import charges, lab_at, table

ASK = f"in the labs channel: judge runs/{RUN}"


async def test_two_equal_requests_buy_once(channel: Channel, world: World) -> None:
    world.anthropic.latency_s = 0.1

    first, second = channel.say(ASK), channel.say(ASK, person="U0SAM")
    await channel.until(
        lambda: any("labs:open:details" in text(message) for ts in (first, second) for message in channel.replies(ts)),
        "a result",
    )
    await channel.until(
        lambda: any(
            "doing exactly this already" in text(message) for ts in (first, second) for message in channel.told(ts)
        ),
        "a word to the other",
    )

    assert len(world.anthropic.asked) == 6


@pytest.mark.parametrize("body", [None, [], {}, {"usage": None}, "<html>"])
async def test_a_strange_200_is_a_lost_answer_not_a_stuck_job(
    channel: Channel, world: World, root: Path, body: object
) -> None:
    world.anthropic.faults.add("messages", Fault("answer", status=200, body=body))

    await channel.result(channel.say(ASK))

    assert sorted({charge["state"] for charge in charges(root)}) == ["charged", "unknown"]


async def test_an_empty_account_told_by_400_pauses_instead_of_unscoring(channel: Channel, world: World) -> None:
    fault = Fault(
        "answer",
        status=400,
        body={
            "type": "error",
            "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the API."},
        },
    )
    world.anthropic.faults.add("messages", fault)

    asked = channel.say(ASK)
    await channel.reply(asked, "out of credit")

    assert "*Unscored*" not in text(await channel.result(asked))


async def test_no_money_moves_before_the_plan_was_shown(channel: Channel, world: World) -> None:
    limited = Fault("answer", status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "1"})
    world.slack.faults.add("chat.postMessage", limited)

    asked = channel.say(ASK)
    await channel.until(lambda: len(world.slack.calls) > 3, "the refused post")
    assert world.anthropic.asked == []
    await channel.reply(asked, "Starts in a moment")

    await channel.result(asked)


async def test_a_copied_run_uses_the_stored_judgements(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(ASK))
    copy = "20260530-cb-lora-v1"
    shutil.copytree(
        root / "runs" / RUN, root / "runs" / copy, ignore=shutil.ignore_patterns("judge*", "SUMMARY.md", "grid*")
    )
    (root / "runs" / copy / "run.json").write_text((root / "runs" / copy / "run.json").read_text().replace(RUN, copy))

    result = await channel.result(channel.say(f"in the labs channel: judge runs/{copy}"))

    assert "PROCEED" in text(result)
    assert len(world.anthropic.asked) == 6
    assert len(Lab(root).run(copy).log) == 6


async def test_a_loop_of_links_is_named_not_followed(channel: Channel, world: World, root: Path) -> None:
    image = root / "runs" / RUN / "CB-LORA-front-full-S42.png"
    image.unlink()
    image.symlink_to(image.name)

    await channel.reply(channel.say(ASK), "leaves the lab")

    assert world.anthropic.asked == []


async def test_an_image_path_that_leaves_the_lab_is_never_read(
    channel: Channel, world: World, root: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    shutil.copy(root / "runs" / RUN / "CB-LORA-front-full-S42.png", secret)
    image = root / "runs" / RUN / "CB-LORA-front-full-S42.png"
    image.unlink()
    image.symlink_to(secret)

    await channel.reply(channel.say(ASK), "leaves the lab")

    assert world.anthropic.asked == []


async def test_answers_dearer_than_estimated_are_on_the_budgets(channel: Channel, world: World, root: Path) -> None:
    long = {
        name: {"reason": "word " * 900, "conclusion": "meets", "score": 0.9}
        for name in ("q1_identity", "q2_pose", "q3_framing", "q4_photographic")
    }
    usage = {
        "input_tokens": 9000,
        "output_tokens": 1990,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
    }
    body = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage,
        "content": [{"type": "text", "text": json.dumps(long)}],
    }
    world.anthropic.faults.add("messages", *[Fault("answer", status=200, body=body)] * 6)

    await channel.result(channel.say(ASK))

    spent = sum(charge["usd_micros"] for charge in charges(root))
    assert spent == 6 * (9000 * 3 + 1990 * 15)
    assert {row["used_micros"] for row in table(root, "budgets")} == {spent}


async def test_a_token_that_is_mended_brings_the_message_back(channel: Channel, world: World) -> None:
    world.slack.faults.add("chat.postMessage", Fault("answer", status=200, body={"ok": False, "error": "invalid_auth"}))

    asked = channel.say(ASK)

    await channel.result(asked)
    await channel.settled(asked)


async def test_six_refusals_are_incomplete_not_in_flight(channel: Channel, world: World, root: Path) -> None:
    from tests.answers import message

    world.anthropic.faults.add("messages", *[message("No.", "refusal")] * 6)

    result = await channel.result(channel.say(ASK))

    assert "INCOMPLETE" in text(result)
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.INCOMPLETE


async def test_a_raised_threshold_judges_the_stored_scores_anew(start: Start, world: World, root: Path) -> None:
    first: Channel = await start()
    await first.result(first.say(ASK))
    before = state_of(Lab(root).run(RUN)).verdict

    output = Lab(root).run(RUN).output
    assert output is not None
    assert before.word is Word.PROCEED
    from pipeline.judging.claude import settle

    scores = [cell.scores for cell in Lab(root).run(RUN).judged_cells() if cell.scores]
    assert not any(settle([one], 0.99).q1_identity.passed for one in scores)


async def test_a_stranger_does_not_answer_the_bots_question(channel: Channel, root: Path, world: World) -> None:
    for name in ("run.json", "SUMMARY.md"):
        (root / "runs" / RUN / name).unlink(missing_ok=True)

    asked = channel.say(f"{ASK} with cb_4.jpg as the identity reference")
    await channel.reply(asked, "Answer in this thread")
    prompts = "front-full: a &amp; b\nupper-front: c\n3q-side: d"
    channel.say(prompts, person="U0KIM", thread=asked)
    channel.say(prompts, thread=asked)
    await channel.result(asked)

    assert len(table(root, "jobs")) == 1
    assert Lab(root).run(RUN).cells[0].prompt == "a & b"


def test_a_shell_is_known_by_its_os_user_not_by_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    real = shell_person()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "operator")

    assert shell_person() == real


async def test_pause_from_a_shell_works_beside_the_running_bot(channel: Channel, world: World, root: Path) -> None:
    command = [sys.executable, "-m", "bot", "pause", "--reason", "audit"]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        env=lab_at(root) | {"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert "Spending is paused" in done.stdout, done.stderr

    asked = channel.say(ASK)
    await channel.reply(asked, "Spending is paused by shell:")

    assert world.anthropic.asked == []


async def test_a_busy_vendor_after_a_closed_one_is_not_given_up(channel: Channel, world: World) -> None:
    world.anthropic.faults.add(
        "messages", *[error(402, "billing_error")] * 4, error(429, "rate_limit_error", {"retry-after": "0"})
    )

    result = await channel.result(channel.say(ASK))

    assert "*Unscored*" not in text(result)
