"""A ledger that an earlier version wrote opens under this one: nothing is lost, and what was open goes on."""

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.cli.migrate_ledger import moved
from bot.ledger import Ledger, move
from bot.ledger.database import Database, change
from bot.sandbox.slack.workspace import File
from bot.sandbox.world import World
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel, buttons, refused, text
from tests.conftest import Start
from tests.keep_ledger import facts
from tests.ledger import at, charges, lie_at, table
from tests.postgres import make_database

KEPT = sorted((Path(__file__).parent.parent / "data/ledgers").iterdir())


@pytest.fixture(params=KEPT, ids=lambda kept: kept.name)
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a kept lab; `labs serve` finds its ledger there."""
    return Path(shutil.copytree(request.param, tmp_path / "lab"))


def known(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "known.json").read_text("utf-8"))
    return found


def remember(world: World, root: Path) -> None:
    """What stood in the channel stands there again."""
    said = json.loads((root / "channel.json").read_text("utf-8"))
    space = world.slack.workspace
    space._random.seed("another day")  # or it gives out the ids of the files that are there
    space.messages.update(said["messages"])
    for one in said["files"]:
        space.files[one["id"]] = File(**{**one, "content": b""})


def test_the_past_is_the_same(root: Path) -> None:
    ledger = Ledger.open(root / "ledger.db")
    try:
        found = ledger.run_now(facts)
    finally:
        ledger.close()

    assert json.loads(json.dumps(found)) == known(root)


def move_to(server: str, root: Path) -> None:
    """As `labs migrate-ledger` does it."""
    with contextlib.closing(Ledger.open(root / "ledger.db")) as old:
        assert old.run_now(move.under_way) == []
        given = old.run_now(move.everything)
    where = lie_at(root, server)
    make_database(where)
    with contextlib.closing(Ledger.open(where)) as new:
        assert new.run_now(moved, given) == sum(map(len, given.values()))


def widen(root: Path) -> None:
    """A later version is at work, too: it has columns in every table of which this one knows nothing."""
    with contextlib.closing(Ledger.open(at(root), alone=False)) as later:
        later.run_now(_with_more_columns)


def _with_more_columns(db: Database) -> None:
    for name in db.table_names():
        change(db, f"alter table {name} add column of_tomorrow text default 'unknown'")


@pytest.mark.parametrize("place", ["a file", "a server with two processes", "a file of tomorrow"])
async def test_what_was_open_goes_on(
    world: World, root: Path, start: Start, request: pytest.FixtureRequest, place: str
) -> None:
    if place == "a server with two processes":
        move_to(request.getfixturevalue("postgres"), root)
    elif place == "a file of tomorrow":
        widen(root)
    jobs = known(root)["jobs"]
    runs_on, held, training = (
        next(job["id"] for job in jobs if words in job["request"]) for words in ("[7, 8]", "[5]", "train")
    )
    before = {one["id"]: one for one in charges(root)}
    remember(world, root)
    channel: Channel = await start()
    if place == "a server with two processes":
        await start()

    def says(words: str, job: str) -> Any:
        return lambda: next(
            (one for one in channel.workspace.from_bot() if words in text(one) and f"`{job}`" in text(one)), None
        )

    result = await channel.until(says("labs:open:details", runs_on), "the running job's result")
    assert "6 images made" in text(result)
    waiting = await channel.until(says("your word", held), "the held order's question")
    channel.press(waiting, "labs:retry", "U0SAM")
    assert "labs:open:details" in text(await channel.until(says("3 images made", held), "what was held"))
    plan = await channel.until(says("Waits for an approval", training), "the plan that waits")
    channel.press(plan, "labs:open:approve", "U0SAM")
    view = await channel.form("U0SAM")
    channel.world.people.submit("U0SAM", view["id"], {})
    trained = await channel.until(says("labs:open:details", training), "the training's result")
    assert "jd-lora-v1" in text(trained)
    question = next(one for one in channel.workspace.from_bot() if "is no run here" in text(one))
    first = next(iter(buttons(question)))
    channel.press(question, first)
    await channel.reply(question["thread_ts"], RUN)

    assert len(world.replicate.ordered) == 4 + 3
    assert len(world.replicate.trainings.ordered) == 1
    now = {one["id"]: one for one in charges(root) if one["id"] in before}
    assert {key: {name: now[key][name] for name in row} for key, row in before.items()} == before
    assert not [one for one in table(root, "jobs") if one["state"] == "failed"]
    assert len(Lab(root).run(RUN).cells) == 9
    assert refused(world) == []
