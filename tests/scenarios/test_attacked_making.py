"""What an attack on the making found: each of these paid twice, lost a record, or hung."""

import json
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.predictions import Fate
from bot.sandbox.world import World
from pipeline.lab import Lab
from pipeline.state import state_of
from pipeline.verdict import Word
from tests import answers
from tests.channel import RUN, Channel, buttons, text
from tests.conftest import Start, speak_http
from tests.ledger import charges, table
from tests.outcomes import only_rerun
from tests.process import BotProcess

HERE = "in the labs channel:"


def distinct(world: World) -> int:
    return len({(one.input["prompt"], one.input["seed"]) for one in world.replicate.ordered})


def output(root: Path, run: str = RUN) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((root / "runs" / run / "judge_output.json").read_bytes())  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("one", "other", "images"),
    [
        ("re-run runs/{} with seeds 1-2", "re-run runs/{} with seeds 2-3", 9),
        ("extend runs/{} with seed 5", "extend runs/{} with seeds 5 and 6", 6),
    ],
)
async def test_two_jobs_that_share_a_cell_pay_for_it_once(
    start: Start, world: World, one: str, other: str, images: int
) -> None:
    world.replicate.run_s = 0.4
    channel: Channel = await start()

    first = channel.say(f"{HERE} {one.format(RUN)}")
    second = channel.say(f"{HERE} {other.format(RUN)}")
    await channel.result(first)
    await channel.result(second)

    assert len(world.replicate.ordered) == distinct(world) == images


async def test_the_same_seeds_in_another_order_are_the_same_plan(
    start: Start, world: World
) -> None:
    channel: Channel = await start(grace_s=0.6)

    first = channel.say(f"{HERE} re-run runs/{RUN} with seeds [1, 2]")
    await channel.reply(first, "Starts in")
    second = channel.say(f"{HERE} re-run runs/{RUN} with seeds [2, 1]")
    await channel.reply(second, "exactly this already")
    await channel.result(first)

    assert len(world.replicate.ordered) == 6


async def test_an_extension_that_waited_keeps_what_the_first_one_judged(
    start: Start, world: World, root: Path
) -> None:
    world.replicate.run_s = 0.4
    channel: Channel = await start()

    first = channel.say(f"{HERE} extend runs/{RUN} with seed 5, then judge")
    second = channel.say(f"{HERE} extend runs/{RUN} with seed 6, then judge")
    third = channel.say(f"{HERE} extend runs/{RUN} with seed 7")
    for asked in (first, second, third):
        await channel.result(asked)

    run = Lab(root).run(RUN)
    assert run.manifest is not None
    assert run.training is not None
    assert len(run.manifest.cells) == 9
    assert len(run.training.inference) == 15
    assert output(root)["summary"]["n_cells"] == 12
    assert state_of(run).verdict.word.value == output(root)["summary"]["verdict"]
    assert f"# {'⚠️'} INCOMPLETE" in (run.summary or "") or state_of(run).verdict.word is not Word.INCOMPLETE  # fmt: skip


async def test_a_judge_that_waited_for_a_redo_scores_no_picture_that_it_never_saw(
    start: Start, world: World, root: Path
) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    world.replicate.run_s = 1.0

    first = channel.say(f"{HERE} redo CB-LORA-front-full-S42 of runs/{RUN}")
    await channel.reply(first, "being made")
    second = channel.say(f"{HERE} judge runs/{RUN}")
    await channel.result(first)
    await channel.result(second)

    judged = {cell.cell.label for cell in Lab(root).run(RUN).judged_cells() if cell.scores}
    assert "CB-LORA-front-full-S42" not in judged
    assert len(judged) == 5


