"""Asking back: by button and by reply, across a restart, until it is too late; and what is not built yet."""

import json
from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.channel import RUN, Channel, buttons, text
from tests.conftest import Start

CORPUS = Path(__file__).parents[1] / "data/requests.jsonl"
REFERENCE = "with cb_4.jpg as the identity reference"


async def test_a_run_that_is_not_clear_is_asked_for_and_a_button_answers(channel: Channel, world: World) -> None:
    asked = channel.say(f"<@U0LABSBOT> judge cb lora {REFERENCE}")
    question = await channel.reply(asked, "Which run?")

    assert world.anthropic.asked == []
    assert f"runs/{RUN}" in buttons(question).values()
    choice = next(action for action, label in buttons(question).items() if RUN in label)
    channel.press(question, choice)
    channel.press(question, choice)
    await channel.result(asked)

    assert len(world.anthropic.asked) == 6
    stamped = await channel.reply(asked, "<@U0DANA>: `judge runs/")
    assert buttons(stamped) == {}


async def test_a_reply_in_the_thread_answers_across_a_restart(start: Start, world: World) -> None:
    first: Channel = await start()
    asked = first.say(f"<@U0LABSBOT> judge it {REFERENCE}")
    await first.reply(asked, "Which run?")
    await first.stop()

    second: Channel = await start()
    second.say("good question, who knows", person="U0SAM", thread=asked)
    second.say("hm, let me think", thread=asked)
    second.say("CB LoRA v1", thread=asked)
    await second.result(asked)

    assert len(world.anthropic.asked) == 6
    # Another person's talk is left alone; the asker's own gets one line that says what is still wanted.
    assert sum("That does not answer it yet" in text(message) for message in second.replies(asked)) == 1


async def test_a_question_that_is_too_old_is_not_answered_by_talk(start: Start, world: World) -> None:
    channel: Channel = await start(question_open_h=0.000_000_1)
    late = channel.say("<@U0LABSBOT> judge it")
    await channel.reply(late, "Which run?")
    channel.say(f"runs/{RUN}", thread=late)
    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    assert len(channel.replies(late)) == 1


async def test_a_question_can_be_taken_back(channel: Channel, world: World) -> None:
    dropped = channel.say("<@U0LABSBOT> judge it")
    await channel.reply(dropped, "Which run?")
    channel.say("never mind", thread=dropped)
    await channel.reply(dropped, "Dropped")
    channel.say(f"runs/{RUN}", thread=dropped)
    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    assert world.anthropic.asked == []
    assert len(channel.replies(dropped)) == 2


async def test_what_is_missing_is_asked_for_one_after_the_other(channel: Channel) -> None:
    asked = channel.say("<@U0LABSBOT> re-run it")
    await channel.reply(asked, "Which run?")
    channel.say("cb lora v1", thread=asked)
    await channel.reply(asked, "Which seeds?")
    channel.say("8", thread=asked)  # a seed, or a number of seeds
    channel.say("seeds 5 and 6", thread=asked)
    anchor = await channel.reply(asked, "3 prompts × 2 seeds = 6 new images")

    assert "seeds 42, 7301 → 5, 6" in text(anchor)


async def test_a_misspelt_verb_is_offered_mended_and_done_when_clicked(channel: Channel, world: World) -> None:
    asked = channel.say(f"<@U0LABSBOT> jugde runs/{RUN} {REFERENCE}")
    question = await channel.reply(asked, "Did you mean")

    assert world.anthropic.asked == []
    channel.press(question, "labs:choose:0")
    await channel.result(asked)


async def test_a_missing_reference_is_asked_for_with_the_runs_own_photos(channel: Channel, root: Path) -> None:
    (root / f"runs/{RUN}/judge_output.json").unlink(missing_ok=True)
    asked = channel.say(f"<@U0LABSBOT> judge runs/{RUN} with cb_99.jpg as the identity reference")
    question = await channel.reply(asked, "Which photo")

    assert {"cb_9.jpg", "cb_1.jpg"} <= set(buttons(question).values())
    action = next(action for action, label in buttons(question).items() if label == "cb_1.jpg")
    channel.press(question, action)
    await channel.result(asked)


async def test_talk_is_never_answered(channel: Channel, world: World) -> None:
    talk = [
        said["text"]
        for said in map(json.loads, CORPUS.read_text("utf-8").splitlines())
        if said["expect"]["action"] == "none" and not said["thread"]
    ]
    heard = [channel.say(words) for words in talk]

    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "Nothing is under way")

    assert len(talk) > 30
    assert [ts for ts in heard if channel.replies(ts)] == []
    assert world.anthropic.asked == []


async def test_a_thread_that_showed_a_run_has_it_as_context(channel: Channel, world: World) -> None:
    asked = channel.say(f"show runs/{RUN}")
    await channel.reply(asked, "not judged yet")
    channel.say(f"judge it {REFERENCE}", thread=asked)

    await channel.result(asked)
    assert len(world.anthropic.asked) == 6


