"""Train a LoRA: from the words in #labs over pre-flight, plan and approval to the run, its grid and its verdict."""

import io
import json
import zipfile
from pathlib import Path

from PIL import Image

from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.files import TrainingState
from pipeline.lab.lab import Lab
from tests.channel import ENDED, RUN, Channel, buttons, pictures, text
from tests.conftest import Start
from tests.ledger import charges, table
from tests.photographs import good
from tests.training import ASK, approve, new_run


async def test_a_new_identity_is_trained_made_and_judged_after_an_approval(
    channel: Channel, world: World, root: Path
) -> None:
    asked = channel.say(ASK)
    plan = await channel.until(
        lambda: next((m for m in channel.replies(asked) if pictures(m)), None), "the plan with the contact sheet"
    )
    said = text(plan)

    assert "New identity JD from 12 photographs" in said
    assert "13 green (faces are not checked)" in said
    assert "1000 steps, rank 16" in said
    assert "JDKR" in said
    assert "3 prompts × 2 seeds = 6 new images" in said
    assert "training $1.83" in said
    assert "A training always needs an approval." in said
    assert world.replicate.shelf.files == {}
    assert world.replicate.trainings.ordered == []

    channel.press(plan, "labs:approve", person="U0SAM")
    result = await channel.result(asked)
    anchor = await channel.settled(asked)

    run = Lab(root).run(new_run(root))
    assert run.name.endswith("-jd-lora-v1")
    assert len(world.replicate.trainings.ordered) == 1
    trained = world.replicate.trainings.ordered[0]
    assert trained.destination == "sandbox-lab/jd-lora-v1"
    assert trained.input["trigger_word"] == "JDKR"
    assert world.replicate.shelf.models[trained.destination]["visibility"] == "private"
    assert world.replicate.shelf.files == {}
    assert {one.version for one in world.replicate.ordered} == {trained.trained}
    assert len(world.replicate.ordered) == len(world.anthropic.asked) == 6
    assert state_of(run).verdict.word in {Word.PROCEED, Word.ITERATE}
    assert "<@U0DANA>" in text(result)
    assert "Trained" in text(anchor)
    assert len(pictures(result)) == 1
    state = TrainingState.read((run.path / "training_state.json").read_bytes(), "it")
    assert state.version == f"{trained.destination}:{trained.trained}"
    assert len(state.inference) == 6
    manifest = json.loads((run.path / "run.json").read_bytes())
    assert manifest["trainer"]["parameters"]["steps"] == 1000
    assert len(manifest["fixture"]["photos"]) == 12
    assert manifest["reference"] == "inputs/lora-jd-fixture/jd_ref.jpg"
    booked = {one["model"]: one for one in charges(root)}
    assert booked["ostris/flux-dev-lora-trainer"]["usd_micros"] == 1_921_500  # 1,260 s of an H100
    assert world.slack.refused == []


