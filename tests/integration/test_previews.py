"""Which pictures of a growing grid are deleted again."""

import pytest

from bot.ledger.uploads import Upload
from bot.messages.preview import _stale


@pytest.mark.parametrize(
    ("states", "over", "gone"),
    [
        (["ready"], False, []),
        (["ready", "ready"], False, [0]),
        (["ready", "uploaded"], False, []),
        (["deleted", "ready", "uploaded"], True, [1, 2]),
        (["failed", "pending"], True, []),
    ],
)
def test_what_no_message_shows_is_deleted(states: list[str], over: bool, gone: list[int]) -> None:
    uploads = [
        Upload(
            key=f"anchor:1:{at}",
            outbox_key="anchor:1",
            position=at,
            path=".labs/x.png",
            name="x.png",
            alt="a grid",
            file_id=None if state == "pending" else f"F{at}",
            state=state,
            tries=1,
        )
        for at, state in enumerate(states)
    ]

    assert [upload.position for upload in _stale(uploads, over=over)] == gone
