"""What a bare `uv run pytest` runs: every cheap test, and of each file of stories the first one.

A story plays the whole bot against the sandbox, half a second of a processor and more, and there are nine hundred: two
cores need a quarter of an hour for them. The gate takes it (`uv run pytest tests`); who is in the middle of a change
does not, and may have neither Chromium nor PostgreSQL.
"""

from collections.abc import Iterable

import pytest

STORIES, IN_CHROMIUM = "tests/scenarios/", "tests/browser/"


def all_are_meant(config: pytest.Config) -> bool:
    """Whether paths, names or marks were given: then all that they hold is meant."""
    chosen = (config.option.whole, config.option.keyword, config.option.markexpr)
    return any(chosen) or config.args_source is not pytest.Config.ArgsSource.TESTPATHS


def first_stories(items: Iterable[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What runs, and what is left out. Stories with processes of their own stand together at the beginning, for one
    of pytest's processes: each that has such makes ready for them, which takes six seconds.
    """
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    told: set[str] = set()
    for item in items:
        file = item.nodeid.partition("::")[0]
        if file in told or _takes_long(item) or _needs_a_program(item):
            left.append(item)
            continue
        kept.append(item)
        if file.startswith(STORIES):
            told.add(file)
    return sorted(kept, key=lambda item: not _starts_processes(item)), left


def _takes_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def _needs_a_program(item: pytest.Item) -> bool:
    on_a_server = item.get_closest_marker("postgres") is not None or "postgres" in _fixtures(item)
    return on_a_server or item.nodeid.startswith(IN_CHROMIUM)


def _starts_processes(item: pytest.Item) -> bool:
    names = vars(getattr(item, "module", pytest)).values()
    return "labs" in _fixtures(item) or any(getattr(one, "__module__", "") == "tests.process" for one in names)


def _fixtures(item: pytest.Item) -> Iterable[str]:
    found: Iterable[str] = getattr(item, "fixturenames", ())
    return found