async def test_a_redo_beside_a_rerun_of_the_same_seed_is_told_apart(
    start: Start, world: World, root: Path
) -> None:
    world.replicate.run_s = 0.3
    world.replicate.faults.add("predictions.create", Fault("hang up after"))
    channel: Channel = await start()

    redo = channel.say(f"{HERE} redo CB-LORA-front-full-S42 of runs/{RUN}")
    rerun = channel.say(f"{HERE} re-run runs/{RUN} with seed 42")
    await channel.result(redo)
    await channel.result(rerun)

    assert len(world.replicate.ordered) == 4
    assert {row["state"] for row in table(root, "orders")} == {"made"}
    assert {row["inflight"] for row in table(root, "vendors")} == {0}


async def test_a_vendor_that_never_answers_is_not_asked_for_ever(
    start: Start, world: World, root: Path
) -> None:
    gone = Fault("answer", status=500, body={"detail": "oops"})
    world.replicate.faults.add("predictions.create", *[gone] * 400)
    channel: Channel = await start(settle_order_s=0.05, look_again_s=0.01)

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    anchor = await channel.reply(asked, "3 images need your word")
    assert max(row["attempt"] for row in table(root, "orders")) == 5
    channel.press(anchor, "labs:giveup")

    assert "0 of 3 images made" in text(await channel.result(asked))


async def test_a_report_about_an_attempt_that_was_given_up_is_believed(
    start: Start, world: World, root: Path, public: str
) -> None:
    world.replicate.unknown_s, world.replicate.run_s = 5.0, 0.6
    world.replicate.faults.add("predictions.create", Fault("hang up after"))
    speak_http(world, public)
    channel: Channel = await start(
        slack_mode="http", port=int(public.rsplit(":", 1)[1]), public_url=public, settle_order_s=0.1, look_again_s=0.4
    )  # fmt: skip

    asked = channel.say(f"{HERE} redo CB-LORA-front-full-S42 of runs/{RUN}")
    await channel.until(lambda: [row for row in table(root, "orders") if row["state"] in {"ordered", "made"}], "adopted")  # fmt: skip
    world.replicate.unknown_s = 0.0
    await channel.result(asked)

    assert len(world.replicate.ordered) == 1
    paid = [one for one in charges(root) if one["state"] == "charged"]
    assert len(paid) == 1
    assert {one["used_micros"] for one in table(root, "budgets")} == {paid[0]["usd_micros"]}


async def test_an_extension_leaves_pictures_of_other_kinds_where_they_are(
    channel: Channel, world: World, root: Path
) -> None:
    from PIL import Image

    folder = root / "runs" / RUN
    for path in folder.glob("*.png"):
        Image.open(path).convert("RGB").save(path.with_suffix(".jpg"), quality=90)
        path.unlink()
    state = json.loads((folder / "training_state.json").read_text())
    for entry in state["inference"]:
        entry["image_path"] = entry["image_path"].replace(".png", ".jpg")
    (folder / "training_state.json").write_text(json.dumps(state, indent=2))

    asked = channel.say(f"{HERE} extend runs/{RUN} with seeds 42 and 5")
    anchor = await channel.settled(asked)

    assert "3 exist already" in text(anchor)
    assert len(world.replicate.ordered) == 3
    assert len(list(folder.glob("CB-LORA-*.jpg"))) == 6


async def test_a_cell_called_off_while_its_order_is_refused_is_not_ordered_again(
    start: Start, world: World, root: Path
) -> None:
    world.replicate.run_s = 0.3
    busy = {"detail": "Request was throttled. Expected available in 1 second.", "retry_after": 0.3}
    world.replicate.faults.add("predictions.create", Fault("answer", status=429, body=busy))
    hold = world.replicate.faults.hold("predictions.create", "before", 1)
    channel: Channel = await start(image_concurrency=1)

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    await channel.until(hold.reached.is_set, "an order on its way")
    channel.say("cancel CB-LORA-front-full-S5", thread=asked)
    await channel.reply(asked, "called off; the others go on")
    hold.release.set()
    result = await channel.result(asked)

    assert "2 of 3 images made" in text(result)
    assert len(world.replicate.ordered) == 2


