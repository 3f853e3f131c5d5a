"""Who stood still while a message went out, and who took it over: one of them shows it, whichever comes first."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ledger import Ledger, outbox, outbox_refusals, uploads, withdrawals
from bot.ledger.database import Database
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


@pytest.mark.parametrize(
    ("others", "lost", "sent", "wanted"),
    [(None, False, 3, 3), (None, True, 1, 3), (2, False, 3, 4), (3, False, 3, 4), (3, True, 3, 4)],
)
def test_what_two_wrote_at_once_is_written_once_more(
    ledger: Ledger, others: int | None, sent: int, wanted: int, *, lost: bool
) -> None:
    post = sending(ledger)
    ledger.run_now(outbox.sent, KEY, post.attempt, "2.0", post.version, 11.0)
    for _ in range(2):
        ledger.run_now(outbox.touch, KEY)
    mine = ledger.run_now(outbox.get, KEY)
    assert mine is not None

    if others is not None:
        ledger.run_now(outbox.edited, mine.model_copy(update={"version": others}), 12.0)
    if lost:
        ledger.run_now(outbox.edit_lost, mine)
    else:
        ledger.run_now(outbox.edited, mine, 12.0)

    found = ledger.run_now(outbox.get, KEY)
    assert found is not None
    assert (found.sent_version, found.version) == (sent, wanted)


def test_a_refused_look_leaves_what_may_stand_there(ledger: Ledger) -> None:
    post = sending(ledger)

    looking = post.model_copy(update={"state": outbox_refusals.LOOKING})
    ledger.run_now(outbox_refusals.refused, looking, "invalid_auth", 11.0, 71.0)
    looked_for = ledger.run_now(outbox.get, KEY)
    ledger.run_now(outbox_refusals.refused, post, "invalid_auth", 12.0, 72.0)
    refused = ledger.run_now(outbox.get, KEY)

    assert looked_for is not None
    assert refused is not None
    assert (looked_for.state, looked_for.due_at, refused.state) == ("sending", 71.0, "pending")


@pytest.mark.parametrize(
    "told",
    [
        lambda db, post: outbox_refusals.refused(db, post, "not_in_channel", 11.0, 71.0),
        lambda db, post: outbox_refusals.dead(db, post, "channel_not_found"),
        outbox_refusals.without_thread,
        outbox_refusals.aloud,
        outbox_refusals.over,
        lambda db, post: outbox_refusals.without_pictures(db, post, 11.0),
    ],
    ids=[
        "to be tried again",
        "it can go nowhere",
        "not into its thread",
        "not to one alone",
        "not edited any more",
        "not with its pictures",
    ],
)
def test_who_hears_late_that_slack_refused_changes_nothing_of_what_others_made_of_it(
    ledger: Ledger, told: Callable[[Database, Post], bool]
) -> None:
    post = sending(ledger)
    ledger.run_now(outbox.not_there, post, 20.0)
    others = sending(ledger)

    assert not ledger.run_now(told, post)
    assert ledger.run_now(outbox.get, KEY) == others
    assert ledger.run_now(told, others)


def test_who_hears_late_that_an_edit_was_refused_leaves_the_one_that_others_made(ledger: Ledger) -> None:
    post = sending(ledger)
    ledger.run_now(outbox.sent, KEY, post.attempt, "2.0", post.version, 11.0)
    ledger.run_now(outbox.touch, KEY)
    mine = ledger.run_now(outbox.get, KEY)
    assert mine is not None
    ledger.run_now(outbox.edited, mine, 12.0)

    assert not ledger.run_now(outbox_refusals.refused, mine, "not_in_channel", 13.0, 73.0)
    assert ledger.run_now(outbox_refusals.waiting_for_slack) == []


def test_what_nobody_can_edit_any_more_waits_for_nothing(ledger: Ledger) -> None:
    post = sending(ledger)
    ledger.run_now(outbox.sent, KEY, post.attempt, "2.0", post.version, 11.0)
    ledger.run_now(outbox.touch, KEY)
    for refused, known in ((True, "not_in_channel"), (False, None)):
        mine = ledger.run_now(outbox.get, KEY)
        assert mine is not None
        if refused:
            assert ledger.run_now(outbox_refusals.refused, mine, "not_in_channel", 12.0, 13.0)
        else:
            assert ledger.run_now(outbox_refusals.over, mine)
        assert [one.reason for one in ledger.run_now(outbox_refusals.waiting_for_slack)] == ([known] if known else [])


def test_pictures_of_a_message_that_others_sent_whole_stay_in_it(ledger: Ledger) -> None:
    post = sending(ledger)
    ledger.run_now(uploads.add, KEY, [("runs/x/grid.png", "grid.png", "a grid")])
    (grid,) = ledger.run_now(uploads.of_message, KEY)
    ledger.run_now(uploads.moved, grid, "ready", "F1")
    ledger.run_now(outbox.not_there, post, 20.0)
    others = sending(ledger)
    ledger.run_now(outbox.sent, KEY, others.attempt, "2.0", others.version, 21.0)

    assert not ledger.run_now(outbox_refusals.without_pictures, post, 22.0)
    assert [one.state for one in ledger.run_now(uploads.of_message, KEY)] == ["ready"]


def test_a_picture_deleted_on_its_way_is_not_taken_for_shared(ledger: Ledger) -> None:
    """A consent was taken back while it was uploaded: whoever sends it hears so, and deletes it."""
    ledger.run_now(uploads.add, KEY, [("runs/x/grid.png", "grid.png", "a grid")])
    (grid,) = ledger.run_now(uploads.of_message, KEY)

    assert ledger.run_now(uploads.deleted, grid)
    assert not ledger.run_now(uploads.moved, grid, "uploaded", "F1")
    assert not ledger.run_now(uploads.stands, grid.key, "F1")


def test_a_file_that_makes_room_stays_on_the_books_until_it_is_deleted(ledger: Ledger) -> None:
    post = sending(ledger)
    ledger.run_now(uploads.add, KEY, [("runs/x/grid.png", "grid.png", "a grid")])
    (grid,) = ledger.run_now(uploads.of_message, KEY)
    ledger.run_now(uploads.moved, grid, "failed", "F1")
    (unseen,) = ledger.run_now(uploads.of_message, KEY)
    ledger.run_now(outbox.sent, KEY, post.attempt, "2.0", post.version, 11.0)

    key = ledger.run_now(uploads.unseen_is_unwanted, unseen)
    assert key is not None
    assert ledger.run_now(uploads.unseen_is_unwanted, unseen) is None  # of who stood still meanwhile
    assert ledger.run_now(uploads.stands, grid.key, "F2")

    assert [one.file_id for one in ledger.run_now(uploads.of_message, KEY)] == ["F2"]
    assert [one.file_id for one in ledger.run_now(uploads.replaced, KEY)] == ["F1"]
    assert {one.file_id for one in ledger.run_now(withdrawals.uploaded_pictures)} == {"F1", "F2"}
    assert ledger.run_now(uploads.replaced, "answer:2") == []
    assert ledger.run_now(uploads.replaced) == ledger.run_now(uploads.replaced, KEY)
    ledger.run_now(uploads.forget, key)
    assert ledger.run_now(uploads.replaced) == []


def test_a_picture_that_somebody_began_to_share_since_it_was_looked_for_is_not_called_deleted(ledger: Ledger) -> None:
    post = sending(ledger)
    ledger.run_now(uploads.add, KEY, [("runs/x/grid.png", "grid.png", "a grid")])
    (grid,) = ledger.run_now(uploads.of_message, KEY)

    assert ledger.run_now(uploads.hold_to_share, post, grid, 30.0)
    assert not ledger.run_now(uploads.deleted, grid, post)
    assert ledger.run_now(uploads.release, post, 30.0)
    assert ledger.run_now(uploads.deleted, grid, post)


def test_a_picture_that_has_another_file_by_now_is_not_called_deleted(ledger: Ledger) -> None:
    ledger.run_now(uploads.add, KEY, [("runs/x/grid.png", "grid.png", "a grid")])
    (grid,) = ledger.run_now(uploads.of_message, KEY)
    ledger.run_now(uploads.moved, grid, "uploaded", "F1")

    assert not ledger.run_now(uploads.deleted, grid)
    (now,) = ledger.run_now(uploads.of_message, KEY)
    assert ledger.run_now(uploads.deleted, now)


def test_a_picture_that_others_went_on_with_stays_theirs(ledger: Ledger) -> None:
    ledger.run_now(uploads.add, KEY, [("runs/x/grid.png", "grid.png", "a grid")])
    (mine,) = ledger.run_now(uploads.of_message, KEY)

    assert ledger.run_now(uploads.moved, mine, "uploaded", "F2")
    assert not ledger.run_now(uploads.moved, mine, "uploaded", "F1")
    (theirs,) = ledger.run_now(uploads.of_message, KEY)
    assert (theirs.state, theirs.file_id) == ("uploaded", "F2")


def test_a_picture_is_shared_by_whoever_holds_its_message_first(ledger: Ledger) -> None:
    post = sending(ledger)
    ledger.run_now(uploads.add, KEY, [("runs/x/grid.png", "grid.png", "a grid")])
    (grid,) = ledger.run_now(uploads.of_message, KEY)

    assert ledger.run_now(uploads.hold_to_share, post, grid, 30.0)
    assert not ledger.run_now(uploads.hold_to_share, post, grid, 31.0)
    assert ledger.run_now(uploads.stands, grid.key, "F1")
    assert not ledger.run_now(uploads.release, post, 29.0)  # of one whose hold was over
    assert ledger.run_now(uploads.release, post, 30.0)
    assert not ledger.run_now(uploads.hold_to_share, post, grid, 32.0)  # it is free again, and the picture is there


def test_the_message_in_place_of_one_that_is_gone_is_put_there_once(ledger: Ledger) -> None:
    post = sending(ledger)
    ledger.run_now(outbox.sent, KEY, post.attempt, "2.0", post.version, 11.0)

    ledger.run_now(outbox_refusals.in_place_of, KEY, "2.0")
    again = sending(ledger)
    ledger.run_now(outbox.sent, KEY, again.attempt, "3.0", again.version, 12.0)
    ledger.run_now(outbox_refusals.in_place_of, KEY, "2.0")  # of one that stood still meanwhile

    found = ledger.run_now(outbox.get, KEY)
    assert found is not None
    assert (found.state, found.ts) == ("sent", "3.0")
