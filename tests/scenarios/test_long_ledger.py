"""A ledger of some years: no step of a message or a job looks through all of it."""

import contextlib
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from tests.channel import RUN, Channel
from tests.conftest import Start
from tests.ledger import table

ROWS = 3000
"""Of each long table: enough that SQLite prefers an index wherever there is one that fits."""
LONG = "inbox|outbox|plans|jobs|charges|calls|orders|judgements|decisions"
_SCANS = re.compile(rf"^SCAN ({LONG})\b(?!.* USING)")


def grow(path: Path) -> None:
    """Years of messages, answers, jobs and charges, made of what one job left."""
    since = time.time() - 400 * 86400
    with contextlib.closing(sqlite3.connect(path)) as db:
        many = range(ROWS)
        thread = [f"{since + number // 4 * 240:.6f}" for number in many]
        db.executemany(
            "insert into inbox (channel, ts, kind, person, text, thread_ts, state, received_at)"
            " values ('C0LABS', ?, 'message', 'U0DANA', 'list runs', ?, 'done', ?)",
            [(f"{since + number * 60:.6f}", thread[number], since + number * 60) for number in many],
        )
        db.executemany(
            "insert into outbox (key, kind, channel, thread_ts, body, state, ts, sent_version, created_at)"
            " values (?, 'answer', 'C0LABS', ?, '{}', 'sent', ?, 1, ?)",
            [(f"answer:x{number}", thread[number], f"{since + number * 60 + 1:.6f}", since) for number in many],
        )
        plan = db.execute("select action, body, asked_by from plans").fetchone()
        db.executemany(
            "insert into plans (id, hash, action, run, body, asked_by, channel, thread_ts, created_at)"
            " values (?, ?, ?, ?, ?, ?, 'C0LABS', ?, ?)",
            [(f"p{n}", f"h{n}", plan[0], f"run-{n % 500}", plan[1], plan[2], thread[n], since) for n in many],
        )
        db.executemany(
            "insert into jobs (id, state, cap_micros, updated_at) values (?, 'done', 1, 1)", [(f"p{n}",) for n in many]
        )
        (call,) = db.execute("select min(id) from calls").fetchone()
        db.executemany(
            "insert into charges (call_id, attempt, job_id, run, person, vendor, model, state, estimate_micros, at)"
            " values (?, ?, ?, ?, 'U0DANA', 'anthropic', 'gone', 'charged', 1, ?)",
            [(call, 10 + n, f"p{n}", f"run-{n % 500}", since) for n in many],
        )
        db.executemany(
            "insert into calls (job_id, label, vote, fingerprint, image, image_sha256, prompt, estimate_micros, state)"
            " values (?, 'A', 1, ?, 'x', 'x', 'x', 1, 'judged')",
            [(f"p{n}", f"f{n}") for n in many],
        )
        db.commit()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every statement that the bot gives to SQLite from now on."""
    connect, found = sqlite3.connect, set[str]()

    def listening(*args: Any, **more: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **more)
        connection.set_trace_callback(found.add)
        return connection

    monkeypatch.setattr(sqlite3, "connect", listening)
    return found


@pytest.mark.in_file
async def test_nothing_on_the_way_of_a_message_or_a_job_scans_a_long_table(
    start: Start, root: Path, said: set[str]
) -> None:
    first: Channel = await start()
    asked = first.say(f"in the labs channel: judge runs/{RUN}")
    await first.result(asked)
    await first.settled(asked)
    await first.stop()
    grow(root / "ledger.db")
    channel: Channel = await start()
    await channel.reply(channel.say("list runs"), RUN)  # what is done once, at the start, may take its time
    said.clear()

    for words in ("list runs", f"show runs/{RUN}", f"status of runs/{RUN}", "good morning", "what is there to eat?"):
        channel.say(words)
    again = channel.say(f"in the labs channel: re-run runs/{RUN} with 1 seed, then judge")
    await channel.result(again)
    await channel.settled(again)

    scans = {}
    with contextlib.closing(sqlite3.connect(root / "ledger.db")) as db:
        for statement in list(said):
            if not statement.lower().startswith(("select", "update", "delete", "with", "insert")):
                continue
            for row in db.execute(f"explain query plan {statement}"):
                if _SCANS.match(row[3]):
                    scans[" ".join(statement.split())[:300]] = row[3]
    assert len(table(root, "inbox")) > ROWS
    assert scans == {}