async def test_a_cancel_that_meets_a_forgotten_order_ends_the_job(world: World, root: Path) -> None:
    channel = Channel(world)
    hold = world.replicate.faults.hold("predictions.create", "during", 1)
    async with BotProcess(world, root, image_concurrency=1) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
        anchor = await channel.reply(asked, "0 of 3 images")
        await channel.until(hold.reached.is_set, "an order at the vendor")
        channel.press(anchor, "labs:cancel")
        await channel.until(lambda: table(root, "jobs")[0]["state"] == "canceling", "the cancellation")  # fmt: skip
        await bot.kill()
    hold.release.set()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root):
        await channel.settled(asked, "what is finished is kept")

    assert [one["state"] for one in charges(root)] == ["unknown"]
    assert {row["state"] for row in table(root, "orders")} == {"canceled"}


async def test_a_vendor_that_refuses_to_cancel_is_looked_at_all_the_same(
    start: Start, world: World, root: Path
) -> None:
    world.replicate.run_s = 1.0
    over = Fault("answer", status=422, body={"detail": "This prediction has already completed."})
    world.replicate.faults.add("predictions.cancel", *[over] * 20)
    channel: Channel = await start()

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    anchor = await channel.reply(asked, "being made")
    channel.press(anchor, "labs:cancel")
    await channel.settled(asked, "what is finished is kept")

    assert {row["state"] for row in table(root, "orders")} == {"made"}
    assert {row["inflight"] for row in table(root, "vendors")} == {0}


async def test_resume_opens_an_account_that_was_out_of_credit(start: Start, world: World) -> None:
    broke = Fault("answer", status=402, body={"detail": "Add credit", "status": 402})
    world.replicate.faults.add("predictions.create", *[broke] * 10)
    channel: Channel = await start(probe_s=3000)

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    await channel.reply(asked, "out of credit")
    world.replicate.faults._queued.clear()
    channel.say(f"{HERE} resume spending", "U0SAM")

    assert "3 images made" in text(await channel.result(asked))


async def test_an_order_of_another_hand_is_not_taken_for_ours(
    start: Start, world: World, root: Path
) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seed 5"))
    theirs = world.replicate.ordered[0]
    for row in table(root, "charges"):
        assert row["request_id"]
    import dataclasses

    foreign = dataclasses.replace(theirs, id="foreign", input={**theirs.input, "seed": 6}, created=theirs.created - 1800)  # fmt: skip
    world.replicate.ordered.insert(0, foreign)
    world.replicate._by_id["foreign"] = foreign
    world.replicate.faults.add("predictions.create", *[Fault("hang up after")] * 3)

    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seed 6"))

    assert "foreign" not in {row["request_id"] for row in table(root, "charges")}
    assert len(world.replicate.ordered) == 7


@pytest.mark.parametrize("how", ["failed", "canceled"])
async def test_a_redo_that_comes_to_nothing_leaves_the_cell_as_it_was(
    start: Start, world: World, root: Path, how: str
) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    before = output(root)["summary"]
    world.replicate.fates.append(Fate("failed", error="CUDA out of memory") if how == "failed" else Fate(run_s=30))  # fmt: skip

    asked = channel.say(f"{HERE} redo CB-LORA-3q-side-S42 of runs/{RUN}, then judge")
    if how == "canceled":
        channel.press(await channel.reply(asked, "being made"), "labs:cancel")
        await channel.settled(asked, "what is finished is kept")
    else:
        await channel.result(asked)

    assert output(root)["summary"] == before
    assert "unscored" not in output(root)
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED


async def test_a_canceled_extension_leaves_the_verdict_as_it_was(
    start: Start, world: World, root: Path
) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    world.replicate.run_s = 30

    asked = channel.say(f"{HERE} extend runs/{RUN} with seeds 1-10, then judge")
    channel.press(await channel.reply(asked, "being made"), "labs:cancel")
    await channel.settled(asked, "what is finished is kept")

    assert output(root)["summary"]["verdict"] == "PROCEED"
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED
    assert len(list((root / "runs" / RUN).glob("grid*"))) == 1


