"""A result says what this job brought: never an older verdict as its own, never a word without its number."""

import json
import shutil
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests.answers import error, message, said
from tests.channel import RUN, Channel, buttons, pictures, text

CARD = Path(__file__).parents[1] / "data" / "card" / "judge_output.json"
ASK = f"in the labs channel: judge runs/{RUN}"
NOT_ASSESSED = {"reason": "I can't compare faces of real people, so I did not assess this.", "score": 0.0}


def older_verdict(root: Path) -> bytes:
    """The run as the lab's own judge left it: PROCEED at 83 %."""
    shutil.copyfile(CARD, root / "runs" / RUN / "judge_output.json")
    return CARD.read_bytes()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (message(""), "not in the form asked for"),
        (error(404, "not_found_error"), "rejected the request"),
        (message("I would rather not.", "refusal"), "the judge refused"),
    ],
)
async def test_an_older_verdict_is_never_this_jobs_own(
    channel: Channel, world: World, root: Path, fault: Fault, cause: str
) -> None:
    before = older_verdict(root)
    world.anthropic.faults.add("messages", *[fault] * 6)

    asked = channel.say(ASK)
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    words = text(result)
    assert result["blocks"][0]["text"]["text"].startswith("⚠️ Undecided")
    assert "None of this job's 6 answers could be used" in words
    assert "The older verdict of 2026-05-30 stays in the run's files: PROCEED" in words
    assert f"{cause} (6)" in words
    assert not pictures(result)
    assert "Judged 0 of 6" in text(anchor)
    assert (root / "runs" / RUN / "judge_output.json").read_bytes() == before
    summary = (root / "runs" / RUN / "SUMMARY.md").read_text("utf-8")
    assert "PROCEED" in summary
    assert "older than the latest judging" in summary
    shown = await channel.reply(channel.say(f"show {RUN}"), "older than the latest judging")
    assert "PROCEED" in text(shown)

    again = await channel.result(channel.say(f"{ASK} again"))

    assert "INCOMPLETE" not in text(again)
    assert state_of(Lab(root).run(RUN)).fruitless is None


async def test_a_refusal_in_the_asked_form_is_no_failed_face(channel: Channel, world: World, root: Path) -> None:
    declined = said(q1_identity=NOT_ASSESSED | {"conclusion": "misses"})
    plainly = said(q1_identity=NOT_ASSESSED | {"conclusion": "not_assessed"})
    world.anthropic.faults.add("messages", *[message(declined)] * 3, *[message(plainly)] * 3)

    result = await channel.result(channel.say(ASK))

    assert "ITERATE" not in text(result)
    assert text(result).count("the judge refused: Q1") == 3
    assert "the judge refused (6)" in text(result)
    assert "retrain" not in text(result)
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.INCOMPLETE


async def test_a_matrix_of_which_nothing_could_be_made_is_incomplete(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.fates.extend([Fate(error="NSFW content detected", status="failed")] * 9)

    asked = channel.say(f"re-run {RUN} with seed 5, then judge")
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    assert "INCOMPLETE" in text(result)
    assert "IN-FLIGHT" not in text(result)
    assert "Made 0 of 3" in text(anchor)


async def test_a_run_that_nobody_judges_is_not_in_flight(channel: Channel) -> None:
    listed = await channel.reply(channel.say("list runs"), "Runs, newest first")

    assert "not judged yet" in text(listed)
    assert "IN-FLIGHT" not in text(listed)
    assert "⏳" not in json.dumps(listed["blocks"], ensure_ascii=False)


async def test_the_status_of_a_run_is_its_verdict_and_a_jobs_is_one_line(channel: Channel) -> None:
    asked = channel.say(ASK)
    await channel.result(asked)

    answer = await channel.reply(channel.say(f"status of {RUN}"), "last job")
    listed = await channel.reply(channel.say("list jobs"), "Jobs, newest first")
    channel.say("how is it going?", thread=asked)
    going = await channel.until(lambda: (found := channel.replies(asked))[2:] and found[-1], "an answer")

    assert "PROCEED" in text(answer)
    assert "cost $0.04" in text(answer)
    assert "cost $0.04" in text(listed)
    assert "$0.07" not in text(listed)
    assert "Judged 6 of 6" in text(going)
    assert not buttons(going)
    assert not pictures(going)


async def test_a_run_is_in_flight_only_while_a_job_is_at_it(channel: Channel, world: World) -> None:
    """Neither a plan that waits, nor a job that makes another run from it, is at it."""
    world.replicate.run_s = 60.0
    asked = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds [19023, 555, 999], then judge")
    await channel.until(lambda: world.replicate.ordered, "images being made")
    shown = await channel.reply(channel.say(f"show runs/{RUN}"), "Show the grid")
    listed = await channel.reply(channel.say("list runs"), RUN)
    channel.say("cancel", thread=asked)

    assert "No cell has been judged yet" in text(shown)
    assert "IN-FLIGHT" not in text(shown)
    lines = [line for line in text(listed).replace("\\n", "\n").splitlines() if f"{RUN}`" in line]
    assert lines
    assert not any("⏳" in line for line in lines)
