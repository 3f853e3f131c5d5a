"""A ledger moved from a file to a server and back: every row the same, and the bot goes on where it stood."""

import contextlib
import getpass
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.ledger import Ledger, move
from bot.ledger.database import change
from bot.ledger.store import glance
from bot.sandbox.world import World
from bot.settings.address import Address
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel
from tests.conftest import Start
from tests.ledger import at, charges, lie_at
from tests.postgres import make_database
from tests.process import BotProcess, command

ASK = f"in the labs channel: judge runs/{RUN}"


def environment(world: World, root: Path, **given: str) -> dict[str, str]:
    return world.settings() | {"LABS_ROOT": str(root), "LABS_OPERATORS": getpass.getuser(), **given}


def rows_of(where: Path | Address) -> Any:
    return glance(where, move.everything)


@pytest.mark.slow
async def test_a_ledger_goes_to_a_server_and_back_and_the_bot_goes_on(
    world: World, root: Path, postgres: str, tmp_path: Path
) -> None:
    channel = Channel(world)
    file = root / "ledger.db"
    async with BotProcess(world, root):
        await channel.result(channel.say(ASK))
    before = rows_of(file)
    place = lie_at(tmp_path, postgres)
    make_database(place)

    status, said = await command(("migrate-ledger", place.uri), environment(world, root))
    assert status == 0, said
    assert "read each back: they are the same" in " ".join(said.split())
    assert rows_of(place) == before

    async with BotProcess(world, root, db=place.uri):
        await channel.reply(channel.say(ASK), "stored")  # it knows what was bought
        again = channel.say(f"in the labs channel: judge runs/{RUN} using claude-haiku-4-5")
        await channel.result(again)
    there = rows_of(place)
    assert len(there["charges"]) == len(before["charges"]) + 6

    back = tmp_path / "back.db"
    status, said = await command(("migrate-ledger", str(back)), environment(world, root, LABS_DB=place.uri))
    assert status == 0, said
    assert rows_of(back) == there
    async with BotProcess(world, root, db=str(back)):
        await channel.reply(channel.say(ASK), "stored")
    assert len(world.anthropic.asked) == 12
    assert state_of(Lab(root).run(RUN)).verdict.word is not Word.IN_FLIGHT


async def test_what_is_not_drained_or_not_empty_is_not_moved(world: World, root: Path, tmp_path: Path) -> None:
    with contextlib.closing(Ledger.open(root / "ledger.db")) as ledger:
        sql = """insert into outbox (key, kind, channel, state, created_at)
                 values ('answer:1', 'answer', 'C', :state, 1)"""
        ledger.run_now(lambda db: change(db, sql, state="sending"))
    status, said = await command(("migrate-ledger", str(tmp_path / "new.db")), environment(world, root))
    assert status == 1
    assert "messages being sent: 1. Nothing was moved" in " ".join(said.split())
    assert not (tmp_path / "new.db").exists()

    with contextlib.closing(Ledger.open(root / "ledger.db")) as ledger:
        ledger.run_now(lambda db: change(db, "update outbox set state = :state", state="sent"))
    assert (await command(("migrate-ledger", str(tmp_path / "new.db")), environment(world, root)))[0] == 0
    status, said = await command(("migrate-ledger", str(tmp_path / "new.db")), environment(world, root))
    assert status == 1
    assert "There is a ledger in the new place already" in " ".join(said.split())


@pytest.mark.postgres
async def test_who_is_at_work_is_shown(world: World, root: Path) -> None:
    where = at(root)
    assert isinstance(where, Address)
    async with BotProcess(world, root) as first, BotProcess(world, root) as second:
        pids = (first.pid, second.pid)
        given = environment(world, root, LABS_DB=where.uri, COLUMNS="200")
        said = ""
        for _ in range(5):  # a machine that is busy may keep one from a beat
            if said.count("yes") < 2:
                status, said = await command(("status", "--processes"), given)
                assert status == 0, said
    assert all(f"pid {pid}" in said for pid in pids)
    assert said.count("yes") == 2
    assert "none waits" in said


@pytest.mark.postgres
async def test_a_shell_hands_over_to_who_is_at_work_and_works_by_itself_where_nobody_is(
    world: World, root: Path
) -> None:
    where = at(root)
    assert isinstance(where, Address)
    given = environment(world, root, LABS_DB=where.uri, COLUMNS="200")
    status, said = await command(("run", f"judge runs/{RUN} without controls", "--yes"), given)
    assert status == 0, said
    assert len(world.anthropic.asked) == 6
    async with BotProcess(world, root):
        status, said = await command(
            ("run", f"judge runs/{RUN} using claude-haiku-4-5 without controls", "--yes"), given
        )
    assert status == 0, said
    assert len(world.anthropic.asked) == 12
    assert {row["state"] for row in charges(root)} == {"charged"}


async def test_the_numbers_are_served_on_this_machine_alone(start: Start, root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    channel: Channel = await start(metrics_port=port)
    await channel.result(channel.say(ASK))
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        said = await answer.text()

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'labs_rows{table="calls",state="judged"} 6' in said
    assert 'labs_charges_total{vendor="anthropic",state="charged"} 6' in said
    spent = sum(row["usd_micros"] for row in charges(root)) / 1e6
    assert f'labs_charged_usd_total{{vendor="anthropic",state="charged"}} {spent}' in said
    assert "# TYPE labs_oldest_due_seconds gauge" in said