async def test_failed_cells_are_redone_in_the_shape_that_was_asked_for(
    channel: Channel, world: World, root: Path
) -> None:
    world.replicate.fates.extend([Fate("failed", error="CUDA out of memory")] * 3)
    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seed 5"))

    asked = channel.say(f"{HERE} redo the failed cells of runs/{only_rerun(root)}")
    await channel.result(asked)

    shapes = Counter(one.input["aspect_ratio"] for one in world.replicate.ordered)
    assert shapes == {"3:4": 6}


async def test_a_picture_that_is_gone_is_made_again_and_one_put_aside_is_found(
    channel: Channel, world: World, root: Path
) -> None:
    import shutil

    await channel.result(channel.say(f"{HERE} extend runs/{RUN} with seed 5"))
    await channel.result(channel.say(f"{HERE} redo CB-LORA-front-full-S5 of runs/{RUN}"))
    await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seeds 5-6"))
    assert len(world.replicate.ordered) == 7

    shutil.rmtree(root / "runs" / only_rerun(root))
    (root / f"runs/{RUN}/CB-LORA-front-full-S5.1.png").unlink()
    result = await channel.result(channel.say(f"{HERE} re-run runs/{RUN} with seeds 5-6"))

    assert "6 images made" in text(result)
    assert len(world.replicate.ordered) == 11


async def test_a_retry_above_the_limit_wants_an_approver(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.3
    async with BotProcess(world, root, approval_above_usd=0.2) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seeds 1-3")
        channel.press(await channel.reply(asked, "Waits for an approval"), "labs:approve", "U0SAM")
        await channel.until(lambda: len(world.replicate.ordered) == 9, "nine orders")
        await bot.kill()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root, approval_above_usd=0.2):
        anchor = await channel.reply(asked, "9 images need your word")
        assert "Mark failed" in buttons(anchor).values()
        channel.press(anchor, "labs:retry")
        await channel.reply(asked, "Only an approver decides that")
        assert len(world.replicate.ordered) == 9
        channel.press(anchor, "labs:retry", "U0SAM")
        await channel.result(asked)

    assert len(world.replicate.ordered) == 18


async def test_a_held_order_shows_itself_after_a_kill_right_behind_it(
    world: World, root: Path
) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.3
    async with BotProcess(world, root) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
        await channel.until(lambda: len(world.replicate.ordered) == 3, "three orders")
        await bot.kill()
    world.replicate.clock.ahead = 7200.0
    for writes in (3, 4, 5, 6):
        async with BotProcess(world, root, dies_after_writes=writes) as bot:
            await bot.died(3.0)

    async with BotProcess(world, root):
        await channel.reply(asked, "3 images need your word")


async def test_a_report_without_a_known_order_changes_nothing(
    start: Start, world: World, public: str, root: Path
) -> None:
    speak_http(world, public)
    await start(slack_mode="http", port=int(public.rsplit(":", 1)[1]), public_url=public)
    body = json.dumps({"id": "x", "status": "succeeded"})
    async with aiohttp.ClientSession() as session:
        sent = session.post(f"{public}/replicate/webhook?order=99&attempt=1", data=body, headers=world.replicate.signed("msg_2", body))  # fmt: skip
        async with sent as answer:
            assert answer.status == 200
    assert table(root, "orders") == []


async def test_a_picture_put_aside_while_a_plan_waited_is_copied_not_paid(
    start: Start, world: World
) -> None:
    channel: Channel = await start(approval_above_usd=0.2)
    waiting = channel.say(f"{HERE} re-run runs/{RUN} with seeds 5-7")
    anchor = await channel.reply(waiting, "Waits for an approval")
    await channel.result(channel.say(f"{HERE} extend runs/{RUN} with seed 5"))
    await channel.result(channel.say(f"{HERE} redo CB-LORA-front-full-S5 of runs/{RUN}"))

    channel.press(anchor, "labs:approve", "U0SAM")
    await channel.result(waiting)

    assert len(world.replicate.ordered) == 3 + 1 + 6