async def test_a_denied_plan_says_why_and_spends_nothing(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(ASK)
    plan = await channel.plan(asked)

    view = await channel.fill(plan, "labs:open:deny", "U0SAM", reason="the light is too flat")
    stamp = await channel.reply(asked, "Denied by <@U0SAM>: the light is too flat")

    assert view["title"]["text"] == "Deny this plan"
    assert buttons(stamp) == ENDED
    assert world.replicate.shelf.files == {}
    assert charges(root) == []
    assert world.slack.refused == []


async def test_a_changed_plan_is_another_plan_with_its_own_approval(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(ASK)
    first = await channel.plan(asked)

    await channel.fill(first, "labs:open:change", steps=1500, lora_rank=32, seeds="19023, 555", parts=["matrix"])
    old = await channel.reply(asked, "Replaced by <@U0DANA> with job")
    second = await channel.plan(asked)

    assert buttons(old) == ENDED
    assert second["ts"] != first["ts"]
    assert "1500 steps, rank 32" in text(second)
    assert "seeds 19023, 555" in text(second)
    assert "Then the judge" not in text(second)
    channel.press(second, "labs:approve", "U0SAM")
    await channel.settled(asked)
    assert [one.steps for one in world.replicate.trainings.ordered] == [1500]
    assert world.replicate.trainings.ordered[0].input["lora_rank"] == 32
    assert {one.input["seed"] for one in world.replicate.ordered} == {19023, 555}
    assert world.anthropic.asked == []
    assert new_run(root).endswith("-jd-lora-v1")


async def test_a_run_is_trained_again_with_its_own_prompts_and_seeds(
    channel: Channel, world: World, root: Path
) -> None:
    asked = channel.say("in the labs channel: retrain CB v1 with 2000 steps and rank 32")
    plan = await channel.plan(asked)
    channel.press(plan, "labs:approve", "U0SAM")
    await channel.settled(asked)

    planned = await channel.planned(plan)
    assert "steps unknown → 2000, rank unknown → 32" in planned
    assert "does not say how it was trained" in planned
    assert "*2000 steps, rank 32*" in planned
    run = Lab(root).run(new_run(root))
    assert run.name.endswith("-cb-lora-v3")
    assert run.manifest is not None
    assert run.manifest.parent == RUN
    assert run.seeds == (42, 7301)
    assert run.prompt_ids == Lab(root).run(RUN).prompt_ids
    assert world.replicate.trainings.ordered[0].input["steps"] == 2000
    assert {cell.label.split("-LORA")[0] for cell in run.cells} == {"CB3"}


async def test_photographs_that_came_since_are_said_when_a_run_is_trained_again(channel: Channel, root: Path) -> None:
    asked = channel.say(f"{ASK} without the matrix")
    await approve(channel, asked)
    await channel.settled(asked)
    (root / "inputs/lora-jd-fixture/jd_77.jpg").write_bytes(good(77))
    (root / "inputs/lora-jd-fixture/jd_5.jpg").unlink()
    again = channel.say(f"in the labs channel: retrain runs/{new_run(root)}")

    assert "1 photograph more, 1 photograph fewer" in text(await channel.plan(again))


async def test_faces_are_looked_for_where_the_extra_is_installed(start: Start) -> None:
    channel: Channel = await start(check_faces=True)
    asked = channel.say(ASK)
    said = text(await channel.plan(asked))

    # Of the drawn people the detector sees some and misses others: `jd_1` stands too far away for it.
    assert "no face is found in it" in said
    assert "faces are not checked" not in said


async def test_a_red_fixture_gets_a_contact_sheet_and_no_plan(channel: Channel, world: World, root: Path) -> None:
    folder = root / "inputs/lora-jd-fixture"
    (folder / "jd_3.jpg").write_text("not a picture")
    asked = channel.say(ASK)
    answer = await channel.reply(asked, "cannot be trained from")

    assert "`jd_3.jpg`: it is no PNG, JPEG, WebP, HEIC or AVIF picture" in text(answer)
    assert len(pictures(answer)) == 1
    assert buttons(answer) == {}
    assert table(root, "jobs") == []
    assert world.replicate.exchanges == [] or all(one["method"] == "GET" for one in world.replicate.exchanges)


async def test_amber_is_accepted_by_name_or_by_the_buttons_own_question(
    channel: Channel, world: World, root: Path
) -> None:
    folder = root / "inputs/lora-jd-fixture"
    with Image.open(folder / "jd_3.jpg") as photo:
        photo.resize((600, 750)).save(folder / "jd_3.jpg")
    asked = channel.say(ASK)
    plan = await channel.plan(asked)
    channel.say("approve", "U0SAM", asked)
    refused = await channel.reply(asked, "accepts each by name")

    assert buttons(plan)["labs:open:approve"].endswith("with 1 amber…")
    job = table(root, "jobs")[0]["id"]
    assert f"`approve {job}: jd_3.jpg`" in text(refused)
    assert world.replicate.trainings.ordered == []

    channel.say(f"approve {job}: jd_3.jpg", "U0SAM", asked)
    await channel.result(asked)
    decided = [one for one in table(root, "decisions") if one["what"] == "approved"]
    assert [one["reason"] for one in decided] == ["jd_3.jpg"]


async def test_what_is_uploaded_is_upright_without_metadata_and_always_the_same(
    channel: Channel, world: World, root: Path
) -> None:
    folder = root / "inputs/lora-jd-fixture"
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    with Image.open(folder / "jd_5.jpg") as photo:
        photo.rotate(90, expand=True).save(folder / "jd_5.jpg", exif=exif)
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)

    assert len(world.replicate.shelf.uploaded) == 1
    with zipfile.ZipFile(io.BytesIO(world.replicate.shelf.uploaded[0])) as archive:
        names = archive.namelist()
        photos = [Image.open(io.BytesIO(archive.read(name))) for name in names]
    assert names == [f"jd_{number}.jpg" for number in range(1, 13)]
    assert all(not len(photo.getexif()) for photo in photos)
    assert photos[4].size == (800, 1000)
