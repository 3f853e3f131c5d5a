"""The ledger: units of work whole or not at all, budgets exact, plans unchanged."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from bot.ledger import Ledger, LedgerBusy, inbox, jobs, money, outbox, questions, readings
from bot.ledger.backup import backup
from bot.ledger.database import Database, change, one
from bot.ledger.schema import migrations
from handlers.ports import Heard
from pipeline.actions.judge import JudgeRun
from pipeline.errors import LabsError


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    yield opened
    opened.close()


def _count(db: Database) -> int:
    row = one(db, "select count(*) as n from budgets")
    return int(row["n"]) if row else 0


def _add(db: Database, name: str, *, fail: bool = False) -> None:
    change(db, "insert into budgets (scope, used_micros) values (:name, 1)", name=name)
    if fail:
        raise ValueError(name)


async def test_a_unit_that_fails_is_undone_alone(ledger: Ledger) -> None:
    results = await asyncio.gather(
        *(ledger.run(_add, f"s{at}", fail=at % 3 == 0) for at in range(30)), return_exceptions=True
    )

    assert sum(isinstance(result, ValueError) for result in results) == 10
    assert await ledger.run(_count) == 20


async def test_a_canceled_caller_loses_no_commit(ledger: Ledger) -> None:
    task = asyncio.create_task(ledger.run(_add, "kept"))
    await asyncio.wait({task}, timeout=0)
    task.cancel()
    await asyncio.wait({task})

    assert await ledger.run(_count) == 1


async def test_a_closed_ledger_refuses_instead_of_keeping_its_callers_waiting(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "closed.db")
    ledger.close()

    with pytest.raises(LabsError, match="stopping"):
        ledger.run_now(_count)
    with pytest.raises(LabsError, match="stopping"):
        await ledger.run(_count)


def test_one_process_owns_a_ledger(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.run_now(_count) == 0
    with pytest.raises(LedgerBusy):
        Ledger.open(tmp_path / "ledger.db")


def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a database, and long enough to be looked at" * 40)

    with pytest.raises(LabsError, match="is damaged"):
        Ledger.open(tmp_path / "ledger.db")


async def test_a_message_is_one_row_however_often_it_comes(ledger: Ledger) -> None:
    heard = Heard(channel="C1", ts="1.0", kind="message", person="U1", text="hi")

    found = await asyncio.gather(*(ledger.run(inbox.hear, heard, 1.0) for _ in range(20)))

    assert sum(row is not None for row in found) == 1


async def test_an_outbox_key_is_one_message(ledger: Ledger) -> None:
    made = await asyncio.gather(
        *(ledger.run(outbox.put, "answer:1", "answer", "C1", "1.0", 1.0, body="{}") for _ in range(20))
    )
    intents = await asyncio.gather(*(ledger.run(outbox.intend, "answer:1", "boot", 1.0) for _ in range(20)))

    assert sum(made) == 1
    assert sum(post is not None for post in intents) == 1


def test_a_backup_is_a_ledger_of_the_moment(ledger: Ledger, tmp_path: Path) -> None:
    ledger.run_now(_add, "one")
    backup(tmp_path / "ledger.db", tmp_path / "copy.db")
    copy = Ledger.open(tmp_path / "copy.db")
    try:
        assert copy.run_now(_count) == 1
    finally:
        copy.close()


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=40))
def test_no_interleaving_of_reservations_passes_a_limit(steps: list[tuple[int, bool]]) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        db = sqlite_utils.Database(connection)
        migrations.apply(db)
        counters = money.scopes("U1", "2026-11-23", money.Limits(job=100, person_day=100, month=150))
        held: list[int] = []
        for amount, give_back in steps:
            if give_back and held:
                money.give_back(db, [counter.name for counter in counters], held.pop())
            elif money.reserve(db, counters, amount) is None:
                held.append(amount)
            assert [money.used(db, counter.name) for counter in counters] == [sum(held)] * 2
            assert sum(held) <= 100
    finally:
        connection.close()


async def test_many_units_are_committed_together(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.run(_add, f"s{at}") for at in range(2000)))

    assert await ledger.run(_count) == 2000


def test_an_older_ledger_keeps_its_open_question(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    db = sqlite_utils.Database(path)
    migrations.apply(db, stop_before="m002_questions")
    request = JudgeRun(run="20260529-cb-lora-v1").model_dump_json()
    db.execute(
        "insert into questions values ('C0LABS', '1.0', '20260529-cb-lora-v1', 'U0DANA', ?, '[\"front-full\"]', 100.0)",
        [request],
    )
    db.conn.commit()
    db.close()

    opened = Ledger.open(path)
    found = opened.run_now(questions.open_in, "C0LABS", "1.0", 50.0)
    opened.close()

    assert found is not None
    assert isinstance(found.about, questions.MissingPromptsOf)
    assert found.about.prompt_ids == ("front-full",)
    assert found.about.request == JudgeRun(run="20260529-cb-lora-v1")


def test_a_message_is_read_once_and_what_it_did_not_use_is_given_back(ledger: Ledger) -> None:
    heard = Heard(channel="C0LABS", ts="1.0", kind="message", person="U0DANA", text="?")
    inbox_id = ledger.run_now(inbox.hear, heard, 1.0)
    assert inbox_id is not None
    scope = money.Scope(name="reader:2026-11-23", limit_micros=5_000, words="the day")
    terms = readings.Terms(person="U0DANA", model="m", estimate_micros=4_000, counters=(scope,))

    first = ledger.run_now(readings.intend, inbox_id, terms, 2.0)
    paid = money.Charge(state="charged", usd_micros=1_500)
    ledger.run_now(readings.settle, inbox_id, paid, "{}", 3.0)

    assert first is None
    assert ledger.run_now(readings.intend, inbox_id, terms, 4.0) == "asked before"
    assert ledger.run_now(readings.answer, inbox_id) == "{}"
    assert ledger.run_now(money.used, scope.name) == 1_500
    assert ledger.run_now(readings.spent_since, 0.0).usd_micros == 1_500


def test_an_id_is_never_a_number_or_a_word() -> None:
    """`approve ebdade` was read as talk: nothing told that word from any other."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        db = sqlite_utils.Database(connection)
        migrations.apply(db)

        ids = [jobs._new_id(db) for _ in range(5000)]

    assert [one for one in ids if one.isdigit() or one.isalpha()] == []
