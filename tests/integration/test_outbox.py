"""Who stood still while a message went out, and who took it over: one of them shows it, whichever comes first."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ledger import Ledger, outbox
from bot.ledger.outbox import Post
from bot.settings.address import Address
from tests.ledger import lie_at
from tests.postgres import make_database

KEY = "answer:1"


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """With one message that waits."""
    where: Path | Address = tmp_path / "ledger.db"
    if request.param == "server":
        make_database(where := lie_at(tmp_path, request.getfixturevalue("postgres")))
    with closing(Ledger.open(where)) as opened:
        opened.run_now(outbox.put, KEY, "answer", "C1", "1.0", 1.0, body="{}")
        yield opened


def sending(ledger: Ledger) -> Post:
    post = ledger.run_now(outbox.intend, KEY, "boot", 10.0)
    assert post is not None
    return post


def test_what_was_taken_over_is_not_renewed(ledger: Ledger) -> None:
    post = sending(ledger)

    assert ledger.run_now(outbox.not_there, post, 20.0)
    assert not ledger.run_now(outbox.renew, KEY, post.attempt, 20.0)


def test_what_was_renewed_is_not_taken_over_by_who_looked_before(ledger: Ledger) -> None:
    post = sending(ledger)

    assert ledger.run_now(outbox.renew, KEY, post.attempt, 20.0)
    assert not ledger.run_now(outbox.not_there, post, 20.0)
    again = ledger.run_now(outbox.get, KEY)
    assert again is not None
    assert (again.state, again.intent_at) == ("sending", 20.0)
    assert ledger.run_now(outbox.not_there, again, 30.0)


@pytest.mark.parametrize(("older", "edits"), [(False, 0), (True, 1)])
def test_what_was_written_over_something_newer_is_written_again(ledger: Ledger, *, older: bool, edits: int) -> None:
    post = sending(ledger)
    ledger.run_now(outbox.sent, KEY, post.attempt, "2.0", post.version, 11.0)
    for _ in range(2):
        ledger.run_now(outbox.touch, KEY)
    for version in (3, 2) if older else (2, 3):
        ledger.run_now(outbox.edited, KEY, version, 12.0)

    found = ledger.run_now(outbox.get, KEY)

    assert found is not None
    assert (found.sent_version, found.version - found.sent_version) == (3, edits)
