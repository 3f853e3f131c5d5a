"""What a bare run leaves out, seen on the tests of this very run."""

from collections import Counter

import pytest

from tests.first_stories import STORIES, first_stories


def test_of_each_file_of_stories_one_is_told_and_nothing_cheap_is_left_out(request: pytest.FixtureRequest) -> None:
    kept, left = first_stories(request.session.items)

    assert Counter(map(id, kept + left)) == Counter(map(id, request.session.items))
    told = Counter(item.nodeid.partition("::")[0] for item in kept if item.nodeid.startswith(STORIES))
    assert set(told.values()) <= {1}
    quick = [item for item in left if item.get_closest_marker("slow") is None]
    assert not [item for item in quick if item.nodeid.startswith(("tests/unit/", "tests/contract/"))]
    assert first_stories(kept) == (kept, [])
    if "tests" in request.config.invocation_params.args:  # the gate: everything is here
        assert left