async def test_new_pictures_that_no_judge_saw_have_no_score(
    start: Start, world: World, root: Path
) -> None:
    channel: Channel = await start()
    await channel.result(channel.say(f"{HERE} judge runs/{RUN}"))
    world.anthropic.faults.add("messages", *[answers.error(400, "invalid_request_error")] * 20)

    labels = ", ".join(cell.label for cell in Lab(root).run(RUN).cells)
    await channel.result(channel.say(f"{HERE} redo {labels} of runs/{RUN}, then judge"))

    assert not [cell for cell in Lab(root).run(RUN).judged_cells() if cell.scores]
    assert state_of(Lab(root).run(RUN)).verdict.word is not Word.PROCEED


async def test_an_undecided_image_stands_in_nobodys_way(world: World, root: Path) -> None:
    channel = Channel(world)
    world.replicate.run_s = 0.3
    async with BotProcess(world, root, image_concurrency=2) as bot:
        first = channel.say(f"{HERE} re-run runs/{RUN} with seed 1")
        await channel.until(lambda: len(world.replicate.ordered) == 2, "two orders")
        await bot.kill()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root, image_concurrency=2):
        anchor = await channel.reply(first, "2 images need your word")
        second = channel.say(f"{HERE} re-run runs/{RUN} with seeds 1-2")
        other = await channel.reply(second, "2 images wait for a decision on job")
        await channel.until(lambda: "4 of 6 images" in text(other), "the others")
        channel.press(anchor, "labs:retry")
        await channel.result(first)
        assert "6 images made" in text(await channel.result(second))


async def test_a_slot_that_a_held_order_frees_is_used(world: World, root: Path) -> None:
    channel = Channel(world)
    hold = world.replicate.faults.hold("predictions.create", "during", 1)
    async with BotProcess(world, root, image_concurrency=1) as bot:
        asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
        await channel.until(hold.reached.is_set, "an order at the vendor")
        await bot.kill()
    hold.release.set()
    world.replicate.clock.ahead = 7200.0

    async with BotProcess(world, root, image_concurrency=1):
        anchor = await channel.reply(asked, "1 image needs your word")
        await channel.until(lambda: "2 of 3 images" in text(anchor), "the two others")


async def test_what_is_made_is_not_said_to_be_called_off(start: Start, world: World) -> None:
    world.replicate.fates.extend([Fate(run_s=0.01), Fate(run_s=3)])
    channel: Channel = await start(image_concurrency=1)

    asked = channel.say(f"{HERE} re-run runs/{RUN} with seed 5")
    await channel.reply(asked, "1 of 3 images")
    channel.say("cancel CB-LORA-front-full-S5", thread=asked)
    await channel.reply(asked, "nothing was called off")

    assert "3 images made" in text(await channel.result(asked))


@pytest.mark.parametrize(
    ("query", "body"),
    [("order=1&attempt=1", b"\xff\xfe"), (f"order={2**70}&attempt=1", b'{"id": "x", "status": "succeeded"}'), ("order=x", b"{}"), ("order=1&attempt=1", b"[1]")],
    ids=["no text", "no number", "no order", "no object"],
)  # fmt: skip
async def test_a_report_that_makes_no_sense_is_refused(
    start: Start, world: World, public: str, query: str, body: bytes
) -> None:
    speak_http(world, public)
    await start(slack_mode="http", port=int(public.rsplit(":", 1)[1]), public_url=public)
    headers = world.replicate.signed("msg_3", body.decode("utf-8", "replace"))
    async with aiohttp.ClientSession() as session:
        sent = session.post(f"{public}/replicate/webhook?{query}", data=body, headers=headers)
        async with sent as answer:
            assert answer.status == 400