async def test_help_is_made_from_what_is_understood(channel: Channel) -> None:
    asked = channel.say("<@U0LABSBOT> help")
    whole = await channel.reply(asked, "What I can do")
    one = await channel.reply(channel.say("<@U0LABSBOT> help judge"), "*judge*")

    assert "judge runs/" in text(whole)
    assert "repeats" not in text(one)  # a field's name in the code is nobody's word
    assert list(buttons(whole).values()) == ["Try extend", "Try judge", "Try show", "Try watch"]
    channel.press(whole, "labs:say:judge")
    await channel.reply(asked, "Dry run")


async def test_what_was_not_got_is_quoted_with_what_fits_and_its_price(channel: Channel, world: World) -> None:
    world.anthropic.readings.append([])
    asked = channel.say(f"<@U0LABSBOT> judge the plastic ones of runs/{RUN} with cb_4.jpg")
    question = await channel.reply(asked, "I did not get “plastic”")

    assert f"You named `runs/{RUN}`" in text(question)
    assert list(buttons(question).values()) == [
        "judge it with cb_4.jpg as the identity reference ~$0.07",
        "show the verdict of it",
        "Something else…",
    ]
    channel.press(question, "labs:choose:1")
    await channel.reply(asked, "not judged yet")
    assert all(not one["images"] for one in world.anthropic.asked)


async def test_something_else_is_put_together_in_a_modal(channel: Channel, world: World) -> None:
    asked = channel.say("<@U0LABSBOT> do the thing with the faces")
    question = await channel.reply(asked, "did not understand")

    await channel.fill(question, "labs:open:else", action="judge", run=RUN, more="with cb_4.jpg, only Q1, max $1")
    await channel.result(asked)

    assert len([one for one in world.anthropic.asked if one["images"]]) == 6


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("with cb_4.jpg, only Q1", "with cb_4.jpg as the identity reference --axes q1 · $0.07 ($0.05–$0.11)"),
        ("max $0.01", f"So far: judge runs/{RUN} max $0.01 · $0.07 ($0.05–$0.11) · above your limit"),
        ("except the plastic ones", "I did not get “except the … plastic”."),
    ],
)
async def test_the_modal_says_what_it_comes_to_while_it_is_filled_in(
    channel: Channel, world: World, more: str, told: str
) -> None:
    question = await channel.reply(channel.say("<@U0LABSBOT> do the thing with the faces"), "did not understand")
    channel.press(question, "labs:open:else")
    view = await channel.form()

    world.people.fill_in("U0DANA", view["id"], {"action": "judge", "run": RUN, "more": more}, "more")

    def said() -> str:
        shown = world.people.view("U0DANA") or view
        words: str = shown["blocks"][-1]["elements"][0]["text"]
        return words if told in words else ""

    await channel.until(said, told)
    assert all(not one["images"] for one in world.anthropic.asked)


@pytest.mark.parametrize(
    "words", ["judge it tomorrow", "cancel the odd job", "withdraw consent for nobody", "approve it, but later"]
)
async def test_nothing_that_destroys_or_decides_is_offered(channel: Channel, words: str) -> None:
    question = await channel.reply(channel.say(f"<@U0LABSBOT> {words}"), "")

    offered = " ".join(buttons(question).values())
    assert not {"approve", "deny", "cancel", "withdraw", "pause"} & set(offered.split())


async def test_thanks_is_silence_and_how_long_is_answered_in_a_jobs_thread(channel: Channel) -> None:
    asked = channel.say(f"judge runs/{RUN} with cb_4.jpg as the identity reference")
    await channel.result(asked)
    before = len(channel.replies(asked))
    channel.say("thanks!", thread=asked)
    channel.say("how long will it take?", thread=asked)

    await channel.until(lambda: len(channel.replies(asked)) > before, "an answer")
    assert "Judged" in text(channel.replies(asked)[-1])
    assert len(channel.replies(asked)) == before + 1


async def test_a_reply_that_says_the_rest_in_another_way_is_taken(channel: Channel) -> None:
    asked = channel.say(f"<@U0LABSBOT> extend runs/{RUN} with a new prompt")
    question = await channel.reply(asked, "prompt")
    channel.say("with 1 more seed", thread=asked)

    await channel.reply(asked, "3 prompts × 1 seed = 3 new images")
    await channel.until(lambda: buttons(question) == {}, "the question's buttons gone")


@pytest.mark.parametrize("words", ["8", "no idea", "hm", "who knows that", "the usual ones"])
async def test_a_reply_to_a_question_is_never_silence(channel: Channel, words: str) -> None:
    asked = channel.say(f"<@U0LABSBOT> extend runs/{RUN}")
    await channel.reply(asked, "Which seeds?")
    channel.say(words, thread=asked)

    told = await channel.until(lambda: channel.replies(asked)[1:], "an answer")

    assert "never mind" in text(told[0]) or "Which" in text(told[0])


async def test_an_answered_questions_buttons_start_nothing(channel: Channel, world: World) -> None:
    asked = channel.say("<@U0LABSBOT> judge it")
    question = await channel.reply(asked, "Which run?")
    first = next(iter(buttons(question)))
    channel.say("never mind", thread=asked)
    channel.press(question, first)
    await channel.reply(asked, "Dropped")
    await channel.until(lambda: buttons(question) == {}, "the buttons gone")

    assert world.anthropic.asked == []
