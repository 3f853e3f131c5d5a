"""A missed bar gets remedies: each with its price and what it tests, the cheapest first; and what helped before is
told."""

import contextlib
import re
import sqlite3
from pathlib import Path

import pytest
import sqlite_utils

from bot.ledger import Ledger
from bot.ledger.remedies import cases, keep
from bot.sandbox.lab import SECOND_RUN
from bot.sandbox.world import World
from pipeline import pictures
from pipeline.advice.remedies import new_photographs
from pipeline.advice.tried import Remedy, Tried
from pipeline.lab.files import FixtureRecord, Photo
from pipeline.lab.lab import Lab
from pipeline.models import Axis
from tests.channel import RUN, Channel, choices, text
from tests.conftest import Start
from tests.ledger import table
from tests.photographs import good

SECOND = "20260612-cb-lora-v2"
STRICT = {"proceed_threshold": 0.95}
"""So that the sample run misses both bars."""
JUDGE = f"in the labs channel: judge runs/{SECOND}"


async def test_remedies_come_cheapest_first_each_with_its_price_and_test(start: Start, world: World) -> None:
    channel = await start(**STRICT)
    result = await channel.result(channel.say(JUDGE))
    labels = [label for label in choices(result) if re.match(r"Q[14]: ", label)]
    prices = [float(label.rpartition("$")[2]) for label in labels if "$" in label]

    assert "ITERATE" in text(result)
    assert {label.partition(" ~")[0] for label in labels} == {
        "Q1: other seeds",
        "Q1: say woman or man",
        "Q1: LoRA scale",
        "Q4: wording",
        "Q4: guidance",
        "Q1: retraining",
        "Q4: upscaler",
    }
    said = await channel.details(result)
    for words in (
        "whether it was these seeds alone",
        "“TOKR woman” keeps the model from guessing",
        "1 → 1.2",
        "1,500 steps at rank 32",
        "whether more photographs help: add them to inputs/lora-cb-fixture first",
        "plainer words",
        "3 → 2.5",
        "whether crystal makes photographs of them",
    ):
        assert words in said, words
    assert sorted(prices) == prices
    assert "helped in" not in said


async def test_a_remedy_does_what_its_button_says_and_is_learnt_from(start: Start, world: World, root: Path) -> None:
    channel = await start(**STRICT)
    result = await channel.result(channel.say(JUDGE))
    before = len(world.replicate.ordered)
    channel.choose(result, "Q1: LoRA scale")
    again = await channel.until(
        lambda: [one for one in channel.replies(result["thread_ts"]) if "labs:open:details" in text(one)][1:],
        "the remedy's result",
    )

    made = world.replicate.ordered[before:]
    assert {one.input["lora_scale"] for one in made} == {1.2}
    assert {one.input["seed"] for one in made} == {42, 7301, 555, 999}
    assert len(made) == 12
    new = next(name for name in Lab(root).runs() if name.endswith("-cb-lora-v2-r1"))
    manifest = Lab(root).run(new).manifest
    assert manifest is not None
    assert (manifest.inference or {})["lora_scale"] == 1.2
    learnt = table(root, "remedies")
    assert [row["remedy"] for row in learnt] == ["LoRA scale"]
    assert learnt[0]["axis"] == "q1_identity"
    assert learnt[0]["before_scored"] == learnt[0]["after_scored"] == 12
    assert new in text(again[0])
    assert "1.2 → 1.4" in await channel.details(again[0])


@pytest.mark.in_file
async def test_what_helped_is_told_from_three_cases_on(start: Start, root: Path) -> None:
    channel = await start(**STRICT)
    first = await channel.result(channel.say(JUDGE))
    assert "helped in" not in await channel.details(first)
    await channel.stop()
    with contextlib.closing(sqlite3.connect(root / "ledger.db", isolation_level=None)) as connection:
        db = sqlite_utils.Database(connection)  # without foreign keys: these cases are of jobs long gone
        for at, after in enumerate(((5, 6), (6, 6), (3, 6))):
            one = Tried(remedy=Remedy.SCALE, axis=Axis.IDENTITY, before=(4, 6), after=after)
            keep(db, f"gone-{at}", (one,), 1.0)
        assert cases(db) == {"LoRA scale": (2, 3)}
    again = await start(**STRICT)
    shown = await again.result(again.say(f"{JUDGE} --repeats 2"))

    assert "it helped in 2 of 3 cases" in await again.details(shown)


@pytest.mark.parametrize(
    ("before", "after", "helped"),
    [
        ((4, 6), (5, 6), True),
        ((4, 6), (8, 12), False),
        ((4, 6), (9, 12), True),
        ((5, 6), (4, 6), False),
        ((0, 6), (1, 60), True),
    ],
)
def test_a_remedy_helped_when_the_rate_rose(
    tmp_path: Path, before: tuple[int, int], after: tuple[int, int], *, helped: bool
) -> None:
    """Counts are compared, not rounded rates."""
    Ledger.open(tmp_path / "ledger.db").close()
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as connection:
        db = sqlite_utils.Database(connection)  # without foreign keys: the case is of no job
        keep(db, "gone", (Tried(remedy=Remedy.SEEDS, axis=Axis.IDENTITY, before=before, after=after),), 1.0)

        assert cases(db) == {Remedy.SEEDS.value: (int(helped), 1)}


async def test_fresh_seeds_are_fresh_for_the_trained_version(channel: Channel, world: World) -> None:
    """A sibling of the same version has made the usual ones: nobody is sold them again."""
    ask = f"in the labs channel: re-run runs/{RUN} with 3 seeds"
    first = channel.say(ask)
    await channel.result(first)
    second = channel.say(ask)
    await channel.result(second)

    made = [one.input["seed"] for one in world.replicate.ordered]
    assert len(made) == 18
    assert len(set(made)) == 6


async def test_other_words_are_a_run_of_their_own_with_the_same_seeds_and_prompt_ids(
    start: Start, world: World, root: Path
) -> None:
    """Old and new prompts in one verdict would tell nothing about the words."""
    channel = await start(**STRICT)
    result = await channel.result(channel.say(JUDGE))
    before = Lab(root).run(SECOND_RUN).cells
    channel.choose(result, "Q1: say woman or man")
    await channel.until(
        lambda: [one for one in channel.replies(result["thread_ts"]) if "labs:open:details" in text(one)][1:],
        "the remedy's result",
    )

    new = Lab(root).run(next(name for name in Lab(root).runs() if name.endswith("-cb-lora-v2-r1")))
    assert {(cell.prompt_id, cell.seed) for cell in new.cells} == {(cell.prompt_id, cell.seed) for cell in before}
    assert all("TOKR woman" in (cell.prompt or "") for cell in new.cells)
    assert Lab(root).run(SECOND_RUN).cells == before
    assert [row["remedy"] for row in table(root, "remedies")] == ["class noun"]


def test_more_photographs_is_offered_only_once_there_are_more(root: Path) -> None:
    """What it was trained from stands in its run.json."""
    run = Lab(root).run(SECOND_RUN)
    trained = tuple(
        Photo(name=Path(one).name, sha256=pictures.sha256((root / one).read_bytes()))
        for one in Lab(root).photos("lora-cb-fixture")
    )
    fixture = FixtureRecord(path="inputs/lora-cb-fixture", photos=trained)
    run.write("run.json", run.derived_manifest().model_copy(update={"fixture": fixture}).write())
    assert new_photographs(Lab(root).run(SECOND_RUN)) == ()

    (root / "inputs/lora-cb-fixture/cb_new.jpg").write_bytes(good(77))

    assert new_photographs(Lab(root).run(SECOND_RUN)) == ("inputs/lora-cb-fixture/cb_new.jpg",)
